"""Recordings from a relay on this machine: what is sent and what is kept."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.blink import CommandState, LiveEnd, RateLimited, SignedOut, Unreachable
from bot.blink.live.relay import header
from bot.models import StorageUnavailable
from tests.support.waiting import until

from .certificates import shown
from .conftest import MOMENT, QUICK, SESSION, TOKEN, Connection, Studio, refuse, silent, whole
from .streams import SECOND, film

FAILED = CommandState("error", "dev", complete=True, failed=True, code=523, message="Live view failed", status=1)
OVER = CommandState("done", "vs", complete=True, code=908, status=0)


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


async def test_a_relay_that_is_reached_late_is_recorded(studio: Studio) -> None:
    studio.relay.plays(whole)
    await studio.relay.close()
    recording = asyncio.create_task(studio.record())
    await until(lambda: studio.relay.dialed)
    await studio.relay.show(shown().context)
    assert (await recording).end is LiveEnd.COMPLETE


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
        await until(lambda: studio.cloud.asked > 4)
        await whole(client)

    studio.relay.plays(late)
    studio.cloud.states = [
        SignedOut("unauthorized", final=True),
        RateLimited(30),
        Unreachable("no network"),
        StorageUnavailable("the token could not be renewed"),
        CommandState("running", "vs"),
    ]
    recording = await studio.record()
    assert (recording.end, recording.state) == (LiveEnd.COMPLETE, CommandState("running", "vs"))


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
