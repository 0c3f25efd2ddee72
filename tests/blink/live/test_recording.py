"""Recordings from a relay on this machine: what is sent, what is kept, and how they end."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.blink import (
    CommandState,
    DiskTrouble,
    LiveEnd,
    RateLimited,
    RelayTrust,
    SignedOut,
    Unreachable,
)
from bot.blink.live import recorder
from bot.blink.live.frames import header
from tests.support.presets import TEST_PACE
from tests.support.waiting import until

from .certificates import shown
from .conftest import MOMENT, QUICK, SESSION, TOKEN, Connection, Kept, Studio, plain_server
from .streams import SECOND, film, picture, tables

FAILED = CommandState("error", "dev", complete=True, failed=True, code=523, message="Live view failed", status=1)
OVER = CommandState("done", "vs", complete=True, code=908, status=0)


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


async def test_a_recording_has_the_wished_length(studio: Studio) -> None:
    studio.relay.plays(whole)
    recording = await studio.record(2.0)
    assert recording.end is LiveEnd.COMPLETE
    assert 2.0 <= recording.seconds < 2.5
    assert recording.first_media_at == MOMENT
    kept = studio.path.read_bytes()
    assert recording.size == len(kept) > 0
    assert film(10.0).startswith(kept)
    assert studio.path.stat().st_mode & 0o777 == 0o600
    assert studio.cloud.ended == [(SESSION.network_id, SESSION.command_id)]
    assert studio.relay.dialed == [(SESSION.relay.host, 443, None)]


async def test_the_length_so_far_is_shown(studio: Studio) -> None:
    studio.relay.plays(whole)
    recording = await studio.record(2.0)
    assert studio.shown == sorted(studio.shown)
    assert (studio.shown[0], studio.shown[-1]) == (0.0, recording.seconds)
    studio.shown.clear()
    await studio.record(2.0, timing=replace(QUICK, show=600.0))
    assert studio.shown == [0.0]


async def test_the_relay_hears_what_it_expects_and_then_the_end(studio: Studio) -> None:
    async def after_a_while(client: Connection) -> None:
        await until(lambda: len(client.values(0x0A)) >= 3)
        await client.send(0x10, 4711, b"payload")
        await until(lambda: client.values(0x11))
        await whole(client)

    studio.relay.plays(after_a_while)
    await studio.record()
    [client] = studio.relay.clients
    assert client.header == header(SESSION, "G8T1000000000007")
    assert client.heard[0] == (0x0A, 1, b"")
    assert client.values(0x0A)[:3] == [1, 2, 3]
    assert (0x12, 1000, bytes(24)) in client.heard
    assert client.values(0x11) == [4711]
    await until(lambda: client.heard[-1] == (0x08, 0, b""))
    assert len(client.values(0x12)) > 3


async def test_media_are_kept_in_order_whatever_they_begin_with_and_nothing_else_is(studio: Studio) -> None:
    junk = b"\x00private data" * 40

    async def mixed(client: Connection) -> None:
        for kind, value, size in ((0x06, 0, 0), (0x12, 7, 0), (0x13, 0, 26), (0x0C, 0xA0000001, 0), (0x2A, 9, 70_000)):
            await client.send(kind, value, bytes(size))
        await client.send(0, 0, junk)
        await client.send(0, 1, b"")
        await client.play(film(1.5))
        await client.send(0x2A, 10, b"\x47" * 1316)
        await client.play(film(5.0, first=12_345 + 3 * SECOND // 2))
        await client.stay()

    studio.relay.plays(mixed)
    recording = await studio.record(2.0)
    assert recording.end is LiveEnd.COMPLETE
    assert (junk + film(1.5) + film(5.0, first=12_345 + 3 * SECOND // 2)).startswith(studio.path.read_bytes())


async def test_a_relay_that_closes_before_media_is_asked_again_with_the_same_header(studio: Studio) -> None:
    async def stop(client: Connection) -> None:
        await client.send(0x08, 5)
        await until(lambda: client.values(0x08))

    studio.relay.plays(refuse, stop, whole)
    assert (await studio.record()).end is LiveEnd.COMPLETE
    assert len(studio.relay.clients) == 3
    assert {client.header for client in studio.relay.clients} == {header(SESSION, "G8T1000000000007")}
    assert len(studio.cloud.ended) == 1


async def test_a_relay_that_falls_silent_before_media_is_asked_again(studio: Studio) -> None:
    studio.relay.plays(silent, whole)
    assert (await studio.record(timing=replace(QUICK, silence=0.2))).end is LiveEnd.COMPLETE


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
async def test_no_media_end_after_their_time(studio: Studio, script: recorder.Callable) -> None:
    studio.relay.plays(script)
    recording = await studio.record(timing=replace(QUICK, first_media=0.8 * TEST_PACE))
    assert (recording.end, recording.size, recording.first_media_at) == (LiveEnd.NO_MEDIA, 0, None)
    assert not studio.path.exists()
    assert len(studio.cloud.ended) == 1


async def test_a_relay_that_nobody_reaches_is_tried_again_and_then_unreachable(studio: Studio) -> None:
    await studio.relay.close()
    recording = await studio.record(timing=replace(QUICK, first_media=0.4))
    assert recording.end is LiveEnd.UNREACHABLE
    assert len(studio.relay.dialed) > 1
    assert len(studio.cloud.ended) == 1


async def test_a_relay_that_is_reached_late_is_recorded(studio: Studio) -> None:
    studio.relay.plays(whole)
    await studio.relay.close()
    recording = asyncio.create_task(studio.record())
    await until(lambda: studio.relay.dialed)
    await studio.relay.show(shown().context)
    assert (await recording).end is LiveEnd.COMPLETE


async def test_a_host_that_speaks_no_tls_is_unreachable(studio: Studio) -> None:
    async with plain_server(shouts=bytes(100_000)) as studio.relay.port:
        recording = await studio.record(timing=replace(QUICK, first_media=0.4))
    assert recording.end is LiveEnd.UNREACHABLE


async def test_a_host_that_never_answers_is_unreachable(studio: Studio) -> None:
    async with plain_server() as studio.relay.port:
        recording = await studio.record(timing=replace(QUICK, connect=0.1, first_media=0.4))
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


@pytest.mark.parametrize("state", [OVER, FAILED])
async def test_the_end_of_the_command_is_not_the_medias(studio: Studio, state: CommandState) -> None:
    async def slow(client: Connection) -> None:
        await client.play(film(1.0))
        await until(lambda: studio.shown)
        studio.cloud.states = [state]
        asked = studio.cloud.asked
        await until(lambda: studio.cloud.asked > asked)
        await client.play(film(5.0, first=12_345 + SECOND))
        await client.stay()

    studio.relay.plays(slow)
    recording = await studio.record()
    assert (recording.end, recording.state) == (LiveEnd.COMPLETE, state)


async def test_a_command_that_is_over_before_media_is_no_failure(studio: Studio) -> None:
    async def late(client: Connection) -> None:
        await until(lambda: studio.cloud.asked)
        await whole(client)

    studio.relay.plays(late)
    studio.cloud.states = [OVER]
    assert (await studio.record()).end is LiveEnd.COMPLETE
    assert studio.cloud.asked == 1


async def test_errors_of_the_cloud_mean_nothing_to_the_media(studio: Studio) -> None:
    async def late(client: Connection) -> None:
        await until(lambda: studio.cloud.asked > 3)
        await whole(client)

    studio.relay.plays(late)
    studio.cloud.states = [
        SignedOut("unauthorized", final=True),
        RateLimited(30),
        Unreachable("no network"),
        CommandState("running", "vs"),
    ]
    recording = await studio.record()
    assert (recording.end, recording.state) == (LiveEnd.COMPLETE, CommandState("running", "vs"))


@pytest.mark.parametrize("timing", [replace(QUICK, beyond=-1.6), replace(QUICK, longest=0.4)])
async def test_media_that_do_not_get_longer_end_by_the_clock_on_the_wall(
    studio: Studio, timing: recorder.LiveTiming
) -> None:
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


@pytest.mark.parametrize("mode", ["real", "none"])
async def test_the_relay_gets_the_real_token_or_zeros_if_there_is_none(studio: Studio, mode: str) -> None:
    token = TOKEN if mode == "real" else ""

    async def strict(client: Connection) -> None:
        if client.header[34:98] == token.encode().ljust(64, b"\0"):
            await whole(client)

    studio.relay.plays(strict)
    assert (await studio.record(session=replace(SESSION, token=token))).end is LiveEnd.COMPLETE


async def test_nothing_secret_is_logged(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    studio.cloud.states = [SignedOut("unauthorized", final=True)]

    async def late(client: Connection) -> None:
        await until(lambda: studio.cloud.asked)
        await whole(client)

    studio.relay.plays(refuse, late)
    await studio.record()
    assert caplog.records
    assert TOKEN not in caplog.text
    assert SESSION.relay.connection not in caplog.text


async def test_two_cameras_record_at_once(studio: Studio, tmp_path: Path) -> None:
    other = replace(studio, path=tmp_path / "other.ts", shown=[])
    studio.relay.plays(whole)
    recordings = await asyncio.gather(studio.record(), other.record())
    assert [recording.end for recording in recordings] == [LiveEnd.COMPLETE] * 2
    assert studio.path.read_bytes() == other.path.read_bytes()
