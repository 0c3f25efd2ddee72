"""Looks at the recordings of one account: each new one is saved once, before anybody is told."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.accounts import Session, Sessions
from bot.blink import BlinkClient, Inventory, MediaEntry
from bot.models import Feed
from bot.store import AlertStore

from .classify import Classified, Classifier
from .timing import Timing


@dataclass
class Reading:
    """How far a process has read a feed; that is further than is saved if nothing has happened.

    `settled` are recent recordings that need no second look, with their times; `saved_at` and `news_at` are by the
    event loop's clock.
    """

    feed: Feed
    saved_at: float
    news_at: float
    settled: dict[int, datetime] = field(default_factory=dict[int, datetime])

    def relinked(self, feed: Feed) -> None:
        """Note by which link the feed is read now."""
        if self.feed.link_id != feed.link_id:
            self.feed = replace(self.feed, link_id=feed.link_id)


class Lost(Exception):
    """The feed belongs to another process now, or to none."""


class FeedReader:
    """Reads feeds."""

    def __init__(self, store: AlertStore, sessions: Sessions, timing: Timing) -> None:
        self._store = store
        self._sessions = sessions
        self._timing = timing
        self._overlap = timedelta(seconds=timing.overlap)

    def begin(self, feed: Feed) -> Reading:
        """Begin at the position that an earlier process has saved."""
        now = asyncio.get_running_loop().time()
        return Reading(feed, saved_at=now, news_at=now)

    async def look(self, reading: Reading) -> frozenset[int]:
        """Look once, and return the people whose alerts have changed; raises BlinkError, and Lost."""
        session = await self._sessions.session(reading.feed.owner_id, link_id=reading.feed.link_id)
        if session is None:
            raise Lost
        client = session.client
        cursor = self._cursor(reading.feed, client)
        listed = await self._listed(client, cursor)
        earlier = self._cursor(reading.feed, client)
        if cursor - earlier > self._overlap / 2:  # the answer's date says that we asked for too little
            cursor = earlier
            listed = await self._listed(client, cursor)
        oldest = cursor - timedelta(seconds=self._timing.late)
        feed = replace(reading.feed, cursor=client.blink_now(), account_id=client.account_id)
        reading.settled = {media_id: at for media_id, at in reading.settled.items() if at >= oldest}
        fresh = [one for one in listed if one.media_id not in reading.settled and one.created_at >= oldest]
        if not fresh:
            await self._saw_nothing(reading, feed)
            return frozenset()
        classified = await self._classified(session, feed, fresh)
        if classified.unfinished:
            feed = replace(feed, cursor=min(feed.cursor, classified.unfinished))
        await self._save(reading, feed, classified)
        reading.settled |= {one.media_id: one.created_at for one in fresh if one.media_id in classified.settled}
        reading.news_at = reading.saved_at
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

    async def _saw_nothing(self, reading: Reading, feed: Feed) -> None:
        """Save the cursor only now and then; a recording that a restart sees twice is still saved once."""
        now = asyncio.get_running_loop().time()
        if reading.feed.account_id == feed.account_id and now - reading.saved_at < self._timing.save_every:
            reading.feed = feed
        else:
            await self._save(reading, feed, Classified((), (), frozenset(), None))

    async def _save(self, reading: Reading, feed: Feed, classified: Classified) -> None:
        # If the clock leaps ahead, alerts that were just told must not count as old.
        forget_before = min(reading.feed.cursor, feed.cursor) - timedelta(seconds=self._timing.kept)
        news, finished = classified.news, classified.finished
        if not await self._store.feeds.advance(feed, news=news, finished=finished, forget_before=forget_before):
            raise Lost
        reading.feed, reading.saved_at = feed, asyncio.get_running_loop().time()


def _lists(inventory: Inventory, entries: Iterable[MediaEntry]) -> bool:
    known = {camera.key.place for camera in inventory.cameras}
    return all((entry.network_id, entry.camera_id) in known for entry in entries)
