"""When the live view is recorded in place of a clip, what comes of it, and what stops it on the way."""

import asyncio
import errno
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blink import CommandState, DiskTrouble, LiveEnd, NoLiveView, RateLimited, Refused, SignedOut, Unreachable
from bot.models import End, Job, Right, Stage
from bot.video import NotRemuxed

from .blink import BUSY, Applied
from .live import Relay
from .world import ALICE, BOB, World, words

NO_VIDEO = "Blink keeps no video of this camera"
PICTURE = "This is how it looks there now:"
AGAIN = "The bot restarted, so I started the live view again."
EVERYTHING = (Right.STATUS, Right.SNAPSHOT, Right.CLIP)
SLEEPS = CommandState("error", "lv", complete=True, failed=True, code=523, message="Live view is asleep")


@pytest.fixture
def relay(world: World) -> Relay:
    """The relay of a world whose bot records live views; no plan covers the front camera."""
    relay = Relay()
    world.live_views = relay.views()
    world.front.plan = False
    return relay


def _known_to_keep_nothing(world: World) -> None:
    for device in (world.front, world.mini):
        world.blink.film(device, world.now() - timedelta(minutes=5))


def _asked(world: World) -> tuple[int, int]:
    """Return how often Blink was asked for a clip, and for a live view."""
    return world.blink.count("record_clip"), world.blink.count("start_live_view")


def _is_live(world: World, job: Job, *, seconds: float = 15) -> None:
    """Assert that a job brought the latest live view, whose session is over."""
    assert job.end is End.DELIVERED, words(job)
    session = world.blink.live_views[-1].command_id
    assert world.content(job) == f"live view {session} of {seconds:g} s".encode()
    assert "Live view" in words(job)
    assert world.blink.count("end_live_view") >= len(world.blink.live_views)


def _said(world: World, job: Job, some: str) -> bool:
    return any(some in shown for shown in world.shown(job))


# When it is recorded.


async def test_a_camera_that_is_known_to_keep_nothing_gives_its_live_view_at_once(world: World, relay: Relay) -> None:
    _known_to_keep_nothing(world)
    job = await world.lived()
    _is_live(world, job)
    assert NO_VIDEO in words(job)
    assert _asked(world) == (0, 1)


async def test_an_unknown_camera_is_asked_for_a_clip_once(world: World, relay: Relay) -> None:
    async with world.bot():
        first = await world.over(await world.ask())
        assert _asked(world) == (1, 1)
        second = await world.over(await world.ask())
    assert NO_VIDEO in words(first)
    _is_live(world, second)
    assert _asked(world) == (1, 2)


async def test_a_camera_with_a_plan_records_a_clip(world: World, relay: Relay) -> None:
    world.front.plan = True
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert _asked(world) == (1, 0)


async def test_a_camera_with_a_usb_drive_records_a_clip(world: World, relay: Relay) -> None:
    _known_to_keep_nothing(world)
    world.blink.usb_state[7] = "active"
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert _asked(world) == (1, 0)


async def test_a_clip_that_blink_refuses_becomes_a_live_view(world: World, relay: Relay) -> None:
    world.front.plan = True
    world.blink.says("record_clip", Refused(400, code=9, message="Not supported by this camera"))
    job = await world.lived()
    _is_live(world, job)
    assert "Blink refuses to record a clip" in words(job)
    assert _asked(world) == (1, 1)


async def test_a_clip_that_fails_becomes_a_live_view(world: World, relay: Relay) -> None:
    world.front.plan, world.front.fails = True, True
    job = await world.lived()
    _is_live(world, job)
    assert "The camera could not record a clip" in words(job)
    assert _asked(world) == (1, 1)


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
    assert _asked(world)[1] == 0


async def test_after_a_busy_system_no_live_view_is_tried(world: World, relay: Relay) -> None:
    world.blink.occupy(3600)
    job = await world.lived()
    assert "Blink is busy" in words(job)
    assert _asked(world)[1] == 0


async def test_a_video_that_is_only_lost_becomes_a_picture_and_no_live_view_even_if_that_fails(
    world: World, relay: Relay
) -> None:
    world.front.plan, world.front.listed_after, world.front.picture_fails = True, None, True
    job = await world.lived()
    assert "A picture could not be taken either." in words(job)
    assert _asked(world)[1] == 0


async def test_a_length_is_recorded_at_once_though_there_is_a_plan(world: World, relay: Relay) -> None:
    world.front.plan = True
    _is_live(world, await world.lived(seconds=8), seconds=8)
    assert _asked(world) == (0, 1)


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
    assert _asked(world) == (0, 0)


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
    assert _asked(world) == (1, 0)


# What comes of it.


def _nothing(relay: Relay, world: World) -> None:
    relay.ends = LiveEnd.NO_MEDIA


def _under_a_second(relay: Relay, world: World) -> None:
    relay.lasts, relay.worker = 0.9, NotRemuxed.TOO_SHORT


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
        _known_to_keep_nothing(world)
    arrange(relay, world)
    job = await world.lived()
    assert f"{NO_VIDEO}, so I tried its live view." in words(job)
    assert said in words(job)
    assert PICTURE in words(job)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert _asked(world) == (0 if at_once else 1, starts)


async def test_a_start_whose_answer_is_lost_is_not_repeated(world: World, relay: Relay) -> None:
    world.blink.says("start_live_view", Applied(Unreachable("reset")))
    async with world.bot():
        job = await world.ask(seconds=8)
        await world.until(lambda: world.blink.live_views)
        world.blink.commands[world.blink.live_views[0].command_id].ends_at = world.now()  # nobody has connected
        ended = await world.over(job)
    assert "The live view stopped too early." in words(ended)
    assert _asked(world) == (0, 1)


async def test_less_than_was_wished_is_kept_and_said(world: World, relay: Relay) -> None:
    relay.lasts = 3.0
    job = await world.lived(seconds=20)
    _is_live(world, job, seconds=20)
    assert "the camera stopped after 3 of 20 s" in words(job)
    assert _asked(world) == (0, 1)


@pytest.mark.parametrize("wanted", [True, False], ids=["none comes", "the host wants none"])
async def test_without_sound_it_says_so(world: World, relay: Relay, wanted: bool) -> None:
    relay.sound = not wanted
    world.live_views = relay.views(sound=wanted)
    job = await world.lived(seconds=8)
    _is_live(world, job, seconds=8)
    assert "without sound" in words(job)


async def test_a_full_disk_is_said_and_nothing_is_left(world: World, relay: Relay) -> None:
    relay.error = DiskTrouble("No space left on device", errno=errno.ENOSPC)
    job = await world.lived(seconds=8)
    assert "The disk of the machine it runs on is full." in words(job)
    assert world.blink.count("end_live_view") == 1


# Turns.


async def test_a_busy_system_says_so_and_is_asked_again(world: World, relay: Relay) -> None:
    world.blink.says("start_live_view", BUSY, BUSY)
    job = await world.lived(seconds=8)
    _is_live(world, job, seconds=8)
    assert _said(world, job, "Blink says: “System is busy, please wait”")
    assert _asked(world) == (0, 3)
    assert len(world.blink.live_views) == 1


async def test_a_clip_of_the_same_system_waits_for_it_and_then_comes(world: World, relay: Relay) -> None:
    await world.lend(device=world.mini)
    async with world.bot():
        first = await world.ask(seconds=30)
        await world.reaches(first, Stage.LIVE)
        second = await world.ask(f"of.{ALICE}.{world.mini.key}", user_id=BOB)
        await world.until(lambda: _said(world, second, "before yours on this system"))
        assert _asked(world) == (0, 1)
        _is_live(world, await world.over(first), seconds=30)
        assert world.content(await world.over(second)) == world.blink.own(world.mini).content
    [ended_at], [asked_at] = world.blink.times("end_live_view"), world.blink.times("record_clip")
    assert asked_at >= ended_at


async def test_a_second_one_of_the_account_waits_on_another_system_and_then_comes(world: World, relay: Relay) -> None:
    barn = world.blink.add("Barn Door", "Barn")
    async with world.bot():
        first = await world.ask(seconds=10)
        await world.reaches(first, Stage.LIVE)
        second = await world.ask(barn, seconds=5)
        await world.until(lambda: _said(world, second, "Blink gives an account one live view at a time"))
        ended = [await world.over(job) for job in (first, second)]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    _is_live(world, ended[1], seconds=5)
    ended_at, began_at = world.blink.times("end_live_view")[0], world.blink.times("start_live_view")[1]
    assert (began_at - ended_at).total_seconds() >= world.timing.live_gap


# Stops, and lost leases.


async def _stopped(world: World, *, sessions: int = 1, job: Job | None = None) -> Job:
    """Stop the bot in the middle of a live view, and return its job."""
    async with world.bot():
        job = job or await world.ask(seconds=30)
        await world.until(lambda: len(world.blink.live_views) == sessions and _said(world, job, "3 of 30 s"))
    assert list(world.folder.glob("*.ts")) == []
    assert world.blink.count("end_live_view") >= sessions
    return job


async def test_after_a_stop_it_is_started_once_more_and_says_so(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    async with world.bot():
        ended = await world.over(job)
    _is_live(world, ended, seconds=30)
    assert _said(world, job, AGAIN)
    assert _asked(world) == (0, 2)


async def test_after_two_stops_a_picture_comes(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    await _stopped(world, sessions=2, job=job)
    async with world.bot():
        ended = await world.over(job)
    assert "The live view stopped too early." in words(ended)
    assert PICTURE in words(ended)
    assert _asked(world) == (0, 2)


async def test_hours_after_a_stop_it_is_not_started_again(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    world.passed += timedelta(seconds=4000)
    async with world.bot():
        ended = await world.over(job)
    assert "The bot was away" in words(ended)
    assert _asked(world) == (0, 1)


async def test_a_video_that_the_reply_shows_already_is_not_recorded_again(world: World, relay: Relay) -> None:
    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    world.display.after_deliver = hang
    async with world.bot(killed=True):
        job = await world.ask(seconds=8)
        await world.until(lambda: world.display.held)
    world.display.after_deliver = None
    async with world.bot():
        ended = await world.over(job)
    _is_live(world, ended, seconds=8)
    assert _asked(world) == (0, 1)


async def test_a_job_that_another_process_takes_over_meanwhile_has_one_reply_and_two_sessions(
    world: World, relay: Relay
) -> None:
    world.waits(lease=6.0)
    async with world.bot():
        job = await world.ask(seconds=30)
        await world.until(lambda: _said(world, job, "3 of 30 s"))
        world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
        await world.until(lambda: job.id in world.display.abandoned)
        assert world.blink.count("end_live_view") == 1
        assert list(world.folder.glob("*.ts")) == []
        world.execute("UPDATE clip_jobs SET owned_until = '2000-01-01 00:00:00.000000'")
        assert await world.runner.resume() == 1
        ended = await world.over(job)
    _is_live(world, ended, seconds=30)
    assert _said(world, job, AGAIN)
    assert _asked(world) == (0, 2)


# Of somebody else's camera.


async def _guests(world: World, **more: object) -> Job:
    return await world.ask(f"of.{ALICE}.{world.front.key}", user_id=BOB, **more)  # type: ignore[arg-type]


def _used_live(world: World) -> int:
    return len(world.rows("SELECT 1 FROM grant_uses WHERE what = 'live'"))


async def test_without_the_right_a_guest_gets_the_picture_and_the_reason(world: World, relay: Relay) -> None:
    await world.lend(*EVERYTHING)
    async with world.bot():
        ended = await world.over(await _guests(world))
    assert PICTURE in words(ended)
    assert world.content(ended) == world.blink.picture_of(world.front)
    assert _asked(world) == (1, 0)
    assert _used_live(world) == 0


@pytest.mark.parametrize("known", [False, True], ids=["instead of a clip", "at once"])
async def test_with_the_right_it_is_recorded_and_noted_for_its_owner(world: World, relay: Relay, known: bool) -> None:
    if known:
        _known_to_keep_nothing(world)
    await world.lend(*EVERYTHING, Right.LIVE)
    async with world.bot():
        ended = await world.over(await _guests(world))
    _is_live(world, ended)
    assert NO_VIDEO in words(ended)
    assert _used_live(world) == 1
    assert _asked(world) == (0 if known else 1, 1)


async def test_a_length_needs_the_right(world: World, relay: Relay) -> None:
    await world.lend(*EVERYTHING)
    async with world.bot():
        refused = await world.over(await _guests(world, seconds=8))
        assert "This camera's live view is not shared with you." in words(refused)
        assert _asked(world) == (0, 0)
        await world.lend(*EVERYTHING, Right.LIVE)
        _is_live(world, await world.over(await _guests(world, seconds=8)), seconds=8)


async def _waiting(world: World) -> Job:
    world.blink.occupy(30.0)
    job = await _guests(world, seconds=8)
    await world.reaches(job, Stage.BUSY)
    return job


async def _under_way(world: World) -> Job:
    job = await _guests(world, seconds=20)
    await world.until(lambda: _said(world, job, "3 of 20 s"))
    return job


@pytest.mark.parametrize(("moment", "sessions"), [(_waiting, 0), (_under_way, 1)])
async def test_a_right_that_is_taken_away_meanwhile_keeps_the_video_back(
    world: World, relay: Relay, moment: Callable[[World], object], sessions: int
) -> None:
    await world.lend(*EVERYTHING, Right.LIVE)
    async with world.bot():
        job = await moment(world)  # type: ignore[misc]
        await world.lend(*EVERYTHING)
        await world.until(lambda: world.display.told)
        ended = await world.over(job)
    assert ended.end is End.REVOKED
    assert world.content(ended) is None
    assert len(world.blink.live_views) == sessions
    assert world.blink.count("end_live_view") == sessions
