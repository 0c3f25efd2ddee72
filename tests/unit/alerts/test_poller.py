"""The process that reads feeds keeps them, whatever else it has to do."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import FeedPoller, HealthWatch
from bot.metrics import Metrics
from tests.support.waiting import until
from tests.unit.alerts.world import TIMING, AlertsWorld


class Slow:
    """The part of a store that forgets what is old, which takes as long as it is held; `begun` counts the times."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.begun = 0
        self.ended = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def forget(self, **_: Any) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


class Feeds:
    """The part of a store that keeps feeds; `kept` counts the signs of life."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.kept = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def keep(self) -> Any:
        found = await self._store.keep()
        self.kept += 1
        return found


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AlertsWorld]:
    world = AlertsWorld(tmp_path)
    await world.begin()
    yield world
    await world.end()


async def test_many_old_alerts_that_are_forgotten_slowly_cost_no_feed(world: AlertsWorld) -> None:
    process = world.processes["first"]
    slow: Any = Slow(process.store.alert_messages)
    feeds: Any = Feeds(process.store.feeds)
    store, timing = replace(process.store, alert_messages=slow, feeds=feeds), replace(TIMING, lease=0.03)
    blink: Any = world.blink
    discord: Any = world.discord
    health = HealthWatch(store, blink, discord, now=world.clock, timing=timing)
    poller = FeedPoller(store, process.reader, process.outbox, health, timing, now=world.clock, metrics=Metrics())
    running = asyncio.create_task(poller.run())
    poller.begin()
    await until(lambda: slow.begun)
    kept = feeds.kept
    await until(lambda: feeds.kept > kept + 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (slow.begun, slow.ended) == (1, True)
    await poller.stop()
