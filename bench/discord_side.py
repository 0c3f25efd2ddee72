"""A Discord for load alone: the wire's shapes and a note of each moment, and none of the rules.

What is right or wrong with a request is `simulators.discord`'s business; on the core that this one leaves idle it
answers several times as many (docs/bench.md).
"""

import asyncio
import json
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from . import payloads
from .payloads import AUTOCOMPLETE, COMMAND

IN_TIME = 3.0  # seconds after which Discord takes no acknowledgement any more
_API = "/api/v10/"
_HEAD = 16 * 1024  # of an upload: the message comes before its files
_RECORDED = b"Recorded"  # how the reply's words begin once the camera has recorded (bot/wording/clip.py)
_JSON = {"Content-Type": "application/json"}  # discord.py compares it for equality
_HEARTBEAT = {"op": 10, "d": {"heartbeat_interval": 41_250}}
_MESSAGE_NOW, _THINKING = 4, 5
_CHOICES = 8


@dataclass(eq=False)
class Use:
    """One interaction, and when what came of it, in seconds of the monotonic clock."""

    id: int
    token: str = field(repr=False)
    kind: int
    who: int
    channel: int
    message: int
    sent: float = 0.0
    acked: float | None = None
    recorded: float | None = None  # when the reply first said so
    upload_began: float = 0.0
    shown: float | None = None  # when the video had arrived in the reply
    requests: int = 0
    choices: int = 0
    ended: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def end(self) -> None:
        """Let whoever waits for it know that it is over."""
        if not self.ended.done():
            self.ended.set_result(None)

    @property
    def ack(self) -> float:
        """How long its acknowledgement took, or has taken so far."""
        return (self.acked or time.monotonic()) - self.sent


class DiscordSide:
    """Serves one bot at a time."""

    def __init__(self) -> None:
        self.ready_at: float | None = None
        self.unknown: list[str] = []
        self._ids = payloads.Snowflakes()
        self._uses: dict[str, Use] = {}
        self._latest: dict[int, Use] = {}
        self._socket: web.WebSocketResponse | None = None
        self._ready = asyncio.Event()
        self._sequence = 0
        self._runner: web.ServerRunner | None = None

    async def start(self, context: ssl.SSLContext) -> int:
        """Listen on 127.0.0.1 and return the port."""
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context, backlog=4096)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    def forget(self) -> None:
        """Be as new for the next bot."""
        self.ready_at, self._socket, self._sequence = None, None, 0
        self._ready.clear()
        self._uses.clear()
        self._latest.clear()

    async def ready(self, timeout: float = 60.0) -> float:
        """Wait for the bot's IDENTIFY and return when that came."""
        async with asyncio.timeout(timeout):
            await self._ready.wait()
        assert self.ready_at is not None
        return self.ready_at

    async def use(self, kind: int, who: int, camera: str, *, dm: bool = False, seconds: int | None = None) -> Use:
        """Send an interaction of person number `who` to the bot."""
        number = self._ids.next()
        channel = payloads.FIRST_DM + who if dm else payloads.CHANNEL
        use = Use(number, payloads.token(number), kind, who, channel, self._ids.next())
        self._uses[use.token] = self._latest[channel if dm else payloads.FIRST_DM + who] = use
        payload = payloads.interaction(kind, number, use.token, who, camera, dm=dm, seconds=seconds)
        use.sent = time.monotonic()
        await self._dispatch("INTERACTION_CREATE", payload)
        return use

    # ------------------------------------------------------------------------------------------------- the gateway

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        assert self._socket is not None
        self._sequence += 1
        await self._socket.send_str(json.dumps({"op": 0, "t": event, "s": self._sequence, "d": data}))

    async def _gateway(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_str(json.dumps(_HEARTBEAT))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            match json.loads(message.data)["op"]:
                case 1:
                    await socket.send_str('{"op": 11}')
                case 2:
                    self._socket = socket
                    await self._identified()
                case _:
                    pass
        return socket

    async def _identified(self) -> None:
        ready = {
            "v": 10,
            "user": payloads.BOT,
            "guilds": [],
            "session_id": "session",
            "resume_gateway_url": "wss://gateway.discord.gg",
            "shard": [0, 1],
            "application": {"id": str(payloads.APPLICATION), "flags": 0},
        }
        await self._dispatch("READY", ready)
        self.ready_at = time.monotonic()
        self._ready.set()

    # ---------------------------------------------------------------------------------------------------- requests

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not request.path.startswith(_API):
            return await self._gateway(request)
        began = time.monotonic()
        match request.path.removeprefix(_API).split("/"):
            case ["interactions", _, token, "callback"] if use := self._uses.get(token):
                return self._acknowledged(use, await request.read(), answer=bool(request.query))
            case ["webhooks", _, token, "messages", _] if use := self._uses.get(token):
                use.requests += 1
                if request.method == "PATCH":
                    self._edited(use, await _head(request), began)
                return _answer(payloads.message(use.message, use.channel, thinking=use.shown is None))
            case ["channels", channel, "messages", *_]:
                if use := self._latest.get(int(channel)):
                    use.requests += 1
                return _answer(payloads.message(self._ids.next(), int(channel)))
            case ["users", "@me", "channels"]:
                return _answer(payloads.dm_channel(int(json.loads(await request.read())["recipient_id"])))
            case parts:
                return await self._other(request, parts)

    def _acknowledged(self, use: Use, body: bytes, *, answer: bool) -> web.Response:
        use.acked = time.monotonic()
        use.requests += 1
        if use.ack > IN_TIME:
            use.end()
            return _refused('{"message": "Unknown interaction", "code": 10062}')
        if use.kind == AUTOCOMPLETE:
            use.choices = len(json.loads(body)["data"]["choices"])
            use.end()
        elif json.loads(body)["type"] == _MESSAGE_NOW:
            use.end()
        if not answer:
            return web.Response(status=204)
        return _answer(payloads.callback(use.id, use.message, use.channel))

    def _edited(self, use: Use, head: bytes, began: float) -> None:
        now = time.monotonic()
        if use.recorded is None and _RECORDED in head:
            use.recorded = now
        if b".mp4" in head:
            use.upload_began, use.shown = began, now
        if use.kind == COMMAND and (use.shown or b"Asked <t:" not in head):
            use.end()

    async def _other(self, request: web.BaseRequest, parts: list[str]) -> web.Response:
        match request.method, *parts:
            case "GET", "users", "@me":
                return _answer(payloads.BOT)
            case "GET", "gateway":
                return _answer({"url": "wss://gateway.discord.gg"})
            case "GET", "gateway", "bot":
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return _answer({"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": limit})
            case "PUT", "applications", _, "commands":
                return _answer(payloads.registered(json.loads(await request.read())))
            case "GET", *_ if parts[-1] == "@me":
                return _answer(
                    {
                        "id": str(payloads.APPLICATION),
                        "name": "Clip bot",
                        "description": "",
                        "flags": 0,
                        "icon": None,
                        "bot_public": True,
                        "bot_require_code_grant": False,
                        "verify_key": "",
                        "owner": payloads.user(payloads.person(0)),
                        "team": None,
                    }
                )
            case _:
                self.unknown.append(f"{request.method} /{'/'.join(parts[:1])}")
                return _refused('{"message": "404: Not Found", "code": 0}')


def _refused(why: str) -> web.Response:
    return web.Response(status=404, text=why, headers=_JSON)


async def _head(request: web.BaseRequest) -> bytes:
    """Read a whole body and return what it begins with."""
    head = bytearray()
    async for piece in request.content.iter_any():
        if len(head) < _HEAD:
            head += piece
    return bytes(head)


def _answer(body: bytes | dict[str, Any] | list[Any]) -> web.Response:
    return web.Response(body=body if isinstance(body, bytes) else json.dumps(body).encode(), headers=_JSON)
