"""A Blink for load alone, as a process of its own: any number of households, told apart by their bearer.

It reads one JSON object a line from its standard input and answers each with one: `{"manners": …}` says how cameras
behave from now on, `{"tell": true}` asks what has happened since the last time. It ends with its input.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.demo import tls

from . import machine

CAMERAS = 3
FIRST_ACCOUNT, FIRST_NETWORK, FIRST_CAMERA, FIRST_COMMAND = 1_000_000, 2_000_000, 3_000_000, 400_000_000
_PICTURE = b"\xff\xd8\xff\xe0" + bytes(20_000) + b"\xff\xd9"
_STAGES = (("rest", "new", 0.06), ("cs_sent", "running", 0.08), ("sm", "running", 0.12), ("dev", "running", 0.5),
           ("is", "running", 0.14), ("vs", "done", 0.1))  # fmt: skip
_SHOOTING = 0.26  # of a command's time has passed when stage "dev" begins
_NUMBER = re.compile(r"\d+")
_PIECE = 2**18


@dataclass(frozen=True)
class Manners:
    """How long commands take and when videos are listed, drawn anew for each; seconds."""

    shortest: float = 9.5
    longest: float = 10.5
    listed_soonest: float = 0.3
    listed_latest: float = 2.3
    video_bytes: int = 2**20


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


@dataclass
class BlinkSide:
    """All households, and the counts of what was asked."""

    manners: Manners = field(default_factory=Manners)
    requests: Counter[str] = field(default_factory=Counter[str])
    commands: list[Command] = field(default_factory=list[Command])
    latest: dict[int, Command] = field(default_factory=dict[int, Command])
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same in every run
    video: bytes = b""

    def behave(self, manners: Manners) -> None:
        """Change how cameras behave."""
        self.manners = manners
        free = manners.video_bytes - len(_FTYP) - len(_MOOV) - 8
        self.video = _FTYP + _MOOV + (free + 8).to_bytes(4, "big") + b"mdat" + bytes(free)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path, who = request.path, int(_NUMBER.findall(request.headers.get("Authorization", "0"))[-1])
        now = time.monotonic()
        if path.endswith("/homescreen"):
            return self._json("homescreen", _homescreen(who))
        if path.endswith("/clip"):
            return self._json("clip", _started(self._record(who, now)))
        if path.endswith("/media/changed"):
            return self._json("media", {"limit": 500, "media": self._media(who, request.query.get("since", ""), now)})
        if path.endswith("/media"):
            return self._json("events", {"media": [_old(who, index) for index in range(CAMERAS)]})
        if "/command/" in path:
            return self._json("command", self._progress(who, now))
        if path.endswith(".mp4"):
            return await self._film(request, who)
        if "/thumbnail" in path:
            self.requests["picture"] += 1
            return web.Response(body=_PICTURE, content_type="image/jpeg")
        self.requests["unknown"] += 1
        return web.json_response({"message": "not modelled", "code": 1}, status=404)

    def told(self) -> dict[str, Any]:
        """Return what has happened since the last time, and forget it."""
        requests, commands = dict(self.requests), [one.told() for one in self.commands]
        self.requests.clear()
        self.commands.clear()
        return {"requests": requests, "commands": commands, "cpu": time.process_time()}

    def _json(self, what: str, body: dict[str, Any]) -> web.Response:
        self.requests[what] += 1
        return web.json_response(body)

    def _record(self, who: int, now: float) -> Command:
        manners = self.manners
        complete = now + self.chance.uniform(manners.shortest, manners.longest)
        listed = complete + self.chance.uniform(manners.listed_soonest, manners.listed_latest)
        number = FIRST_COMMAND + len(self.latest) + int(now * 1000) % 10**8 * 1000
        command = Command(number, who, now, complete, listed, _stamp(datetime.now(UTC)))
        self.commands.append(command)
        self.latest[who] = command
        return command

    def _progress(self, who: int, now: float) -> dict[str, Any]:
        command = self.latest[who]
        command.polls += 1
        stage, condition = _stage((now - command.started) / (command.complete - command.started))
        part = _started(command) | {"state_stage": stage, "state_condition": condition}
        return {
            "complete": now >= command.complete,
            "status": 0,
            "status_msg": "Command succeeded",
            "status_code": 908,
            "commands": [part],
            "media_id": None,
        }

    def _media(self, who: int, since: str, now: float) -> list[dict[str, Any]]:
        command = self.latest.get(who)
        found = [_old(who, 0)] if since < _stamp(datetime.now(UTC) - timedelta(days=2)) else []
        if command:
            command.looks += 1
            if now >= command.listed:
                found.append(_entry(command))
        return found

    async def _film(self, request: web.BaseRequest, who: int) -> web.StreamResponse:
        self.requests["video"] += 1
        command = self.latest[who]
        command.video_asked = time.monotonic()
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        response.content_length = len(self.video)
        await response.prepare(request)
        for start in range(0, len(self.video), _PIECE):
            await response.write(self.video[start : start + _PIECE])
        await response.write_eof()
        command.video_sent = time.monotonic()
        return response


_FTYP = (16).to_bytes(4, "big") + b"ftypisom" + bytes(4)
_MOOV = (8).to_bytes(4, "big") + b"moov"


def _stamp(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _stage(part: float) -> tuple[str, str]:
    for stage, condition, share in _STAGES:
        part -= share
        if part < 0:
            return stage, condition
    return _STAGES[-1][:2]


def _homescreen(who: int) -> dict[str, Any]:
    network = FIRST_NETWORK + who
    names = ("Front Door", "Garage", "Kitchen")
    return {
        "account": {"id": FIRST_ACCOUNT + who},
        "networks": [{"id": network, "name": "Home", "time_zone": "Europe/Berlin", "armed": False}],
        "sync_modules": [{"id": network, "network_id": network, "local_storage_enabled": False,
                          "local_storage_status": "unavailable"}],
        "cameras": [
            {"id": _camera(who, index), "network_id": network, "name": names[index], "type": "catalina",
             "status": "done", "enabled": True, "battery": "ok", "signals": {"temp": 68, "wifi": 5},
             "thumbnail": f"{_path(who, index)}/thumbnail/thumbnail.jpg?ts=1700000000&ext="}
            for index in range(CAMERAS)
        ],
        "owls": [],
        "doorbells": [],
    }  # fmt: skip


def _camera(who: int, index: int) -> int:
    return FIRST_CAMERA + who * CAMERAS + index


def _path(who: int, index: int) -> str:
    place = f"accounts/{FIRST_ACCOUNT + who}/networks/{FIRST_NETWORK + who}/catalina/{_camera(who, index)}"
    return f"/api/v3/media/{place}"


def choice(who: int) -> str:
    """Return the value that the bot's autocomplete gives a household's first camera."""
    return f"camera.{FIRST_NETWORK + who}.{_camera(who, 0)}"


def _started(command: Command) -> dict[str, Any]:
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


def _entry(command: Command) -> dict[str, Any]:
    began = datetime.fromisoformat(command.moment)
    shot = began + timedelta(seconds=1 + (command.complete - command.started) * _SHOOTING)
    return _video(command.who, 0, command.id, _stamp(shot))


def _old(who: int, index: int) -> dict[str, Any]:
    return _video(who, index, 5_000_000_000 + who * CAMERAS + index, _stamp(datetime.now(UTC) - timedelta(days=1)))


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


async def serve(folder: Path) -> None:
    """Serve until standard input ends; the first line out tells the port and the authority to trust."""
    side = BlinkSide()
    side.behave(side.manners)
    authority = tls.issue(folder)
    runner = web.ServerRunner(web.Server(side.handle, access_log=None), handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server, backlog=4096).start()
    _say({"port": int(runner.addresses[0][1]), "trust": str(authority.trust)})
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    known = {one.name for one in fields(Manners)}
    while line := await lines.readline():
        order = json.loads(line)
        if "manners" in order:
            side.behave(Manners(**{name: value for name, value in order["manners"].items() if name in known}))
        _say(side.told())
    await runner.cleanup()


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    machine.pin(0, machine.cores().around)
    asyncio.run(serve(Path(sys.argv[1])))
