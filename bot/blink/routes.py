"""Where Blink's endpoints are; the difference between camera kinds is this table and nothing else."""

from .models import CameraKey, CameraKind

OAUTH_HOST = "api.oauth.blink.com"
FIRST_HOST = "rest-prod.immedia-semi.com"  # answers before an account's region is known

TOKEN = "/oauth/token"  # noqa: S105 - a path
TIER = "/api/v1/users/tier_info"

# A wrong family is answered with a bare 404: blinkpy issue 537, pull request 946.
_CLIP = {
    CameraKind.CAMERA: "/network/{network}/camera/{camera}/clip",
    CameraKind.OWL: "/api/v1/accounts/{account}/networks/{network}/owls/{camera}/clip",
    CameraKind.DOORBELL: "/api/v1/accounts/{account}/networks/{network}/doorbells/{camera}/clip",
}


def rest_host(tier: str) -> str:
    """Return the host that serves the accounts of region `tier`."""
    return f"rest-{tier}.immedia-semi.com"


def homescreen(account: int) -> str:
    """Return the path that lists everything an account owns."""
    return f"/api/v3/accounts/{account}/homescreen"


def clip(account: int, camera: CameraKey) -> str:
    """Return the path that records a clip on `camera`."""
    return _CLIP[camera.kind].format(account=account, network=camera.network_id, camera=camera.camera_id)


def command(network: int, command_id: int) -> str:
    """Return the path that tells how far a command has come."""
    return f"/network/{network}/command/{command_id}"


def command_done(network: int, command_id: int) -> str:
    """Return the path that ends a command."""
    return f"/network/{network}/command/{command_id}/done/"


def media_changed(account: int) -> str:
    """Return the path that lists recordings."""
    return f"/api/v1/accounts/{account}/media/changed"


def logout(account: int, client: str) -> tuple[str, str]:
    """Return the path that blinkpy signs out on, and the app's: which of them Blink still serves is not recorded."""
    return f"/api/v4/account/{account}/client/{client}/logout", f"/api/v4/clients/{client}/logout"
