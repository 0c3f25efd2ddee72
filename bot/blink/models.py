"""Blink's ids, cameras, commands and media as values for the rest of the bot."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.models import CameraKey

from .labels import fold, numbered

_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of homescreen; temperature in °F, wifi in bars, None for a reading that it does not have."""

    key: CameraKey
    name: str
    network: str
    model: str
    online: bool
    armed: bool | None = None  # records motion now: its network is armed and its own detection is on
    motion: bool | None = None  # its own detection is on
    battery: str | None = None
    temperature: float | None = None
    wifi: float | None = None
    picture: str | None = field(default=None, repr=False)  # path of its latest picture; the next one has another path
    pictured_at: datetime | None = None  # by Blink's clock, which can be wrong
    pictured_to: int = 1  # seconds to which that is known
    serial: str = field(default="", repr=False)  # at most 16 printable ASCII characters
    number: int = 1  # counts cameras with the same name and network name, by id

    @property
    def label(self) -> str:
        """The name, the network's name and the number; no other camera of the account has the same label."""
        return numbered(f"{self.name} · {self.network}", self.number)


@dataclass(frozen=True, slots=True)
class UsbModule:
    """A Sync Module that can have a USB drive; `state` is "active", "unmounted", "memory_full", "none", …"""

    network_id: int
    module_id: int | None
    state: str = "none"


@dataclass(frozen=True, slots=True)
class Inventory:
    """An account's cameras, networks and USB drives."""

    cameras: tuple[Camera, ...] = ()
    networks: dict[int, str] = field(default_factory=dict[int, str])
    usb: dict[int, UsbModule] = field(default_factory=dict[int, UsbModule])  # by network id
    time_zones: dict[int, str] = field(default_factory=dict[int, str])  # by network id, in Blink's names
    armed: dict[int, bool] = field(default_factory=dict[int, bool])  # by network id, if known
    unknown: int = 0  # number of listed devices that this version does not know

    def find(self, asked: str) -> tuple[Camera, ...]:
        """Find cameras by key, name or label; several can have one name."""
        if key := CameraKey.parse(asked):
            return tuple(camera for camera in self.cameras if camera.key == key)
        wanted = fold(asked)
        exact = tuple(camera for camera in self.cameras if fold(camera.name) == wanted)
        if exact or not wanted:
            return exact
        return tuple(
            camera for camera in self.cameras if wanted in (fold(label) for label in self._other_names(camera))
        )

    def camera_of(self, entry: "MediaEntry") -> Camera | None:
        """Return the camera of a recording. Returns None if it is not in the account, or no longer."""
        return next((one for one in self.cameras if one.key.ids == (entry.network_id, entry.camera_id)), None)

    def find_networks(self, asked: str) -> tuple[int, ...]:
        """Return the ids of the networks with this name."""
        wanted = fold(asked)
        return tuple(number for number, name in self.networks.items() if fold(name) == wanted)

    def name_of(self, camera: Camera) -> str:
        """Return a camera's name, or its label if another camera has the same name."""
        named = [one for one in self.cameras if fold(one.name) == fold(camera.name)]
        return camera.name if len(named) <= 1 else camera.label

    def network_labels(self) -> dict[int, str]:
        """Return each network's name together with its cameras' names."""
        labels: dict[int, str] = {}
        for number, name in self.networks.items():
            cameras = ", ".join(camera.name for camera in self.cameras if camera.key.network_id == number)
            labels[number] = f"{name} · {cameras or 'no cameras'}"[:_LONGEST_LABEL]
        return labels

    def _other_names(self, camera: Camera) -> tuple[str, ...]:
        return (
            camera.label,
            f"{camera.name} · {camera.network}",
            f"{camera.name} ({camera.network})",
            f"{camera.network} {camera.name}",
        )


@dataclass(frozen=True, slots=True)
class CommandState:
    """The progress of a command, in Blink's own words."""

    condition: str | None = None
    stage: str | None = None
    complete: bool = False
    failed: bool = False
    code: int | None = None
    message: str = ""
    status: int | None = field(default=None, compare=False)  # Blink's own; also set before the command is complete


@dataclass(frozen=True, slots=True)
class Started:
    """Blink accepted the command at `at`, by Blink's clock in whole seconds."""

    command_id: int
    at: datetime
    state: CommandState


@dataclass(frozen=True, slots=True)
class Busy:
    """Blink accepted nothing, because the network is occupied; in Blink's own words."""

    status: int
    code: int | None
    message: str


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """The server that a live view comes from, and the connection there that is meant for it."""

    host: str  # a public IPv4 address, or a name under immedia-semi.com
    port: int
    connection: str = field(repr=False)
    client_id: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A live view that began at `at`, by Blink's clock in whole seconds; `token` is for the relay and this session."""

    command_id: int
    network_id: int
    at: datetime
    poll_every: float
    relay: RelayAddress
    token: str = field(repr=False)


class NoLiveView(StrEnum):
    """Why Blink's answer leads to no live view that the bot can watch."""

    UNSUPPORTED = "unsupported"  # another protocol, or an address that is not as it should be
    NO_SERVER = "no_server"


@dataclass(frozen=True, slots=True)
class NoneEnabled:
    """Blink armed the network, but none of its cameras has motion detection on."""


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """A listed recording; `path` downloads it if it is no longer partial.

    `photo` means that it calls itself a photo, which cameras take on their own (fronzbot/blinkpy issue 1004).
    """

    media_id: int
    network_id: int
    camera_id: int
    created_at: datetime
    path: str = field(repr=False)  # can be a whole address with its own signature
    partial: bool = False
    picture: str | None = field(default=None, repr=False)  # path of its thumbnail
    photo: bool = False
    source: str = ""  # Blink's word for the reason of the recording


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """An event of a camera; `no_plan` means that Blink keeps no video of it, because the account has no plan."""

    network_id: int
    camera_id: int
    created_at: datetime
    has_video: bool
    no_plan: bool


@dataclass(frozen=True, slots=True)
class UsbClip:
    """A clip on a USB drive; `camera_name` has lost its spaces and punctuation, and `kib` can be wrong."""

    clip_id: int
    camera_name: str
    created_at: datetime
    kib: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The clips on a USB drive at one moment."""

    manifest_id: int
    clips: tuple[UsbClip, ...]
