"""A share: the permission of an owner for a person, or for a role, to use some of their cameras."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from .camera_ref import CameraKey, CameraRef
from .daily_hours import Hours


class Right(StrEnum):
    """One thing that an owner can let others do."""

    STATUS = "status"
    SNAPSHOT = "snapshot"
    CLIP = "clip"
    LIVE = "live"  # the live view, with sound: in place of a clip, or of a length that was asked for
    RECENT = "recent"  # recordings that Blink keeps already
    ARM = "arm"  # arming, disarming, and motion detection
    ALERTS = "alerts"  # hearing of motion, with the video


class Preset(StrEnum):
    """A choice of rights that has a name."""

    LOOK = "look"
    USE = "use"
    EVERYTHING = "everything"

    @property
    def rights(self) -> frozenset[Right]:
        """The rights of this choice; sound, arming and alerts are only in the largest."""
        look = frozenset({Right.STATUS, Right.SNAPSHOT})
        match self:
            case Preset.LOOK:
                return look
            case Preset.USE:
                return look | {Right.CLIP, Right.RECENT}
            case Preset.EVERYTHING:
                return frozenset(Right)


@dataclass(frozen=True, slots=True)
class Guest:
    """A person as an interaction shows them: with the server that they are in, and their roles there."""

    user_id: int
    guild_id: int | None = None
    role_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Share:
    """An owner's permission for one person or role of one server; `scope` is a camera's key, or "network." and its id.

    It is for the Blink account that was linked when it was given, and for no other that its owner links later.
    """

    id: str
    owner_id: int
    owner_name: str
    guild_id: int
    guest_id: int
    to_role: bool
    guest_name: str
    account_id: int
    scope: str
    label: str  # the scope, as its owner reads it
    rights: frozenset[Right]
    created_at: datetime
    until: datetime | None = None
    hours: Hours | None = None
    # The people who have left this share, or refuse all of its owner's shares; empty if it was read for one guest.
    refused_by: frozenset[int] = field(default=frozenset(), compare=False)

    @cached_property
    def camera(self) -> CameraKey | None:
        """The one camera of the share, None if it is for a whole network."""
        return ref.key if (ref := CameraRef.parse(self.scope)) else None

    @property
    def network_id(self) -> int:
        """The network of the share, or of its one camera."""
        ref = CameraRef.parse(self.scope)
        assert ref is not None
        return ref.network_id

    def covers(self, account_id: int, camera: CameraKey) -> bool:
        """Say whether the share is for this camera."""
        if account_id != self.account_id:
            return False
        return camera == self.camera if self.camera else camera.network_id == self.network_id

    def covers_network(self, account_id: int, network_id: int) -> bool:
        """Say whether the share is for this whole network; a share for one camera is not."""
        return account_id == self.account_id and self.camera is None and network_id == self.network_id

    def is_for(self, guest: Guest) -> bool:
        """Say whether the share is for a guest, or a role that they have now, in the server where they are now."""
        if guest.guild_id != self.guild_id or guest.user_id == self.owner_id or guest.user_id in self.refused_by:
            return False
        return self.guest_id in guest.role_ids if self.to_role else self.guest_id == guest.user_id

    def holds(self, now: datetime) -> bool:
        """Say whether the share has not ended."""
        return self.until is None or now < self.until

    def is_open(self, now: datetime) -> bool:
        """Say whether a guest may begin something now: the share has not ended, and these are its hours."""
        return self.holds(now) and (self.hours is None or self.hours.include(now))


@dataclass(frozen=True, slots=True)
class Refusal:
    """The refusal of an owner's shares by a person: all of them, or the one `share_id` that they have left."""

    user_id: int
    owner_id: int
    owner_name: str
    at: datetime
    share_id: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a share, or several equal ones since `began_at`, as its owner can look it up."""

    owner_id: int
    guild_id: int
    user_id: int
    right: Right
    label: str
    at: datetime  # the last time
    times: int = 1
    began_at: datetime | None = None
