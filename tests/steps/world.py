"""A bot's jobs with a real database, a scripted Blink, a display that records, and a clock that jumps."""

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, cast

from bot.accounts import Sessions
from bot.blink import SignedOut
from bot.cameras import CameraFinder, Turns, UsbDrives
from bot.jobs import (
    BotNotInServer,
    ConcurrencyLimits,
    Context,
    JobAccess,
    JobTiming,
    LiveViews,
    Media,
    MediaTools,
    Runner,
    Shrinker,
)
from bot.metrics import Metrics
from bot.models import (
    DeliveryResult,
    End,
    Guest,
    HeldBack,
    Job,
    JobRequest,
    Kind,
    NoReply,
    NotShrunk,
    Reply,
    Right,
    Round,
    Share,
    Stage,
    Use,
    read_all,
)
from bot.sharing import Shares
from bot.store import Store, open_store
from bot.wording.clip import card
from tests.support.databases import SqliteFile, with_tables
from tests.support.examples import KEYRING, a_reply, a_share, an_account
from tests.support.waiting import in_thread

from .blink import Blink, Device

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALICE, BOB, CLUB = 1, 2, 14
STEP = 0.05  # seconds of the world between two looks whether something has happened

_METRICS = Metrics()


@dataclass
class Shown:
    """A job as a person sees it while it runs."""

    job: Job
    position: int | None = None
    waiting: bool = False
    held: HeldBack | None = None

    @property
    def words(self) -> str:
        return words(self.job, position=self.position, waiting=self.waiting, held=self.held)


@dataclass
class Told:
    """The end of a job as a person sees it, with its file."""

    job: Job
    content: bytes | None = None
    gallery: tuple[bytes, ...] = ()  # of a round


@dataclass
class RecordingDisplay:
    """A Display that keeps what it is given; `results` are Discord's next answers, after which all goes well."""

    shown: list[Shown] = field(default_factory=list[Shown])
    previews: list[bytes] = field(default_factory=list[bytes])
    paused: list[Job] = field(default_factory=list[Job])
    abandoned: list[str] = field(default_factory=list[str])
    told: list[Told] = field(default_factory=list[Told])
    results: list[DeliveryResult] = field(default_factory=list[DeliveryResult])
    replies: list[NoReply] = field(default_factory=list[NoReply])
    before_deliver: Callable[[Job], Any] | None = None
    after_deliver: Callable[[Job], Any] | None = None
    held: set[str] = field(default_factory=set[str])  # the jobs whose reply has their file

    def progress(
        self, job: Job, *, position: int | None = None, waiting: bool = False, held: HeldBack | None = None
    ) -> None:
        self.shown.append(Shown(job, position, waiting, held))

    def preview(self, job: Job, picture: Path) -> None:
        self.previews.append(picture.read_bytes())

    def abandon(self, job: Job) -> None:
        self.abandoned.append(job.id)

    async def pause(self, job: Job) -> None:
        self.paused.append(job)

    async def find_reply(self, job: Job) -> Reply | NoReply:
        return self.replies.pop(0) if self.replies else job.reply

    async def delivered(self, job: Job) -> bool:
        return job.id in self.held

    async def deliver(self, job: Job, media: Media) -> DeliveryResult:
        if self.before_deliver:
            await self.before_deliver(job)
        file = await media.within(job.reply.file_limit)
        await media.check()
        if isinstance(file, NotShrunk):
            return DeliveryResult(too_large=True, not_shrunk=file)
        result = self.results.pop(0) if self.results else DeliveryResult(reply=True)
        if result.somewhere:
            content = file.read_bytes()
            if job.id not in self.held:  # a reply that has its file is left as it is
                gallery = (content, *(one.path.read_bytes() for one in media.others)) if job.round else ()
                self.told.append(Told(job.ended(job.success), content, gallery))
            self.held.add(job.id)
            result = replace(result, size=len(content))
        if self.after_deliver:
            await self.after_deliver(job)
        return result

    async def conclude(self, job: Job) -> DeliveryResult:
        self.told.append(Told(job))
        return self.results.pop(0) if self.results else DeliveryResult(reply=True)


class _Sessions:
    """The accounts that are linked in the database, each with its scripted Blink."""

    def __init__(self, store: Store, blinks: dict[int, Blink]) -> None:
        self._store, self._blinks = store, blinks

    async def session(self, user_id: int) -> Blink | None:
        account = await self._store.accounts.account(user_id)
        if account and account.signed_out_at:
            raise SignedOut("marked as signed out", final=True)
        return self._blinks[user_id] if account else None

    async def linked(self, user_id: int) -> bool:
        return await self._store.accounts.account(user_id) is not None


@dataclass
class DiscordServer:
    """What Discord says of shares that the database still has: None is no answer, and the last one repeats.

    `asked` are the ages that were accepted.
    """

    shares: Shares | None = None
    has_bot: bool = True
    answers: list[bool | None] = field(default_factory=list[bool | None])
    asked: list[float] = field(default_factory=list[float])

    async def may_have(self, user_id: int, share_id: str, what: str, *, max_age: float) -> bool | None:
        assert self.shares
        self.asked.append(max_age)
        if not self.has_bot:
            raise BotNotInServer
        if not await self.shares.still([share_id], what):
            return False
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]) if self.answers else True


class World:
    """Alice's Blink, and the jobs that she and Bob have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.timing = JobTiming(lease=600.0)  # no test here waits for its renewal
        self.limits = ConcurrencyLimits()
        self.shrinker: Shrinker = _NoShrinker()
        self.live_views: LiveViews | End = End.LIVE_OFF
        self.blink = Blink(self)
        self.blinks = {ALICE: self.blink}
        self.display = RecordingDisplay()
        self.discord = DiscordServer()
        self.first_uses: list[Use] = []
        self.passed = timedelta()
        self._numbers = count(1)
        self._began = 0.0
        self._database = SqliteFile(folder / "bot.db")
        self._database.path.touch(mode=0o600)
        self._database.path.write_bytes(_with_alice())
        self._outside = sqlite3.connect(self._database.path)  # looked into often, so it stays open
        self._store: Store | None = None
        self._runner: Runner | None = None

    async def open(self) -> None:
        self._began = asyncio.get_running_loop().time()

    async def close(self) -> None:
        self._outside.close()
        assert [one for one in self.folder.iterdir() if one.suffix in (".mp4", ".jpg", ".ts")] == [], "a file is left"

    @property
    def front(self) -> Device:
        return self.blink.front

    @property
    def mini(self) -> Device:
        return self.blink.mini

    @property
    def store(self) -> Store:
        assert self._store
        return self._store

    @property
    def runner(self) -> Runner:
        assert self._runner
        return self._runner

    def now(self) -> datetime:
        return NOON + self.passed + timedelta(seconds=asyncio.get_running_loop().time() - self._began)

    def waits(self, **seconds: Any) -> None:
        """Let the bot wait so long for something, in place of its usual time."""
        self.timing = replace(self.timing, **seconds)

    async def link(self, user_id: int, blink: Blink | None = None) -> None:
        """Link a person to a Blink: Alice's, if no other is given."""
        self.blinks[user_id] = blink or self.blink
        async with self._opened() as store:
            await store.accounts.link(an_account(user_id))

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[Store]:
        if self._store:
            yield self._store
        else:
            async with open_store(self._database.url, KEYRING) as store:
                yield store

    @contextlib.asynccontextmanager
    async def bot(self, *, killed: bool = False) -> AsyncIterator[Runner]:
        """Run the bot while the context is open; it is stopped at the end without grace, or killed."""
        async with open_store(self._database.url, KEYRING) as store:
            self._store, self._runner = store, Runner(self._context(store))
            await self._runner.resume()
            try:
                yield self._runner
            finally:
                if killed:
                    await self._kill(self._runner)
                else:
                    await self._runner.stop(grace=0.0)
                self._store = self._runner = None

    def _context(self, store: Store) -> Context:
        sessions = cast(Sessions, _Sessions(store, self.blinks))
        shares = Shares(store.shares, now=self.now, first_used=self.first_uses.append)
        self.discord.shares = shares
        finder = CameraFinder(sessions, shares, self.timing, now=self.now)
        return Context(
            store.jobs,
            self.display,
            Turns(),
            UsbDrives(self.timing, now=self.now),
            JobAccess(sessions, shares, finder, self.discord, self.timing),
            MediaTools(self.folder, self.shrinker, _no_length),
            self.limits,
            self.timing,
            self.now,
            _METRICS,
            self.live_views,
        )

    async def _kill(self, runner: Runner) -> None:
        """End all tasks at once, and let the lease of the process be over."""
        heart = [runner._heart] if runner._heart else []
        for task in (tasks := [*runner._tasks.values(), *heart]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.execute("UPDATE clip_jobs SET owned_until = '2000-01-01 00:00:00.000000'")

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self._outside.execute(query, values).fetchall()

    def execute(self, statement: str, *values: Any) -> None:
        self._database.execute(statement, *values)

    # What people do.

    async def ask(
        self,
        device: Device | str | None = None,
        *,
        user_id: int = ALICE,
        kind: Kind = Kind.CLIP,
        share: bool = False,
        seconds: int | None = None,
        **reply: Any,
    ) -> Job:
        """Use `/clip`, `/snapshot` or the menu of `/recordings`, and return the job as it begins."""
        await asyncio.sleep(STEP)  # no two at one moment
        asked = device if isinstance(device, str) else str((device or self.front).key)
        guest = Guest(user_id, CLUB)
        shares = tuple(one.id for one in await self.store.shares.given_to(guest))
        number = next(self._numbers)
        request = JobRequest(10**18 + number, user_id, asked, self.now(), kind, shares, live_seconds=seconds)
        expires_at = self.now() + timedelta(minutes=15)
        shown_in = a_reply(expires_at=expires_at, ephemeral=not share, guild_id=CLUB, **reply)
        job = Job(f"{number:08x}", request, shown_in, round=Round() if read_all(asked) else None)
        assert await self.runner.reserve(job)
        self.runner.accept(job)
        return job

    async def over(self, job: Job) -> Job:
        """Wait until a job is over, and return it as its row has it."""
        if task := self.runner._tasks.get(job.id):
            await asyncio.wait({task})
        ended = await self.store.jobs.job(job.id)
        assert ended, "nothing is kept of it"
        assert ended.stage is Stage.ENDED, ended.stage
        assert ended.end is not End.BROKEN, "see the log"
        return ended

    async def lived(self, device: Device | str | None = None, **more: Any) -> Job:
        """Run the bot for one job, and return that as it ended."""
        async with self.bot():
            return await self.over(await self.ask(device, **more))

    async def lend(self, *rights: Right, device: Device | None = None, **more: Any) -> Share:
        """Let Bob use one of Alice's cameras."""
        scope = str((device or self.front).key)
        wanted = frozenset(rights or {Right.STATUS, Right.CLIP, Right.SNAPSHOT, Right.RECENT})
        values = {"owner_id": ALICE, "guest_id": BOB, "guild_id": CLUB, "scope": scope, "rights": wanted}
        async with self._opened() as store:
            share = await store.shares.give(a_share(**values | more), most=99)
        assert share
        return share

    # What they see.

    async def until(self, predicate: Callable[[], Any], *, within: float = 900.0) -> Any:
        """Wait by the world's clock until something is so."""
        async with asyncio.timeout(within):
            while not (value := predicate()):  # noqa: ASYNC110 - the predicate may look at anything
                await asyncio.sleep(STEP)
        return value

    async def reaches(self, job: Job, stage: Stage) -> None:
        """Wait until a job's row stands in a stage."""
        await self.until(lambda: self.stage(job) == (f"round {stage}" if job.round is not None else stage.value))

    def stage(self, job: Job) -> str:
        return self.rows("SELECT stage FROM clip_jobs WHERE id = ?", job.id)[0][0]

    def shown(self, job: Job) -> list[str]:
        """Return all that was read in a job's reply while it ran."""
        return [one.words for one in self.display.shown if one.job.id == job.id]

    def told(self, job: Job) -> Told:
        """Return the one end that a person was told."""
        [told] = [one for one in self.display.told if one.job.id == job.id]
        return told

    def content(self, job: Job) -> bytes | None:
        """Return the video or picture that a person got."""
        return self.told(job).content


@cache
def _with_alice() -> bytes:
    """Return a database in which Alice is linked: to write her row takes as long as a whole clip."""

    async def link() -> None:
        async with open_store(database.url, KEYRING) as store:
            await store.accounts.link(an_account(ALICE))

    with tempfile.TemporaryDirectory() as folder:
        database = with_tables(Path(folder, "bot.db"))
        in_thread(link)
        return database.path.read_bytes()


class _NoShrinker:
    """Makes nothing smaller."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        return NotShrunk.NOT_INSTALLED


async def _no_length(video: Path) -> float | None:
    return None


def words(job: Job, **more: Any) -> str:
    """Return all that a person reads in the reply to a job."""
    drawn = card(job, **more)
    return "\n".join([drawn.title, drawn.text, drawn.small, *(f"{name} {value}" for name, value in drawn.fields)])
