"""A Blink network with its cameras, and its Sync Module, which does one command at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from .behaviour import SETTING, THUMBNAIL, Behaviour, BusyShape, Failure, Kind, scaled
from .clips import Command, Picture, Recording
from .cloud import Cloud
from .usb_drive import Manifest, Stick

Storage = Literal["active", "format_required", "unmounted", "unavailable", "memory_full", "incompatible"]


@dataclass(eq=False)
class Subscriber:
    """The part of an account that its networks and cameras know."""

    cloud: Cloud
    id: int
    plan: bool
    created_at: datetime


@dataclass(eq=False)
class Camera:
    """A camera: its state, the commands it accepted and the recordings it made."""

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
    made: list[Recording] = field(default_factory=list[Recording])  # also those that are kept nowhere
    _turned_away_since: float | None = None

    @property
    def serial(self) -> str:
        """The serial number, always 16 characters."""
        return f"G8T1{self.id:012d}"

    @property
    def recordings(self) -> list[Recording]:
        """The videos that go to the cloud, oldest first; one that was deleted stays here."""
        return [recording for recording in self.made if recording.in_cloud]

    @property
    def videos(self) -> list[Recording]:
        """The videos in the cloud that commands made, oldest first; one that was deleted stays here."""
        now = self.network.account.cloud.clock()
        return [recording for recording in self.recordings if recording.command and recording.listed(now)]

    @property
    def usb_videos(self) -> list[Recording]:
        """The videos on the Sync Module's stick, oldest first."""
        now = self.network.account.cloud.clock()
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
        """Accept a clip command and plan its recording."""
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
        """Film without a command, with `at` (by Blink's clock, else now) as the time of the recording.

        The lists have it `listed_after` seconds from now (if that is negative, they have it already), and for
        `partial_for` seconds more it is partial. Unless `to_cloud` and `to_usb` say otherwise, it goes to the cloud if
        the plan covers the camera, and to the stick if there is an active one and `behaviour.to_usb`.
        """
        cloud = self.network.account.cloud
        number, now, moment = cloud.new_id("media"), cloud.clock(), cloud.now()
        active = self.network.usb == "active"
        appears = now + listed_after
        recording = Recording(
            cloud=cloud,
            media_id=number,
            camera_id=self.id,
            command=None,
            created_at=at or moment,
            appears=appears,
            appears_at=moment + timedelta(seconds=listed_after),
            whole=appears + partial_for,
            film=cloud.film(self.name, number, seconds),
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
        """Let something move in front of the camera, with the times of `record_motion`.

        Returns None if the camera is not `watching`.
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
        return self.pictures(self.network.account.cloud.clock())[-1]

    def pictures(self, now: float) -> list[Picture]:
        """Return every picture up to `now`, oldest first; the first was there when the account was made."""
        cloud = self.network.account.cloud
        taken = int(self.network.account.created_at.timestamp())
        pictures = [Picture(taken, None, cloud.film(self.name, self.id, 0.0))]
        for command in self.network.commands:
            if command.camera_id != self.id or command.name != "thumbnail":
                continue
            appears = command.started + command.behaviour.seconds + command.behaviour.thumbnail_delay
            if appears <= now and not command.behaviour.fail and not command.cut_short:
                done = command.created_at + timedelta(seconds=command.behaviour.seconds)
                taken = max(taken + 1, int(done.timestamp()))
                pictures.append(Picture(taken, command.id, cloud.film(self.name, command.id, 0.0)))
        return pictures

    @property
    def _covered(self) -> bool:
        """Whether a plan keeps this camera's videos."""
        return self.network.account.plan and self.behaviour.covered

    def _recording(self, command: Command, behaviour: Behaviour, *, in_cloud: bool) -> Recording:
        cloud = self.network.account.cloud
        begins = behaviour.begins("dev") if behaviour.recorded_at is None else behaviour.recorded_at
        appears = behaviour.seconds + behaviour.upload_delay
        return Recording(
            cloud=cloud,
            media_id=cloud.new_id("media"),
            camera_id=self.id,
            command=command,
            created_at=command.created_at + timedelta(seconds=begins),
            appears=command.started + appears,
            appears_at=command.created_at + timedelta(seconds=appears),
            whole=command.started + appears + behaviour.partial_for,
            film=cloud.film(
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


@dataclass(eq=False)
class Network:
    """A network with its Sync Module; `usb` is the state of the stick in it."""

    id: int
    sync_id: int
    account: Subscriber
    name: str
    usb: Storage | None = None
    armed: bool = False
    busy_shape: BusyShape = "409"
    setting: Behaviour | None = None  # how arming and the like go; None: they succeed after `cloud.setting_seconds`
    cameras: list[Camera] = field(default_factory=list[Camera])
    commands: list[Command] = field(default_factory=list[Command])
    stick: Stick = field(init=False)
    _occupied_until: float = 0.0
    _occupied_shape: BusyShape = "409"

    def __post_init__(self) -> None:
        self.stick = Stick(self.account.cloud)

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
        number = self.account.cloud.new_id("camera")
        camera = Camera(number, self, name, kind, behaviour or Behaviour(), battery, temperature, wifi, status)
        self.cameras.append(camera)
        return camera

    def busy_for(self, seconds: float, shape: BusyShape | None = None) -> None:
        """Make the network busy, as if the owner's phone used it."""
        self._occupied_until = self.account.cloud.clock() + seconds
        self._occupied_shape = shape or self.busy_shape

    def busy(self, camera: Camera | None, now: float) -> BusyShape | None:
        """Return how the network refuses a command for this camera now, or None if it would take it."""
        if now < self._occupied_until:
            return self._occupied_shape
        if any(command.running(now) for command in self.commands):
            return (camera.behaviour.busy_shape if camera else None) or self.busy_shape
        return None

    def set(self, name: str, camera: Camera | None, apply: Callable[[], None]) -> Command:
        """Start a command that changes a setting, and change it at once if the command does not fail."""
        manners = self.setting or scaled(SETTING, self.account.cloud.setting_seconds)
        if camera and camera.status == "offline":
            manners = replace(manners, fail=manners.failure or Failure(status_msg="Setting failed"))
        if not manners.fail:
            apply()
        return self.accept(name, camera, manners)

    def accept(self, name: str, camera: Camera | None, behaviour: Behaviour) -> Command:
        """Start a command."""
        cloud = self.account.cloud
        form = behaviour.answer_form or ("full" if camera and camera.kind == "camera" else "short")
        command = Command(
            cloud=cloud,
            id=cloud.new_id("command"),
            name=name,
            camera_id=camera.id if camera else None,
            short=camera is None or form == "short",
            behaviour=behaviour,
            created_at=cloud.now(),
            started=cloud.clock(),
        )
        self.commands.append(command)
        return command

    @property
    def stick_readable(self) -> bool:
        """Whether the stick's clips can be listed and fetched."""
        return self.usb in ("active", "memory_full")

    def request_manifest(self) -> Manifest:
        """Let the Sync Module list what is on its stick."""
        manners = scaled(SETTING, self.account.cloud.manifest_seconds)
        return self.stick.add_manifest(self.accept("local_storage_manifest", None, manners))

    def upload(self, manifest: Manifest, recording: Recording) -> Command:
        """Let the Sync Module send a clip of its stick into the cloud."""
        manners = scaled(SETTING, self.account.cloud.usb_upload_seconds)
        command = self.accept("local_storage_clip", None, manners)
        self.stick.upload(manifest, recording, command)
        return command

    def restart_sync_module(self, *, silent: bool = False) -> None:
        """Restart the Sync Module, which gives its clips other numbers (nico579/blink2video, README).

        The cloud then refuses every older manifest as stale; after a silent restart it has not noticed, and an older
        manifest's number brings the clip that has it now.
        """
        self.stick.restart(silent=silent)


def _offline(behaviour: Behaviour) -> Behaviour:
    """Return the manners of a camera that cannot be reached: the command goes out and comes back failed."""
    return replace(behaviour, fail=behaviour.failure or True, video="never")
