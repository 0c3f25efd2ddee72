"""A client of the relay that knows its bytes and nothing else."""

from __future__ import annotations

import asyncio
import io
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av

from simulators.blink import Behaviour, Camera, LiveBehaviour, LiveSession, SimBlink, World
from simulators.demo.network import dialer
from tests.simulators.blink.phone import Heard, Phone

PACE = 20.0  # of Blink's seconds in one of ours
INTENT = {"intent": "liveview", "motion_event_start_time": None}
ADDRESS = re.compile(r"immis://([^:/]+):(\d+)/(.{16})__IMDS_(\w+)\?client_id=(\d+)")
SERIAL = b"a serial number!"
KEEP_ALIVE = bytes.fromhex("0a 00000001 00000000")
STATISTICS = bytes.fromhex("12 000003e8 00000018") + bytes(24)
STOP = bytes.fromhex("08 00000000 00000000")

PRELUDE = [0x18, 0x0C, 0x13, 0x15, 0x2A, 0x10]  # the types of what comes before the picture

Frame = tuple[int, int, bytes]


def live_path(camera: Camera, version: int | None = None) -> str:
    group = {"camera": "cameras", "mini": "owls", "floodlight": "owls", "doorbell": "doorbells"}[camera.kind]
    number = version or (6 if camera.kind == "camera" else 2)
    network = camera.network
    return f"/api/v{number}/accounts/{network.account.id}/networks/{network.id}/{group}/{camera.id}/liveview"


def manners(**changes: Any) -> Behaviour:
    """A camera's manners at a relay that has all the time in the world, unless a test says otherwise."""
    patient: dict[str, Any] = {"silence": 4000.0, "connect_within": 4000.0, "limit": 4000.0}
    return Behaviour.quick(live=LiveBehaviour(**patient | changes))


async def start(phone: Phone, camera: Camera) -> Heard:
    return await phone.post(live_path(camera), json=INTENT)


async def started(phone: Phone, camera: Camera) -> dict[str, Any]:
    heard = await start(phone, camera)
    assert heard.status == 200, heard
    return heard.json


@dataclass(frozen=True)
class Address:
    """What a client makes of a start's answer."""

    host: str
    port: int
    connection: bytes
    client: int
    token: bytes

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Address:
        found = ADDRESS.fullmatch(answer["server"])
        assert found, answer["server"]
        host, port, connection, _, client = found.groups()
        return cls(host, int(port), connection.encode(), int(client), answer.get("liveview_token", "").encode())

    def header(self, token: bytes | None = None, **changes: bytes) -> bytes:
        """Return the 122 bytes, some of whose fields may be others."""
        fields = {
            "magic": bytes.fromhex("00000028"),
            "serials": bytes.fromhex("00000010"),
            "serial": SERIAL,
            "client": self.client.to_bytes(4, "big"),
            "one": b"\x01",
            "eight": b"\x08",
            "tokens": bytes.fromhex("00000040"),
            "token": (self.token if token is None else token)[:64].ljust(64, b"\0"),
            "connections": bytes.fromhex("00000010"),
            "connection": self.connection,
            "trailer": bytes.fromhex("00000001"),
        }
        raw = b"".join((fields | changes).values())
        assert len(raw) == 122
        return raw


def trusting_nobody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@dataclass
class Viewer:
    """One connection and all that has come."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    frames: list[Frame] = field(default_factory=list)
    rest: bytes = b""  # what came of a frame that was cut

    @property
    def media(self) -> list[bytes]:
        return [payload for kind, _, payload in self.frames if kind == 0]

    def kinds(self) -> list[int]:
        """The types of the frames, media that follow each other as one."""
        seen = [kind for kind, _, _ in self.frames]
        return [kind for at, kind in enumerate(seen) if kind or not at or seen[at - 1]]

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def frame(self) -> bool:
        """Read one frame; False at the end."""
        async with asyncio.timeout(20):
            try:
                head = await self.reader.readexactly(9)
                self.rest = head
                length = int.from_bytes(head[5:], "big")
                body = await self.reader.readexactly(length)
            except asyncio.IncompleteReadError as cut:
                self.rest += cut.partial
                return False
            except OSError:
                return False
        self.rest = b""
        self.frames.append((head[0], int.from_bytes(head[1:5], "big"), body))
        return True

    async def watch(self, payloads: int) -> None:
        """Read until so many media frames are there."""
        while len(self.media) < payloads:
            assert await self.frame(), f"closed after {self.kinds()}"

    async def until_closed(self) -> None:
        while await self.frame():
            pass


@asynccontextmanager
async def viewing(sim: SimBlink, address: Address, header: bytes | None = None) -> AsyncIterator[Viewer]:
    """Connect, give the header, and close at the end."""
    dial = dialer(relay=sim.relay.port)
    reader, writer = await dial(address.host, address.port, ssl=trusting_nobody(), server_hostname=None)
    writer.write(address.header() if header is None else header)
    try:
        yield Viewer(reader, writer)
    finally:
        writer.transport.abort()


async def begun(world: World, phone: Phone, camera: Camera, **changes: Any) -> tuple[Address, LiveSession]:
    """Start a live view of a camera with these manners."""
    camera.behaviour = manners(**changes)
    answer = await started(phone, camera)
    return Address.of(answer), world.live.of(camera)[-1]


def pictures(ts: bytes) -> list[tuple[float, bool]]:
    """When each picture of a stream is shown, and whether it is a key frame."""
    with av.open(io.BytesIO(ts), format="mpegts") as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        return [(float(packet.pts * packet.time_base), packet.is_keyframe) for packet in packets]
