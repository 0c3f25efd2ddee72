"""The gateway: the opcodes between bot and Discord, and which session gets which event.

https://discord.com/developers/docs/events/gateway
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from .calls import as_object
from .interactions import Interaction
from .places import Places
from .sessions import Connection, Session
from .world import World, serializers

RECONNECT, INVALID, HELLO, ACK = 7, 9, 10, 11
READY_WITHIN = 15.0  # seconds
HEARTBEAT = 41_250  # milliseconds between two of the bot's
CLOSING = 0.5  # seconds that a closing handshake may take
GUILDS = 1 << 0
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
_INTENTS = {"GUILD": GUILDS, "GUILD_ROLE": GUILDS, "CHANNEL": GUILDS, "GUILD_MEMBER": 1 << 1}
_MESSAGES = 1 << 9, 1 << 12  # in servers, in DMs


class Gateway:
    """All sessions of the bot."""

    def __init__(self, world: World, places: Places, *, token: str, surprises: list[str]) -> None:
        self._world = world
        self._places = places
        self._token = token
        self._surprises = surprises
        self._connections: set[Connection] = set()
        self._refused_until = 0.0
        self._replays: list[Mapping[str, Any]] = []
        self._identified = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.url = "wss://gateway.discord.gg"
        self.sessions: list[Session] = []
        self.identifies = 0
        self.resumes = 0
        self.closes: list[int] = []
        self.on_ready: Callable[[], None] = lambda: None
        world.listen(self.broadcast)

    # ------------------------------------------------------------------------------------------------------ driving

    async def ready(self) -> None:
        """Wait until the bot has identified at least once."""
        async with asyncio.timeout(READY_WITHIN):
            await self._identified.wait()

    def broadcast(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in self.sessions:
            if self._wants(session, event, payload):
                session.dispatch(event, payload)

    def drop(self, code: int | None = 4000) -> None:
        """Close every connection with this code, or cut it (None); the sessions can be resumed."""
        for session in self.sessions:
            session.connection = None
        for connection in self._connections:
            connection.abort() if code is None else connection.close(code)

    def reconnect(self) -> None:
        """Ask every connection to come again (op 7)."""
        for session in self.sessions:
            if session.connection is not None:
                session.connection.send(RECONNECT)
                session.connection = None

    def invalidate(self) -> None:
        """Forget every session (op 9)."""
        for session in self.sessions:
            if session.connection is not None:
                session.connection.send(INVALID, data=False)
        self.sessions.clear()

    def refuse(self, seconds: float) -> None:
        """Answer 503 to every new connection for so long; 0 ends it."""
        self._refused_until = time.monotonic() + seconds

    def replay_on_resume(self, interaction: Interaction) -> None:
        """Let the bot get this interaction again after its next RESUME."""
        self._replays.append(interaction.payload)

    async def close(self) -> None:
        self.refuse(float("inf"))
        self.drop(1001)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await self._empty.wait()

    # ------------------------------------------------------------------------------------------------------ serving

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if time.monotonic() < self._refused_until:
            return web.Response(status=503)
        ws = web.WebSocketResponse(timeout=CLOSING, max_msg_size=4096 * 4, autoclose=False)
        await ws.prepare(request)
        connection = Connection(ws, request.transport)
        self._connections.add(connection)
        self._empty.clear()
        connection.send(HELLO, {"heartbeat_interval": HEARTBEAT})
        try:
            while (message := await ws.receive()).type is WSMsgType.TEXT:
                self._receive(connection, message.data)
            if message.type is WSMsgType.CLOSE:
                connection.closed_with = message.data
                await ws.close(code=message.data or 1000)
        finally:
            self._gone(connection)
            await connection.finish()
            if not self._connections:
                self._empty.set()
        return ws

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            frame = as_object(json.loads(text))
        except ValueError:
            frame = {}
        data = as_object(frame.get("d"))
        match frame.get("op"):
            case None:
                connection.close(4002)
            case 1:
                connection.send(ACK)
            case 2:
                self._identify(connection, data)
            case 3:
                pass  # a presence, which nobody sees
            case 6:
                self._resume(connection, data)
            case op:
                self._surprises.append(f"unknown gateway opcode: {op}")
                connection.close(4001)

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        if data.get("token") != self._token:
            return connection.close(4004)
        if self._session_of(connection) is not None:
            return connection.close(4005)
        index, count = data.get("shard") or (0, 1)
        if not 0 <= index < count:
            return connection.close(4010)
        intents = data.get("intents")
        if not isinstance(intents, int):
            return connection.close(4013)
        if intents & PRIVILEGED:
            return connection.close(4014)
        self.identifies += 1
        session = Session(intents, (index, count), connection)
        self.sessions.append(session)
        guilds = [
            self._world.guilds[guild.id]
            for guild in self._places.guilds.values()
            if guild.bot and intents & GUILDS and (guild.id >> 22) % count == index
        ]
        ready: dict[str, Any] = {
            "v": 10,
            "user": dict(serializers.user_payload(self._world.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [index, count],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            payload: dict[str, Any] = dict(serializers.guild_create_payload(self._world, guild))
            own = [member for member in payload["members"] if member["user"]["id"] == ready["user"]["id"]]
            session.dispatch("GUILD_CREATE", payload | {"members": own})
        self._identified.set()
        self.on_ready()
        return None

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if data.get("token") != self._token:
            return connection.close(4004)
        session = next((session for session in self.sessions if session.id == data.get("session_id")), None)
        if session is None:
            return connection.send(INVALID, data=False)
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > session.sequence:
            return connection.close(4007)
        self.resumes += 1
        if session.connection is not None:
            session.connection.close(4000)
        for sequence, frame in session.backlog:
            if sequence > seen:
                connection.send_text(frame)
        session.connection = connection
        replays, self._replays = self._replays, []
        for payload in replays:
            session.dispatch("INTERACTION_CREATE", payload)
        session.dispatch("RESUMED", {})
        return None

    def _gone(self, connection: Connection) -> None:
        self._connections.discard(connection)
        session = self._session_of(connection)
        if not connection.closed_by_us:
            self.closes.append(connection.closed_with)
            if session is not None and connection.closed_with in {1000, 1001}:
                self.sessions.remove(session)
        if session is not None:
            session.connection = None

    def _session_of(self, connection: Connection) -> Session | None:
        return next((session for session in self.sessions if session.connection is connection), None)

    def _wants(self, session: Session, event: str, payload: Mapping[str, Any]) -> bool:
        guild_id = payload.get("guild_id") or (payload.get("id") if event.startswith("GUILD_") else None)
        index, count = session.shard
        if index != ((int(guild_id) >> 22) % count if guild_id else 0):
            return False
        if event in {"INTERACTION_CREATE", "USER_UPDATE"}:
            return True
        guild = self._places.guilds.get(int(guild_id)) if guild_id else None
        if guild is not None and not guild.bot:
            return False
        if event.startswith("MESSAGE_"):
            return bool(session.intents & _MESSAGES[guild_id is None])
        return bool(session.intents & _INTENTS.get(event.rpartition("_")[0], 0))
