"""Looks at each account with subscribers: one request at each interval; without subscribers, none.

Each new recording is saved once, before anybody is told.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.accounts import Session, Sessions
from bot.blink import BlinkClient, BlinkError, Inventory, MediaEntry, RateLimited, SignedOut
from bot.metrics import Metrics
from bot.models import Feed
from bot.store import AlertStore

from .camera_health import HealthWatch
from .classify import Classified, Classifier
from .outbox import Outbox
from .timing import AlertTiming

log = logging.getLogger("bot.alerts")

_DAY = timedelta(days=1)


@dataclass
class PolledFeed:
    """A feed that this process reads, and how far; that is further than is saved if nothing has happened.

    `settled` are recent recordings that need no second look, with their times; `saved_at` and `news_at` are by the
    event loop's clock. `failures` counts the looks that have failed in a row.
    """

    feed: Feed
    saved_at: float
    news_at: float
    settled: dict[int, datetime] = field(default_factory=dict[int, datetime])
    failures: int = 0
    timer: asyncio.TimerHandle | None = None
    looking: asyncio.Task[None] | None = None

    def relinked(self, feed: Feed) -> None:
        """Note by which link the feed is read now."""
        self.feed = replace(self.feed, link_id=feed.link_id)

    def close(self) -> None:
        """Stop looking."""
        if self.timer:
            self.timer.cancel()
        if self.looking:
            self.looking.cancel()


class Lost(Exception):
    """The feed belongs to another process now, or to none."""


class FeedReader:
    """Looks once at a feed, and saves what is new."""

    def __init__(self, store: AlertStore, sessions: Sessions, timing: AlertTiming) -> None:
        self._store = store
        self._sessions = sessions
        self._timing = timing
        self._overlap = timedelta(seconds=timing.overlap)

    def begin(self, feed: Feed) -> PolledFeed:
        """Begin at the position that an earlier process has saved."""
        now = asyncio.get_running_loop().time()
        return PolledFeed(feed, saved_at=now, news_at=now)

    async def look(self, polled: PolledFeed) -> frozenset[int]:
        """Look once, and return the people whose alerts have changed; raises BlinkError, and Lost."""
        session = await self._sessions.session(polled.feed.owner_id, link_id=polled.feed.link_id)
        if session is None:
            raise Lost
        client = session.client
        cursor = self._cursor(polled.feed, client)
        listed = await self._listed(client, cursor)
        earlier = self._cursor(polled.feed, client)
        if cursor - earlier > self._overlap / 2:  # the answer's date says that we asked for too little
            cursor = earlier
            listed = await self._listed(client, cursor)
        oldest = cursor - timedelta(seconds=self._timing.late)
        feed = replace(polled.feed, cursor=client.blink_now(), account_id=client.account_id)
        polled.settled = {media_id: at for media_id, at in polled.settled.items() if at >= oldest}
        fresh = [one for one in listed if one.media_id not in polled.settled and one.created_at >= oldest]
        if not fresh:
            await self._saw_nothing(polled, feed)
            return frozenset()
        classified = await self._classified(session, feed, fresh)
        if classified.unfinished:
            feed = replace(feed, cursor=min(feed.cursor, classified.unfinished))
        await self._save(polled, feed, classified)
        polled.settled |= {one.media_id: one.created_at for one in fresh if one.media_id in classified.settled}
        polled.news_at = polled.saved_at
        return frozenset(alert.user_id for alert in (*classified.news, *classified.finished))

    def _cursor(self, feed: Feed, client: BlinkClient) -> datetime:
        """Return up to when the recordings have been seen; if another account is linked now, that is this moment."""
        now = client.blink_now()
        if feed.account_id not in (None, client.account_id):
            return now
        # A wrong clock may have saved a cursor in the future; until then we would look for nothing.
        return min(max(feed.cursor, now - timedelta(seconds=self._timing.longest_away)), now)

    async def _listed(self, client: BlinkClient, cursor: datetime) -> list[MediaEntry]:
        # After a gap, the next look begins too late to find what this one misses.
        behind = client.blink_now() - cursor > self._overlap / 2
        return await client.media_since(cursor - self._overlap, partial=True, at_once=behind)

    async def _classified(self, session: Session, feed: Feed, fresh: Iterable[MediaEntry]) -> Classified:
        assert feed.account_id is not None
        inventory = await session.inventory(max_age=self._timing.inventory_age)
        if not _lists(inventory, fresh):
            inventory = await session.inventory(max_age=self._timing.every)
        classifier = Classifier(
            feed.account_id,
            inventory,
            await self._store.subscriptions.subscribing(feed.owner_id),
            await self._store.feeds.commanded(feed.account_id, [one.media_id for one in fresh]),
            partial_after=feed.cursor - timedelta(seconds=self._timing.partial_for),
        )
        return classifier.classify(fresh)

    async def _saw_nothing(self, polled: PolledFeed, feed: Feed) -> None:
        """Save the cursor only now and then; a recording that a restart sees twice is still saved once."""
        now = asyncio.get_running_loop().time()
        if polled.feed.account_id == feed.account_id and now - polled.saved_at < self._timing.save_every:
            polled.feed = feed
        else:
            await self._save(polled, feed, Classified((), (), frozenset(), None))

    async def _save(self, polled: PolledFeed, feed: Feed, classified: Classified) -> None:
        # If the clock leaps ahead, alerts that were just told must not count as old.
        forget_before = min(polled.feed.cursor, feed.cursor) - timedelta(seconds=self._timing.kept)
        news, finished = classified.news, classified.finished
        if not await self._store.feeds.advance(feed, news=news, finished=finished, forget_before=forget_before):
            raise Lost
        polled.feed, polled.saved_at = feed, asyncio.get_running_loop().time()


class FeedPoller:
    """Reads the feeds of this process in turn, and wakes the outbox."""

    def __init__(
        self,
        store: AlertStore,
        reader: FeedReader,
        outbox: Outbox,
        health: HealthWatch,
        timing: AlertTiming,
        *,
        now: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._reader = reader
        self._outbox = outbox
        self._health = health
        self._timing = timing
        self._now = now
        self._metrics = metrics
        self._polled: dict[int, PolledFeed] = {}
        self._at_once = asyncio.Semaphore(timing.at_once)
        self._begun = asyncio.Event()
        self._changed = asyncio.Event()

    def begin(self) -> None:
        """Let `run` begin: from now on, people can be told."""
        self._begun.set()

    def changed(self) -> None:
        """Take up a changed subscription at once."""
        self._changed.set()

    async def run(self) -> None:
        """Look at all wanted feeds until this is cancelled."""
        await self._begun.wait()
        clock, lease = asyncio.get_running_loop().time, self._timing.lease
        ours_until = clock()
        # By itself, since many rows can take longer than the lease.
        forgetting = asyncio.create_task(self._forget_daily(), name="old alerts")
        try:
            while True:
                self._changed.clear()
                asked_at = clock()
                try:
                    await self._keep()
                    ours_until = asked_at + lease
                except Exception as error:
                    log.warning("alerts cannot be looked after now: %s", error)
                    if clock() > ours_until:
                        self._close()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(lease / 3 * random.uniform(0.8, 1.2)):  # noqa: S311 - no two in step
                        await self._changed.wait()
        finally:
            self._close()
            forgetting.cancel()
            await asyncio.gather(forgetting, return_exceptions=True)

    async def stop(self) -> None:
        """Tell nothing more, and let another process go on at once; `run` must have ended."""
        await self._outbox.close()
        await self._health.close()
        try:
            await self._store.feeds.release()
        except Exception as error:
            log.warning("alerts could not be let go of: %s", error)

    async def _keep(self) -> None:
        """Take this process's feeds, and wake the outbox for all that is left to tell."""
        feeds = {feed.owner_id: feed for feed in await self._store.feeds.keep()}
        for owner_id in self._polled.keys() - feeds.keys():
            self._polled.pop(owner_id).close()
        for owner_id, feed in feeds.items():
            if polled := self._polled.get(owner_id):
                polled.relinked(feed)
                continue
            polled = self._polled[owner_id] = self._reader.begin(feed)
            self._later(polled, random.uniform(0, self._timing.every))  # noqa: S311 - after a start, not all at once
        self._outbox.resume(await self._store.alert_messages.unfinished())
        await self._outbox.wake_waiting()
        self._health.begin()

    async def _forget_daily(self) -> None:
        while True:
            try:
                await self._store.alert_messages.forget(before=self._now() - _DAY)
            except Exception as error:
                log.warning("old alerts cannot be forgotten now: %s", type(error).__name__, exc_info=error)
            await asyncio.sleep(_DAY.total_seconds())

    def _later(self, polled: PolledFeed, pause: float) -> None:
        polled.timer = asyncio.get_running_loop().call_later(pause, self._due, polled)

    def _due(self, polled: PolledFeed) -> None:
        polled.looking = asyncio.create_task(self._look(polled), name=f"look {polled.feed.owner_id}")

    async def _look(self, polled: PolledFeed) -> None:
        owner_id = polled.feed.owner_id
        try:
            async with self._at_once:
                changed = await self._reader.look(polled)
        except Lost:
            if self._polled.get(owner_id) is polled:
                del self._polled[owner_id]
            return
        except Exception as error:
            polled.failures += 1
            pause = self._after_failure(polled, error)
            self._metrics.feed_read("signed out" if isinstance(error, SignedOut) else "failed")
        else:
            polled.failures, pause = 0, self._pause(polled)
            self._metrics.feed_read("ok")
            self._outbox.wake(changed)
        if self._polled.get(owner_id) is polled:
            jitter = self._timing.jitter
            self._later(polled, pause * random.uniform(1 - jitter, 1 + jitter))  # noqa: S311 - no two in step

    def _after_failure(self, polled: PolledFeed, error: Exception) -> float:
        pause = min(self._timing.every * 2 ** min(polled.failures, 10), self._timing.failing)
        if isinstance(error, RateLimited):
            return max(pause, error.retry_after)
        if not isinstance(error, BlinkError):
            log.warning("a look for recordings failed: %s", type(error).__name__, exc_info=error)
        return pause

    def _pause(self, polled: PolledFeed) -> float:
        """Return the pause after a good look, in seconds: longer if nothing has happened for long."""
        idle = asyncio.get_running_loop().time() - polled.news_at
        slower = max(0.0, self._timing.slowest - self._timing.every)
        return self._timing.every + slower * min(1.0, idle / _DAY.total_seconds())

    def _close(self) -> None:
        for polled in self._polled.values():
            polled.close()
        self._polled.clear()


def _lists(inventory: Inventory, entries: Iterable[MediaEntry]) -> bool:
    known = {camera.key.ids for camera in inventory.cameras}
    return all((entry.network_id, entry.camera_id) in known for entry in entries)
