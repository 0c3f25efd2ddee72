"""Read homescreen into cameras of one shape for all families."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from bot.models import CameraKey, CameraKind

from . import routes
from .json_models import Device, Homescreen, Network, SyncModule
from .labels import clean, numbered, numbers
from .models import Camera, Inventory, UsbModule

_log = logging.getLogger(__name__)

_MODELS = {
    "owl": "Mini",
    "hawk": "Mini 2",
    "superior": "Wired Floodlight",
    "lotus": "Video Doorbell",
    "white": "Indoor",
    "catalina": "Outdoor",
    "sedona": "Outdoor 4",
    "xt": "XT",
    "xt2": "XT2",
}
_BY_KIND = {CameraKind.CAMERA: "Camera", CameraKind.OWL: "Mini", CameraKind.DOORBELL: "Doorbell"}
_LONGEST_NAME = 80
_LONGEST_WORD = 40
# Seconds since 1970, or UTC in the name of an old picture, as colinbendell/homebridge-blink-for-home reads them.
_SECONDS = re.compile(r"(?:.*[?&]ts=)?(\d{10})(?:&.*)?", re.ASCII)
_IN_ITS_NAME = re.compile(r"(?i:.*_(20\d\d_\d\d_\d\d__\d\d_\d\d)([AP]M)(?:\.jpg)?)", re.ASCII)


def inventory(homescreen: Homescreen, account_id: int) -> Inventory:
    """List an account's devices, cameras ordered by network and name; names are fit to be shown (see `clean`)."""
    networks = {network.id: network for network in homescreen.networks}
    names = _network_names(homescreen.networks)
    cameras = {camera.key: camera for camera in _cameras(homescreen, networks, names, account_id)}
    ordered = sorted(
        _numbered(cameras.values()),
        key=lambda camera: (camera.network.casefold(), camera.name.casefold(), camera.key.camera_id),
    )
    zones = {network.id: _shown(network.time_zone, _LONGEST_WORD) for network in homescreen.networks}
    armed = {network.id: network.armed for network in homescreen.networks if network.armed is not None}
    for key in homescreen.unknown:
        _note_unknown(clean(key, _LONGEST_WORD))
    unknown = sum(homescreen.unknown.values())
    return Inventory(tuple(ordered), names, _usb(homescreen.sync_modules), zones, armed, unknown)


@lru_cache(maxsize=1000)  # one line for each list
def _note_unknown(key: str) -> None:
    """Log a list of devices that this version does not know."""
    _log.warning("Blink lists devices under “%s”, which this version does not know", key)


def _cameras(
    homescreen: Homescreen, networks: dict[int, Network], names: dict[int, str], account_id: int
) -> Iterator[Camera]:
    families: Sequence[tuple[CameraKind, Sequence[Device]]] = (
        (CameraKind.CAMERA, homescreen.cameras),
        (CameraKind.OWL, homescreen.owls),
        (CameraKind.DOORBELL, homescreen.doorbells),
    )
    for kind, devices in families:
        for device in devices:
            key = CameraKey(kind, device.network_id, device.id)
            name = names.get(device.network_id) or _network_name(None, device.network_id)
            yield _camera(device, key, networks.get(device.network_id), name, _picture(device, key, account_id))


def _camera(device: Device, key: CameraKey, network: Network | None, network_name: str, picture: str | None) -> Camera:
    signals = device.signals
    armed = network.armed if network else None
    return Camera(
        key=key,
        name=_shown(device.name, _LONGEST_NAME) or f"Camera {device.id}",
        network=network_name,
        model=_MODELS.get(device.type or "", _BY_KIND[key.kind]),
        online=device.status != "offline",  # a battery camera at rest says "done"; with other words a try may succeed
        armed=None if armed is None else armed and device.enabled is not False,
        motion=device.enabled,
        battery=_shown(device.battery, _LONGEST_WORD) or None,
        temperature=signals.temp if signals else None,
        wifi=signals.wifi if signals else None,
        picture=picture,
        pictured_at=_pictured_at(device.thumbnail or ""),
        pictured_to=1 if _SECONDS.fullmatch(device.thumbnail or "") else 60,
        serial=device.serial or "",
    )


def _picture(device: Device, key: CameraKey, account_id: int) -> str | None:
    """Return the path of the latest picture.

    Homescreen has the path, a path without its end, or only the time of the picture: blinkpy (camera.py, update_images)
    handles all three.
    """
    thumbnail = device.thumbnail
    if not thumbnail:
        return None
    if thumbnail.isdecimal():
        return routes.picture(account_id, key, device.type or key.kind, thumbnail)
    return routes.picture_at(thumbnail)


def _pictured_at(thumbnail: str) -> datetime | None:
    """Return the time of the latest picture. Returns None if its path does not tell."""
    if match := _SECONDS.fullmatch(thumbnail):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if not (match := _IN_ITS_NAME.fullmatch(thumbnail)):
        return None
    try:
        taken = datetime.strptime(match[1], "%Y_%m_%d__%H_%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    # "00_28AM" has been seen, so the hour is one of 24; letters that contradict it make the time unknown.
    return taken if match[2].upper() == ("AM" if taken.hour < 12 else "PM") else None


def _numbered(cameras: Iterable[Camera]) -> list[Camera]:
    """Number the cameras by id, so that numbers stay the same from answer to answer."""
    by_id = sorted(cameras, key=lambda camera: (camera.key.network_id, camera.key.camera_id, camera.key.kind))
    return [replace(one, number=number) for one, number in zip(by_id, numbers(one.label for one in by_id), strict=True)]


def _network_names(networks: Sequence[Network]) -> dict[int, str]:
    """Return each network's name; the second of one name and later ones get a number."""
    names: dict[int, str] = {}
    for network in sorted(networks, key=lambda network: network.id):
        names.setdefault(network.id, _network_name(network.name, network.id))
    which = zip(names.items(), numbers(names.values()), strict=True)
    return {one: name if number == 1 else numbered(name, number) for (one, name), number in which}


def _network_name(name: str | None, network_id: int) -> str:
    return _shown(name, _LONGEST_NAME) or f"Network {network_id}"


def _usb(modules: Sequence[SyncModule]) -> dict[int, UsbModule]:
    """Return each network's USB storage; if it has several Sync Modules, the one with a working drive counts."""
    drives: dict[int, UsbModule] = {}
    for module in modules:
        state = _drive(module)
        drive = UsbModule(module.network_id, module.id, state)
        known = drives.get(module.network_id)
        if known is None or state == "active" or known.state == "none":
            drives[module.network_id] = drive
    return drives


def _drive(module: SyncModule) -> str:
    """Return a drive's state in Blink's word, which is more up to date than `local_storage_enabled`."""
    state = _shown(module.local_storage_status, _LONGEST_WORD)
    if state in ("", "unavailable"):
        return "active" if module.local_storage_enabled and not state else "none"
    return state


def _shown(text: str | None, limit: int) -> str:
    return clean(text or "", limit)
