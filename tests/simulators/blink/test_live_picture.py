"""The picture of a live view: how it comes, in every mode, and how it is cut."""

from __future__ import annotations

import asyncio
import io

import av
import pytest

from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.viewer import (
    KEEP_ALIVE,
    PACE,
    PRELUDE,
    begun,
    pictures,
    viewing,
)
from tests.support.waiting import until


@pytest.fixture
def house(patient_house: BlinkSetup) -> BlinkSetup:
    return patient_house


def colour(ts: bytes) -> tuple[int, int]:
    """What a camera's pictures are tinted with."""
    with av.open(io.BytesIO(ts), format="mpegts") as container:
        frame = next(container.decode(video=0))
        return bytes(frame.planes[1])[0], bytes(frame.planes[2])[0]


async def test_the_picture_is_a_stream_that_plays_at_its_own_pace(house: BlinkSetup) -> None:
    address, _ = await begun(house.world, house.phone, house.front)
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
        clock = asyncio.get_running_loop().time
        first = clock()
        while pictures(b"".join(viewer.media))[-1][0] < 6.0:
            await viewer.watch(len(viewer.media) + 10)
        took = clock() - first
    ts = b"".join(viewer.media)
    shown = pictures(ts)
    assert shown[0][1], "it does not begin with a key frame"
    keys = [at for at, key in shown if key]
    assert [round(at - keys[0], 1) for at in keys[:3]] == [0, 2, 4]
    assert took > 2.0 / PACE  # it may catch up after a pause of the machine's
    with av.open(io.BytesIO(ts), format="mpegts") as container:
        picture, tone = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, tone.codec_context.name) == ("h264", "aac")
        assert (tone.codec_context.sample_rate, tone.codec_context.layout.name) == (16_000, "mono")


async def test_each_camera_has_its_own_picture(house: BlinkSetup) -> None:
    seen: list[bytes] = []
    for camera in (house.front, house.mini, house.front):
        address, session = await begun(house.world, house.phone, camera, release=0.0)
        async with viewing(house.sim, address) as viewer:
            await viewer.watch(40)
        await until(lambda session=session: not session.running(house.world.clock()))
        seen.append(b"".join(viewer.media[:40]))
    assert seen[0] == seen[2]
    assert colour(seen[0]) != colour(seen[1])


async def test_the_first_picture_may_be_late(house: BlinkSetup) -> None:
    address, _ = await begun(house.world, house.phone, house.front, first_media=20.0)
    async with viewing(house.sim, address) as viewer:
        await viewer.frame()
        begin = house.world.clock()
        await viewer.frame()
        assert house.world.clock() - begin > 10.0 / PACE
        await viewer.watch(1)
    assert viewer.kinds() == [0x06, *PRELUDE, 0x00]


async def test_the_picture_may_never_come(house: BlinkSetup) -> None:
    address, session = await begun(
        house.world, house.phone, house.front, first_media=None, limit=20.0, command_ends=10.0, command_fails=True
    )
    async with viewing(house.sim, address) as viewer:
        viewer.send(KEEP_ALIVE)
        await viewer.until_closed()
    assert viewer.kinds() == [0x06, 0x0A, 0x08]
    assert session.ended == "by Blink"
    assert session.state(house.world.clock()).status_code == 523


async def test_the_first_connections_may_be_closed_before_any_picture(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front, closes_first=2)
    for _ in range(2):
        async with viewing(house.sim, address) as viewer:
            await viewer.until_closed()
        assert viewer.kinds() == [0x06]
    assert session.ended is None
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
    assert session.connections == 3
    assert house.sim.surprises == []


@pytest.mark.parametrize(("ending", "last"), [("stop", 0x08), ("close", 0x00), ("reset", None)])
async def test_the_picture_may_be_cut(house: BlinkSetup, ending: str, last: int | None) -> None:
    address, session = await begun(house.world, house.phone, house.front, cut_after=2.0, ending=ending)
    async with viewing(house.sim, address) as viewer:
        await viewer.until_closed()
    assert viewer.rest == b""
    if last is not None:  # a reset may swallow what was sent before it
        assert viewer.kinds()[-1] == last
        assert 1.5 < pictures(b"".join(viewer.media))[-1][0] < 2.2
    assert session.ended == "by Blink"
    assert session.state(house.world.clock()).status_code == 908


async def test_the_picture_may_be_cut_in_the_middle_of_a_frame(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front, cut_after=1.0, cuts_frame=True)
    async with viewing(house.sim, address) as viewer:
        await viewer.until_closed()
    assert viewer.kinds()[-1] == 0x00
    assert 9 < len(viewer.rest) < 1316
    assert viewer.media == session.sent


async def test_the_picture_may_just_stop(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front, cut_after=1.0, ending="silence")
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)
        while viewer.frames[-1][0] != 0x0A:
            viewer.send(KEEP_ALIVE)
            await viewer.frame()
        assert session.ended is None


async def test_the_picture_may_begin_between_two_key_frames(house: BlinkSetup) -> None:
    address, _ = await begun(house.world, house.phone, house.front, mid_gop=True)
    async with viewing(house.sim, address) as viewer:
        while not viewer.media or not any(key for _, key in pictures(b"".join(viewer.media))):
            await viewer.watch(len(viewer.media) + 10)
    shown = pictures(b"".join(viewer.media))
    assert not shown[0][1]
    assert viewer.media[0][0] == 0x47


async def test_frames_may_come_in_pieces(house: BlinkSetup) -> None:
    address, session = await begun(house.world, house.phone, house.front, splits=True)
    came = b""
    ends: set[int] = set()
    async with viewing(house.sim, address) as viewer:
        while len(session.sent) < 20:
            came += await viewer.reader.read(1 << 16)
            ends.add(len(came))
    wholes, at = {0}, 0
    while at + 9 <= len(came):
        at += 9 + int.from_bytes(came[at + 5 : at + 9], "big")
        wholes.add(at)
    assert ends - wholes


@pytest.mark.parametrize(("junk", "strange"), [("private", 1), ("misaligned", 20)])
async def test_payloads_may_not_begin_with_47(house: BlinkSetup, junk: str, strange: int) -> None:
    address, _ = await begun(house.world, house.phone, house.front, junk=junk)
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(40)
    assert len([one for one in viewer.media[:40] if one[0] != 0x47]) >= strange
    assert len(pictures(b"".join(viewer.media))) > 10


@pytest.mark.parametrize(
    ("sound", "announced", "heard"), [("aac", 1, True), ("none", 0, False), ("announced", 1, False)]
)
async def test_the_sound(house: BlinkSetup, sound: str, announced: int, heard: bool) -> None:
    address, _ = await begun(house.world, house.phone, house.front, sound=sound)
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(60)
    with av.open(io.BytesIO(b"".join(viewer.media)), format="mpegts") as container:
        assert len(container.streams.audio) == announced
        streams = {packet.stream.type for packet in container.demux() if packet.size}
        assert ("audio" in streams) == heard
