"""The hosts and paths of Blink, and the addresses of its relays; the only place that tells camera kinds apart."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from bot.models import CameraKey, CameraKind

from .models import RelayAddress
from .sockets import is_public

OAUTH_HOST = "api.oauth.blink.com"
FIRST_HOST = "rest-prod.immedia-semi.com"  # for requests before an account's region is known

_DOMAINS = ("blink.com", "immedia-semi.com")

TOKEN = "/oauth/token"  # noqa: S105 - a path
TIER = "/api/v1/users/tier_info"

# Blink answers a wrong family with a bare 404: blinkpy issue 537, pull request 946.
_DEVICE = {
    CameraKind.CAMERA: "/network/{network}/camera/{camera}",
    CameraKind.OWL: "/api/v1/accounts/{account}/networks/{network}/owls/{camera}",
    CameraKind.DOORBELL: "/api/v1/accounts/{account}/networks/{network}/doorbells/{camera}",
}
# The app's own paths: fronzbot/blinkpy (api.py, request_camera_liveview) and Pischleuder1/ioBroker.blink use them too.
_LIVE_VIEW = {
    CameraKind.CAMERA: "/api/v6/accounts/{account}/networks/{network}/cameras/{camera}/liveview",
    CameraKind.OWL: "/api/v2/accounts/{account}/networks/{network}/owls/{camera}/liveview",
    CameraKind.DOORBELL: "/api/v2/accounts/{account}/networks/{network}/doorbells/{camera}/liveview",
}
_USB = "/api/v1/accounts/{account}/networks/{network}/sync_modules/{module}/local_storage"

_RELAY_SCHEME = "immis"
_RELAY_PORT = 443
_MOST_CLIENT_ID = 2**32 - 1
_RELAY_IPV4 = re.compile(r"[0-9.]{7,15}", re.ASCII)
_RELAY_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9-]{1,63}\.)+immedia-semi\.com", re.ASCII)
_CONNECTION = re.compile(r"[\x21-\x7e]{1,16}", re.ASCII)
_CLIENT_ID = re.compile(r"[0-9]{1,10}", re.ASCII)


def is_blinks(host: str | None) -> bool:
    """Return whether a host is one of Blink's own."""
    return host is not None and ".".join(host.rsplit(".", 2)[-2:]) in _DOMAINS


def rest_host(tier: str) -> str:
    """Return the host that serves the accounts of region `tier`."""
    return f"rest-{tier}.immedia-semi.com"


def homescreen(account: int) -> str:
    """Return the path that lists everything an account owns."""
    return f"/api/v3/accounts/{account}/homescreen"


def clip(account: int, camera: CameraKey) -> str:
    """Return the path that records a clip on `camera`."""
    return f"{_device(account, camera)}/clip"


def thumbnail(account: int, camera: CameraKey) -> str:
    """Return the path that takes a picture with `camera`."""
    return f"{_device(account, camera)}/thumbnail"


def live_view(account: int, camera: CameraKey) -> str:
    """Return the path that starts the live view of `camera`."""
    return _place(_LIVE_VIEW, account, camera)


def motion(account: int, camera: CameraKey, *, enabled: bool) -> tuple[str, dict[str, bool] | None]:
    """Return the path that turns motion detection on or off, and its body if it has one (blinkpy)."""
    if camera.kind is CameraKind.OWL:
        return f"{_device(account, camera)}/config", {"enabled": enabled}
    return f"{_device(account, camera)}/{'enable' if enabled else 'disable'}", None


def arm(account: int, network: int, *, armed: bool) -> str:
    """Return the path that arms or disarms a network."""
    return f"/api/v1/accounts/{account}/networks/{network}/state/{'arm' if armed else 'disarm'}"


def _device(account: int, camera: CameraKey) -> str:
    return _place(_DEVICE, account, camera)


def _place(paths: Mapping[CameraKind, str], account: int, camera: CameraKey) -> str:
    return paths[camera.kind].format(account=account, network=camera.network_id, camera=camera.camera_id)


def picture(account: int, camera: CameraKey, product: str, taken: str) -> str:
    """Return the path of a picture by its camera, product and time (blinkpy, camera.py)."""
    place = f"/api/v3/media/accounts/{account}/networks/{camera.network_id}/{product}/{camera.camera_id}"
    return f"{place}/thumbnail/thumbnail.jpg?ts={taken}&ext="


def picture_at(thumbnail: str) -> str:
    """Return the path of a picture, with the end that Blink may have left out."""
    path = thumbnail if thumbnail.endswith("ext=") or ".jpg" in thumbnail else f"{thumbnail}.jpg"
    return path if path.startswith(("/", "https://")) else f"/{path}"


def command(network: int, command_id: int) -> str:
    """Return the path of a command's progress."""
    return f"/network/{network}/command/{command_id}"


def command_done(account: int, network: int, command_id: int) -> tuple[str, str]:
    """Return the paths that end a command: the app's, and an older one that Blink may no longer support."""
    return (
        f"/accounts/{account}/networks/{network}/commands/{command_id}/done",
        f"/network/{network}/command/{command_id}/done/",
    )


def media_changed(account: int) -> str:
    """Return the path that lists recordings."""
    return f"/api/v1/accounts/{account}/media/changed"


def media_events(account: int) -> str:
    """Return the app's path that lists events, with or without a video (luigibarretta/vistoda-blink)."""
    return f"/api/v4/accounts/{account}/media"


def media_delete(account: int) -> str:
    """Return the path that deletes recordings."""
    return f"/api/v1/accounts/{account}/media/delete"


def manifest_request(account: int, network: int, module: int) -> str:
    """Return the path that asks a Sync Module to list its USB clips (hunsalz/BlinkMonitorProtocol)."""
    return f"{_USB.format(account=account, network=network, module=module)}/manifest/request"


def manifest(account: int, network: int, module: int, request: int) -> str:
    """Return the path of a requested list."""
    return f"{manifest_request(account, network, module)}/{request}"


def usb_clip(account: int, network: int, module: int, manifest_id: int, clip: int) -> str:
    """Return the path that asks a Sync Module to upload a clip, and then fetches it."""
    place = _USB.format(account=account, network=network, module=module)
    return f"{place}/manifest/{manifest_id}/clip/request/{clip}"


def logout(account: int, client: str) -> tuple[str, str]:
    """Return blinkpy's path for signing out, and the app's; nobody has recorded which one Blink still serves."""
    return f"/api/v4/account/{account}/client/{client}/logout", f"/api/v4/clients/{client}/logout"


def relay_address(server: str) -> RelayAddress | None:
    """Return the relay in `immis://HOST:443/CONNECTION__IMDS_…?client_id=NUMBER`.

    Returns None for another scheme, such as the rtsps of old cameras, and for an address that is odd in any way: the
    bot guesses nothing about where it connects to.
    """
    try:
        url = urlsplit(server)
        port = _RELAY_PORT if url.port is None else url.port
        client_ids = parse_qs(url.query, max_num_fields=10).get("client_id", [])
    except ValueError:
        return None
    host = url.hostname or ""
    connection = _connection(url.path.rpartition("/")[2])
    if url.scheme != _RELAY_SCHEME or "@" in url.netloc or port == 0 or not _is_relay(host):
        return None
    if not _CONNECTION.fullmatch(connection) or len(client_ids) != 1 or not _CLIENT_ID.fullmatch(client_ids[0]):
        return None
    client_id = int(client_ids[0])
    return RelayAddress(host, port, connection, client_id) if client_id <= _MOST_CLIENT_ID else None


def _connection(last: str) -> str:
    """Return the connection's part of the path's last part; it can hold underscores itself."""
    return last.partition("__IMDS_" if "__IMDS_" in last else "__")[0]


def _is_relay(host: str) -> bool:
    if _RELAY_NAME.fullmatch(host):
        return True
    try:
        return bool(_RELAY_IPV4.fullmatch(host)) and is_public(host)
    except ValueError:
        return False
