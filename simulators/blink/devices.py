"""A Blink camera: its state, what it has accepted and what it has filmed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from .behaviour import THUMBNAIL, Behaviour, BusyShape, Failure, scaled
from .clips import Command, Recording
from .pictures import Film, photograph

if TYPE_CHECKING:
    from .networks import Network

Kind = Literal["camera", "mini", "floodlight", "doorbell"]

PRODUCT: dict[Kind, str] = {"camera": "catalina", "mini": "owl", "floodlight": "superior", "doorbell": "lotus"}
"""The `type` that the homescreen and the picture paths give each kind."""


@dataclass(frozen=True)
class Picture:
    """A picture that a camera has taken; equal films have equal bytes, and no two pictures the same film."""

    taken: int  # Unix seconds by Blink's clock; no two pictures of a camera have the same
    command_id: int | None  # the thumbnail command that made it; None: it was there before
    film: Film

    @property
    def jpeg(self) -> bytes:
        """The picture itself."""
        return photograph(self.film)


@dataclass(eq=False)
class Camera:
    """A camera of one of the four kinds."""

    id: int
    network: Network
    name: str
    kind: Kind
    behaviour: Behaviour
    battery: str = "ok"
    temperature: int = 68
    wifi: int = 4
    status: Literal["online", "done", "offline"] = "done"
    enabled: bool = True
    accepted: list[Command] = field(default_factory=list[Command])
    made: list[Recording] = field(default_factory=list[Recording])  # wherever it is kept, and if it is nowhere
    _turned_away_since: float | None = None

    @property
    def recordings(self) -> list[Recording]:
        """The videos that go to the cloud, oldest first; one that was deleted stays here."""
        return [recording for recording in self.made if recording.in_cloud]

    @property
    def videos(self) -> list[Recording]:
        """The videos in the cloud that commands made, oldest first; one that was deleted stays here."""
        now = self.network.account.world.clock()
        return [recording for recording in self.recordings if recording.command and recording.listed(now)]

    @property
    def usb_videos(self) -> list[Recording]:
        """The videos on the Sync Module's stick, oldest first."""
        now = self.network.account.world.clock()
        return [recording for recording in self.made if recording.on_usb(now)]

    def busy_for(self, seconds: float, shape: BusyShape | None = None) -> None:
        """Make this camera's network busy, as if the owner's phone used it."""
        self.network.busy_for(seconds, shape)

    def busy(self, now: float) -> BusyShape | None:
        """Return how a clip is refused now, or None; `busy_first` starts with the first clip that is turned away."""
        if shape := self.network.busy(self, now):
            return shape
        if not self.behaviour.busy_first:
            return None
        if self._turned_away_since is None:
            self._turned_away_since = now
        if now - self._turned_away_since < self.behaviour.busy_first:
            return self.behaviour.busy_shape or self.network.busy_shape
        self._turned_away_since = None
        return None

    def record_clip(self) -> Command:
        """Accept a clip command and plan what comes of it."""
        behaviour = self.behaviour
        if self.status == "offline":
            behaviour = _offline(behaviour)
        command = self.network.accept("clip", self, behaviour)
        self.accepted.append(command)
        in_cloud = self._covered and behaviour.brings_video
        in_events = not self._covered and behaviour.records
        on_usb = behaviour.to_usb and behaviour.brings_video and self.network.usb == "active"
        if in_cloud or in_events or on_usb:
            recording = self._recording(command, behaviour, in_cloud=in_cloud)
            self.made.append(recording)
            if on_usb:
                self.network.stick.keep(recording, command.started + behaviour.seconds + behaviour.usb_delay)
        return command

    def take_thumbnail(self) -> Command:
        """Accept a thumbnail command."""
        fail = self.behaviour.thumbnail_fail or self.status == "offline"
        manners = scaled(
            THUMBNAIL,
            self.behaviour.thumbnail_seconds,
            fail=Failure(status_msg="Thumbnail failed") if fail is True else fail,
        )
        return self.network.accept("thumbnail", self, replace(manners, thumbnail_delay=self.behaviour.thumbnail_delay))

    def record_motion(
        self,
        at: datetime | None = None,
        *,
        source: str = "pir",
        deleted: bool = False,
        listed_after: float = 0.0,
        partial_for: float = 0.0,
        seconds: float = 1.0,
        to_cloud: bool | None = None,
        to_usb: bool | None = None,
    ) -> Recording:
        """Film something that no command asked for, created `at` by Blink's clock, else now.

        The lists have it `listed_after` seconds from now (they had it already, where that is negative), and for
        `partial_for` seconds more it is partial. Unless it is said otherwise, it goes to the cloud if the plan covers
        the camera, and to the stick if there is an active one and `behaviour.to_usb`.
        """
        world = self.network.account.world
        number, now, moment = world.new_id("media"), world.clock(), world.now()
        active = self.network.usb == "active"
        appears = now + listed_after
        recording = Recording(
            media_id=number,
            camera=self,
            command=None,
            created_at=at or moment,
            appears=appears,
            appears_at=moment + timedelta(seconds=listed_after),
            whole=appears + partial_for,
            film=world.film(self.name, number, seconds),
            source=source,
            in_cloud=self._covered if to_cloud is None else to_cloud,
            deleted_at=moment if deleted else None,
        )
        self.made.append(recording)
        if (active and self.behaviour.to_usb) if to_usb is None else to_usb:
            self.network.stick.keep(recording, recording.whole)
        return recording

    def detect_motion(
        self, *, listed_after: float = 0.0, partial_for: float = 0.0, seconds: float = 1.0
    ) -> Recording | None:
        """Let something move in front of the camera, which films it if it is `watching`: else None.

        The times are those of `record_motion`.
        """
        if not self.watching:
            return None
        return self.record_motion(listed_after=listed_after, partial_for=partial_for, seconds=seconds)

    @property
    def watching(self) -> bool:
        """Whether motion makes it record: its network is armed, its motion detection on, and it can be reached."""
        return self.network.armed and self.enabled and self.status != "offline"

    @property
    def picture(self) -> Picture:
        """The picture that the homescreen shows now."""
        return self.pictures(self.network.account.world.clock())[-1]

    def pictures(self, now: float) -> list[Picture]:
        """Return every picture up to `now`, oldest first; the first was there when the account was made."""
        world = self.network.account.world
        taken = int(self.network.account.created_at.timestamp())
        pictures = [Picture(taken, None, world.film(self.name, self.id, 0.0))]
        for command in self.network.commands:
            if command.camera is not self or command.name != "thumbnail":
                continue
            appears = command.started + command.behaviour.seconds + command.behaviour.thumbnail_delay
            if appears <= now and not command.behaviour.fail and not command.cut_short:
                done = command.created_at + timedelta(seconds=command.behaviour.seconds)
                taken = max(taken + 1, int(done.timestamp()))
                pictures.append(Picture(taken, command.id, world.film(self.name, command.id, 0.0)))
        return pictures

    @property
    def _covered(self) -> bool:
        """Whether a plan keeps this camera's videos."""
        return self.network.account.plan and self.behaviour.covered

    def _recording(self, command: Command, behaviour: Behaviour, *, in_cloud: bool) -> Recording:
        world = self.network.account.world
        begins = behaviour.begins("dev") if behaviour.recorded_at is None else behaviour.recorded_at
        appears = behaviour.seconds + behaviour.upload_delay
        return Recording(
            media_id=world.new_id("media"),
            camera=self,
            command=command,
            created_at=command.created_at + timedelta(seconds=begins),
            appears=command.started + appears,
            appears_at=command.created_at + timedelta(seconds=appears),
            whole=command.started + appears + behaviour.partial_for,
            film=world.film(
                self.name,
                command.id,
                behaviour.video_seconds,
                sound=behaviour.video_sound,
                megabytes=behaviour.video_megabytes,
            ),
            source=behaviour.source,
            size=behaviour.video_size,
            in_cloud=in_cloud,
        )


def _offline(behaviour: Behaviour) -> Behaviour:
    """Return the manners of a camera that cannot be reached: the command goes out and comes back failed."""
    return replace(behaviour, fail=behaviour.failure or True, video="never")
