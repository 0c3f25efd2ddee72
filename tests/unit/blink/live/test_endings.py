"""How recordings end, and what ends with them."""

import asyncio
from dataclasses import replace

import pytest

from bot.blink import CommandState, DiskTrouble, LiveEnd, LiveTiming, RelayTrust
from bot.blink.live import recorder
from tests.support.presets import TEST_PACE
from tests.support.waiting import until

from .conftest import QUICK, Connection, Kept, Script, Studio, plain_server, refuse, silent, whole
from .streams import film, picture, tables

TWO_DIALS = 2.0 * TEST_PACE  # seconds; enough for the second even if the machine stalls for one of them
FAILED = CommandState("error", "dev", complete=True, failed=True, code=523, message="Live view failed", status=1)


@pytest.mark.parametrize("how", ["closed", "in a frame", "in a frame's head", "reset", "stopped"])
async def test_what_came_before_the_relay_ended_is_kept(studio: Studio, how: str) -> None:
    async def cut(client: Connection) -> None:
        await client.play(film(1.5))
        if how == "in a frame":
            client.writer.write(bytes.fromhex("000000000100000524") + b"\x47" * 500)
        elif how == "in a frame's head":
            client.writer.write(bytes.fromhex("0000"))
        elif how == "stopped":
            await client.send(0x08, 99)
            await until(lambda: client.values(0x08) == [99])
        elif how == "reset":
            await until(lambda: studio.shown and studio.shown[-1] > 0.7)
            client.writer.transport.abort()

    studio.relay.plays(cut, whole)
    recording = await studio.record()
    assert recording.end is LiveEnd.CUT
    assert 0.7 < recording.seconds < 1.5
    assert film(1.5).startswith(studio.path.read_bytes())
    assert recording.size == studio.path.stat().st_size
    assert len(studio.relay.clients) == len(studio.cloud.ended) == 1


@pytest.mark.parametrize("script", [silent, refuse])
async def test_no_media_end_after_their_time(studio: Studio, script: Script) -> None:
    studio.relay.plays(script)
    recording = await studio.record(timing=replace(QUICK, first_media=0.8 * TEST_PACE))
    assert (recording.end, recording.size, recording.first_media_at) == (LiveEnd.NO_MEDIA, 0, None)
    assert not studio.path.exists()
    assert len(studio.cloud.ended) == 1


async def test_a_relay_that_nobody_reaches_is_tried_again_and_then_unreachable(studio: Studio) -> None:
    await studio.relay.close()
    recording = await studio.record(timing=replace(QUICK, first_media=TWO_DIALS))
    assert recording.end is LiveEnd.UNREACHABLE
    assert len(studio.relay.dialed) > 1
    assert len(studio.cloud.ended) == 1


async def test_a_host_that_speaks_no_tls_is_unreachable(studio: Studio) -> None:
    async with plain_server(shouts=bytes(100_000)) as studio.relay.port:
        recording = await studio.record(timing=replace(QUICK, first_media=0.4))
    assert recording.end is LiveEnd.UNREACHABLE


async def test_a_host_that_never_answers_is_unreachable(studio: Studio) -> None:
    async with plain_server() as studio.relay.port:
        recording = await studio.record(timing=replace(QUICK, connect=0.1, first_media=TWO_DIALS))
    assert recording.end is LiveEnd.UNREACHABLE
    assert len(studio.relay.dialed) > 1


async def test_an_unaccepted_certificate_ends_it_at_once(studio: Studio) -> None:
    studio.trust = RelayTrust(pinned=True, known=[], keep=Kept())
    assert (await studio.record()).end is LiveEnd.UNTRUSTED
    assert len(studio.relay.dialed) == len(studio.cloud.ended) == 1
    assert studio.relay.clients == []


async def test_a_command_that_fails_before_media_ends_it(studio: Studio) -> None:
    async def fail(client: Connection) -> None:
        studio.cloud.states = [CommandState("running", "dev"), FAILED]
        await silent(client)

    studio.relay.plays(fail)
    recording = await studio.record()
    assert (recording.end, recording.state) == (LiveEnd.FAILED, FAILED)
    assert len(studio.cloud.ended) == 1
    await until(lambda: studio.relay.clients[0].values(0x08))


@pytest.mark.parametrize("timing", [replace(QUICK, beyond=-1.6), replace(QUICK, longest=0.4)])
async def test_media_that_do_not_get_longer_end_by_the_clock_on_the_wall(studio: Studio, timing: LiveTiming) -> None:
    async def frozen(client: Connection) -> None:
        await client.play(tables() + picture(0, key=True))
        while not client.reader.at_eof():
            await client.play(picture(0))
            await asyncio.sleep(0.01)

    studio.relay.plays(frozen)
    recording = await studio.record(2.0, timing=timing)
    assert (recording.end, recording.seconds) == (LiveEnd.CUT, 0.0)
    assert recording.size == studio.path.stat().st_size > 0


async def test_media_that_stop_coming_end_it(studio: Studio) -> None:
    async def stall(client: Connection) -> None:
        await client.play(film(1.0))
        while not client.reader.at_eof():
            await client.send(0x0A, 1)
            await asyncio.sleep(0.01)

    studio.relay.plays(stall)
    assert (await studio.record(timing=replace(QUICK, gap=0.3))).end is LiveEnd.CUT


async def test_a_recording_has_a_largest_size(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_MOST_BYTES", 20_000)
    studio.relay.plays(whole)
    recording = await studio.record(9.0)
    assert recording.end is LiveEnd.CUT
    assert 20_000 - 1316 < recording.size == studio.path.stat().st_size <= 20_000


async def test_a_full_disk_is_its_own_trouble(studio: Studio) -> None:
    studio.path = studio.path.parent / "no folder" / "live.ts"
    studio.relay.plays(whole)
    with pytest.raises(DiskTrouble):
        await studio.record()
    assert len(studio.cloud.ended) == 1
    await until(lambda: studio.relay.clients[0].values(0x08))


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancelled_recording_ends_the_session_and_leaves_no_file(
    studio: Studio, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(client: Connection) -> None:
        await client.play(film(5.0))
        await client.stay()

    monkeypatch.setattr(recorder, "_PIECE", 1)
    studio.relay.plays(endless)
    recording = asyncio.create_task(studio.record(60.0))
    await until(lambda: studio.shown and studio.path.exists())
    for _ in range(times):
        recording.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await recording
    assert not studio.path.exists()
    assert len(studio.cloud.ended) == 1
    await until(lambda: studio.relay.clients[0].values(0x08) == [0])


async def test_an_end_that_nobody_takes_holds_nothing_up(studio: Studio) -> None:
    async def deaf(client: Connection) -> None:
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await client.play(film(5.0))
        await leave.wait()

    leave = asyncio.Event()
    studio.cloud.ends = leave
    studio.relay.plays(deaf)
    async with asyncio.timeout(10 * TEST_PACE):  # asyncio itself waits 30 s for the other side's end
        recording = await studio.record(timing=replace(QUICK, stop=0.1, done=0.1))
    assert recording.end is LiveEnd.COMPLETE
    leave.set()


async def test_media_after_the_end_disturb_nobody(studio: Studio) -> None:
    async def chatter(client: Connection) -> None:
        await client.play(film(3.0))
        while True:
            await client.send(0, 0, bytes(1316))
            await asyncio.sleep(0)

    studio.relay.plays(chatter)
    assert (await studio.record()).end is LiveEnd.COMPLETE
