"""What a guest reads while the Blink of the only one who shares with them cannot be looked at."""

from collections.abc import Callable

import pytest

from bot.blink import RateLimited, SignedOut, Unreachable
from bot.models import End, Kind
from bot.sharing import MOST_AN_HOUR

from .world import ALICE, BOB, World, words


def _fails(world: World) -> None:
    world.blink.always_says("inventory", Unreachable("HTTP 503", status=503))


def _slows_down(world: World) -> None:
    world.blink.always_says("inventory", RateLimited(120.0))


def _refuses(world: World) -> None:
    world.blink.always_says("inventory", SignedOut("HTTP 401", final=False))


def _signed_out(world: World) -> None:
    world.execute("UPDATE accounts SET signed_out_at = ? WHERE user_id = ?", "2026-11-24 11:00:00.000000", ALICE)


def _asked_too_often(world: World) -> None:
    for _ in range(MOST_AN_HOUR):
        world.runner._context.access.shares.spend(BOB, ALICE)


TROUBLE = {
    "fails": (_fails, End.UNREACHABLE, "Blink does not answer"),
    "slows down": (_slows_down, End.RATE_LIMITED, "too many requests for Alice's account"),
    "refuses": (_refuses, End.REFUSED_FOR_NOW, "It does not accept Alice's sign-in"),
    "signed out": (_signed_out, End.SIGNED_OUT, "Blink has signed this bot out of Alice's account"),
    "asked too often": (_asked_too_often, End.TOO_OFTEN, "You have used Alice's Blink too often"),
}


@pytest.mark.parametrize(("arrange", "end", "why"), TROUBLE.values(), ids=TROUBLE.keys())
@pytest.mark.parametrize("asked", ["Front Door", "All"])
async def test_a_camera_that_may_be_there_is_not_called_unknown(
    world: World, asked: str, arrange: Callable[[World], None], end: End, why: str
) -> None:
    await world.lend(scope="network.7")
    async with world.bot():
        arrange(world)
        job = await world.over(await world.ask(asked, user_id=BOB, kind=Kind.SNAPSHOT))
    assert job.end is end
    assert why in words(job)


async def test_a_whole_channel_reads_nothing_of_the_owner(world: World) -> None:
    await world.lend()
    _fails(world)
    async with world.bot():
        job = await world.over(await world.ask("Front Door", user_id=BOB, share=True))
    assert job.end is End.CAMERA_UNKNOWN
    assert "Alice" not in words(job)


async def test_a_name_that_is_none_is_unknown_if_all_could_be_looked_at(world: World) -> None:
    await world.lend()
    async with world.bot():
        job = await world.over(await world.ask("Bathroom", user_id=BOB))
    assert job.end is End.CAMERA_UNKNOWN
