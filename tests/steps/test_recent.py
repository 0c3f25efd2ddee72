"""A recording that Blink keeps already and somebody has chosen: found again, fetched, and shown; or said to be gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blink import Unreachable
from bot.jobs import ConcurrencyLimits
from bot.models import End, Job, Kind, Right

from .blink import Blink, Film, Late
from .world import ALICE, BOB, World, words


def _at(world: World, minutes: float) -> Film:
    return world.blink.film(world.front, world.now() - timedelta(minutes=minutes))


def _on_drive(world: World, minutes: float) -> Film:
    at = world.now() - timedelta(minutes=minutes)
    world.blink.usb_state[7] = "active"
    return world.blink.film(world.front, at, listed_at=None, on_usb_at=at)


def _choice(film: Film) -> str:
    seconds = int(film.at.timestamp())
    if film.on_usb_at:
        return f"usb.{film.camera.network_id}.{seconds}.{film.name}"
    return f"cloud.{film.media_id}.{seconds}"


async def _lived(world: World, choice: str, **more: object) -> Job:
    return await world.lived(choice, kind=Kind.RECENT, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [_at, _on_drive], ids=["cloud", "usb"])
async def test_exactly_the_chosen_one_is_shown_and_nothing_recorded(
    world: World, place: Callable[[World, float], Film]
) -> None:
    films = [place(world, minutes) for minutes in (9, 5, 2)]
    job = await _lived(world, _choice(films[1]))
    assert job.end is End.DELIVERED
    assert world.content(job) == films[1].content
    assert f"Recorded <t:{int(films[1].at.timestamp())}:f>" in words(job)
    assert world.blink.count("record_clip", "take_picture") == 0


@pytest.mark.parametrize(
    "choice",
    [
        "theirs",
        "",
        "cloud.1.1",
        "cloud.999999999999999999.99999999999",
        "usb.1.1.x",
        "usb.0.0.\n",
        "🎥" * 50,
        "../../etc",
    ],
)
async def test_a_choice_that_no_menu_offered_finds_nothing(world: World, choice: str) -> None:
    other = Blink(world, account_id=6)
    await world.link(BOB, other)
    theirs = other.film(other.front, world.now() - timedelta(minutes=1))
    _at(world, 2)
    job = await _lived(world, _choice(theirs) if choice == "theirs" else choice)
    assert job.end is End.GONE
    assert "no longer there" in words(job)
    assert world.blink.count("download", "request_clip") == other.count("download") == 0


async def test_a_recording_that_was_deleted_meanwhile_is_said_so(world: World) -> None:
    film = _at(world, 1)
    world.blink.films.remove(film)
    job = await _lived(world, _choice(film))
    assert job.end is End.GONE
    assert "This recording is no longer there" in words(job)


async def test_a_drive_that_is_busy_is_asked_again_before_the_clip_is_called_gone(world: World) -> None:
    film = _on_drive(world, 3)
    world.blink.occupy(20.0)
    job = await _lived(world, _choice(film))
    assert world.content(job) == film.content


async def test_a_drive_that_stays_busy_is_the_reason_and_not_that_the_clip_is_gone(world: World) -> None:
    film = _on_drive(world, 3)
    world.blink.occupy(3600)
    job = await _lived(world, _choice(film))
    assert job.end is End.USB_SILENT
    assert "USB drive cannot be read just now" in words(job)
    assert "The camera recorded" not in words(job)


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("moment", ["received", "fetching"])
@pytest.mark.parametrize("place", [_at, _on_drive], ids=["cloud", "usb"])
async def test_a_choice_goes_on_after_a_restart(
    world: World, place: Callable[[World, float], Film], moment: str, killed: bool
) -> None:
    film = place(world, 1)
    slow = "inventory" if moment == "received" else "download"
    world.blink.says(slow, Late(10.0))
    async with world.bot(killed=killed):
        job = await world.ask(_choice(film), kind=Kind.RECENT)
        await world.until(lambda: world.blink.count(slow))
        assert world.stage(job) == moment
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        ended = await world.over(job)
    assert world.content(ended) == film.content


async def test_a_sixth_choice_at_once_is_one_too_many_and_the_five_arrive(world: World) -> None:
    films = [_at(world, minutes) for minutes in range(1, 7)]
    world.blink.says("download", *[Late(10.0)] * 5)
    async with world.bot():
        jobs = [await world.ask(_choice(film), kind=Kind.RECENT) for film in films[:5]]
        await world.until(lambda: world.blink.count("download") == 5)
        sixth = await world.over(await world.ask(_choice(films[5]), kind=Kind.RECENT))
        ended = [await world.over(job) for job in jobs]
        again = await world.over(await world.ask(_choice(films[5]), kind=Kind.RECENT))
    assert sixth.end is End.TOO_MANY
    assert "Five recordings are on their way" in words(sixth)
    assert [world.content(job) for job in [*ended, again]] == [film.content for film in films]


async def test_a_choice_that_waits_for_a_usb_drive_holds_up_no_clip(world: World) -> None:
    world.limits = ConcurrencyLimits(starting=1)
    neighbour = Blink(world, account_id=6)
    await world.link(BOB, neighbour)
    film = _on_drive(world, 1)
    world.blink.says("request_manifest", Late(60.0))
    async with world.bot():
        choice = await world.ask(_choice(film), kind=Kind.RECENT)
        await world.until(lambda: world.blink.count("request_manifest"))
        clip = await world.over(await world.ask(str(neighbour.front.key), user_id=BOB))
        assert world.stage(choice) == "received"
        ended = await world.over(choice)
    assert [world.content(job) for job in (clip, ended)] == [neighbour.own().content, film.content]


async def test_a_choice_needs_no_turn_of_its_network(world: World) -> None:
    film = _at(world, 1)
    world.blink.occupy(600)
    job = await _lived(world, _choice(film))
    assert world.content(job) == film.content
    assert job.delivery.told_at
    assert (job.delivery.told_at - job.request.created_at).total_seconds() < 5


async def test_a_blink_that_is_away_is_said_so(world: World) -> None:
    film = _at(world, 1)
    world.blink.always_says("media_since", Unreachable("HTTP 503", status=503))
    job = await _lived(world, _choice(film))
    assert job.end is End.UNREACHABLE
    assert world.content(job) is None


async def test_a_guest_gets_recordings_of_the_shared_camera_and_of_no_other(world: World) -> None:
    await world.lend(Right.RECENT, Right.STATUS)
    shared = _at(world, 1)
    other = world.blink.film(world.mini, world.now() - timedelta(minutes=2))
    async with world.bot():
        good = await world.over(await world.ask(f"of.{ALICE}.{_choice(shared)}", user_id=BOB, kind=Kind.RECENT))
        job = await world.ask(f"of.{ALICE}.{_choice(other)}", user_id=BOB, kind=Kind.RECENT)
        await world.until(lambda: any(told.job.id == job.id for told in world.display.told))
    assert world.content(good) == shared.content
    assert world.told(job).job.end is End.GONE
    assert world.blink.count("download") == 1
    assert len(world.first_uses) == 1


async def test_a_guest_who_loses_the_share_while_it_is_fetched_gets_nothing(world: World) -> None:
    await world.lend(Right.RECENT)
    film = _at(world, 1)
    world.blink.says("download", Late(5.0))
    world.discord.answers = [False]
    async with world.bot():
        ended = await world.over(await world.ask(f"of.{ALICE}.{_choice(film)}", user_id=BOB, kind=Kind.RECENT))
    assert ended.end is End.REVOKED
    assert world.content(ended) is None
