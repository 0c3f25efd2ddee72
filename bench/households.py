"""Households as Blink tells of them: each person's has their number in all of its ids."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CAMERAS = 3
FIRST_ACCOUNT, FIRST_NETWORK, FIRST_CAMERA, FIRST_COMMAND = 1_000_000, 2_000_000, 3_000_000, 400_000_000
_FIRST_BEFORE = 5_000_000_000
_STAGES = (
    ("rest", "new", 0.06),
    ("cs_sent", "running", 0.08),
    ("sm", "running", 0.12),
    ("dev", "running", 0.5),
    ("is", "running", 0.14),
    ("vs", "done", 0.1),
)
_SHOOTING = 0.26  # of a command's time has passed when stage "dev" begins


@dataclass(eq=False)
class Command:
    """One clip: when it was asked for, is complete and is listed, and what the bot asked about it."""

    id: int
    who: int
    started: float
    complete: float
    listed: float
    moment: str
    polls: int = 0
    looks: int = 0
    video_asked: float = 0.0
    video_sent: float = 0.0

    def told(self) -> dict[str, Any]:
        """Return it as the bench reads it."""
        return asdict(self)


def stamp(moment: datetime) -> str:
    """Write a moment as Blink does, in whole seconds."""
    return moment.replace(microsecond=0).isoformat()


def stage_at(part: float) -> tuple[str, str]:
    """Return the stage and condition of a command of which this part of its time has passed."""
    for stage, condition, share in _STAGES:
        part -= share
        if part < 0:
            return stage, condition
    return _STAGES[-1][:2]


def homescreen(who: int) -> dict[str, Any]:
    """Return all that a household has."""
    network = FIRST_NETWORK + who
    names = ("Front Door", "Garage", "Kitchen")
    return {
        "account": {"id": FIRST_ACCOUNT + who},
        "networks": [{"id": network, "name": "Home", "time_zone": "Europe/Berlin", "armed": False}],
        "sync_modules": [{"id": network, "network_id": network, "local_storage_enabled": False,
                          "local_storage_compatible": False, "local_storage_status": "unavailable"}],
        "cameras": [
            {"id": _camera(who, index), "network_id": network, "name": names[index], "type": "catalina",
             "status": "done", "enabled": True, "battery": "ok", "signals": {"temp": 68, "wifi": 5},
             "thumbnail": f"{_path(who, index)}/thumbnail/thumbnail.jpg?ts=1700000000&ext="}
            for index in range(CAMERAS)
        ],
        "owls": [],
        "doorbells": [],
    }  # fmt: skip


def of_blinkpy(who: int, path: str) -> dict[str, Any] | None:
    """Return what blinkpy alone asks of a household; None if nobody asks that."""
    network, cameras = FIRST_NETWORK + who, homescreen(who)["cameras"]
    match path.strip("/").split("/"):
        case ["networks"]:
            return {"summary": {str(network): {"name": "Home", "onboarded": True}}}
        case ["api", "v1", "camera", "usage"]:
            return {"networks": [{"network_id": network, "cameras": cameras}]}
        case ["network", _, "syncmodules"]:
            return {"syncmodule": {"id": network, "network_id": network, "serial": "G8T10001", "status": "online"}}
        case ["network", _, "update"]:
            return {"network": {"armed": False, "sync_module_error": False}}
        case ["network", _, "camera", number, "config"]:
            return {"camera": [one for one in cameras if str(one["id"]) == number]}
        case ["network", _, "camera", _, "signals"]:
            return {"temp": 68, "wifi": 5, "battery": 3, "lfr": 5}
        case _:
            return None


def _camera(who: int, index: int) -> int:
    return FIRST_CAMERA + who * CAMERAS + index


def _path(who: int, index: int) -> str:
    place = f"accounts/{FIRST_ACCOUNT + who}/networks/{FIRST_NETWORK + who}/catalina/{_camera(who, index)}"
    return f"/api/v3/media/{place}"


def choice(who: int) -> str:
    """Return the value that the bot's autocomplete gives a household's first camera."""
    return f"camera.{FIRST_NETWORK + who}.{_camera(who, 0)}"


def started(command: Command) -> dict[str, Any]:
    """Return what Blink says of a command that begins."""
    return {
        "id": command.id,
        "created_at": command.moment,
        "updated_at": command.moment,
        "execute_time": command.moment,
        "command": "clip",
        "state_stage": "rest",
        "state_condition": "new",
        "network_id": FIRST_NETWORK + command.who,
        "account_id": FIRST_ACCOUNT + command.who,
        "camera_id": None,
    }


def listed(command: Command) -> dict[str, Any]:
    """Return a command's recording as it is listed."""
    began = datetime.fromisoformat(command.moment)
    shot = began + timedelta(seconds=1 + (command.complete - command.started) * _SHOOTING)
    return _video(command.who, 0, command.id, stamp(shot))


def kept_before(who: int, index: int) -> dict[str, Any]:
    """Return a recording of yesterday."""
    return _video(who, index, _FIRST_BEFORE + who * CAMERAS + index, stamp(datetime.now(UTC) - timedelta(days=1)))


def _video(who: int, index: int, number: int, moment: str) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": moment,
        "updated_at": moment,
        "device": "catalina",
        "device_id": _camera(who, index),
        "device_name": "Front Door",
        "network_id": FIRST_NETWORK + who,
        "type": "video",
        "deleted": False,
        "partial": False,
        "media": f"{_path(who, index)}/clip/{number}.mp4",
    }
