"""Turns homescreen into cameras with one shape for all families."""

from collections.abc import Iterator, Sequence

from .models import Camera, CameraKey, CameraKind, Inventory
from .text import clean
from .wire import Device, Homescreen, Network, SyncModule

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


def inventory(homescreen: Homescreen) -> Inventory:
    """Return what an account owns, cameras ordered by network and name; names are fit to be shown (see `clean`)."""
    networks = {network.id: network for network in homescreen.networks}
    names = {network.id: _network_name(network.name, network.id) for network in homescreen.networks}
    cameras = {camera.key: camera for camera in _cameras(homescreen, networks)}
    ordered = sorted(
        cameras.values(), key=lambda camera: (camera.network.casefold(), camera.name.casefold(), camera.key.camera_id)
    )
    return Inventory(tuple(ordered), names, _usb(homescreen.sync_modules))


def _cameras(homescreen: Homescreen, networks: dict[int, Network]) -> Iterator[Camera]:
    families: Sequence[tuple[CameraKind, Sequence[Device]]] = (
        (CameraKind.CAMERA, homescreen.cameras),
        (CameraKind.OWL, homescreen.owls),
        (CameraKind.DOORBELL, homescreen.doorbells),
    )
    for kind, devices in families:
        for device in devices:
            yield _camera(device, kind, networks.get(device.network_id))


def _camera(device: Device, kind: CameraKind, network: Network | None) -> Camera:
    signals = device.signals
    armed = network.armed if network else None
    return Camera(
        key=CameraKey(kind, device.network_id, device.id),
        name=clean(device.name or "", _LONGEST_NAME) or f"Camera {device.id}",
        network=_network_name(network.name if network else None, device.network_id),
        model=_MODELS.get(device.type or "", _BY_KIND[kind]),
        online=device.status != "offline",  # a battery camera at rest says "done"; an unknown word is worth a try
        armed=None if armed is None else armed and device.enabled is not False,
        battery=clean(device.battery or "", _LONGEST_WORD) or None,
        temperature=signals.temp if signals else None,
        wifi=signals.wifi if signals else None,
    )


def _network_name(name: str | None, network_id: int) -> str:
    return clean(name or "", _LONGEST_NAME) or f"Network {network_id}"


def _usb(modules: Sequence[SyncModule]) -> dict[int, str]:
    """Return the state of each network's USB storage; of several Sync Modules in one the working stick counts."""
    states: dict[int, str] = {}
    for module in modules:
        state = "none"
        if module.local_storage_enabled:
            state = clean(module.local_storage_status or "", _LONGEST_WORD) or "active"
        if state == "active" or states.get(module.network_id, "none") == "none":
            states[module.network_id] = state
    return states
