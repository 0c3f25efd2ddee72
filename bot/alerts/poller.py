"""Looks at each account with subscribers: one request at each interval; without subscribers, none."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.blink import BlinkError, RateLimited, SignedOut
from bot.metrics import Metrics
from bot.store import AlertStore

from .camera_health import HealthWatch
from .feed_reader import FeedReader, Lost, Reading
from .outbox import Outbox
from .timing import Timing

log = logging.getLogger("bot.alerts")

_DAY = timedelta(days=1)


@dataclass
class _PolledFeed:
    """One feed that this process reads."""

    reading: Reading
    failures: int = 0
    timer: asyncio.TimerHandle | None = None
    looking: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Stop looking."""
        if self.timer:
            self.timer.cancel()
        if self.looking:
            self.looking.cancel()


class FeedPoller:
    """Reads the feeds of this process in turn, and wakes the outbox."""

    def __init__(
        self,
        store: AlertStore,
        reader: FeedReader,
        outbox: Outbox,
        health: HealthWatch,
        timing: Timing,
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
        self._forgot_at = now() - _DAY  # so that a start forgets, too
        self._polled: dict[int, _PolledFeed] = {}
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
                polled.reading.relinked(feed)
                continue
            polled = self._polled[owner_id] = _PolledFeed(self._reader.begin(feed))
            self._later(polled, random.uniform(0, self._timing.every))  # noqa: S311 - after a start, not all at once
        self._outbox.resume(await self._store.alert_messages.unfinished())
        self._outbox.wake(await self._store.alert_messages.waiting())
        self._health.begin()
        if (now := self._now()) - self._forgot_at > _DAY:
            self._forgot_at = now
            await self._store.alert_messages.forget(before=now - _DAY)

    def _later(self, polled: _PolledFeed, pause: float) -> None:
        polled.timer = asyncio.get_running_loop().call_later(pause, self._due, polled)

    def _due(self, polled: _PolledFeed) -> None:
        polled.looking = asyncio.create_task(self._look(polled), name=f"look {polled.reading.feed.owner_id}")

    async def _look(self, polled: _PolledFeed) -> None:
        owner_id = polled.reading.feed.owner_id
        try:
            async with self._at_once:
                changed = await self._reader.look(polled.reading)
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

    def _after_failure(self, polled: _PolledFeed, error: Exception) -> float:
        pause = min(self._timing.every * 2 ** min(polled.failures, 10), self._timing.failing)
        if isinstance(error, RateLimited):
            return max(pause, error.retry_after)
        if not isinstance(error, BlinkError):
            log.warning("a look for recordings failed: %s", type(error).__name__, exc_info=error)
        return pause

    def _pause(self, polled: _PolledFeed) -> float:
        """Return the pause after a good look, in seconds: longer if nothing has happened for long."""
        idle = asyncio.get_running_loop().time() - polled.reading.news_at
        slower = max(0.0, self._timing.slowest - self._timing.every)
        return self._timing.every + slower * min(1.0, idle / _DAY.total_seconds())

    def _close(self) -> None:
        for polled in self._polled.values():
            polled.close()
        self._polled.clear()
