"""Relays that mean no good, or have lost their way: a recording ends in its time, and takes little memory."""

import asyncio
import random
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.blink import LiveEnd
from tests.support.presets import TEST_PACE

from .conftest import QUICK, Connection, Studio
from .streams import film

SHORT = replace(QUICK, first_media=0.4 * TEST_PACE, silence=0.15, gap=0.15, longest=0.3, stop=0.2)
MOST_MEMORY = 16 * 2**20  # both sides of the connection are in this process
ENDS = {LiveEnd.NO_MEDIA, LiveEnd.CUT}


async def pour(client: Connection, data: bytes) -> None:
    """Send the same bytes until the client has gone, as fast as it takes them."""
    while True:
        client.writer.write(data)
        await client.writer.drain()
        await asyncio.sleep(0)


def head(kind: int, length: int) -> bytes:
    return bytes([kind]) + bytes(4) + length.to_bytes(4, "big")


async def four_gib_of_media(client: Connection) -> None:
    client.writer.write(head(0, 2**32 - 1))
    await pour(client, b"\x47" * 2**16)


async def four_gib_of_something(client: Connection) -> None:
    client.writer.write(head(0x2A, 2**32 - 1))
    await pour(client, b"\x47" * 2**16)


async def four_gib_after_media(client: Connection) -> None:
    await client.play(film(0.8))
    await four_gib_of_something(client)


async def promised_media_that_never_come(client: Connection) -> None:
    client.writer.write(head(0, 2**20) + b"\x47" * 1000)
    await client.stay()


async def a_byte_at_a_time(client: Connection) -> None:
    for byte in film(1.0):
        client.writer.write(head(0, 1) + bytes([byte]))
        await client.writer.drain()
    await client.stay()


async def endless_keep_alives(client: Connection) -> None:
    await pour(client, head(0x0A, 0) * 5000)


async def endless_questions(client: Connection) -> None:
    await pour(client, head(0x10, 0) * 5000)


async def endless_empty_media(client: Connection) -> None:
    await pour(client, head(0, 0) * 5000)


async def endless_junk_media(client: Connection) -> None:
    await pour(client, head(0, 4096) + random.Random(1).randbytes(4096))


async def silence(client: Connection) -> None:
    await client.stay()


async def a_reader_that_reads_nothing(client: Connection) -> None:
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await pour(client, head(0x10, 0) * 5000)


RELAYS = [
    four_gib_of_media,
    four_gib_of_something,
    four_gib_after_media,
    promised_media_that_never_come,
    a_byte_at_a_time,
    endless_keep_alives,
    endless_questions,
    endless_empty_media,
    endless_junk_media,
    silence,
    a_reader_that_reads_nothing,
]


@pytest.mark.parametrize("script", RELAYS, ids=lambda script: script.__name__)
async def test_a_hostile_relay_costs_little(studio: Studio, script: Callable[[Connection], Awaitable[None]]) -> None:
    studio.relay.plays(script)
    tracemalloc.start()
    try:
        recording = await studio.record(30.0, timing=SHORT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert recording.end in ENDS
    assert peak < MOST_MEMORY
    assert len(studio.cloud.ended) == 1
    assert recording.size == (studio.path.stat().st_size if studio.path.exists() else 0)


@pytest.mark.parametrize("seed", range(12))
async def test_a_relay_of_chance_ends_in_its_time(studio: Studio, seed: int) -> None:
    chance = random.Random(seed)

    async def confused(client: Connection) -> None:
        for _ in range(chance.randrange(40)):
            kind = chance.choice([0, 0, 0, 6, 8, 10, 12, 0x10, 0x12, 0x2A, chance.randrange(256)])
            payload = chance.choice([b"", film(0.3), chance.randbytes(chance.randrange(3000))])
            length = chance.choice([len(payload)] * 6 + [0, len(payload) + 1, 2**20, 2**31, chance.randrange(2**32)])
            whole = head(kind, length) + payload
            at = 0
            while at < len(whole):
                step = chance.randrange(1, 2000)
                client.writer.write(whole[at : at + step])
                at += step
                await asyncio.sleep(0)
        if chance.random() < 0.3:
            client.writer.transport.abort()
        elif chance.random() < 0.5:
            await client.stay()

    studio.relay.plays(confused)
    async with asyncio.timeout(20 * TEST_PACE):
        recording = await studio.record(1.0, timing=SHORT)
    assert recording.end in {*ENDS, LiveEnd.COMPLETE}
    assert len(studio.cloud.ended) == 1
    assert recording.size == (studio.path.stat().st_size if studio.path.exists() else 0)
