"""Subscriptions, the alerts that come of them, and the alert messages that tell people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from .camera_ref import CameraKey
from .daily_hours import Hours

OWN = 0  # in place of a server: the cameras are the person's own


class Event(StrEnum):
    """The reason why a camera recorded by itself."""

    MOTION = "motion"
    RING = "ring"


class Events(StrEnum):
    """The events of which a person wants alerts."""

    ALL = "motion and rings"
    MOTION = "only motion"
    RINGS = "only rings"

    def include(self, event: Event) -> bool:
        """Say whether an event is among them."""
        return self is Events.ALL or (self is Events.RINGS) == (event is Event.RING)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a server."""

    guild_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """A channel where alerts come, and the role that is mentioned there."""

    channel: Channel
    role_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """An answer of Discord about alerts in a place: the permissions that are missing, by their names in its API.

    `mentions` is whether both the person and the bot may mention the role of the place. `sure` is whether Discord says.
    """

    person_lacks: tuple[str, ...] = ()
    bot_lacks: tuple[str, ...] = ()
    mentions: bool = False
    sure: bool = True

    @property
    def allowed(self) -> bool:
        """Whether alerts may be posted there."""
        return self.sure and not self.person_lacks and not self.bot_lacks


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """The place for alerts of one camera; its other events go where alerts of all cameras go."""

    camera: CameraKey
    place: AlertPlace
    events: Events = Events.ALL


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person's settings for alerts: their quiet hours, their channels, and a mute.

    `unreachable_at` is when Discord last refused them a direct message: nothing is sent until they use `/notify`.
    `health` tells them what is wrong with their own cameras. `locale` is that of their Discord, which is kept with the
    person; None if it is not known.
    """

    user_id: int
    quiet: Hours | None = None
    channel: Channel | None = None  # instead of their direct messages, for cameras of their own
    muted_from: datetime | None = None
    muted_until: datetime | None = None
    unreachable_at: datetime | None = None
    events: Events = Events.ALL
    cameras: tuple[CameraPlace, ...] = ()  # cameras of their own that have a place of their own
    health: bool = False
    locale: str | None = None

    def place_of(self, alert: "Alert") -> AlertPlace | None:
        """Return where an alert goes, None for their direct messages; a shared camera goes nowhere else."""
        if alert.shared:
            return None
        chosen = (one.place for one in self.cameras if one.camera == alert.camera and one.events.include(alert.event))
        return next(chosen, AlertPlace(self.channel) if self.channel else None)

    def wants_to_know(self, moment: datetime) -> bool:
        """Say whether they want to hear of something that happened at a moment, now or later."""
        if self.muted_from is None or self.muted_until is None:
            return True
        return not self.muted_from <= moment < self.muted_until

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when their quiet hours are over, or None outside them."""
        return self.quiet.over_at(now) if self.quiet and self.quiet.include(now) else None

    def changed(self, **changes: Any) -> Self:
        """Return the settings with `changes`."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription to an owner's cameras; to another person's, by the shares in the server `guild_id`."""

    user_id: int
    owner_id: int
    since: datetime  # what was recorded before, by Blink's clock, is no news to them
    guild_id: int = OWN
    cameras: frozenset[CameraKey] | None = None  # None: all
    muted: frozenset[CameraKey] = frozenset()

    @property
    def shared(self) -> bool:
        """Whether the cameras are somebody else's."""
        return self.guild_id != OWN

    def is_for(self, camera: CameraKey | None) -> bool:
        """Say whether they want to hear of a camera; None is one that Blink does not list."""
        if camera is None:
            return self.cameras is None and not self.shared
        return camera not in self.muted and (self.cameras is None or camera in self.cameras)


@dataclass(frozen=True, slots=True)
class Feed:
    """The recordings of one linked account: up to which moment, by Blink's clock, they have been seen.

    `owner_id` is the person whose link reads it, `account_id` the Blink account read, None before the first look.
    `link_id` is that link as it was when the feed was taken or kept.
    """

    owner_id: int
    cursor: datetime
    account_id: int | None = None
    link_id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """One recording to tell one person of; `path` is None while Blink is still writing the video."""

    id: str
    user_id: int
    owner_id: int
    guild_id: int
    account_id: int
    media_id: int
    camera: CameraKey | None
    label: str
    happened_at: datetime
    path: str | None = field(default=None, repr=False)  # a whole address may carry its own signature
    picture: str | None = field(default=None, repr=False)
    event: Event = Event.MOTION
    zone: str | None = None  # the time zone of its system

    @property
    def shared(self) -> bool:
        """Whether the camera is somebody else's."""
        return self.guild_id != OWN


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """One message about one or several alerts, the oldest first; it shows the video of the first.

    `message_id` is known once Discord has it, in `channel_id`; the video may still follow then. The
    `made_at` of a resumed one that Discord has is the moment at which it came there. `role_id` is the role that it may
    mention: no other message about this camera has mentioned it lately.
    """

    id: str  # also the nonce that keeps Discord from showing it twice
    user_id: int
    made_at: datetime
    alerts: tuple[Alert, ...]
    channel_id: int | None = None
    message_id: int | None = None
    role_id: int | None = None
    resumed: bool = False  # another process, or this one before a restart, may have sent it

    @property
    def head(self) -> Alert:
        """The alert whose video is shown."""
        return self.alerts[0]

    @property
    def more(self) -> Sequence[Alert]:
        """The alerts that are only counted."""
        return self.alerts[1:]

    def place(self, watcher: Watcher) -> AlertPlace | None:
        """Return the channel that its person has chosen for all its alerts, None for direct messages."""
        places = {watcher.place_of(alert) for alert in self.alerts}
        return places.pop() if len(places) == 1 else None


class Footage(StrEnum):
    """The video of an alert message: how far it has come, or why there is none."""

    HERE = "here"
    COMING = "coming"  # with the picture, if there is one
    UNFINISHED = "unfinished"  # Blink did not finish writing it
    GONE = "gone"  # it is no longer at Blink
    AWAY = "away"  # Blink does not hand it out now, or the link is broken
    TOO_LARGE = "too large"  # not even a smaller version fits
    WITHDRAWN = "withdrawn"  # this person may not, or does not want to, hear of that camera any more


@dataclass(frozen=True, slots=True)
class Commanded:
    """Recordings that people asked for: `media_ids` with the people, and clips under way that may claim another.

    `under_way` are (network id, camera id, since when by Blink's clock).
    """

    media_ids: Mapping[int, frozenset[int]]
    under_way: Sequence[tuple[int, int, datetime]]
