"""Turns homescreen into cameras with one shape for all families."""

from collections.abc import Iterator, Sequence

from .models import Camera, CameraKey, CameraKind, Inventory
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


def inventory(homescreen: Homescreen) -> Inventory:
    """Return what an account owns, cameras ordered by network and name."""
    networks = {network.id: network for network in homescreen.networks}
    names = {network.id: network.name.strip() or f"Network {network.id}" for network in homescreen.networks}
    cameras = [_camera(device, kind, networks.get(device.network_id)) for kind, device in _devices(homescreen)]
    cameras.sort(key=lambda camera: (camera.network.casefold(), camera.name.casefold(), camera.key.camera_id))
    usb = {module.network_id: _usb(module) for module in homescreen.sync_modules}
    return Inventory(tuple(cameras), names, usb)


def _devices(homescreen: Homescreen) -> Iterator[tuple[CameraKind, Device]]:
    families: Sequence[tuple[CameraKind, Sequence[Device]]] = (
        (CameraKind.CAMERA, homescreen.cameras),
        (CameraKind.OWL, homescreen.owls),
        (CameraKind.DOORBELL, homescreen.doorbells),
    )
    for kind, devices in families:
        for device in devices:
            yield kind, device


def _camera(device: Device, kind: CameraKind, network: Network | None) -> Camera:
    signals = device.signals
    armed = network.armed if network else None
    home = " ".join(network.name.split()) if network else ""
    return Camera(
        key=CameraKey(kind, device.network_id, device.id),
        name=" ".join(device.name.split())[:80] or f"Camera {device.id}",
        network=home[:80] or f"Network {device.network_id}",
        model=_MODELS.get(device.type, _BY_KIND[kind]),
        online=device.status != "offline",  # a battery camera at rest says "done"; an unknown word is worth a try
        armed=None if armed is None else armed and device.enabled is not False,
        battery=device.battery,
        temperature=signals.temp if signals else None,
        wifi=signals.wifi if signals else None,
    )


def _usb(module: SyncModule) -> str:
    if module.local_storage_enabled and module.local_storage_status:
        return module.local_storage_status
    return "none" if not module.local_storage_enabled else "active"
