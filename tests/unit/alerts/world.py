"""A Blink account, two people, and processes that read and tell, all by a clock of the test's own."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.alerts import AlertDelivery, AlertPermissions, AlertTiming, FeedReader, Fetcher, Outbox
from bot.alerts.poller import Lost, PolledFeed
from bot.alerts.subscriptions import ShareChecker
from bot.blink import Camera, Inventory, MediaEntry, Unreachable
from bot.metrics import Metrics
from bot.models import Alert, AlertMessage, CameraKey, CameraKind, Footage, Subscription, Watcher
from bot.store import Store, open_store
from tests.support.databases import with_tables
from tests.support.examples import KEYRING, an_account

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALICE, BOB, CLUB = 1, 2, 14
DOOR, GARDEN = CameraKey(CameraKind.OWL, 7, 1), CameraKey(CameraKind.CAMERA, 7, 2)
HOME = Inventory(
    (Camera(DOOR, "Front Door", "Home", "Mini", online=True), Camera(GARDEN, "Garden", "Home", "Outdoor", online=True))
)
TIMING = AlertTiming(again=0.01, picture_after=5.0, fetch_gaps=(0.01,) * 5)
VIDEO = b"\0\0\0\x18ftypmp42 and what follows"


class Clock:
    """The time of all: the bot's, Blink's and Discord's."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Recording:
    """A recording as Blink has it: listed from a moment on, and changed at another."""

    media_id: int
    camera: CameraKey
    at: datetime
    listed_at: datetime
    changed_at: datetime
    partial: bool


@dataclass
class Blink:
    """One account, its household and its client in one; the next `failures` requests fail."""

    clock: Clock
    recordings: dict[int, Recording] = field(default_factory=dict[int, Recording])
    failures: int = 0
    account_id: int = 5

    @property
    def client(self) -> "Blink":
        return self

    async def session(self, user_id: int, *, link_id: str | None = None) -> "Blink | None":
        return self if user_id == ALICE else None

    async def inventory(self, *, max_age: float) -> Inventory:
        self._fail()
        return HOME

    def blink_now(self) -> datetime:
        return self.clock.now.replace(microsecond=0)

    async def media_since(self, since: datetime, *, partial: bool = False, at_once: bool = True) -> list[MediaEntry]:
        self._fail()
        listed = [
            MediaEntry(
                one.media_id,
                one.camera.network_id,
                one.camera.camera_id,
                one.at,
                "" if one.partial else f"/clip/{one.media_id}.mp4",
                one.partial,
            )
            for one in self.recordings.values()
            if one.listed_at <= self.clock.now and one.changed_at >= since
        ]
        return sorted(listed, key=lambda one: (one.created_at, one.media_id))

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        self._fail()
        return await asyncio.to_thread(target.write_bytes, VIDEO)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise Unreachable("Blink is away")


@dataclass
class Message:
    """What somebody reads in Discord."""

    alert_message: AlertMessage
    footage: Footage
    sent_at: datetime


@dataclass
class Discord:
    """What people read, and the moments at which Discord, or the process that speaks to it, fails.

    `trouble` are what the next calls run into: "away" is told so, as is one that does something meanwhile; "before" and
    "after" are calls in which the process is killed before or after Discord has taken them.
    """

    clock: Clock
    messages: dict[str, Message] = field(default_factory=dict[str, Message])
    trouble: list[str | Callable[[], object]] = field(default_factory=list[str | Callable[[], object]])
    twice: list[str] = field(default_factory=list[str])

    async def show(
        self, message: AlertMessage, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> AlertMessage | None:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if callable(trouble):
            trouble()
            return None
        if trouble == "away":
            return None
        if trouble == "before":
            await asyncio.Event().wait()
        held = await asyncio.to_thread(video.read_bytes) if video else None
        assert (footage is Footage.HERE) == (held == VIDEO)
        before = self.messages.get(message.id)
        if before and message.message_id is None:
            self.twice.append(message.id)
        self.messages[message.id] = Message(message, footage, before.sent_at if before else self.clock.now)
        if trouble == "after":
            await asyncio.Event().wait()
        return replace(message, channel_id=1, message_id=self._number(message.id))

    async def find(self, message: AlertMessage, watcher: Watcher) -> AlertMessage | None:
        if message.id not in self.messages:
            return None
        return replace(message, channel_id=1, message_id=self._number(message.id))

    def _number(self, alert_message_id: str) -> int:
        return list(self.messages).index(alert_message_id) + 1

    def heard(self, user_id: int) -> list[Alert]:
        mine = [one.alert_message for one in self.messages.values() if one.alert_message.user_id == user_id]
        return [alert for message in mine for alert in message.alerts]


class Everything:
    """Shares of all cameras."""

    async def may_hear(self, alerts: Sequence[Alert]) -> list[Alert]:
        return [*alerts]


class Process:
    """One process of the bot, as far as alerts go."""

    def __init__(
        self,
        store: Store,
        blink: Blink,
        discord: Discord,
        clock: Clock,
        folder: Path,
        *,
        shares: ShareChecker,
        timing: AlertTiming,
    ) -> None:
        self.store = store.alerts
        self.reader = FeedReader(self.store, blink, timing)
        wanted = AlertPermissions(self.store, shares)
        telling = AlertDelivery(
            self.store,
            Fetcher(blink, timing),
            discord,
            wanted,
            folder=folder,
            now=clock,
            timing=timing,
            metrics=Metrics(),
        )
        self.outbox = Outbox(self.store, telling, wanted, now=clock, timing=timing)
        self.polled: PolledFeed | None = None

    async def keep(self) -> bool:
        """Take what is free; False where another process has the feed."""
        feeds = await self.store.feeds.keep()
        if not feeds:
            self.polled = None
        elif self.polled is None:
            self.polled = self.reader.begin(feeds[0])
        else:
            self.polled.relinked(feeds[0])
        self.outbox.resume(await self.store.alert_messages.unfinished())
        await self.outbox.wake_waiting()
        return bool(feeds)

    async def look(self) -> None:
        if await self.keep() and self.polled:
            with contextlib.suppress(Unreachable, Lost):
                self.outbox.wake(await self.reader.look(self.polled))


class AlertsWorld:
    """All of it, on one SQLite file."""

    def __init__(self, folder: Path, *, shares: ShareChecker | None = None, timing: AlertTiming = TIMING) -> None:
        self.shares, self.timing = shares or Everything(), timing
        self.file, self.folder = folder / "bot.db", folder
        self.clock = Clock()
        self.blink = Blink(self.clock)
        self.discord = Discord(self.clock)
        self.processes: dict[str, Process] = {}
        self._stores: dict[str, contextlib.AsyncExitStack] = {}

    async def begin(self) -> None:
        with_tables(self.file)
        await self.start("first")
        async with open_store(f"sqlite:///{self.file}", KEYRING) as store:
            await store.accounts.link(an_account(ALICE))
            assert await store.alerts.subscriptions.subscribe(Subscription(ALICE, ALICE, since=NOON))
            assert await store.alerts.subscriptions.subscribe(
                Subscription(BOB, ALICE, since=NOON, guild_id=CLUB, cameras=frozenset({DOOR}))
            )

    async def start(self, name: str) -> None:
        stack = contextlib.AsyncExitStack()
        store = await stack.enter_async_context(open_store(f"sqlite:///{self.file}", KEYRING))
        self._stores[name] = stack
        self.processes[name] = Process(
            store, self.blink, self.discord, self.clock, self.folder, shares=self.shares, timing=self.timing
        )

    async def kill(self, name: str) -> None:
        """End a process in the middle of whatever it does, and let the others see that it is dead."""
        process = self.processes.pop(name)
        await process.outbox.close()
        await self._stores.pop(name).aclose()
        await asyncio.to_thread(self._nobody_lives)
        for other in self.processes.values():
            await other.keep()

    def _nobody_lives(self) -> None:
        with contextlib.closing(sqlite3.connect(self.file, timeout=10)) as connection, connection:
            connection.execute("UPDATE processes SET until = '2000-01-01 00:00:00.000000'")

    async def stop(self, name: str) -> None:
        """End a process in good order."""
        process = self.processes.pop(name)
        await process.outbox.close()
        await process.store.feeds.release()
        await self._stores.pop(name).aclose()

    async def end(self) -> None:
        for name in list(self.processes):
            await self.stop(name)

    def wake(self) -> None:
        for process in self.processes.values():
            process.outbox.wake([ALICE, BOB])

    def expected(self, user_id: int) -> set[int]:
        return {one.media_id for one in self.blink.recordings.values() if user_id == ALICE or one.camera == DOOR}
