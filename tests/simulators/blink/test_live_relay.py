"""The relay, byte by byte: who is let in, what goes both ways, and how it ends."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from simulators.blink import self_signed
from simulators.demo.network import dialer
from simulators.demo.tls import Authority
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.viewer import (
    KEEP_ALIVE,
    PRELUDE,
    STATISTICS,
    STOP,
    Address,
    begun,
    pictures,
    start,
    viewing,
)
from tests.support.waiting import until


@pytest.fixture
def house(patient_house: BlinkSetup) -> BlinkSetup:
    return patient_house


async def left(house: BlinkSetup) -> None:
    """Wait until no connection is left at the relay."""
    await until(lambda: not house.sim.relay._listener.serving)


async def test_a_session_as_it_was_captured(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as viewer:
        viewer.send(KEEP_ALIVE, STATISTICS)
        await viewer.watch(20)
        assert viewer.kinds() == [0x06, 0x0A, *PRELUDE, 0x00]
        sent = {kind: (value, payload) for kind, value, payload in viewer.frames}
        assert [sent[0x06], sent[0x0A], sent[0x18], sent[0x0C]] == [(0, b""), (1, b""), (7, b""), (0xA0000001, b"")]
        assert len(sent[0x13][1]) == 26
        assert sent[0x2A][1]
        assert [value for kind, value, _ in viewer.frames if kind == 0] == list(range(20))
        assert {(len(payload), payload[0]) for payload in viewer.media} == {(1316, 0x47)}
        viewer.send(b"\x11" + sent[0x10][0].to_bytes(4, "big") + bytes(4), STOP)
        await viewer.until_closed()
    assert [frame.kind for frame in session.heard] == [0x0A, 0x12, 0x11, 0x08]
    assert viewer.media == session.sent
    assert session.ended == "by the client"
    assert house.sim.surprises == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("magic", bytes.fromhex("00000029")),
        ("serials", bytes.fromhex("00000000")),
        ("one", b"\x02"),
        ("eight", b"\x00"),
        ("tokens", bytes.fromhex("00000016")),
        ("token", b"another token".ljust(64, b"\0")),
        ("client", bytes.fromhex("ffffffff")),
        ("connections", bytes.fromhex("00000011")),
        ("connection", b"ABCDEFG_HIJKLMNO"),
        ("trailer", bytes(4)),
    ],
)
async def test_a_wrong_header_is_refused_without_a_byte_and_noted(house: BlinkSetup, field: str, value: bytes) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address, address.header(**{field: value})) as viewer:
        await viewer.until_closed()
    assert (viewer.frames, viewer.rest) == ([], b"")
    assert session.connections == 0
    assert len(house.sim.surprises) == 1
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)


async def test_no_more_than_122_bytes_are_waited_for(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address, address.header()[:121]) as viewer:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await viewer.reader.read(1)
        assert session.connections == 0
        viewer.send(address.header()[121:])
        await viewer.watch(1)


@pytest.mark.parametrize("mode", ["any", "no zeros", "zeros cut"])
@pytest.mark.parametrize("zeros", [False, True])
async def test_the_token(house: BlinkSetup, mode: str, zeros: bool) -> None:
    address, session = await begun(house.world, house.phone, house.front, token=mode)
    async with viewing(house.sim, address, address.header(b"" if zeros else None)) as viewer:
        if not zeros or mode == "any":
            while not viewer.media or pictures(b"".join(viewer.media))[-1][0] < 3.0:
                await viewer.watch(len(viewer.media) + 10)
        else:
            await viewer.until_closed()
    if zeros and mode == "no zeros":
        assert viewer.frames == []
        assert session.ended is None
    if zeros and mode == "zeros cut":
        assert 1.5 < pictures(b"".join(viewer.media))[-1][0] < 2.2
    assert house.sim.surprises == []


@pytest.mark.parametrize("length", [0, 22, 300])
async def test_a_token_may_be_too_long_or_missing(house: BlinkSetup, length: int) -> None:
    address, session = await begun(house.world, house.phone, house.front, token="no zeros", token_length=length)
    assert len(address.token) == length
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
    assert session.token.encode() == address.token
    assert house.sim.surprises == []


async def test_a_silent_client_is_dropped(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front, silence=15.0)
    async with viewing(house.sim, address) as viewer:
        viewer.send(STATISTICS)
        await viewer.until_closed()
    assert [frame.kind for frame in session.heard] == [0x12]
    assert session.ended == "by Blink"


async def test_a_client_that_only_closes_has_ended_it(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
    await until(lambda: session.ended)
    assert session.ended == "by the client"
    async with viewing(house.sim, address) as viewer:
        await viewer.until_closed()
    assert viewer.frames == []
    assert len(house.sim.surprises) == 1


async def test_done_closes_the_connection(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    path = f"/accounts/{house.account.id}/networks/{house.home.id}/commands/{session.id}/done"
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
        assert (await house.phone.post(path)).status == 200
        await viewer.until_closed()
    assert session.ended == "by the client"


async def test_a_second_connection_takes_the_firsts_place(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as first:
        await first.watch(1)
        async with viewing(house.sim, address) as second:
            await second.watch(1)
            await first.until_closed()
            await second.watch(30)
    assert session.connections == 2


@pytest.mark.parametrize(
    "frame",
    [
        bytes.fromhex("17 00000001 00000000"),  # SaveClip: not for a client that only watches
        bytes.fromhex("05 00000000 00000001 00"),
        bytes.fromhex("0a 00000001 00000001 00"),
        bytes.fromhex("12 000003e8 00000000"),
        bytes.fromhex("12 00000001 00000018") + bytes(24),
        bytes.fromhex("11 00000001 00000000"),
    ],
)
async def test_what_no_watching_client_sends_is_noted(house: BlinkSetup, frame: bytes) -> None:
    address, _ = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as viewer:
        viewer.send(frame)
        await until(lambda: house.sim.surprises)
        await viewer.watch(1)
    assert len(house.sim.surprises) == 1


async def test_a_frame_that_is_far_too_long_ends_it(house: BlinkSetup) -> None:
    address, _ = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as viewer:
        viewer.send(bytes.fromhex("0a 00000000 00100000"))
        await viewer.until_closed()
    assert len(house.sim.surprises) == 1


async def test_the_certificate_is_blinks_own_kind(house: BlinkSetup) -> None:
    async with viewing(house.sim, Address("192.88.99.204", 443, b"", 0, b""), b"") as viewer:
        der = viewer.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.issuer == certificate.subject
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "*.immedia-semi.com"
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    another = self_signed()
    house.sim.relay.present(another)
    async with viewing(house.sim, Address("192.88.99.204", 443, b"", 0, b""), b"") as viewer:
        der = viewer.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    assert hashlib.sha256(der).hexdigest() == another.fingerprint
    assert house.sim.surprises == []


async def test_the_relay_can_have_a_public_certificate(house: BlinkSetup, authority: Authority) -> None:
    await house.sim.relay.close()
    await house.sim.relay.start(authority.server)
    context = ssl.create_default_context(cafile=str(authority.trust))
    dial = dialer(relay=house.sim.relay.port)
    _, writer = await dial("lv.immedia-semi.com", 443, ssl=context, server_hostname=None)
    writer.transport.abort()
    with pytest.raises(ssl.SSLCertVerificationError):
        await dial("192.88.99.204", 443, ssl=context, server_hostname=None)


async def test_a_stopped_simulator_leaves_nothing(house: BlinkSetup) -> None:
    address, _ = await begun(house.world, house.phone, house.front, first_media=None)
    port = house.sim.relay.port
    before = asyncio.all_tasks()
    raw = socket.create_connection(("127.0.0.1", port))  # which never begins its handshake
    async with viewing(house.sim, address) as viewer:
        assert await viewer.frame()
        await until(lambda: len(house.sim.relay._listener.serving) == 2)
        await house.sim.close()
        await viewer.until_closed()
    raw.close()
    assert house.sim.relay._listener.serving == set()
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_start_after_the_end_gives_another_session(house: BlinkSetup) -> None:
    address, first = await begun(house.world, house.phone, house.front, release=0.0)
    async with viewing(house.sim, address) as viewer:
        viewer.send(STOP)
        await viewer.until_closed()
    await left(house)
    assert (await start(house.phone, house.front)).status == 200
    second = house.world.live.of(house.front)[1]
    assert (second.token, second.transaction) != (first.token, first.transaction)
