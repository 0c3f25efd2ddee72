"""Turns homescreen into cameras with one shape for all families."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern

from bot.models import CameraKey, CameraKind

from . import routes
from .labels import numbered, numbers
from .models import Camera, Inventory, UsbModule
from .text import clean
from .wire import Device, Homescreen, Network, SyncModule

log = logging.getLogger("bot.blink")

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
# Both as colinbendell/homebridge-blink-for-home reads them: seconds since 1970, or UTC in the name of an old picture.
_SECONDS = re.compile(r"(?:.*[?&]ts=)?(\d{10})(?:&.*)?", re.ASCII)
_IN_ITS_NAME = re.compile(r"(?i:.*_(20\d\d_\d\d_\d\d__\d\d_\d\d)([AP]M)(?:\.jpg)?)", re.ASCII)


def inventory(homescreen: Homescreen, account_id: int) -> Inventory:
    """Return what an account owns, cameras ordered by network and name; names are fit to be shown (see `clean`)."""
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


@lru_cache(maxsize=1000)
def _note_unknown(key: str) -> None:
    """Log a list of devices that this version does not know, once."""
    log.warning("Blink lists devices under “%s”, which this version does not know", key)


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
        online=device.status != "offline",  # a battery camera at rest says "done"; an unknown word is worth a try
        armed=None if armed is None else armed and device.enabled is not False,
        motion=device.enabled,
        battery=_shown(device.battery, _LONGEST_WORD) or None,
        temperature=signals.temp if signals else None,
        wifi=signals.wifi if signals else None,
        picture=picture,
        pictured_at=_pictured_at(device.thumbnail or ""),
    )


def _picture(device: Device, key: CameraKey, account_id: int) -> str | None:
    """Return where the latest picture is: homescreen has its path, a path without its end, or only when it was taken.

    blinkpy (camera.py, update_images) has met all three.
    """
    said = device.thumbnail
    if not said:
        return None
    if said.isdecimal():
        return routes.picture(account_id, key, device.type or key.kind, said)
    return routes.picture_at(said)


def _pictured_at(said: str) -> datetime | None:
    """Return when the latest picture was taken, or None where its path does not tell."""
    if match := _SECONDS.fullmatch(said):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if not (match := _IN_ITS_NAME.fullmatch(said)):
        return None
    try:
        taken = datetime.strptime(match[1], "%Y_%m_%d__%H_%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    # "00_28AM" has been seen, so the hour is one of 24; where the letters contradict that, nobody knows.
    return taken if match[2].upper() == ("AM" if taken.hour < 12 else "PM") else None


def _numbered(cameras: Iterable[Camera]) -> list[Camera]:
    """Return the cameras with their numbers, which are by id so that they stay the same from answer to answer."""
    by_id = sorted(cameras, key=lambda camera: (camera.key.network_id, camera.key.camera_id, camera.key.kind))
    return [replace(one, number=number) for one, number in zip(by_id, numbers(one.label for one in by_id), strict=True)]


def _network_names(networks: Sequence[Network]) -> dict[int, str]:
    """Return each network's name, with a number from the second of one name on, or cameras could not be told apart."""
    names: dict[int, str] = {}
    for network in sorted(networks, key=lambda network: network.id):
        names.setdefault(network.id, _network_name(network.name, network.id))
    which = zip(names.items(), numbers(names.values()), strict=True)
    return {one: name if number == 1 else numbered(name, number) for (one, name), number in which}


def _network_name(name: str | None, network_id: int) -> str:
    return _shown(name, _LONGEST_NAME) or f"Network {network_id}"


def _usb(modules: Sequence[SyncModule]) -> dict[int, UsbModule]:
    """Return each network's USB storage; of several Sync Modules in one the working stick counts."""
    drives: dict[int, UsbModule] = {}
    for module in modules:
        state = _drive(module)
        drive = UsbModule(module.network_id, module.id, state)
        known = drives.get(module.network_id)
        if known is None or state == "active" or known.state == "none":
            drives[module.network_id] = drive
    return drives


def _drive(module: SyncModule) -> str:
    """Return a drive's state in Blink's word; that word counts, since `local_storage_enabled` can lag behind it."""
    said = _shown(module.local_storage_status, _LONGEST_WORD)
    if said in ("", "unavailable"):
        return "active" if module.local_storage_enabled and not said else "none"
    return said


def _shown(text: str | None, limit: int) -> str:
    """Return what is shown of a word of Blink's; each is kept once, since in every home there are the same few."""
    return intern(clean(text or "", limit))
