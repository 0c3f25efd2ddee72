"""A relay on this machine that does what a test has written down, and a cloud that answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.blink import BlinkError, CommandState, LiveRecorder, LiveSession, LiveTiming, RelayTrust
from bot.blink.live.recorder import LiveRecording
from bot.blink.models import RelayAddress
from bot.models import StorageUnavailable
from tests.support.presets import TEST_PACE

from .certificates import shown
from .streams import film, payloads

ADDRESS = "3.122.0.9"
MOMENT = datetime(2026, 11, 28, 16, 0, 5, tzinfo=UTC)
TOKEN = "a-live-view-token-0123"
SESSION = LiveSession(
    command_id=77,
    network_id=12,
    at=datetime(2026, 11, 28, 16, tzinfo=UTC),
    poll_every=0.02,
    relay=RelayAddress(ADDRESS, 443, "AbCd_fGhIjKlMn__", 173),
    token=TOKEN,
)
# Waits that end what a test is about are short; all others are as long as they really are.
QUICK = LiveTiming(reconnect=0.02, keep_alive=0.06, statistics=0.02, show=0.0, stop=0.5, done=0.5)


@dataclass
class Connection:
    """One client of the relay; what it sends is read all the time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    header: bytes
    heard: list[tuple[int, int, bytes]] = field(default_factory=list)

    async def listen(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                head = await self.reader.readexactly(9)
                length = int.from_bytes(head[5:], "big")
                payload = await self.reader.readexactly(length)
                self.heard.append((head[0], int.from_bytes(head[1:5], "big"), payload))

    async def send(self, kind: int, value: int = 0, payload: bytes = b"") -> None:
        self.writer.write(bytes([kind]) + value.to_bytes(4, "big") + len(payload).to_bytes(4, "big") + payload)
        await self.writer.drain()

    async def play(self, stream: bytes) -> None:
        for number, payload in enumerate(payloads(stream)):
            await self.send(0, number, payload)

    async def stay(self) -> None:
        """Keep the connection until the client ends it."""
        while not self.reader.at_eof():  # noqa: ASYNC110 - the listener reads
            await asyncio.sleep(0.01)

    def values(self, kind: int) -> list[int]:
        return [value for one, value, _ in self.heard if one == kind]


Script = Callable[[Connection], Awaitable[None]]


async def whole(client: Connection) -> None:
    """What most relays do: accept, and send media for longer than anyone asks."""
    await client.send(0x06)
    await client.play(film(10.0))
    await client.stay()


async def silent(client: Connection) -> None:
    await client.send(0x06)
    await client.stay()


async def refuse(client: Connection) -> None:
    """Close at once."""


class Relay:
    """Plays one script for each connection, the last one again and again; a script's end closes the connection."""

    def __init__(self) -> None:
        self.port = 0
        self.scripts: list[Script] = []
        self.clients: list[Connection] = []
        self.dialed: list[tuple[str, int, str | None]] = []
        self.arrived = 0  # bytes from clients that sent less than a header
        self.writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()

    async def show(self, context: ssl.SSLContext) -> None:
        """Listen, with this certificate."""
        await self.close()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)
        await abort(self.writers)
        if self._server:
            self._server.close()

    def plays(self, *scripts: Script) -> None:
        self.scripts[:] = scripts

    async def dial(
        self, host: str, port: int, *, ssl: ssl.SSLContext, server_hostname: str | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.dialed.append((host, port, server_hostname))
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=ssl, server_hostname=server_hostname)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        self.writers.append(writer)
        listening = None
        try:
            client = Connection(reader, writer, await reader.readexactly(122))
            self.clients.append(client)
            listening = asyncio.create_task(client.listen())
            await (self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0])(client)
        except asyncio.IncompleteReadError as error:
            self.arrived += len(error.partial)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            if listening:
                listening.cancel()
            writer.close()
            self._serving.discard(task)


async def abort(writers: list[asyncio.StreamWriter]) -> None:
    for writer in writers:
        writer.transport.abort()
    for _ in range(3):
        await asyncio.sleep(0)  # the loop closes their sockets one turn later


@contextlib.asynccontextmanager
async def plain_server(*, shouts: bytes = b"") -> AsyncIterator[int]:
    """A server without TLS that says something or nothing, and then waits for ever. Yields its port."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(shouts)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            await abort(writers)


@dataclass
class Cloud:
    """Stands for the account's client: its command has one state after another, the last one for ever."""

    states: list[CommandState | BlinkError | StorageUnavailable] = field(
        default_factory=lambda: [CommandState("running", "vs")]
    )
    asked: int = 0
    ended: list[tuple[int, int]] = field(default_factory=list)
    ends: asyncio.Event | None = None

    async def command(self, network_id: int, command_id: int) -> CommandState:
        assert (network_id, command_id) == (SESSION.network_id, SESSION.command_id)
        self.asked += 1
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, BlinkError | StorageUnavailable):
            raise state
        return state

    async def end_live_view(self, network_id: int, command_id: int) -> None:
        self.ended.append((network_id, command_id))
        if self.ends:
            await self.ends.wait()


@dataclass
class Kept:
    """What the trust keeps."""

    fingerprints: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, fingerprint: str, host: str) -> None:
        self.fingerprints.append((fingerprint, host))


@dataclass
class Studio:
    """All that a recording needs."""

    relay: Relay
    cloud: Cloud
    path: Path
    trust: RelayTrust
    shown: list[float] = field(default_factory=list)

    async def record(
        self, seconds: float = 2.0, *, timing: LiveTiming = QUICK, session: LiveSession = SESSION
    ) -> LiveRecording:
        recorder = LiveRecorder(self.relay.dial, self.trust, timing, now=lambda: MOMENT)
        async with asyncio.timeout(60 * TEST_PACE):
            client: Any = self.cloud
            return await recorder.record(
                client,
                session,
                self.path,
                serial="G8T1000000000007",
                seconds=seconds,
                show=lambda length, _: self.shown.append(length),
            )


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay()
    await relay.show(shown().context)
    try:
        yield relay
    finally:
        await relay.close()


@pytest.fixture
def studio(relay: Relay, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Studio]:
    trust = RelayTrust(pinned=True, known={shown().fingerprint}, keep=Kept())
    yield Studio(relay, Cloud(), tmp_path / "live.ts", trust)
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []
