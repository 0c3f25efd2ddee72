"""A Blink network and the cameras in it: their state, what they have accepted and what they have recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from .behaviour import Behaviour, BusyShape
from .clips import Command, Recording

if TYPE_CHECKING:
    from .account import Account

Kind = Literal["camera", "mini", "floodlight", "doorbell"]
Storage = Literal["active", "format_required", "unmounted", "unavailable", "memory_full", "incompatible"]

PRODUCT: dict[Kind, str] = {"camera": "catalina", "mini": "owl", "floodlight": "superior", "doorbell": "lotus"}
"""The `type` that the homescreen and the picture paths give each kind."""

THUMBNAIL = (("rest", "new", 0.1), ("cs_sent", "running", 0.2), ("dev", "running", 0.7), ("vs", "done", 0.0))
SETTING = (("rest", "new", 0.2), ("sm", "running", 0.8), ("dev", "done", 0.0))


def _scaled(stages: tuple[tuple[str, str, float], ...], seconds: float) -> Behaviour:
    return Behaviour(stages=tuple((stage, condition, share * seconds) for stage, condition, share in stages))


@dataclass(eq=False)
class Network:
    """A network with its Sync Module, which does one command at a time."""

    id: int
    sync_id: int
    account: Account
    name: str
    usb: Storage | None = None
    armed: bool = False
    busy_shape: BusyShape = "409"
    cameras: list[Camera] = field(default_factory=list["Camera"])
    commands: list[Command] = field(default_factory=list[Command])
    _occupied_until: float = 0.0
    _occupied_shape: BusyShape = "409"

    def add_camera(
        self,
        name: str,
        kind: Kind = "camera",
        *,
        behaviour: Behaviour | None = None,
        battery: str = "ok",
        temperature: int = 68,
        wifi: int = 4,
        status: Literal["online", "done", "offline"] = "done",
    ) -> Camera:
        """Put a camera into the network."""
        number = self.account.world.new_id("camera")
        camera = Camera(number, self, name, kind, behaviour or Behaviour(), battery, temperature, wifi, status)
        self.cameras.append(camera)
        return camera

    def busy_for(self, seconds: float, shape: BusyShape | None = None) -> None:
        """Make the network busy, as if the owner's phone used it."""
        self._occupied_until = self.account.world.clock() + seconds
        self._occupied_shape = shape or self.busy_shape

    def busy(self, camera: Camera | None, now: float) -> BusyShape | None:
        """Return how the network refuses a command for this camera now, or None if it would take it."""
        if now < self._occupied_until:
            return self._occupied_shape
        if any(command.running(now) for command in self.commands):
            return (camera.behaviour.busy_shape if camera else None) or self.busy_shape
        return None

    def accept(self, name: str, camera: Camera | None = None, behaviour: Behaviour | None = None) -> Command:
        """Start a command."""
        world = self.account.world
        manners = behaviour or _scaled(SETTING, world.setting_seconds)
        command = Command(world.new_id("command"), name, self, camera, manners, world.now(), world.clock())
        self.commands.append(command)
        return command


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
    recordings: list[Recording] = field(default_factory=list[Recording])
    _turned_away_since: float | None = None

    @property
    def videos(self) -> list[Recording]:
        """The videos in the cloud that commands made, oldest first; one that was deleted stays here."""
        now = self.network.account.world.clock()
        return [recording for recording in self.recordings if recording.command and recording.listed(now)]

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
        """Accept a clip command and plan its video."""
        behaviour, account = self.behaviour, self.network.account
        if self.status == "offline":
            behaviour = _offline(behaviour)
        command = self.network.accept("clip", self, behaviour)
        self.accepted.append(command)
        if account.plan and behaviour.brings_video:
            begins = behaviour.begins("dev") if behaviour.recorded_at is None else behaviour.recorded_at
            appears = behaviour.seconds + behaviour.upload_delay
            self.recordings.append(self._recording(command, behaviour, begins, appears))
        return command

    def take_thumbnail(self) -> Command:
        """Accept a thumbnail command."""
        return self.network.accept("thumbnail", self, _scaled(THUMBNAIL, self.behaviour.thumbnail_seconds))

    def record_motion(
        self,
        at: datetime | None = None,
        *,
        source: str = "pir",
        deleted: bool = False,
        partial: bool = False,
        seconds: float = 1.0,
    ) -> Recording:
        """Put a video into the cloud that no command asked for, created `at` by Blink's clock."""
        world = self.network.account.world
        number, now, moment = world.new_id("media"), world.clock(), world.now()
        recording = Recording(
            media_id=number,
            camera=self,
            command=None,
            created_at=at or moment,
            appears=now,
            appears_at=moment,
            whole=float("inf") if partial else now,
            film=world.film(self.name, number, seconds),
            source=source,
            deleted_at=moment if deleted else None,
        )
        self.recordings.append(recording)
        return recording

    def thumbnail_taken(self, now: float) -> int:
        """Return when the current picture was taken, in Unix seconds; no two pictures have the same."""
        taken = int(self.network.account.created_at.timestamp())
        for command in self.network.commands:
            if command.camera is self and command.name == "thumbnail" and command.state(now).complete:
                done = command.created_at + timedelta(seconds=command.behaviour.seconds)
                taken = max(taken + 1, int(done.timestamp()))
        return taken

    def _recording(self, command: Command, behaviour: Behaviour, begins: float, appears: float) -> Recording:
        world = self.network.account.world
        return Recording(
            media_id=world.new_id("media"),
            camera=self,
            command=command,
            created_at=command.created_at + timedelta(seconds=begins),
            appears=command.started + appears,
            appears_at=command.created_at + timedelta(seconds=appears),
            whole=command.started + appears + behaviour.partial_for,
            film=world.film(self.name, command.id, behaviour.video_seconds),
            source=behaviour.source,
            size=behaviour.video_size,
        )


def _offline(behaviour: Behaviour) -> Behaviour:
    """Return the manners of a camera that cannot be reached: the command goes out and comes back failed."""
    return replace(behaviour, fail=behaviour.failure or True, video="never")
