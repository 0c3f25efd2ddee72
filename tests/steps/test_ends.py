"""Every way a clip can end: its end, the words for it, and how often its camera was asked."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.blink import BadMedia, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from bot.models import End, Kind

from .blink import Applied, Late
from .world import BOB, World, words

AWAY, LOST = Unreachable("HTTP 503", status=503), Applied(Unreachable("the connection broke"))
PICTURE = "how it looks there now"


@dataclass
class Case:
    """What is arranged, and what comes of it: `asked` are the commands that Blink took."""

    arrange: Callable[[World], object]
    end: End
    words: tuple[str, ...]
    asked: int = 1


def _behaves(**changes: object) -> Callable[[World], None]:
    def arrange(world: World) -> None:
        for name, value in changes.items():
            setattr(world.front, name, value)

    return arrange


def _always(method: str, answer: object) -> Callable[[World], None]:
    return lambda world: world.blink.always_says(method, answer)


def _lost_and_no_video(world: World) -> None:
    world.front.listed_after = None
    world.blink.says("record_clip", LOST)


def _away_for_a_moment(world: World) -> None:
    world.front.listed_after = None
    world.blink.says("media_since", None, None, *[AWAY] * 6)


ENDS: dict[str, Case] = {
    "the camera fails": Case(_behaves(fails=True), End.FAILED, ("could not record", "Clip failed", "523")),
    "no video": Case(_behaves(listed_after=None), End.NO_VIDEO, ("kept no video", "no active USB drive", PICTURE)),
    "no plan": Case(_behaves(plan=False), End.NO_PLAN, ("no plan covers it", PICTURE)),
    "the command never completes": Case(
        _behaves(seconds=None, listed_after=None), End.UNCONFIRMED, ("do not know whether",)
    ),
    "the camera is offline": Case(_behaves(online=False), End.CAMERA_OFFLINE, ("is offline", "Wi-Fi"), 0),
    "Blink is away": Case(_always("inventory", AWAY), End.UNREACHABLE, ("does not answer", "HTTP 503"), 0),
    "too many requests": Case(
        _always("record_clip", RateLimited(60.0, status=429)), End.RATE_LIMITED, ("slow down",), 0
    ),
    "Blink refuses": Case(
        _always("record_clip", Refused(400, code=4242, message="Nope, not today")),
        End.REFUSED,
        ("refused to record", "Nope, not today", "4242"),
        0,
    ),
    "signed out": Case(
        _always("record_clip", SignedOut("refused", final=True)), End.SIGNED_OUT, ("signed this bot out",), 0
    ),
    "always 401": Case(
        _always("record_clip", SignedOut("401", final=False)), End.REFUSED_FOR_NOW, ("Blink refuses for now",), 0
    ),
    "the answer to the recording is lost, and no video comes": Case(
        _lost_and_no_video, End.UNCONFIRMED, ("do not know whether",)
    ),
    "the mp4 is an error page": Case(
        _always("download", BadMedia("no mp4")), End.VIDEO_LOST, ("does not hand it over",)
    ),
    "the mp4 comes in part": Case(
        _always("download", BadMedia("cut", incomplete=True)), End.INCOMPLETE, ("only part of the video",)
    ),
    "the list of recordings cannot be read": Case(
        _always("media_since", Unreachable("HTTP 500", status=500)),
        End.UNSEEN,
        ("could not look for its video", PICTURE),
    ),
    "the list of recordings is refused": Case(
        _always("media_since", Refused(404, message="No such list")),
        End.UNSEEN,
        ("could not look for its video", "did not give me its list"),
    ),
    "the list of recordings is away for a moment, and no video comes": Case(
        _away_for_a_moment, End.NO_VIDEO, ("kept no video", PICTURE)
    ),
    "the video is never done": Case(
        _behaves(whole_after=3600.0),
        End.VIDEO_LOST,
        ("does not hand it over", "still being written", "`/recordings` brings it"),
    ),
    "the video is held back": Case(
        _always("download", RateLimited(600.0, status=403)), End.RATE_LIMITED, ("slow down", "had been asked by then")
    ),
    "the list of cameras is nonsense": Case(
        _always("inventory", NotUnderstood("the list of cameras")), End.NOT_UNDERSTOOD, ("do not understand",), 0
    ),
}


@pytest.mark.parametrize("name", ENDS)
async def test_an_end_has_its_words_and_a_picture_only_if_they_say_so(world: World, name: str) -> None:
    case = ENDS[name]
    case.arrange(world)
    job = await world.lived()
    assert job.end is case.end
    for some in case.words:
        assert some in words(job), words(job)
    assert sum(film.asked_for for film in world.blink.films) == (case.asked if case.end is not End.FAILED else 0)
    assert world.blink.count("record_clip") <= 1
    assert bool(world.content(job)) is (PICTURE in words(job))
    assert job.reply.token is None


@pytest.mark.parametrize("error", [Unreachable("reset"), Unreachable("HTTP 502", status=502), NotUnderstood("it")])
async def test_an_unclear_answer_is_never_asked_again_and_its_video_is_still_found(
    world: World, error: Exception
) -> None:
    world.blink.says("record_clip", Applied(error))
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.content(job) == world.blink.own().content
    assert world.blink.count("record_clip") == 1


async def test_a_request_that_has_not_left_this_machine_is_sent_once_more(world: World) -> None:
    world.blink.says("record_clip", NeverSent("no connection"))
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.blink.count("record_clip") == 2
    assert len(world.blink.films) == 1


async def test_polls_that_fail_change_nothing(world: World) -> None:
    world.blink.says("command", *[Unreachable("HTTP 500", status=500)] * 6)
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.blink.count("record_clip") == 1


async def test_a_poll_that_takes_long_neither_ends_nor_repeats_the_command(world: World) -> None:
    world.blink.says("command", Late(30.0))
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.blink.count("record_clip") == 1


async def test_a_command_that_blink_forgets_is_no_longer_polled_and_its_video_is_found(world: World) -> None:
    world.blink.always_says("command", Refused(404))
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.blink.count("command") == 3
    assert not job.progress.confirmed


async def test_an_open_command_is_ended_at_blink_before_the_look(world: World) -> None:
    world.front.seconds = None
    job = await world.lived()
    assert job.end is End.DELIVERED, "the video is there although the command never ended"
    [ended_at] = world.blink.times("end_command")
    assert 120 <= (ended_at - job.request.created_at).total_seconds() < 125


async def test_a_download_that_fails_is_tried_again(world: World) -> None:
    world.blink.says("download", Unreachable("reset"), BadMedia("cut", incomplete=True), RateLimited(5.0))
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert world.content(job) == world.blink.own().content
    assert world.blink.count("download") == 4


async def test_the_row_says_asking_before_the_camera_is_asked(world: World) -> None:
    stages = list[str]()
    async with world.bot():
        job = await world.ask()
        world.blink.says("record_clip", Late(5.0))
        await world.until(lambda: world.blink.count("record_clip"))
        stages.append(world.stage(job))
        assert (await world.over(job)).end is End.DELIVERED
    assert stages == ["asking"]


async def test_an_unknown_camera_is_answered_with_the_names_that_exist(world: World) -> None:
    job = await world.lived("Bathroom")
    assert job.end is End.CAMERA_UNKNOWN
    assert "There is no camera" in words(job)
    assert dict(job.options) == {str(world.front.key): "Front Door · Home", str(world.mini.key): "Kitchen · Home"}
    assert world.blink.count("inventory") == 2, "the camera may be newer than the list"


async def test_an_ambiguous_name_is_a_choice_and_nothing_is_asked(world: World) -> None:
    world.blink.add("Front Door", "Cabin")
    job = await world.lived("front door")
    assert job.end is End.CAMERA_AMBIGUOUS
    assert {label for _, label in job.options} == {"Front Door · Home", "Front Door · Cabin"}
    assert world.blink.count("record_clip") == 0


@pytest.mark.parametrize("kind", [Kind.CLIP, Kind.SNAPSHOT])
async def test_somebody_without_a_link_is_told_so(world: World, kind: Kind) -> None:
    job_end = list[End | None]()
    async with world.bot():
        asked = await world.ask(user_id=BOB, kind=kind)
        await world.until(lambda: world.display.told)
        job_end.append(world.told(asked).job.end)
    assert job_end == [End.NOT_LINKED]
    assert world.blink.asked == []
