"""Shows how a job ended where its person sees it: in the reply, in a direct message, else in the channel."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from functools import partial

from bot.jobs import Media
from bot.models import DeliveryResult, End, Job, Kept, Kind, NotifyClips, NotShrunk, Person, Round
from bot.store import PeopleStore
from bot.wording import Card, clip, snapshot_round

from .attachments import DM_LIMIT, TRIES, Attachment, fitting, limit_below
from .messenger import Messenger
from .retry import DeliveryError, DmsClosed, DoesNotFit, FileTooLarge, RetryPolicies, RetryPolicy, log, retry


class Place(Enum):
    """A place where an end can be shown, in the order in which they are tried."""

    REPLY_BY_TOKEN = auto()
    REPLY_BY_BOT = auto()
    DM = auto()
    CHANNEL = auto()


REPLY = (Place.REPLY_BY_TOKEN, Place.REPLY_BY_BOT)


class Endings:
    """Shows ends; each place gets a file that fits it."""

    def __init__(
        self,
        messenger: Messenger,
        people: PeopleStore,
        policies: RetryPolicies,
        uploads: asyncio.Semaphore,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._messenger = messenger
        self._people = people
        self._policies = policies
        self._uploads = uploads
        self._now = now

    async def show(self, job: Job, media: Media | None) -> DeliveryResult:
        """Show an end. If the reply cannot take the file, the result is `too_large` and nothing is shown yet."""
        person = await self._people.person(job.request.user_id)
        untold = person.dms_closed_at is not None and not person.dms_closed_told
        job = _with_dms_closed(job, untold)
        try:
            shown = await self._in_first(REPLY, job, media, clip.card)
        except DoesNotFit as error:
            return DeliveryResult(too_large=True, not_shrunk=error.why)
        if shown is None:
            await self._say_elsewhere(job)
        delivered = DeliveryResult(reply=shown is not None, size=shown.result.size if shown else None)
        if untold or may_want_dm(job, replied=delivered.reply):
            person = await self._people.person(
                job.request.user_id
            )  # an upload takes time, and choices are made meanwhile
        if untold and delivered.reply:
            person = replace(person, dms_closed_told=True)
            await self._people.remember_dms(person)
        slow = self._now() - job.request.created_at > self._policies.slow
        if wants_dm(job, person, replied=delivered.reply, slow=slow):
            delivered = await self._in_dm(job, media, person, delivered, replied=shown or job)
        if delivered.dms_closed and not delivered.reply:
            with contextlib.suppress(DoesNotFit):
                mentioned = await self._in_first((Place.CHANNEL,), job, media, clip.late_card)
                delivered = replace(delivered, channel=mentioned is not None)
        return delivered

    async def keep(self, job: Job, content: bytes) -> Kept:
        """Send the file of a job's reply as a direct message, unless it is among the newest there."""
        if job.end is None:
            job = job.ended(job.success)  # its button can be pressed a moment before its end is saved
        if len(content) > DM_LIMIT:
            return Kept.TOO_LARGE
        file = Attachment(content, clip.filename(job), clip.caption(job))
        card = clip.dm_card(job, introduce=False, late=False)
        send = partial(self._messenger.send_dm, job.request.user_id, card, file, nonce=f"{job.id[:23]}-k")
        try:
            if await self._has_sent(job, self._policies.question):
                return Kept.BEFORE
            async with self._uploads:
                await retry(send, self._policies.keep)
        except DmsClosed:
            return Kept.CLOSED
        except FileTooLarge:
            return Kept.TOO_LARGE
        except DeliveryError as error:
            log.info("a file could not be kept: %s", type(error).__name__)
            return Kept.UNKNOWN
        return Kept.SENT

    async def _in_dm(
        self, job: Job, media: Media | None, person: Person, delivered: DeliveryResult, *, replied: Job
    ) -> DeliveryResult:
        """Send an end as a direct message; `replied` is the job as its reply shows it, perhaps with fewer pictures."""
        unasked = delivered.reply and job.end is End.DELIVERED and person.notify_clips is NotifyClips.SLOW
        introduce = unasked and not person.dms_introduced
        card = partial(clip.dm_card, introduce=introduce, late=not delivered.reply)
        try:
            if not (job.resumed and media and await self._has_sent(job, self._policies.text)):
                await self._put(Place.DM, job, media, card)
        except DmsClosed:
            await self._remember_dms_closed(replied, person, replied=delivered.reply)
            return replace(delivered, dms_closed=True)
        except DoesNotFit as error:
            return replace(delivered, too_large=not delivered.reply, not_shrunk=error.why)
        except DeliveryError as error:
            log.warning("no direct message: %s", type(error).__name__)
            return delivered
        if introduce or person.dms_closed_at:
            introduced = person.dms_introduced or introduce
            await self._people.remember_dms(
                replace(person, dms_introduced=introduced, dms_closed_at=None, dms_closed_told=False)
            )
        return replace(delivered, dm=True)

    async def _in_first(
        self, places: tuple[Place, ...], job: Job, media: Media | None, card: Callable[[Job], Card]
    ) -> Job | None:
        """Show an end in the first place that takes it, and return the job as shown. Raises DoesNotFit.

        Returns None if no place takes it.
        """
        for place in places:
            try:
                return await self._put(place, job, media, card)
            except DoesNotFit:
                raise
            except DeliveryError as error:
                log.info("%s: %s", place.name, str(error) or type(error).__name__)
        return None

    async def _put(self, place: Place, job: Job, media: Media | None, card: Callable[[Job], Card]) -> Job:
        """Show an end in one place with a file that fits, and return the job as shown. Raises DeliveryError."""
        if media is None:
            await retry(partial(self._send, place, job, card(job), None), self._policies.text)
            return job
        if place is Place.DM:  # Discord may let none be opened for minutes, in which others can upload
            await retry(partial(self._messenger.open_dm, job.request.user_id), self._policies.text)
        limit = job.reply.file_limit if place in REPLY else DM_LIMIT
        for _ in range(TRIES):
            shown, file = await _fitted(job, media, limit)
            try:
                async with self._uploads:
                    await retry(partial(self._send, place, shown, card(shown), file), self._policies.upload)
            except FileTooLarge:
                limit = limit_below(file)
            else:
                return shown
        raise DoesNotFit(NotShrunk.TOO_LONG)

    def _send(self, place: Place, job: Job, card: Card, file: Attachment | None) -> Awaitable[None]:
        match place:
            case Place.REPLY_BY_TOKEN:
                return self._messenger.edit_by_token(job.reply, card, file)
            case Place.REPLY_BY_BOT:
                return self._messenger.edit_by_bot(job.reply, card, file)
            case Place.DM:
                return self._messenger.send_dm(job.request.user_id, card, file, nonce=_nonce(job))
            case Place.CHANNEL:
                return self._messenger.mention(job.reply, job.request.user_id, card, file, nonce=_nonce(job))

    async def _has_sent(self, job: Job, policy: RetryPolicy) -> bool:
        return await retry(partial(self._messenger.has_sent, job.request.user_id, clip.filename(job)), policy)

    async def _say_elsewhere(self, job: Job) -> None:
        """End a reply that takes neither the words nor the file of its job."""
        edit = partial(self._messenger.edit_by_token, job.reply, clip.elsewhere(job))
        with contextlib.suppress(DeliveryError):
            await retry(edit, self._policies.progress)

    async def _remember_dms_closed(self, job: Job, person: Person, *, replied: bool) -> None:
        """Remember that a person takes no direct messages, and say so once in the reply if that shows the end."""
        say = replied and not person.dms_closed_told and await self._say_dms_closed(job)
        closed_at = person.dms_closed_at or self._now()
        await self._people.remember_dms(
            replace(person, dms_closed_at=closed_at, dms_closed_told=person.dms_closed_told or say)
        )

    async def _say_dms_closed(self, job: Job) -> bool:
        card = clip.card(_with_dms_closed(job, True))
        for edit in (self._messenger.edit_by_token, self._messenger.edit_by_bot):
            with contextlib.suppress(DeliveryError):
                await retry(partial(edit, job.reply, card, keep_files=True), self._policies.text)
                return True
        return False


async def _fitted(job: Job, media: Media, limit: int) -> tuple[Job, Attachment]:
    """Return what fits of a job's file, and the job as that shows it. Raises DoesNotFit."""
    if job.round:
        return _gallery(job, job.round, media, limit)
    file = await fitting(media, limit, name=clip.filename(job), caption=clip.caption(job))
    return job.changed(result=replace(job.result, size=file.size, shrunk_from=file.shrunk_from)), file


def _gallery(job: Job, taken: Round, media: Media, limit: int) -> tuple[Job, Attachment]:
    """Return as many pictures of a round as fit together; the others are told to be too large. Raises DoesNotFit."""
    files: list[Attachment] = []
    size = 0
    for shot, one in zip(taken.taken, (media, *media.others), strict=True):
        if size + one.size > limit:
            taken = taken.settled(shot.key, end=End.TOO_LARGE)
            continue
        size += one.size
        files.append(Attachment(one.path, snapshot_round.filename(job, shot), snapshot_round.caption(shot), one.size))
    if not files:
        raise DoesNotFit(NotShrunk.TOO_LONG)
    first, *others = files
    return job.changed(round=taken), replace(first, size=size, check=media.check, others=tuple(others))


def may_want_dm(job: Job, *, replied: bool) -> bool:
    """Say whether anybody can want this end as a direct message."""
    if not replied or job.end is End.FOUND_TOO_LATE:
        return True
    return job.end is End.DELIVERED and job.request.kind is not Kind.RECENT and not job.reply.in_dm


def wants_dm(job: Job, person: Person, *, replied: bool, slow: bool) -> bool:
    """Say whether this end also goes to the person's direct messages; `replied` says whether the reply shows it.

    By default, they get copies of what came so `slow` that they may have looked away.
    """
    if person.notify_clips is NotifyClips.NEVER or not may_want_dm(job, replied=replied):
        return False
    if not replied or job.end is End.FOUND_TOO_LATE:
        return True
    if person.dms_closed_at:
        return False
    return person.notify_clips is NotifyClips.ALWAYS or (person.notify_clips is NotifyClips.SLOW and slow)


def _with_dms_closed(job: Job, closed: bool) -> Job:
    return job.changed(delivery=replace(job.delivery, dms_closed=closed))


def _nonce(job: Job) -> str:
    """Return what makes Discord send a job's direct message only once, in at most 25 characters."""
    return f"{job.id[:23]}-{'v' if job.end is End.DELIVERED else 'e'}"
