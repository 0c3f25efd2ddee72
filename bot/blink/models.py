"""Blink's world as the rest of the bot sees it: ids, cameras, commands and media, without wire names."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.models import CameraKey

from .labels import numbered
from .text import fold

_LONGEST_ASKED = 200
_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as homescreen describes it; temperature in °F, wifi in bars, None where it has no such reading."""

    key: CameraKey
    name: str
    network: str
    model: str
    online: bool
    armed: bool | None = None  # whether it records motion now: its network is armed and its own detection is on
    motion: bool | None = None  # whether its own detection is on
    battery: str | None = None
    temperature: float | None = None
    wifi: float | None = None
    picture: str | None = field(default=None, repr=False)  # where its latest picture is; each has a path of its own
    pictured_at: datetime | None = None  # when that was taken, by Blink's clock; as hostile as all that Blink says
    number: int = 1  # which of those it is, by id, whose name and network are called the same

    @property
    def label(self) -> str:
        """The camera's name with its network's and its number, which no other camera of the account has."""
        return numbered(f"{self.name} · {self.network}", self.number)


@dataclass(frozen=True, slots=True)
class UsbModule:
    """A Sync Module that can have a USB drive; `state` is "active", "unmounted", "memory_full", "none", …"""

    network_id: int
    module_id: int | None
    state: str = "none"


@dataclass(frozen=True, slots=True)
class Inventory:
    """An account's cameras and where their clips can be kept."""

    cameras: tuple[Camera, ...] = ()
    networks: dict[int, str] = field(default_factory=dict[int, str])
    usb: dict[int, UsbModule] = field(default_factory=dict[int, UsbModule])  # by network id
    time_zones: dict[int, str] = field(default_factory=dict[int, str])  # by network id, as Blink calls them
    armed: dict[int, bool] = field(default_factory=dict[int, bool])  # by network id, where that is known
    unknown: int = 0  # how many devices Blink lists as something that this version does not know

    def find(self, asked: str) -> tuple[Camera, ...]:
        """Return the cameras that `asked` means, by key, name or label: none, the one, or several of one name."""
        if key := CameraKey.parse(asked):
            return tuple(camera for camera in self.cameras if camera.key == key)
        wanted = fold(asked, _LONGEST_ASKED)
        exact = tuple(camera for camera in self.cameras if fold(camera.name, _LONGEST_ASKED) == wanted)
        if exact or not wanted:
            return exact
        return tuple(
            camera
            for camera in self.cameras
            if wanted in (fold(label, _LONGEST_ASKED) for label in self._other_names(camera))
        )

    def find_networks(self, asked: str) -> tuple[int, ...]:
        """Return the ids of the networks that are called `asked`."""
        wanted = fold(asked, _LONGEST_ASKED)
        return tuple(number for number, name in self.networks.items() if fold(name, _LONGEST_ASKED) == wanted)

    def network_labels(self) -> dict[int, str]:
        """Return each network's name, which is its own, with its cameras' names."""
        return {number: self._network_label(number) for number in self.networks}

    def _network_label(self, number: int) -> str:
        cameras = [camera.name for camera in self.cameras if camera.key.network_id == number]
        return f"{self.networks[number]} · {', '.join(cameras) or 'no cameras'}"[:_LONGEST_LABEL]

    def _other_names(self, camera: Camera) -> tuple[str, ...]:
        return (
            camera.label,
            f"{camera.name} · {camera.network}",
            f"{camera.name} ({camera.network})",
            f"{camera.network} {camera.name}",
        )


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sign-in: both tokens, when the access token ends, and the OAuth client and hardware id that go with them."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    oauth_client: str
    hardware_id: str | None = None
    account_id: int | None = field(default=None, compare=False)  # whose they are, where Blink said so; not kept


@dataclass(frozen=True, slots=True)
class CommandState:
    """How far a command has come, in Blink's own words."""

    condition: str | None = None
    stage: str | None = None
    complete: bool = False
    failed: bool = False
    code: int | None = None
    message: str = ""
    status: int | None = field(default=None, compare=False)  # Blink's own, complete or not


@dataclass(frozen=True, slots=True)
class Started:
    """Blink took the command; `at` is when, by Blink's clock, in whole seconds."""

    command_id: int
    at: datetime
    state: CommandState


@dataclass(frozen=True, slots=True)
class Busy:
    """Blink took nothing: the network is occupied, in Blink's own words."""

    status: int
    code: int | None
    message: str


@dataclass(frozen=True, slots=True)
class NoneEnabled:
    """Blink armed the network, and says that none of its cameras has motion detection on."""


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """A recording that Blink lists; `path` is where it is downloaded, once it is no longer partial.

    `photo`: it says that it is a photo, which cameras take by themselves (fronzbot/blinkpy issue 1004).
    """

    media_id: int
    network_id: int
    camera_id: int
    created_at: datetime
    path: str = field(repr=False)  # a whole address may carry its own signature
    partial: bool = False
    picture: str | None = field(default=None, repr=False)  # where its thumbnail is
    photo: bool = False
    source: str = ""  # Blink's word for what made the camera record


@dataclass(frozen=True, slots=True)
class Event:
    """Something a camera noticed or was told to do; `no_plan`: Blink keeps no video of it for want of a plan."""

    network_id: int
    camera_id: int
    created_at: datetime
    has_video: bool
    no_plan: bool


@dataclass(frozen=True, slots=True)
class UsbClip:
    """A clip on a USB drive: `camera_name` has no spaces and punctuation any more, `kib` is a size to doubt."""

    clip_id: int
    camera_name: str
    created_at: datetime
    kib: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a USB drive holds, as of one moment."""

    manifest_id: int
    clips: tuple[UsbClip, ...]
