"""One Blink account, as clients see it: cameras that behave as a test says, and answers that a test writes down."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.blink import (
    Busy,
    Camera,
    CommandState,
    Inventory,
    LiveSession,
    Manifest,
    MediaEntry,
    NoLiveView,
    Refused,
    Started,
    UsbClip,
    UsbModule,
)
from bot.blink.models import CameraEvent, RelayAddress
from bot.models import CameraKey, CameraKind

TRIP = 0.1  # seconds of each question
BUSY = Busy(409, 307, "System is busy, please wait")
STALE = Refused(400, code=2102, message="Manifest stale")
FAILED = CommandState("failed", "dev", complete=True, failed=True, code=523, message="Clip failed")
RUNNING = CommandState("running", "dev")
DONE = CommandState("done", "vs", complete=True)
KIB = 1024


@dataclass
class Applied:
    """An answer that gets lost: Blink does as it is asked, and `error` is what the client sees."""

    error: Exception


@dataclass
class Late:
    """Blink's usual answer, or the error, after so many seconds more."""

    seconds: float
    error: Exception | None = None


@dataclass
class Film:
    """A recording: in the cloud from `listed_at` on, and whole at `whole_at`; on the drive from `on_usb_at` on."""

    media_id: int
    camera: CameraKey
    name: str
    at: datetime
    content: bytes
    listed_at: datetime | None = None
    whole_at: datetime | None = None
    on_usb_at: datetime | None = None
    asked_for: bool = False
    photo: bool = False
    no_plan: bool = False

    @property
    def path(self) -> str:
        return f"/media/{self.media_id}.mp4"


@dataclass
class Device:
    """A camera, and what it does when it is asked; times are seconds, None is never.

    `recorded_after`: from the command to the recording's own time. `listed_after`, `whole_after` and `on_usb_after`:
    from the command's end. `picture_after`: from the end of a thumbnail's command. `dated`: how exactly Blink says when
    a picture was taken, in seconds, 0 if it does not; `taken` and `pictured` are when each was taken and is listed.
    """

    key: CameraKey
    name: str
    network: str = "Home"
    online: bool = True
    seconds: float | None = 10.0
    fails: bool = False
    recorded_after: float = 1.0
    listed_after: float | None = 2.0
    whole_after: float = 3.0
    on_usb_after: float | None = 4.0
    photo: bool = False
    plan: bool = True
    kib: int = 20
    picture_seconds: float | None = 2.0
    picture_after: float | None = 0.5
    picture_fails: bool = False
    pictures: int = 1
    dated: int = 1
    slow: float = 0.0  # seconds of the clock that dates its pictures
    taken: list[datetime] = field(default_factory=list[datetime])
    pictured: list[datetime] = field(default_factory=list[datetime])

    @property
    def usb_name(self) -> str:
        return "".join(letter for letter in self.name if letter.isalnum())


@dataclass
class Asked:
    """A question to Blink, when it came, and what it was about."""

    at: datetime
    method: str
    about: tuple[Any, ...]


@dataclass
class _Command:
    network: int
    device: Device
    ends_at: datetime | None
    failed: bool = False


class Blink:
    """An account, its session and its client in one, with the methods that jobs call and no other."""

    def __init__(self, world: Any, *, account_id: int = 5) -> None:
        self.account_id = account_id
        self.now = world.now
        self.front = Device(CameraKey(CameraKind.CAMERA, 7, 1), "Front Door")
        self.mini = Device(CameraKey(CameraKind.OWL, 7, 2), "Kitchen")
        self.devices = [self.front, self.mini]
        self.usb_state: dict[int, str] = {}
        self.films: list[Film] = []
        self.asked: list[Asked] = []
        self.commands: dict[int, _Command] = {}
        self.live_views: list[LiveSession] = []
        self.busy_until: dict[int, datetime] = {}
        self.successes = 0
        self.usb = Usb(self)
        self._scripted: defaultdict[str, list[Any]] = defaultdict(list)
        self._always: dict[str, Any] = {}
        self._numbers = count(100)
        self._inventory: Inventory | None = None
        self._seen_at: datetime | None = None

    # What a test says and sees.

    def says(self, method: str, *answers: Any) -> None:
        """Answer the next questions so, before the usual ones; `None` is a usual one."""
        self._scripted[method] += answers

    def always_says(self, method: str, answer: Any) -> None:
        """Answer a method so from now on; None is the usual."""
        self._always[method] = answer

    def times(self, *methods: str) -> list[datetime]:
        """Return when each of the methods was asked."""
        return [one.at for one in self.asked if one.method in methods]

    def count(self, *methods: str) -> int:
        return len(self.times(*methods))

    def add(self, name: str, network: str, number: int = 8, **more: Any) -> Device:
        """Add a camera of another network."""
        device = Device(CameraKey(CameraKind.CAMERA, number, next(self._numbers)), name, network, **more)
        self.devices.append(device)
        return device

    def film(self, device: Device, at: datetime, **more: Any) -> Film:
        """Let a camera record by itself, in the past or soon."""
        number = next(self._numbers)
        at = at.replace(microsecond=0)
        content = f"{device.name} {number}".encode().ljust(device.kib * KIB, b".")
        made = Film(number, device.key, device.usb_name, at, content, no_plan=not device.plan)
        if device.plan:
            made.listed_at = made.whole_at = at
        for name, value in more.items():
            setattr(made, name, value)
        self.films.append(made)
        return made

    def device(self, key: CameraKey) -> Device:
        return next(one for one in self.devices if one.key == key)

    def own(self, device: Device | None = None) -> Film:
        """Return the one recording that was asked for."""
        [own] = [one for one in self.films if one.asked_for and one.camera == (device or self.front).key]
        return own

    def occupy(self, seconds: float, network: int = 7) -> None:
        """Let somebody's phone keep a network busy."""
        self.busy_until[network] = self.now() + timedelta(seconds=seconds)

    def picture_of(self, device: Device) -> bytes:
        """Return the latest picture."""
        return f"picture {self._picture_number(device)} of {device.name}".encode()

    # The session.

    @property
    def client(self) -> "Blink":
        return self

    def last_inventory(self) -> Inventory | None:
        return self._inventory

    def seen_within(self, seconds: float) -> bool:
        return self._seen_at is not None and (self.now() - self._seen_at).total_seconds() <= seconds

    async def inventory(self, *, max_age: float) -> Inventory:
        if max_age and self._inventory and self.seen_within(max_age):
            return self._inventory
        await self._ask("inventory")
        self._inventory, self._seen_at = self._listed(), self.now()
        return self._inventory

    async def succeeded(self) -> None:
        self.successes += 1

    # The client.

    def blink_now(self) -> datetime:
        return self.now().replace(microsecond=0)

    async def record_clip(self, camera: CameraKey) -> Started | Busy:
        return await self._start("record_clip", camera)

    async def take_picture(self, camera: CameraKey) -> Started | Busy:
        return await self._start("take_picture", camera)

    async def start_live_view(self, camera: CameraKey) -> LiveSession | NoLiveView | Busy:
        said = await self._ask("start_live_view", camera)
        if isinstance(said, Busy | NoLiveView):
            return said
        if self._occupied(camera.network_id):
            return BUSY
        began = self._begin(self.device(camera), None, failed=False)
        relay = RelayAddress("203.0.113.7", 443, "connection", 7)
        session = LiveSession(began.command_id, camera.network_id, began.at, 1.0, relay, "token")
        self.live_views.append(session)
        if isinstance(said, Applied):
            raise said.error
        return session

    async def end_live_view(self, network_id: int, command_id: int) -> None:
        self.asked.append(Asked(self.now(), "end_live_view", (network_id, command_id)))
        self.commands[command_id].ends_at = self.now()

    async def command(self, network_id: int, command_id: int) -> CommandState:
        if (said := await self._ask("command", network_id, command_id)) is not None:
            return said
        command = self.commands[command_id]
        if command.ends_at is None or self.now() < command.ends_at:
            return RUNNING
        return FAILED if command.failed else DONE

    async def end_command(self, network_id: int, command_id: int) -> None:
        await self._ask("end_command", network_id, command_id)
        self.commands[command_id].ends_at = self.now()

    async def media_since(self, since: datetime, *, partial: bool = False, at_once: bool = True) -> list[MediaEntry]:
        if (said := await self._ask("media_since", since)) is not None:
            return said
        now = self.now()
        listed = [
            MediaEntry(
                one.media_id,
                one.camera.network_id,
                one.camera.camera_id,
                one.at,
                one.path,
                partial=one.whole_at is None or now < one.whole_at,
                photo=one.photo,
            )
            for one in self.films
            if one.listed_at and one.listed_at <= now and (one.whole_at or now) >= since
        ]
        return sorted((one for one in listed if partial or not one.partial), key=lambda one: one.created_at)

    async def keeps_any(self, since: datetime) -> bool:
        return bool(await self.media_since(since))

    async def events_since(self, since: datetime) -> Sequence[CameraEvent]:
        if (said := await self._ask("events_since", since)) is not None:
            return said
        return [
            CameraEvent(one.camera.network_id, one.camera.camera_id, one.at, bool(one.listed_at), one.no_plan)
            for one in self.films
            if since <= one.at <= self.now() and (one.no_plan or (one.listed_at and one.listed_at <= self.now()))
        ]

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        said = await self._ask("download", path)
        if said is None:
            said = self.usb.uploaded(path)
        if said is None:
            said = next(one.content for one in self.films if one.path == path)
        return await asyncio.to_thread(target.write_bytes, said)

    async def download_picture(self, path: str, target: Path, *, limit: int = 0, again: float = 1.0) -> int:
        said = await self._ask("download_picture", path)
        device = next(one for one in self.devices if path.startswith(f"/picture/{one.key}/"))
        number = path.rpartition("/")[2]
        content = said if said is not None else f"picture {number} of {device.name}".encode()
        return await asyncio.to_thread(target.write_bytes, content)

    # How it works.

    async def _ask(self, method: str, *about: Any) -> Any:
        """Note a question, and return its scripted answer, or None for the usual; raises what is to be raised."""
        self.asked.append(Asked(self.now(), method, about))
        said = self._scripted[method].pop(0) if self._scripted[method] else self._always.get(method)
        await asyncio.sleep(TRIP)
        if isinstance(said, Late):
            await asyncio.sleep(said.seconds)
            said = said.error
        if isinstance(said, Exception):
            raise said
        return said

    async def _start(self, method: str, camera: CameraKey) -> Started | Busy:
        said = await self._ask(method, camera)
        if isinstance(said, Busy):
            return said
        if self._occupied(camera.network_id):
            return BUSY
        device = self.device(camera)
        started = self._record(device) if method == "record_clip" else self._picture(device)
        if isinstance(said, Applied):
            raise said.error
        return said or started

    def _begin(self, device: Device, seconds: float | None, *, failed: bool) -> Started:
        ends_at = None if seconds is None else self.now() + timedelta(seconds=seconds)
        number = next(self._numbers)
        self.commands[number] = _Command(device.key.network_id, device, ends_at, failed)
        return Started(number, self.blink_now(), RUNNING)

    def _record(self, device: Device) -> Started:
        started = self._begin(device, device.seconds, failed=device.fails)
        ends_at = self.now() + timedelta(seconds=device.seconds or 10.0)
        if not device.fails:
            made = self.film(device, self.now() + timedelta(seconds=device.recorded_after), asked_for=True)
            made.photo = device.photo
            kept = device.plan and device.listed_after is not None
            made.listed_at = _after(ends_at, device.listed_after) if kept else None
            made.whole_at = _after(ends_at, device.whole_after) if kept else None
            made.on_usb_at = _after(ends_at, device.on_usb_after)
        return started

    def _picture(self, device: Device) -> Started:
        started = self._begin(device, device.picture_seconds, failed=device.picture_fails)
        if not device.picture_fails and device.picture_after is not None:
            wait = (device.picture_seconds or 2.0) + device.picture_after
            device.taken.append(self.now())
            device.pictured.append(self.now() + timedelta(seconds=wait))
        return started

    def _occupied(self, network: int) -> bool:
        now = self.now()
        running = any(
            one.network == network and (one.ends_at is None or now < one.ends_at) for one in self.commands.values()
        )
        return running or (network in self.busy_until and now < self.busy_until[network])

    def _picture_number(self, device: Device) -> int:
        return device.pictures + sum(at <= self.now() for at in device.pictured)

    def _pictured_at(self, device: Device) -> datetime | None:
        new = self._picture_number(device) - device.pictures
        if not (new and device.dated):
            return None
        seconds = int(device.taken[new - 1].timestamp() - device.slow)
        return datetime.fromtimestamp(seconds - seconds % device.dated, UTC)

    def _listed(self) -> Inventory:
        cameras = tuple(
            Camera(
                one.key,
                one.name,
                one.network,
                "Outdoor",
                online=one.online,
                picture=f"/picture/{one.key}/{self._picture_number(one)}" if one.pictures else None,
                pictured_at=self._pictured_at(one),
                pictured_to=one.dated,
            )
            for one in self.devices
        )
        usb = {network: UsbModule(network, network * 10, state) for network, state in self.usb_state.items()}
        return Inventory(cameras, {one.key.network_id: one.network for one in self.devices}, usb)


class Usb:
    """The drives of the Sync Modules, each of which does one thing at a time."""

    def __init__(self, blink: Blink) -> None:
        self.blink = blink
        self.list_seconds = 1.0
        self.upload_seconds = 1.0
        self.first_number = 1
        self._lists: dict[int, tuple[datetime, Manifest]] = {}
        self._given: dict[str, Film] = {}
        self._ready: dict[str, datetime] = {}
        self._numbers = count(1000)
        self._manifest_id = 1

    def restart_module(self, *, silent: bool = False) -> None:
        """Give the clips other numbers; `silent`: old numbers then mean other clips."""
        self._manifest_id += 0 if silent else 1
        self.first_number += 1
        on_drive = self._on_drive(7)
        by_number = {self.first_number + index: film for index, film in enumerate(on_drive)}
        for path in list(self._given):
            number = int(path.rpartition("/")[2])
            if silent and number in by_number:
                self._given[path] = by_number[number]
            else:
                del self._given[path]

    async def request_manifest(self, module: UsbModule) -> Started | Busy:
        said = await self.blink._ask("request_manifest", module.network_id)
        if isinstance(said, Busy) or self.blink._occupied(module.network_id):
            return said or BUSY
        number = next(self._numbers)
        on_drive = self._on_drive(module.network_id)
        clips = tuple(
            UsbClip(self.first_number + index, film.name, film.at, len(film.content) / KIB)
            for index, film in enumerate(on_drive)
        )
        manifest = Manifest(self._manifest_id, clips)
        for clip, film in zip(clips, on_drive, strict=True):
            self._given[self.path(module, manifest, clip)] = film
        self._lists[number] = self.blink.now() + timedelta(seconds=self.list_seconds), manifest
        if isinstance(said, Applied):
            raise said.error
        return Started(number, self.blink.blink_now(), RUNNING)

    async def manifest(self, module: UsbModule, request_id: int) -> Manifest | None:
        await self.blink._ask("manifest", module.network_id, request_id)
        ready_at, manifest = self._lists[request_id]
        return manifest if ready_at <= self.blink.now() else None

    def path(self, module: UsbModule, manifest: Manifest, clip: UsbClip) -> str:
        return f"/usb/{module.network_id}/manifest/{manifest.manifest_id}/clip/request/{clip.clip_id}"

    async def request_clip(self, path: str) -> Started | Busy:
        said = await self.blink._ask("request_clip", path)
        network = int(path.split("/")[2])
        if isinstance(said, Busy) or self.blink._occupied(network):
            return said or BUSY
        if path not in self._given or self._given[path] not in self._on_drive(network):
            raise STALE
        self._ready[path] = self.blink.now() + timedelta(seconds=self.upload_seconds)
        return self.blink._begin(self.blink.front, self.upload_seconds, failed=False)

    def uploaded(self, path: str) -> bytes | None:
        """Return a clip that was uploaded before; None if the path is none of a drive."""
        if not path.startswith("/usb/"):
            return None
        if path not in self._ready or self.blink.now() < self._ready[path] or path not in self._given:
            raise STALE
        return self._given[path].content

    def _on_drive(self, network: int) -> list[Film]:
        now = self.blink.now()
        return [
            one
            for one in sorted(self.blink.films, key=lambda one: one.at)
            if one.camera.network_id == network and one.on_usb_at and one.on_usb_at <= now
        ]


def _after(moment: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else moment + timedelta(seconds=seconds)
