"""Finds out which of the recordings that Blink lists are news, and for which people."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.blink import Inventory, MediaEntry
from bot.models import Alert, Commanded, Event, Subscription, Watcher

_SLACK = timedelta(seconds=2)  # Blink's clock is known in whole seconds
_LIVE_VIEW = "liveview"
_RINGS = frozenset({"button_press", "button"})


@dataclass(frozen=True, slots=True)
class Classified:
    """The result of a look: the alerts to tell, and the recordings that need no second look.

    `finished` are alerts that have a video now; some may be stored without one. `unfinished` is the time of the oldest
    recording that needs a second look.
    """

    news: tuple[Alert, ...]
    finished: tuple[Alert, ...]
    settled: frozenset[int]
    unfinished: datetime | None


@dataclass(frozen=True, slots=True)
class Classifier:
    """Classifies the recordings of one account; Blink may still be writing those from after `partial_after`."""

    account_id: int
    inventory: Inventory
    subscribing: Sequence[tuple[Subscription, Watcher]]
    commanded: Commanded
    partial_after: datetime

    def classify(self, entries: Iterable[MediaEntry]) -> Classified:
        """Classify recordings that are not settled yet, oldest first."""
        news: list[Alert] = []
        finished: list[Alert] = []
        settled: set[int] = set()
        unfinished: list[datetime] = []
        for entry in entries:
            if self._may_be_a_clip(entry):
                unfinished.append(entry.created_at)
                continue
            news += [
                self._alert(entry, subscription)
                for subscription, watcher in self.subscribing
                if self._is_news(entry, subscription, watcher)
            ]
            if not entry.partial:
                finished += [self._alert(entry, subscription) for subscription, _ in self.subscribing]
                settled.add(entry.media_id)
            elif entry.created_at < self.partial_after:
                settled.add(entry.media_id)
            else:
                unfinished.append(entry.created_at)
        return Classified(tuple(news), tuple(finished), frozenset(settled), min(unfinished, default=None))

    def _may_be_a_clip(self, entry: MediaEntry) -> bool:
        """Say whether this recording may turn out to be that of a clip job under way."""
        if entry.media_id in self.commanded.media_ids:
            return False
        return any(
            (network_id, camera_id) == (entry.network_id, entry.camera_id) and entry.created_at >= since - _SLACK
            for network_id, camera_id, since in self.commanded.under_way
        )

    def _is_news(self, entry: MediaEntry, subscription: Subscription, watcher: Watcher) -> bool:
        event = _event(entry)
        if event is None or not watcher.events.include(event):
            return False
        if entry.created_at < subscription.since or not watcher.wants_to_know(entry.created_at):
            return False
        camera = self.inventory.camera_of(entry)
        return subscription.is_for(
            camera.key if camera else None
        ) and subscription.user_id not in self.commanded.media_ids.get(entry.media_id, ())

    def _alert(self, entry: MediaEntry, subscription: Subscription) -> Alert:
        camera = self.inventory.camera_of(entry)
        return Alert(
            id=secrets.token_hex(8),
            user_id=subscription.user_id,
            owner_id=subscription.owner_id,
            guild_id=subscription.guild_id,
            account_id=self.account_id,
            media_id=entry.media_id,
            camera=camera.key if camera else None,
            label=self.inventory.name_of(camera) if camera else f"Camera {entry.camera_id}",
            happened_at=entry.created_at,
            path=None if entry.partial else entry.path,
            picture=entry.picture,
            event=_event(entry) or Event.MOTION,
            zone=self.inventory.time_zones.get(entry.network_id) or None,
        )


def _event(entry: MediaEntry) -> Event | None:
    """Return what made a camera record, None for a live view or a photo that it took by itself.

    Blink's app shows no notice of these two, and an unknown cause counts as motion.
    """
    if entry.photo or entry.source == _LIVE_VIEW:
        return None
    return Event.RING if entry.source in _RINGS else Event.MOTION
