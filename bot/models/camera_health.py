"""The health of cameras, and what people have been told of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from .camera_ref import CameraKey

_LONGEST_GAP = timedelta(hours=3)  # between two looks; after a longer one nobody knows how a camera was meanwhile


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """A camera at the last look; it was offline at every look since `offline_since`."""

    camera: CameraKey
    label: str
    seen_at: datetime
    offline_since: datetime | None = None
    low_battery: bool = False

    def is_recent(self, now: datetime) -> bool:
        """Say whether the look still tells how the camera is."""
        return now - self.seen_at <= _LONGEST_GAP

    def after(self, before: "CameraHealth | None") -> "CameraHealth":
        """Return this look; the look before tells since when the camera is offline."""
        if self.offline_since is None or before is None or before.offline_since is None:
            return self
        return replace(self, offline_since=before.offline_since) if before.is_recent(self.seen_at) else self


def is_low(battery: str | None) -> bool:
    """Say whether Blink's word for a battery means that it is low."""
    return battery is not None and "low" in battery.casefold()


@dataclass(frozen=True, slots=True)
class ToldHealth:
    """The last news that a person was told of a camera."""

    offline: bool = False
    low_battery: bool = False


class HealthChange(StrEnum):
    """Something about a camera that people are told."""

    OFFLINE = "offline"
    ONLINE = "online"
    LOW_BATTERY = "low battery"


@dataclass(frozen=True, slots=True)
class CameraNews:
    """A change of one camera; `hours` are the full hours for which it is offline."""

    label: str
    change: HealthChange
    hours: int = 0


@dataclass(frozen=True, slots=True)
class HealthMessage:
    """One direct message about one or several cameras; `message_id` is known once Discord has it."""

    id: str  # also the nonce that keeps Discord from showing it twice
    user_id: int
    made_at: datetime
    news: tuple[CameraNews, ...]
    channel_id: int | None = None
    message_id: int | None = None
    resumed: bool = False  # another process, or this one before a restart, may have sent it


def told_of(seen: CameraHealth, told: ToldHealth, *, first: bool) -> tuple[ToldHealth, tuple[CameraNews, ...]]:
    """Return what a person knows of a camera once they are told the news, and the news.

    A camera must be offline at two looks in a row; at the `first`, a person hears of what is wrong already.
    """
    news = list[CameraNews]()
    offline = told.offline
    if seen.offline_since is None:
        if told.offline:
            news.append(CameraNews(seen.label, HealthChange.ONLINE))
        offline = False
    elif not told.offline and (first or seen.offline_since < seen.seen_at):
        hours = int((seen.seen_at - seen.offline_since) / timedelta(hours=1))
        news.append(CameraNews(seen.label, HealthChange.OFFLINE, hours))
        offline = True
    if seen.low_battery and not told.low_battery:
        news.append(CameraNews(seen.label, HealthChange.LOW_BATTERY))
    return ToldHealth(offline, seen.low_battery), tuple(news)
