"""Shows the end of a job wherever its person is to see it: in the reply, in a direct message, else in the channel."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import discord

from bot.accounts import PeopleStore, Person
from bot.clips import End, Job, Media, Reply, Told
from bot.wording import Card, clip

from .copies import may_want_dm, wants_dm
from .line import Line
from .parts import Files
from .patience import Patience
from .refusals import DmsClosed, Refusal
from .steady import DiscordAway, log
from .uploads import DM_LIMIT, DoesNotFit, Uploads

Edit = Callable[[Reply, Card, Files], Awaitable[None]]


class Ending:
    """Shows ends; each place gets a file that fits it."""

    def __init__(
        self,
        line: Line,
        people: PeopleStore,
        patience: Patience,
        *,
        now: Callable[[], datetime],
        uploads: asyncio.Semaphore,
    ) -> None:
        self._line = line
        self._people = people
        self._patience = patience
        self._now = now
        self._uploads = Uploads(patience, uploads)

    async def show(
        self,
        job: Job,
        media: Media | None,
        *,
        last: Callable[[], Awaitable[None]],
        waiting: Callable[[], None] = lambda: None,
    ) -> Told:
        """Show an end; `too_large` where no place takes its file, and then nothing is shown yet.

        `waiting` is called if the upload to the reply has to wait, and `last` right before the reply is edited.
        """
        person = await self._people.person(job.user_id)
        untold = person.dms_closed_at is not None and not person.dms_closed_told
        job = job.changed(dms_closed=untold)
        try:
            shown = await self._reply(job, media, last, waiting)
        except DoesNotFit as error:
            return Told(too_large=True, not_shrunk=error.why)
        if untold or may_want_dm(job, replied=shown is not None):
            person = await self._people.person(job.user_id)  # an upload takes its time, and choices are made meanwhile
        if untold and shown:
            person = replace(person, dms_closed_told=True)
            await self._people.remember_dms(person)
        size = shown.size if shown else None
        return replace(await self._copy(shown or job, person, replied=shown is not None, media=media), size=size)

    async def _reply(
        self, job: Job, media: Media | None, last: Callable[[], Awaitable[None]], waiting: Callable[[], None]
    ) -> Job | None:
        """Edit the reply by the first way that works, and return the job as it shows it; raises DoesNotFit."""
        for edit in (self._line.edit_by_token, self._line.edit_by_bot):

            async def shows(shown: Job, file: discord.File | None, edit: Edit = edit) -> None:
                await last()
                await edit(job.reply, clip.card(shown), [file] if file else [])

            try:
                return await self._fitting(job, media, job.reply.file_limit, shows, waiting)
            except DoesNotFit:
                raise
            except (Refusal, DiscordAway) as error:
                log.info("%s: %s", edit.__name__, error or type(error).__name__)
        with contextlib.suppress(Refusal, DiscordAway):  # a reply that takes neither words nor files of ours still ends
            await last()
            await self._patience.once(lambda: self._line.edit_by_token(job.reply, clip.elsewhere(job), []))
        return None

    async def _copy(self, job: Job, person: Person, *, replied: bool, media: Media | None) -> Told:
        if not wants_dm(job, person, replied=replied):
            return Told(reply=replied)
        unasked = replied and job.end is End.DELIVERED and person.notify_clips is None
        introduce = unasked and not person.dms_introduced
        try:
            if not (job.resumed and media and await self._has_sent(job)):
                await self._fitting(
                    job,
                    media,
                    DM_LIMIT,
                    lambda shown, file: self._line.send_dm(
                        job.user_id,
                        clip.dm_card(shown, introduce=introduce, late=not replied),
                        file,
                        nonce=_nonce(job),
                    ),
                )
        except DmsClosed:
            return await self._dms_closed(job, person, replied=replied, media=media)
        except DoesNotFit as error:
            return Told(reply=replied, too_large=not replied, not_shrunk=error.why)
        except (Refusal, DiscordAway) as error:
            log.warning("no direct message: %s", type(error).__name__)
            return Told(reply=replied)
        if introduce or person.dms_closed_at:
            introduced = person.dms_introduced or introduce
            await self._people.remember_dms(
                replace(person, dms_introduced=introduced, dms_closed_at=None, dms_closed_told=False)
            )
        return Told(reply=replied, dm=True)

    async def _has_sent(self, job: Job) -> bool:
        return await self._patience.text(lambda: self._line.has_sent(job.user_id, clip.filename(job)))

    async def _dms_closed(self, job: Job, person: Person, *, replied: bool, media: Media | None) -> Told:
        """Remember that this person takes no direct messages; say so once, in the reply or by a mention."""
        tell = replied and not person.dms_closed_told and await self._say_closed(job)
        closed_at = person.dms_closed_at or self._now()
        await self._people.remember_dms(
            replace(person, dms_closed_at=closed_at, dms_closed_told=person.dms_closed_told or tell)
        )
        channel = not replied and await self._mention(job, media)
        return Told(reply=replied, dms_closed=True, channel=channel)

    async def _say_closed(self, job: Job) -> bool:
        card = clip.card(job.changed(dms_closed=True))
        for edit in (self._line.edit_by_token, self._line.edit_by_bot):
            try:
                await self._patience.text(lambda edit=edit: edit(job.reply, card))
            except (Refusal, DiscordAway):
                continue
            return True
        return False

    async def _mention(self, job: Job, media: Media | None) -> bool:
        try:
            await self._fitting(
                job,
                media,
                DM_LIMIT,
                lambda shown, file: self._line.mention(
                    job.reply, job.user_id, clip.late_card(shown), file, nonce=_nonce(job)
                ),
            )
        except (Refusal, DiscordAway, DoesNotFit) as error:
            log.info("no mention: %s", type(error).__name__)
            return False
        return True

    async def _fitting(
        self,
        job: Job,
        media: Media | None,
        limit: int,
        call: Callable[[Job, discord.File | None], Awaitable[None]],
        waiting: Callable[[], None] = lambda: None,
    ) -> Job:
        """Make a call with a file that fits, and return the job as shown with it; raises DoesNotFit."""
        if media is None:
            await self._patience.text(lambda: call(job, None))
            return job

        def as_shown(size: int) -> Job:
            return job.changed(size=size, shrunk_from=media.size if size < media.size else None)

        size, _ = await self._uploads.put(
            media,
            limit,
            lambda size, file: call(as_shown(size), file),
            waiting=waiting,
            name=clip.filename(job),
            caption=clip.caption(job),
        )
        return as_shown(size)


def _nonce(job: Job) -> str:
    """Return what makes Discord send a job's direct message only once, in at most 25 characters."""
    return f"{job.id[:23]}-{'v' if job.end is End.DELIVERED else 'e'}"
