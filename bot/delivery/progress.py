"""Shows jobs in Discord, long after their command is over: their progress and their end."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import discord

from bot.caching import SingleFlight
from bot.jobs import Media
from bot.models import DeliveryResult, HeldBack, Job, NoReply, Reply, Stage, StorageUnavailable, Use
from bot.store import PeopleStore
from bot.wording import Card, account, clip, shares
from bot.wording.cards import texts_of

from .attachments import Attachment
from .job_endings import Endings
from .messenger import Messenger
from .retry import DeliveryError, DeliveryRefused, DiscordUnavailable, FileTooLarge, RetryPolicies, log, retry

_PREVIEW = "latest.jpg"
_BURST = 3
# These stages mostly end before anybody can read them: each is shown once it has lasted so much of an interval.
_BRIEF = {Stage.ASKING: 0.15, Stage.FETCHING: 0.5}


class ProgressEditor:
    """Shows the progress of one job; `edit` draws a card and says whether the reply can still be edited."""

    def __init__(self, edit: Callable[[Card], Awaitable[bool]], *, every: float) -> None:
        self._edit = edit
        self._every = every
        self._wanted: Card | None = None
        self._shown: Card | None = None
        self._open = True
        self._allowance = float(_BURST)
        self._counted_at = asyncio.get_running_loop().time()
        self._hurry = asyncio.Event()
        self._lasting = 0.0
        self._task: asyncio.Task[None] | None = None

    def show(self, card: Card, *, at_once: bool = False, lasting: float = 0.0) -> None:
        """Draw `card` after `lasting` intervals, unless a newer one comes first; `at_once` cuts every pause short."""
        self._wanted, self._lasting = card, lasting
        if at_once:
            self._hurry.set()
        if self._open and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._draw(), name="progress")

    def stop(self) -> None:
        """Begin no more edits."""
        self._open = False
        self._hurry.set()

    async def close(self) -> None:
        """Stop drawing, and wait for the edit under way: an older edit must never overtake the end."""
        self.stop()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _draw(self) -> None:
        while self._open and self._wanted is not None and self._wanted != self._shown:
            await self._pause(self._lasting)
            await self._allowed()
            card = self._wanted
            if not self._open or card == self._shown:
                return
            self._open = await self._edit(card) and self._open
            self._shown = card

    async def _allowed(self) -> None:
        """Wait until the next edit is allowed, or until something must be shown at once."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._allowance = min(_BURST, self._allowance + (now - self._counted_at) / self._every)
        self._counted_at = now
        if self._allowance < 1 and not self._hurry.is_set():
            await self._pause(1 - self._allowance)
            self._allowance = 1.0
            self._counted_at = loop.time()
        self._hurry.clear()
        self._allowance -= 1

    async def _pause(self, intervals: float) -> None:
        """Wait for so many intervals, or until something must be shown at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(intervals * self._every):
                await self._hurry.wait()


class DiscordDisplay:
    """The Display of jobs."""

    def __init__(
        self,
        messenger: Messenger,
        people: PeopleStore,
        policies: RetryPolicies,
        endings: Endings,
        *,
        every: float,
        owned: Callable[[], bool],
    ) -> None:
        """Draw progress `every` seconds, and only while `owned` says that the jobs under way are this process's."""
        self._messenger = messenger
        self._people = people
        self._owned = owned
        self._every = every
        self._policies = policies
        self._endings = endings
        self._editors: dict[str, ProgressEditor] = {}
        self._previews: dict[str, Attachment | None] = {}  # the picture to upload, None once the reply has it
        self._messages = SingleFlight()

    def progress(
        self, job: Job, *, position: int | None = None, waiting: bool = False, held: HeldBack | None = None
    ) -> None:
        """Redraw the reply soon, unless its end is shown already; never waits and never fails."""
        card = clip.card(job, position=position, waiting=waiting, held=held)
        if job.id in self._previews:
            card = replace(card, thumbnail=_PREVIEW)
        lasting = _BRIEF.get(job.stage, 0.0)
        self._editor(job).show(card, at_once=job.stage is Stage.LOOKING, lasting=lasting)

    def preview(self, job: Job, picture: Path) -> None:
        """Show the camera's latest picture beside the progress, from the next edit on; never waits and never fails.

        Only if nobody else sees it: a person who shares a clip has not chosen to share what the camera saw before.
        """
        if not job.public:
            self._previews.setdefault(job.id, Attachment(picture, _PREVIEW))

    def abandon(self, job: Job) -> None:
        """Stop drawing a job that this process no longer runs."""
        self._previews.pop(job.id, None)
        if editor := self._editors.pop(job.id, None):
            editor.stop()

    async def pause(self, job: Job) -> None:
        """Say once in the reply that the job goes on after a restart; never fails."""
        if job.stage is Stage.FETCHING and await self.delivered(job):
            return
        with suppress(DeliveryError):
            edit = partial(self._messenger.edit_by_token, job.reply, clip.paused(job))
            await retry(edit, self._policies.progress)

    async def find_reply(self, job: Job) -> Reply | NoReply:
        """Return the reply if it still waits for this job; asks again until Discord answers or the token expires.

        A reply that says that nothing was started is an end, although the job's row was written.
        """
        while True:
            try:
                message = await retry(partial(self._messenger.find_reply, job.reply), self._policies.text)
            except DeliveryRefused:  # the interaction's token has expired, among others
                return NoReply.UNKNOWN
            except DiscordUnavailable:
                continue
            if message is None or not _waits(message, job):
                return NoReply.NOT_WAITING
            return replace(job.reply, message_id=message.id, ephemeral=message.flags.ephemeral)

    async def delivered(self, job: Job) -> bool:
        """Say whether the reply already holds this job's video or picture; asks again until Discord answers.

        Returns False too if the reply can no longer be read: then it cannot be edited either.
        """
        while True:
            try:
                files = await retry(partial(self._messenger.files_of_reply, job.reply), self._policies.text)
            except DeliveryRefused:
                return False
            except DiscordUnavailable:
                continue
            return clip.filename(job) in files

    async def deliver(self, job: Job, media: Media) -> DeliveryResult:
        """Show a job as one that has ended well, with its video or picture, wherever this person wants or needs it."""
        await self._editor(job).close()
        return await self._endings.show(job.ended(job.success), media)

    async def conclude(self, job: Job) -> DeliveryResult:
        """Show an end without a video: in the reply, or by direct message if the reply can no longer be edited."""
        await self._editor(job).close()
        return await self._endings.show(job, None)

    def signed_out(self, user_id: int) -> None:
        """Tell a person once that Blink has signed them out; their next command says it in any case."""
        self._messages.begin(user_id, partial(self.tell, user_id, account.signed_out(user_id)))

    def first_used(self, use: Use) -> None:
        """Tell an owner that somebody uses a share for the first time, unless they do not want that."""
        self._messages.begin(use, partial(self._tell_first_used, use))

    async def tell(self, user_id: int, card: Card) -> bool:
        """Send a direct message, and say whether it arrived; tries for as long as for a job's end."""
        send = partial(self._messenger.send_dm, user_id, card, nonce=secrets.token_hex(8))
        try:
            await retry(send, self._policies.text)
        except DeliveryError as error:
            log.info("no message “%s”: %s", card.title, type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        """Give up the messages that are not sent yet."""
        await self._messages.close()

    async def _tell_first_used(self, use: Use) -> None:
        try:
            wanted = (await self._people.person(use.owner_id)).hears_of_shares
        except StorageUnavailable:
            return
        if wanted:
            await self.tell(use.owner_id, shares.first_use(use))

    def _editor(self, job: Job) -> ProgressEditor:
        editor = self._editors.get(job.id)
        if editor is None:
            draw = partial(self._draw, job)
            editor = self._editors[job.id] = ProgressEditor(draw, every=self._every)
        return editor

    async def _draw(self, job: Job, card: Card) -> bool:
        """Draw progress once, and say whether to try later progress."""
        if not self._owned():
            return True
        picture = self._previews.get(job.id) if card.thumbnail else None
        edit = partial(self._messenger.edit_by_token, job.reply, card, picture, keep_files=True)
        try:
            await retry(edit, self._policies.progress)
        except FileTooLarge:
            self._previews.pop(job.id, None)
            return await self._draw(job, replace(card, thumbnail=None))
        except DeliveryRefused:
            return False
        except DiscordUnavailable:
            log.info("a progress edit failed")
        else:
            if picture and job.id in self._previews:
                self._previews[job.id] = None
        return True


def _waits(message: discord.Message, job: Job) -> bool:
    """Say whether a reply shows that its job is still to come: "thinking", or its own progress."""
    return message.flags.loading or any(clip.is_progress(job, text) for text in texts_of(message))
