"""A Blink for load alone, as a process of its own: any number of households, told apart by their bearer.

It reads one JSON object a line from its standard input and answers each with one: `{"manners": …}` says how cameras
behave from now on, `{"tell": true}` asks what has happened since the last time. It ends with its input.
"""

import asyncio
import itertools
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from simulators.demo import tls

from . import machine
from .households import (
    CAMERAS,
    FIRST_COMMAND,
    Command,
    homescreen,
    kept_before,
    listed,
    of_blinkpy,
    stage_at,
    stamp,
    started,
)

_PICTURE = b"\xff\xd8\xff\xe0" + bytes(20_000) + b"\xff\xd9"
_NUMBER = re.compile(r"\d+")
_PIECE = 2**18
_FTYP = (16).to_bytes(4, "big") + b"ftypisom" + bytes(4)
_MOOV = (8).to_bytes(4, "big") + b"moov"


@dataclass(frozen=True)
class Manners:
    """How long commands take and when videos are listed, drawn anew for each; seconds."""

    shortest: float = 9.5
    longest: float = 10.5
    listed_soonest: float = 0.3
    listed_latest: float = 2.3
    video_bytes: int = 2**20


@dataclass
class BlinkSide:
    """All households, and the counts of what was asked."""

    manners: Manners = field(default_factory=Manners)
    requests: Counter[str] = field(default_factory=Counter[str])
    commands: list[Command] = field(default_factory=list[Command])
    latest: dict[int, Command] = field(default_factory=dict[int, Command])
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_COMMAND))
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
        if path == "/oauth/token":
            who = int(_NUMBER.findall(parse_qs(await request.text())["refresh_token"][0])[-1])
            return self._json("token", {"access_token": f"access-{who}", "refresh_token": f"refresh-{who}"})
        if path.endswith("/homescreen"):
            return self._json("homescreen", homescreen(who))
        if path.endswith("/clip"):
            return self._json("clip", started(self._record(who, now)))
        if path.endswith("/media/changed"):
            return self._json("media", {"limit": 500, "media": self._media(who, request.query.get("since", ""), now)})
        if path.endswith("/media"):
            return self._json("events", {"media": [kept_before(who, index) for index in range(CAMERAS)]})
        if "/command/" in path:
            return self._json("command", self._progress(who, now))
        if path.endswith(".mp4"):
            return await self._film(request, who)
        if "/thumbnail" in path:
            self.requests["picture"] += 1
            return web.Response(body=_PICTURE, content_type="image/jpeg")
        if answer := of_blinkpy(who, path):
            return self._json("of blinkpy", answer)
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
        listed_at = complete + self.chance.uniform(manners.listed_soonest, manners.listed_latest)
        command = Command(next(self.numbers), who, now, complete, listed_at, stamp(datetime.now(UTC)))
        self.commands.append(command)
        self.latest[who] = command
        return command

    def _progress(self, who: int, now: float) -> dict[str, Any]:
        command = self.latest[who]
        command.polls += 1
        stage, condition = stage_at((now - command.started) / (command.complete - command.started))
        part = started(command) | {"state_stage": stage, "state_condition": condition}
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
        found = [kept_before(who, 0)] if since < stamp(datetime.now(UTC) - timedelta(days=2)) else []
        if command:
            command.looks += 1
            if now >= command.listed:
                found.append(listed(command))
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
