"""A Blink network: its Sync Module, which does one command at a time, the stick in it, and its cameras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from .behaviour import SETTING, Behaviour, BusyShape, Failure, scaled
from .clips import Command
from .devices import Camera, Kind
from .stick import Stick

if TYPE_CHECKING:
    from .account import Account

Storage = Literal["active", "format_required", "unmounted", "unavailable", "memory_full", "incompatible"]


@dataclass(eq=False)
class Network:
    """A network with its Sync Module; `usb` is the state of the stick in it."""

    id: int
    sync_id: int
    account: Account
    name: str
    usb: Storage | None = None
    armed: bool = False
    busy_shape: BusyShape = "409"
    setting: Behaviour | None = None  # how arming and the like go; None: well, in `world.setting_seconds`
    cameras: list[Camera] = field(default_factory=list[Camera])
    commands: list[Command] = field(default_factory=list[Command])
    stick: Stick = field(init=False)
    _occupied_until: float = 0.0
    _occupied_shape: BusyShape = "409"

    def __post_init__(self) -> None:
        self.stick = Stick(self)

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

    def set(self, name: str, camera: Camera | None, apply: Callable[[], None]) -> Command:
        """Start a command that changes a setting: at once, where it is not one that fails."""
        manners = self.setting or scaled(SETTING, self.account.world.setting_seconds)
        if camera and camera.status == "offline":
            manners = replace(manners, fail=manners.failure or Failure(status_msg="Setting failed"))
        if not manners.fail:
            apply()
        return self.accept(name, camera, manners)

    def accept(self, name: str, camera: Camera | None, behaviour: Behaviour) -> Command:
        """Start a command."""
        world = self.account.world
        command = Command(world.new_id("command"), name, self, camera, behaviour, world.now(), world.clock())
        self.commands.append(command)
        return command

    def restart_sync_module(self, *, silent: bool = False) -> None:
        """Restart the Sync Module, which numbers its clips anew (nico579/blink2video, README).

        The cloud then refuses every older manifest as stale; after a silent restart it has not noticed, and an older
        manifest's number brings whichever clip has it now.
        """
        self.stick.restart(silent=silent)
