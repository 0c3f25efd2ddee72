"""When the live view is recorded in place of a clip, what comes of it, and what stops it on the way."""

import errno
from collections.abc import Callable

import pytest

from bot.blink import CommandState, DiskTrouble, LiveEnd, NoLiveView, RateLimited, Refused, SignedOut, Unreachable
from bot.models import End
from bot.video import NotRemuxed

from .blink import Applied
from .live import Relay, asked, is_live, known_to_keep_nothing, relay
from .world import World, words

__all__ = ["relay"]

NO_VIDEO = "Blink keeps no video of this camera"
PICTURE = "This is how it looks there now:"
SLEEPS = CommandState("error", "lv", complete=True, failed=True, code=523, message="Live view is asleep")


# When it is recorded.


async def test_a_camera_that_is_known_to_keep_nothing_gives_its_live_view_at_once(world: World, relay: Relay) -> None:
    known_to_keep_nothing(world)
    job = await world.lived()
    is_live(world, job)
    assert NO_VIDEO in words(job)
    assert asked(world) == (0, 1)


async def test_an_unknown_camera_is_asked_for_a_clip_once(world: World, relay: Relay) -> None:
    async with world.bot():
        first = await world.over(await world.ask())
        assert asked(world) == (1, 1)
        second = await world.over(await world.ask())
    assert NO_VIDEO in words(first)
    is_live(world, second)
    assert asked(world) == (1, 2)


async def test_a_camera_with_a_plan_records_a_clip(world: World, relay: Relay) -> None:
    world.front.plan = True
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert asked(world) == (1, 0)


async def test_a_camera_with_a_usb_drive_records_a_clip(world: World, relay: Relay) -> None:
    known_to_keep_nothing(world)
    world.blink.usb_state[7] = "active"
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert asked(world) == (1, 0)


async def test_a_clip_that_blink_refuses_becomes_a_live_view(world: World, relay: Relay) -> None:
    world.front.plan = True
    world.blink.says("record_clip", Refused(400, code=9, message="Not supported by this camera"))
    job = await world.lived()
    is_live(world, job)
    assert "Blink refuses to record a clip" in words(job)
    assert asked(world) == (1, 1)


async def test_a_clip_that_fails_becomes_a_live_view(world: World, relay: Relay) -> None:
    world.front.plan, world.front.fails = True, True
    job = await world.lived()
    is_live(world, job)
    assert "The camera could not record a clip" in words(job)
    assert asked(world) == (1, 1)


@pytest.mark.parametrize(
    "trouble",
    [
        Unreachable("cut"),
        Unreachable("HTTP 500", status=500),
        SignedOut("401", final=False),
        RateLimited(60.0, status=403),
        RateLimited(60.0, status=429),
    ],
    ids=["cut", "500", "401", "403", "429"],
)
async def test_after_a_trouble_that_is_no_refusal_no_live_view_is_tried(
    world: World, relay: Relay, trouble: Exception
) -> None:
    world.front.plan = True
    world.blink.always_says("record_clip", trouble)
    job = await world.lived()
    assert job.end is not End.DELIVERED
    assert job.live is None
    assert asked(world)[1] == 0


async def test_after_a_busy_system_no_live_view_is_tried(world: World, relay: Relay) -> None:
    world.blink.occupy(3600)
    job = await world.lived()
    assert "Blink is busy" in words(job)
    assert asked(world)[1] == 0


async def test_a_video_that_is_only_lost_becomes_a_picture_and_no_live_view_even_if_that_fails(
    world: World, relay: Relay
) -> None:
    world.front.plan, world.front.listed_after, world.front.picture_fails = True, None, True
    job = await world.lived()
    assert "A picture could not be taken either." in words(job)
    assert asked(world)[1] == 0


async def test_a_length_is_recorded_at_once_though_there_is_a_plan(world: World, relay: Relay) -> None:
    world.front.plan = True
    is_live(world, await world.lived(seconds=8), seconds=8)
    assert asked(world) == (0, 1)


@pytest.mark.parametrize(
    ("views", "seconds", "end"),
    [
        (End.LIVE_OFF, 8, End.LIVE_OFF),
        (End.LIVE_NEEDS_PYAV, 8, End.LIVE_NEEDS_PYAV),
        (None, 31, End.LIVE_TOO_LONG),
    ],
)
async def test_a_length_that_cannot_be_recorded_is_refused(
    world: World, relay: Relay, views: End | None, seconds: int, end: End
) -> None:
    world.live_views = views or world.live_views
    job = await world.lived(seconds=seconds)
    assert job.end is end
    assert world.content(job) is None
    assert asked(world) == (0, 0)


@pytest.mark.parametrize(
    ("views", "said"), [(End.LIVE_OFF, "no plan covers it"), (End.LIVE_NEEDS_PYAV, "which is called PyAV")]
)
async def test_without_the_means_there_is_a_picture_with_the_reason(
    world: World, relay: Relay, views: End, said: str
) -> None:
    world.live_views = views
    job = await world.lived()
    assert said in words(job)
    assert PICTURE in words(job)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert asked(world) == (1, 0)


# What comes of it.


def _nothing(relay: Relay, world: World) -> None:
    relay.ends = LiveEnd.NO_MEDIA


def _under_a_second(relay: Relay, world: World) -> None:
    relay.lasts, relay.worker = 0.9, NotRemuxed.TOO_SHORT


def _too_slow(relay: Relay, world: World) -> None:
    relay.worker = NotRemuxed.TOO_SLOW


def _worker_fails(relay: Relay, world: World) -> None:
    relay.worker = NotRemuxed.FAILED


def _fails(relay: Relay, world: World) -> None:
    relay.ends, relay.state = LiveEnd.FAILED, SLEEPS


def _untrusted(relay: Relay, world: World) -> None:
    relay.ends = LiveEnd.UNTRUSTED


def _unreachable(relay: Relay, world: World) -> None:
    relay.ends = LiveEnd.UNREACHABLE


def _other_address(relay: Relay, world: World) -> None:
    world.blink.says("start_live_view", NoLiveView.UNSUPPORTED)


def _no_server(relay: Relay, world: World) -> None:
    world.blink.says("start_live_view", NoLiveView.NO_SERVER)


def _refused(relay: Relay, world: World) -> None:
    world.blink.says("start_live_view", Refused(400, message="Camera is offline"))


def _lost(relay: Relay, world: World) -> None:
    world.blink.says("start_live_view", Applied(Unreachable("reset")))


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "after the clip"])
@pytest.mark.parametrize(
    ("arrange", "said", "starts"),
    [
        (_nothing, "No picture of the live view came.", 2),
        (_under_a_second, "I could not make a video of the live view.", 2),
        (_too_slow, "The live view was recorded, but the machine that I run on took too long", 1),
        (_worker_fails, "The live view was recorded, but the machine that I run on took too long", 1),
        (_fails, "Blink said “Live view is asleep” (code 523)", 2),
        (_untrusted, "I do not trust the server", 1),
        (_unreachable, "The live view's server does not answer.", 1),
        (_other_address, "This camera's live view cannot be recorded.", 1),
        (_no_server, "Blink refused to start the live view.", 1),
        (_refused, "Blink said “Camera is offline” (HTTP 400).", 1),
    ],
)
async def test_if_none_comes_a_picture_comes_with_both_reasons(
    world: World, relay: Relay, arrange: Callable[[Relay, World], None], said: str, starts: int, at_once: bool
) -> None:
    if at_once:
        known_to_keep_nothing(world)
    arrange(relay, world)
    job = await world.lived()
    assert f"{NO_VIDEO}, so I tried its live view." in words(job)
    assert said in words(job)
    assert PICTURE in words(job)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert asked(world) == (0 if at_once else 1, starts)


async def test_a_start_whose_answer_is_lost_is_not_repeated(world: World, relay: Relay) -> None:
    world.blink.says("start_live_view", Applied(Unreachable("reset")))
    async with world.bot():
        job = await world.ask(seconds=8)
        await world.until(lambda: world.blink.live_views)
        world.blink.commands[world.blink.live_views[0].command_id].ends_at = world.now()  # nobody has connected
        ended = await world.over(job)
    assert "I do not know whether the live view was started." in words(ended)
    assert asked(world) == (0, 1)


async def test_less_than_was_wished_is_kept_and_said(world: World, relay: Relay) -> None:
    relay.lasts = 3.0
    job = await world.lived(seconds=20)
    is_live(world, job, seconds=20)
    assert "the camera stopped after 3 of 20 s" in words(job)
    assert asked(world) == (0, 1)


@pytest.mark.parametrize("wanted", [True, False], ids=["none comes", "the host wants none"])
async def test_without_sound_it_says_so(world: World, relay: Relay, wanted: bool) -> None:
    relay.sound = not wanted
    world.live_views = relay.views(sound=wanted)
    job = await world.lived(seconds=8)
    is_live(world, job, seconds=8)
    assert "without sound" in words(job)


async def test_a_full_disk_is_said_and_nothing_is_left(world: World, relay: Relay) -> None:
    relay.error = DiskTrouble("No space left on device", errno=errno.ENOSPC)
    job = await world.lived(seconds=8)
    assert "The disk of the machine it runs on is full." in words(job)
    assert world.blink.count("end_live_view") == 1
