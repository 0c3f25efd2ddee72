"""Looks at somebody else's Blink: seldom, and no more than a guest may have."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.blink import Camera, Inventory, MediaEntry, Unreachable
from bot.cameras.guest_reads import SharedReads
from bot.models import CameraKey, CameraKind, End
from bot.models.job import Ended
from tests.support.waiting import until

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ALICE, BOB, CAROL = 1, 2, 3
HOUR, APART, SOON = timedelta(hours=1), 60.0, 0.01
CAMERA = Camera(CameraKey(CameraKind.CAMERA, 1, 2), "Front Door", "Home", "Outdoor", online=True, picture="/front.jpg")


class Blink:
    """A Blink that counts what it is asked, and is away if it is told so."""

    account_id = 5

    def __init__(self) -> None:
        self.client = cast("Any", self)
        self.away = False
        self.seen: Inventory | None = None
        self.fresh = False
        self.asked: list[str] = []

    def last_inventory(self) -> Inventory | None:
        return self.seen

    def seen_within(self, seconds: float) -> bool:
        return self.fresh

    async def look(self, max_age: float) -> Inventory:
        assert max_age > 0
        self._ask("cameras")
        self.seen = Inventory((CAMERA,))
        return self.seen

    async def media_since(self, since: datetime) -> list[MediaEntry]:
        self._ask("recordings")
        return []

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.away:
            raise Unreachable("away")


class SharesLeft:
    """Leave to ask so often."""

    def __init__(self, left: int = 99) -> None:
        self.left = left

    def spend(self, user_id: int, owner_id: int) -> datetime | None:
        self.left -= 1
        return None if self.left >= 0 else NOON + HOUR


def _looks(left: int = 99, *, apart: float = APART) -> SharedReads:
    return SharedReads(cast("Any", SharesLeft(left)), apart=apart, now=lambda: NOON)


async def _cameras(looks: SharedReads, blink: Blink) -> tuple[Inventory, datetime | None]:
    return await looks.cameras(BOB, ALICE, cast("Any", blink), blink.look, max_age=0.0)


async def test_cameras_that_were_seen_a_moment_ago_are_not_looked_at_again() -> None:
    looks, blink = _looks(), Blink()
    await _cameras(looks, blink)
    blink.fresh = True
    for _ in range(60):
        assert await _cameras(looks, blink) == (blink.seen, None)
    assert blink.asked == ["cameras"]


async def test_a_blink_that_is_away_is_not_asked_at_each_press() -> None:
    looks, blink = _looks(), Blink()
    blink.away = True
    for _ in range(9):
        with pytest.raises(Unreachable):
            await _cameras(looks, blink)
    assert blink.asked == ["cameras"]
    blink.seen = Inventory()
    assert await _cameras(looks, blink) == (blink.seen, None), "which is what is known"


async def test_a_blink_that_was_away_is_asked_again_some_seconds_later() -> None:
    looks, blink = _looks(apart=SOON), Blink()
    blink.away = True
    with pytest.raises(Unreachable):
        await _cameras(looks, blink)
    blink.away = False
    await until(lambda: not looks._failures.get(ALICE))
    assert await _cameras(looks, blink) == (blink.seen, None)


async def test_who_has_looked_too_often_sees_what_is_known_and_when_they_may_again() -> None:
    looks, blink = _looks(left=1), Blink()
    await _cameras(looks, blink)
    assert await _cameras(looks, blink) == (blink.seen, NOON + HOUR)
    assert blink.asked == ["cameras"]
    blink.seen = None
    with pytest.raises(Ended) as ended:
        await _cameras(looks, blink)
    assert (ended.value.end, ended.value.changes["progress"].retry_at) == (End.TOO_OFTEN, NOON + HOUR)


async def test_recordings_are_listed_once_for_all_who_ask_within_some_seconds() -> None:
    looks, blink = _looks(), Blink()
    household = cast("Any", blink)
    for guest in (BOB, CAROL, BOB):
        assert await looks.recordings(guest, ALICE, household, since=NOON) == []
    assert blink.asked == ["recordings"]
    longer = await looks.recordings(BOB, ALICE, household, since=NOON - HOUR)
    assert longer == NOON + timedelta(seconds=APART), "what was not listed is not known"


async def test_no_recordings_are_listed_for_who_has_asked_too_often() -> None:
    blink = Blink()
    assert await _looks(left=0).recordings(BOB, ALICE, cast("Any", blink), since=NOON) == NOON + HOUR
    assert blink.asked == []
