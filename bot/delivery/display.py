"""Shows clip jobs in Discord, long after their command is gone: reply by token, reply by bot, direct message."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import discord

from bot.accounts import PeopleStore, Person
from bot.clips import End, Job, Reply, Stage, Told
from bot.wording import Card, clip, link

from .copies import wants_dm
from .line import DmsClosed, FileTooLarge, Line, Refusal, video_file
from .screen import Screen
from .steady import PASSING, DiscordAway, log, steadily

T = TypeVar("T")

_DM_LIMIT = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Pace:
    """How often replies are edited and how long Discord is asked again; seconds."""

    every: float = 2.0
    gaps: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    patience: float = 900.0
    progress_timeout: float = 10.0
    upload_timeout: float = 120.0
    uploads: int = 4


class DiscordDisplay:
    """The Display of clip jobs."""

    def __init__(
        self, line: Line, people: PeopleStore, *, now: Callable[[], datetime], pace: Pace | None = None
    ) -> None:
        self._line = line
        self._people = people
        self._now = now
        self._pace = pace or Pace()
        self._screens: dict[str, Screen] = {}
        self._messages: set[asyncio.Task[None]] = set()
        self._uploads = asyncio.Semaphore(self._pace.uploads)

    def progress(self, job: Job, *, place: int | None = None) -> None:
        """Redraw the reply soon; never waits and never fails."""
        screen = self._screens.get(job.id)
        if screen is None:
            screen = self._screens[job.id] = Screen(lambda card: self._try_edit(job, card), every=self._pace.every)
        screen.show(clip.card(job, place=place), at_once=job.stage is Stage.LOOKING)

    def abandon(self, job: Job) -> None:
        """Draw nothing more of a job that this process no longer runs."""
        if screen := self._screens.pop(job.id, None):
            screen.stop()

    async def pause(self, job: Job) -> None:
        """Say once in the reply that the job goes on after a restart; never fails."""
        if job.stage is Stage.FETCHING and await self.delivered(job):
            return
        await self._try_edit(job, clip.paused(job))

    async def find_reply(self, job: Job) -> Reply | None:
        """Return the reply as Discord has it, or None where the interaction was never acknowledged."""
        return await self._patiently(lambda: self._line.find(job.reply), timeout=self._pace.progress_timeout)

    async def delivered(self, job: Job) -> bool:
        """Say whether the reply holds this job's video already; an unreachable Discord is a no."""
        try:
            async with asyncio.timeout(self._pace.progress_timeout):
                return clip.filename(job) in await self._line.files(job.reply)
        except (Refusal, *PASSING):
            return False

    async def deliver(self, job: Job, video: Path) -> Told:
        """Put the video into the reply, and into a direct message where this person wants or needs one."""
        await self._close_screen(job)
        try:
            return await self._show(job.ended(End.DELIVERED), video)
        except FileTooLarge:
            return Told(too_large=True)

    async def conclude(self, job: Job) -> Told:
        """Show an end without a video: in the reply, or by direct message where the reply can no longer be edited."""
        await self._close_screen(job)
        return await self._show(job, None)

    async def _show(self, job: Job, video: Path | None) -> Told:
        """Show an end wherever this person is to see it; raises FileTooLarge where the reply cannot hold the video."""
        person = await self._people.person(job.user_id)
        untold = person.dms_closed_at is not None and not person.dms_closed_told
        told = job.changed(dms_closed=untold)
        replied = await self._reply(told, clip.card(told), video)
        if untold and replied:
            person = replace(person, dms_closed_told=True)
            await self._people.remember(person)
        return await self._copy(job, person, replied=replied, video=video)

    def signed_out(self, user_id: int) -> None:
        """Send the one message to somebody whom Blink has signed out; their next command says it in any case."""
        task = asyncio.create_task(self._tell_signed_out(user_id), name="signed out")
        self._messages.add(task)
        task.add_done_callback(self._messages.discard)

    async def close(self) -> None:
        """Leave the messages that are not sent yet."""
        for task in self._messages:
            task.cancel()
        await asyncio.gather(*self._messages, return_exceptions=True)

    async def _tell_signed_out(self, user_id: int) -> None:
        card, nonce = link.signed_out(user_id), secrets.token_hex(8)
        try:
            await self._patiently(
                lambda: self._line.send_dm(user_id, card, None, nonce=nonce), timeout=self._pace.progress_timeout
            )
        except (Refusal, DiscordAway) as error:
            log.info("no message that Blink signed somebody out: %s", type(error).__name__)

    async def _close_screen(self, job: Job) -> None:
        if screen := self._screens.pop(job.id, None):
            await screen.close()

    async def _try_edit(self, job: Job, card: Card) -> bool:
        """Draw progress once; say whether later progress is worth a try."""
        try:
            async with asyncio.timeout(self._pace.progress_timeout):
                await self._line.edit_by_token(job.reply, card)
        except Refusal:
            return False
        except PASSING as error:
            log.info("a progress edit failed: %s", type(error).__name__)
        return True

    async def _reply(self, job: Job, card: Card, video: Path | None) -> bool:
        """Edit the reply by the first way that works, and say whether one did; raises FileTooLarge."""
        for edit in (self._line.edit_by_token, self._line.edit_by_bot):
            try:
                await self._steadily(job, video, lambda file, edit=edit: edit(job.reply, card, file))
            except FileTooLarge:
                raise
            except (Refusal, DiscordAway) as error:
                log.info("%s: %s", edit.__name__, error or type(error).__name__)
            else:
                return True
        return False

    async def _copy(self, job: Job, person: Person, *, replied: bool, video: Path | None) -> Told:
        if not wants_dm(job, person, replied=replied) or (video and replied and (job.size or 0) > _DM_LIMIT):
            return Told(reply=replied)
        unasked = replied and job.end is End.DELIVERED and person.notify_clips is None
        introduce = unasked and not person.dms_introduced
        card = clip.dm_card(job, introduce=introduce, late=not replied)
        try:
            await self._steadily(
                job, video, lambda file: self._line.send_dm(job.user_id, card, file, nonce=_nonce(job))
            )
        except DmsClosed:
            return await self._dms_closed(job, person, replied=replied)
        except (Refusal, DiscordAway) as error:
            log.warning("no direct message: %s", type(error).__name__)
            return Told(reply=replied, too_large=isinstance(error, FileTooLarge) and not replied)
        if introduce or person.dms_closed_at:
            introduced = person.dms_introduced or introduce
            await self._people.remember(
                replace(person, dms_introduced=introduced, dms_closed_at=None, dms_closed_told=False)
            )
        return Told(reply=replied, dm=True)

    async def _dms_closed(self, job: Job, person: Person, *, replied: bool) -> Told:
        """Remember that this person takes no direct messages, and say so once, in the reply."""
        tell = replied and not person.dms_closed_told
        if tell:
            told = job.changed(dms_closed=True)
            tell = await self._reply(told, clip.card(told), None)
        closed_at = person.dms_closed_at or self._now()
        await self._people.remember(
            replace(person, dms_closed_at=closed_at, dms_closed_told=person.dms_closed_told or tell)
        )
        return Told(reply=replied, dms_closed=True)

    async def _steadily(
        self, job: Job, video: Path | None, call: Callable[[discord.File | None], Awaitable[None]]
    ) -> None:
        async def once() -> None:
            file = video_file(video, clip.filename(job), clip.caption(job)) if video else None
            try:
                await call(file)
            finally:
                if file:
                    file.close()

        if video is None:
            await self._patiently(once, timeout=self._pace.progress_timeout)
        else:
            async with self._uploads:
                await self._patiently(once, timeout=self._pace.upload_timeout)

    async def _patiently(self, call: Callable[[], Awaitable[T]], *, timeout: float) -> T:
        return await steadily(call, gaps=self._pace.gaps, timeout=timeout, patience=self._pace.patience)


def _nonce(job: Job) -> str:
    """Return what makes Discord send a job's direct message only once, in at most 25 characters."""
    return f"{job.id[:23]}-{'v' if job.end is End.DELIVERED else 'e'}"
