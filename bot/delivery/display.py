"""Shows jobs in Discord, long after their command is gone: their progress, and their end."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import discord

from bot.accounts import PeopleStore
from bot.clips import HeldBack, Job, Media, NoReply, Reply, Stage, StoreAway, Told
from bot.grants import Use
from bot.wording import Card, clip, grants, link

from .ending import Ending
from .line import Line
from .pace import Pace
from .parts import upload
from .patience import Observe, Patience, unobserved
from .refusals import FileTooLarge, Refusal
from .screen import Screen
from .steady import PASSING, DiscordAway, log

_PREVIEW = "latest.jpg"


class DiscordDisplay:
    """The Display of jobs."""

    def __init__(
        self,
        line: Line,
        people: PeopleStore,
        *,
        now: Callable[[], datetime],
        uploads: asyncio.Semaphore,
        pace: Pace | None = None,
        observe: Observe = unobserved,
    ) -> None:
        self.ours: Callable[[], bool] = lambda: True
        self._line = line
        self._people = people
        self._pace = pace or Pace()
        self._patience = Patience(self._pace, observe)
        self._ending = Ending(line, people, self._patience, now=now, uploads=uploads)
        self._screens: dict[str, Screen] = {}
        self._previews: dict[str, Path | None] = {}  # the picture to upload, None once the reply has it
        self._messages: set[asyncio.Task[object]] = set()

    def progress(
        self, job: Job, *, place: int | None = None, waiting: bool = False, held: HeldBack | None = None
    ) -> None:
        """Redraw the reply soon, unless its end is shown already; never waits and never fails."""
        card = clip.card(job, place=place, waiting=waiting, held=held)
        if job.id in self._previews:
            card = replace(card, thumbnail=_PREVIEW)
        self._screen(job).show(card, at_once=job.stage is Stage.LOOKING)

    def preview(self, job: Job, picture: Path) -> None:
        """Show the camera's latest picture beside the progress, from the next edit on; never waits and never fails.

        Only where nobody else sees it: sharing a clip is no wish to share what the camera saw before.
        """
        if not job.public:
            self._previews.setdefault(job.id, picture)

    def abandon(self, job: Job) -> None:
        """Draw nothing more of a job that this process no longer runs."""
        self._previews.pop(job.id, None)
        if screen := self._screens.pop(job.id, None):
            screen.stop()

    async def pause(self, job: Job) -> None:
        """Say once in the reply that the job goes on after a restart; never fails."""
        if job.stage is Stage.FETCHING and await self.delivered(job):
            return
        with contextlib.suppress(Refusal, DiscordAway):
            await self._patience.once(lambda: self._line.edit_by_token(job.reply, clip.paused(job), []))

    async def find_reply(self, job: Job) -> Reply | NoReply:
        """Return the reply if it still waits for this job; asks again until that is known or can no longer be.

        A reply that says that nothing was started is an end, although the job's row was written.
        """
        while True:
            try:
                message = await self._patience.text(lambda: self._line.find(job.reply))
            except Refusal:  # the interaction's token is over, among others
                return NoReply.UNKNOWN
            except DiscordAway:
                continue
            if message is None or not _waits(message, job):
                return NoReply.NOT_WAITING
            return replace(job.reply, message_id=message.id, ephemeral=message.flags.ephemeral)

    async def delivered(self, job: Job) -> bool:
        """Say whether the reply holds this job's video or picture already; an unreachable Discord is a no."""
        try:
            async with asyncio.timeout(self._pace.progress_timeout):
                return clip.filename(job) in await self._line.files(job.reply)
        except (Refusal, *PASSING):
            return False

    async def deliver(self, job: Job, media: Media) -> Told:
        """Show a job as one that has ended well, with its video or picture, where this person wants or needs it."""
        return await self._ending.show(
            job.ended(job.success),
            media,
            waiting=lambda: self.progress(job, waiting=True),
            last=self._screen(job).close,
        )

    async def conclude(self, job: Job) -> Told:
        """Show an end without a video: in the reply, or by direct message where the reply can no longer be edited."""
        return await self._ending.show(job, None, last=self._screen(job).close)

    def signed_out(self, user_id: int) -> None:
        """Send the one message to somebody whom Blink has signed out; their next command says it in any case."""
        self._beside(self.tell(user_id, link.signed_out(user_id)), "signed out")

    def first_used(self, use: Use) -> None:
        """Tell an owner that somebody uses what they granted for the first time, unless they do not want to hear."""
        self._beside(self._tell_first_used(use), "first use")

    async def tell(self, user_id: int, card: Card) -> bool:
        """Send a direct message, and say whether that arrived; tries for as long as a job's end."""
        nonce = secrets.token_hex(8)
        try:
            await self._patience.text(lambda: self._line.send_dm(user_id, card, None, nonce=nonce))
        except (Refusal, DiscordAway) as error:
            log.info("no message “%s”: %s", card.title, type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        """Leave the messages that are not sent yet."""
        for task in self._messages:
            task.cancel()
        await asyncio.gather(*self._messages, return_exceptions=True)

    def _beside(self, message: Coroutine[Any, Any, object], name: str) -> None:
        task = asyncio.create_task(message, name=name)
        self._messages.add(task)
        task.add_done_callback(self._messages.discard)

    async def _tell_first_used(self, use: Use) -> None:
        try:
            wanted = (await self._people.person(use.owner_id)).hears_of_grants
        except StoreAway:
            return
        if wanted:
            await self.tell(use.owner_id, grants.first_use(use))

    def _screen(self, job: Job) -> Screen:
        screen = self._screens.get(job.id)
        if screen is None:
            screen = self._screens[job.id] = Screen(lambda card: self._try_edit(job, card), every=self._pace.every)
        return screen

    async def _try_edit(self, job: Job, card: Card) -> bool:
        """Draw progress once; say whether later progress is worth a try."""
        if not self.ours():
            return True
        picture = self._previews.get(job.id) if card.thumbnail else None
        file = upload(picture, _PREVIEW, "") if picture else None
        try:
            await self._patience.once(lambda: self._line.edit_by_token(job.reply, card, [file] if file else None))
        except FileTooLarge:
            self._previews.pop(job.id, None)
            return await self._try_edit(job, replace(card, thumbnail=None))
        except Refusal:
            return False
        except DiscordAway:
            log.info("a progress edit failed")
        else:
            if picture and job.id in self._previews:
                self._previews[job.id] = None
        finally:
            if file:
                file.close()
        return True


def _waits(message: discord.Message, job: Job) -> bool:
    """Say whether a reply shows that its job is still to come: "thinking", or its own progress."""
    return message.flags.loading or any(clip.is_progress(job, one.description or "") for one in message.embeds)
