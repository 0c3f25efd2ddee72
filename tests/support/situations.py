"""Situations in which a clip's video is to be found: each place with every pair of other things that differ."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Any

from allpairspy import AllPairs

from simulators.blink import Account, Behaviour, Camera, Fault, Recording
from tests.support.house import House, text_of
from tests.support.waiting import until

Three = tuple[tuple[str, Any], ...]

KIB = 1024
PAGE = 5
AT_ONCE = 4
PLACES: dict[str, tuple[bool, Any]] = {  # whether the plan covers the camera, and the state of the USB drive
    "cloud": (True, None),
    "usb": (False, "active"),
    "cloud and usb": (True, "active"),
    "nowhere": (False, None),
    "usb full": (False, "memory_full"),
    "usb unformatted": (False, "format_required"),
}
REASONS = {
    "nowhere": ("no plan covers it", "no active USB drive"),
    "usb full": ("no plan covers it", "drive is full"),
    "usb unformatted": ("no plan covers it", "needs formatting"),
}
AMBIGUOUS = ("cannot tell which clip is its own",)
DIMENSIONS: OrderedDict[str, list[Any]] = OrderedDict(
    place=list(PLACES),
    skew=[0, -10, -1, 1, 10],  # minutes that Blink's clock is ahead
    before=["nothing", "same camera seconds", "same camera the second", "other camera"],
    after=["nothing", "same camera", "other camera"],
    arrival=["whole", "partial", "late"],
    names=["own", "twice in two networks", "twice on one drive"],
    page=["first", "later"],
    order=["oldest first", "newest first"],
    deleted=[False, True],
    jobs=[1, 2],
    numbers=["kept", "new", "new in silence"],
)


@dataclass(frozen=True)
class Situation:
    """One combination; `before` and `after` are what else is filmed around the job's own recording."""

    place: str
    skew: int
    before: str
    after: str
    arrival: str
    names: str
    page: str
    order: str
    deleted: bool
    jobs: int
    numbers: str

    def __str__(self) -> str:
        said = {
            "before": f"{self.before} before",
            "after": f"{self.after} after",
            "names": f"named {self.names}",
            "page": f"{self.page} page",
            "deleted": "a deleted one",
            "jobs": f"{self.jobs} jobs",
            "numbers": f"numbers {self.numbers}",
            "skew": f"{self.skew:+d} min",
        }
        unlike = [one.name for one in fields(self) if getattr(self, one.name) != DIMENSIONS[one.name][0]]
        words = [said.get(name, str(getattr(self, name))) for name in unlike if name != "place"]
        return ", ".join([self.place, *words])

    @property
    def reason(self) -> tuple[str, ...]:
        """What the reply says where there is no video; empty where there is one."""
        if self.place == "usb" and self.names == "twice on one drive":
            return AMBIGUOUS
        return REASONS.get(self.place, ())


def why_not(given: dict[str, Any]) -> str | None:
    """Say why a combination, of which some things may be open yet, cannot be or tells nothing new."""

    def has(name: str, *values: Any) -> bool:
        return given.get(name) in values

    cloud, drive = has("place", "cloud", "cloud and usb"), has("place", "usb")
    if has("after", "same camera") and has("arrival", "late"):
        return "where Blink lists the camera's next recording and not yet the job's own, nobody can tell"
    if not has("arrival", None, "whole") and not (cloud or drive):
        return "what never arrives is not late"
    if has("arrival", "partial") and not cloud:
        return "only the cloud lists what is still being written"
    if has("deleted", True) and not cloud:
        return "only the cloud lists what is deleted"
    if (has("page", "later") or has("order", "newest first")) and not cloud:
        return "only the cloud's list has pages"
    if has("place", "usb full", "usb unformatted") and not (
        has("skew", None, 0) and has("names", None, "own") and has("jobs", None, 1)
    ):
        return "it differs from a clip that is kept nowhere in its reason only"
    if not has("numbers", None, "kept") and not drive:
        return "no clip is uploaded from a drive"
    if not has("numbers", None, "kept") and has("names", "twice on one drive"):
        return "what cannot be told apart is not uploaded"
    return None


def situations() -> list[Situation]:
    """Return combinations in which each place meets every valid pair of the other things."""
    found: list[Situation] = []
    for place in PLACES:
        rest = {name: values for name, values in DIMENSIONS.items() if name != "place"}
        possible = {
            name: [value for value in values if why_not({"place": place, name: value}) is None]
            for name, values in rest.items()
        }

        def valid(row: list[Any], place: str = place, names: tuple[str, ...] = tuple(rest)) -> bool:
            return why_not({"place": place, **dict(zip(names, row, strict=False))}) is None

        found += [Situation(place, *row) for row in AllPairs(list(possible.values()), filter_func=valid)]
    usual = {name: values[0] for name, values in DIMENSIONS.items()}
    while lacking := missing(found):  # AllPairs gives up on some pairs that the filter makes hard to reach
        found.append(Situation(**(usual | lacking[0])))
    return found


def missing(found: list[Situation]) -> list[dict[str, Any]]:
    """Return the valid threes, of a place and two other things, that no situation has."""
    known = {three for one in found for three in _threes_of(asdict(one))}
    return [dict(three) for three in _wanted() if three not in known]


@cache
def _wanted() -> list[Three]:
    """Return every valid three."""
    values = [[(name, value) for value in values] for name, values in DIMENSIONS.items()]
    wholes = (
        (place, first, second)
        for place in values[0]
        for one, other in combinations(values[1:], 2)
        for first in one
        for second in other
    )
    return [three for three in wholes if why_not(dict(three)) is None]


def _threes_of(given: dict[str, Any]) -> list[Three]:
    place, *rest = given.items()
    return [(place, first, second) for first, second in combinations(rest, 2)]


@dataclass(frozen=True)
class Delivered:
    """What one job's person got, what its own recording is, and the camera's pictures."""

    text: str
    file: bytes | None
    own: Recording
    camera: Camera

    @property
    def pictures(self) -> list[bytes]:
        """Return every picture of the camera that was taken on command."""
        taken = self.camera.pictures(self.camera.network.account.cloud.clock())
        return [one.jpeg for one in taken if one.command_id is not None]


class Household:
    """A family whose two members clip one camera of theirs."""

    def __init__(self, house: House, number: int, situation: Situation) -> None:
        self.situation = situation
        self.house = house
        self.people = [house.discord.add_user(f"person{number}.{one}") for one in range(situation.jobs)]
        self.account: Account = house.world.add_account(email=f"household{number}@example.com")

    async def link(self) -> None:
        """Link its members to their common account."""
        for person in self.people:
            await self.house.link(person, self.account)

    def furnish(self) -> None:
        """Put up the cameras, and let happen what was before the command."""
        covered, usb = PLACES[self.situation.place]
        self.home = self.account.add_network("Home", usb=usb)
        garden = self.account.add_network("Garden", usb=usb)
        self.front = self.home.add_camera("Front Door", behaviour=Behaviour.quick(covered=covered))
        self.porch = self.home.add_camera("Porch", behaviour=Behaviour.quick(covered=covered))
        yard = garden.add_camera("Yard", behaviour=Behaviour.quick())
        self.namesake: Camera | None = None
        if self.situation.names == "twice in two networks":
            self.namesake = garden.add_camera("Front Door", behaviour=Behaviour.quick(covered=covered))
        if self.situation.names == "twice on one drive":
            self.namesake = self.home.add_camera("front-door!", behaviour=Behaviour.quick(covered=covered))
        self.sizes = iter(range(100, 1000, 20))
        now = self.house.world.now()
        if self.situation.page == "later":
            newest = self.situation.order == "newest first"
            for number in range(PAGE + 1):
                at = now + timedelta(seconds=60 + number) if newest else now - timedelta(seconds=3600 - number)
                self._filmed(yard, at)
        if self.situation.before == "same camera seconds":
            self._filmed(self.front, now - timedelta(seconds=8))
        if self.situation.before == "other camera":
            self._filmed(self.porch, now)

    async def live(self) -> list[Delivered]:
        """Let everything happen, and return what each job's person got."""
        late = self.situation.arrival == "late"
        clips = [await self._clip(0, delay=(1.6 if self.situation.jobs == 2 else 0.8) if late else 0.05)]
        own = self.front.made[-1]
        began = own.created_at.replace(microsecond=0)  # Blink tells no time more exactly
        self._meanwhile(own, began)
        if self.situation.numbers != "kept":
            self.house.blink.faults.append(Fault("usb_clip", delay=0.3, account=self.account.id))
        if self.situation.jobs == 2:
            over = began + timedelta(seconds=2 if self.situation.after == "same camera" else 1)
            holding = ("received", "queued", "asking", "recording")
            await until(
                lambda: self.house.world.now() >= over and self.house.stage(clips[0]) not in holding, timeout=20
            )
            clips.append(await self._clip(1, delay=0.05))
        if self.situation.numbers != "kept":
            asked = self.house.blink.asked
            await until(lambda: any(one.account_id == self.account.id for one in asked("usb_clip")), timeout=20)
            self.home.restart_sync_module(silent=self.situation.numbers == "new in silence")
        replies = [await self.house.finished(clip, timeout=40) for clip in clips]
        return [
            self._delivered(reply, next(one for one in self.front.made if one.command is command))
            for reply, command in zip(replies, self.front.accepted, strict=True)
        ]

    async def _clip(self, number: int, *, delay: float) -> Any:
        on_drive = self.situation.place == "usb"
        self.front.behaviour = Behaviour.quick(
            covered=self.front.behaviour.covered,
            upload_delay=delay,
            partial_for=0.6 if self.situation.arrival == "partial" else 0.0,
            usb_delay=delay if on_drive else 0.05,
            video_sound=False,
            video_size=(20 + 40 * number) * KIB,
        )
        clip = await self.house.clip(self.people[number], self.front)
        await until(lambda: len(self.front.accepted) > number, timeout=30)
        return clip

    def _meanwhile(self, own: Recording, began: datetime) -> None:
        """Film what else is filmed, all of it listed no later than the job's own recording."""
        if self.situation.before == "same camera the second":
            assert own.command
            self._filmed(self.front, own.command.created_at.replace(microsecond=0) - timedelta(seconds=1))
        if self.situation.after == "same camera":
            motion = self._filmed(self.front, began + timedelta(seconds=1))
            motion.appears = motion.whole = own.appears
            if motion.usb_appears is not None:
                motion.usb_appears = own.usb_appears
        if self.situation.after == "other camera":
            self._filmed(self.porch, own.created_at)
        if self.situation.deleted:
            self._filmed(self.front, began, deleted=True, to_usb=False)
        if self.namesake:
            self._filmed(self.namesake, own.created_at)

    def _filmed(self, camera: Camera, at: datetime, **options: Any) -> Recording:
        motion = camera.record_motion(at, **options)
        motion.size = next(self.sizes) * KIB
        return motion

    def _delivered(self, reply: dict[str, Any], own: Recording) -> Delivered:
        files = [self.house.discord.file(one["url"]) for one in reply["attachments"]]
        assert len(files) <= 1
        return Delivered(text_of(reply), files[0] if files else None, own, self.front)


async def lived(house: House, chosen: list[Situation]) -> dict[Situation, list[Delivered] | BaseException]:
    """Live through situations in one run of the bot, together those for which Blink as a whole is the same."""
    households = [Household(house, number, situation) for number, situation in enumerate(chosen)]
    for household in households:
        await household.link()
    results: dict[Situation, list[Delivered] | BaseException] = {}
    async with house.bot():
        for skew, order in dict.fromkeys((one.skew, one.order) for one in chosen):
            group = [one for one in households if (one.situation.skew, one.situation.order) == (skew, order)]
            house.world.skew, house.world.page_size = timedelta(minutes=skew), PAGE
            house.world.newest_first = order == "newest first"
            few = asyncio.Semaphore(AT_ONCE)
            happened = await asyncio.gather(*(_among(few, one) for one in group), return_exceptions=True)
            results |= dict(zip((one.situation for one in group), happened, strict=True))
    return results


async def _among(few: asyncio.Semaphore, household: Household) -> list[Delivered]:
    async with few:
        household.furnish()
        return await household.live()
