"""The cameras that a person sees, and in which order; which ones those are is decided here and nowhere else."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.blink import Camera
from bot.models import Kind, Lender

from .context import Context
from .homes import Home, Reached, labels_of
from .ports import STATUS, Household, Permit
from .reach import Reach
from .thumbnails import Source, Thumbnail, fetch_picture, latest_pictures

_LOW = "low"


@dataclass(frozen=True, slots=True)
class Shown:
    """A camera that somebody sees: `choice` is what asks for it, `household` the Blink that it belongs to.

    `label` tells it from the others that they see. `drive` is the state of its network's USB drive, in Blink's word;
    `kinds` are what it may be asked for, and `lender` is whose it is, if it is not their own. `again_at` is when they
    may look again, if they have too often.
    """

    camera: Camera
    choice: str
    label: str
    household: Household
    drive: str = "none"
    kinds: frozenset[Kind] = frozenset(Kind)
    lender: Lender | None = None
    again_at: datetime | None = None

    @property
    def low(self) -> bool:
        """Whether its battery is low."""
        return self.camera.battery == _LOW


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees: cameras, and how many devices of their own this version does not know."""

    cameras: tuple[Shown, ...]
    unknown: int = 0


class Cameras:
    """Finds the cameras that a person can use, and their latest pictures."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def shown_to(
        self, user_id: int, *, max_age: float, permits: Mapping[str, Collection[Permit]] | None = None
    ) -> Sight | None:
        """Return them as seen at most `max_age` seconds ago, offline ones first, then those with a low battery.

        `permits` are by what they are for: "status" lets others' cameras be seen, a kind of job lets them be asked.
        None where nothing is linked and nobody lets them see any; raises BlinkError only for their own.
        """
        permits = permits or {}
        lent = permits.get(STATUS, ())
        homes = await Reach(self._context, user_id, lent).homes(max_age=max_age)
        if not homes and not lent:
            return None
        reached = [(home, one) for home in homes for one in home.reached()]
        labels = labels_of((one for _, one in reached), brief=True)
        shown = [_shown(home, one, labels[one.choice], permits) for home, one in reached]
        return Sight(
            tuple(sorted(shown, key=lambda one: (one.camera.online, not one.low))),
            sum(home.inventory.unknown for home in homes if home.own),
        )

    async def homes(self, user_id: int, permits: Collection[Permit], *, max_age: float) -> list[Home]:
        """Return every Blink that somebody can use, their own first; raises BlinkError only for that.

        SignedOut only where there is no other.
        """
        return await Reach(self._context, user_id, permits).homes(max_age=max_age)

    def pictured(self, cameras: Sequence[Shown]) -> AbstractAsyncContextManager[Mapping[str, Thumbnail]]:
        """Hold the latest pictures of these cameras, by choice, while the context is open."""
        wanted = {one.choice: _source(self._context, one) for one in cameras}
        return latest_pictures(self._context.folder, wanted)


def _source(context: Context, shown: Shown) -> Source:
    """Return what fetches the latest picture of a camera."""
    client, camera = shown.household.client, shown.camera
    if shown.lender is None:
        return partial(fetch_picture, client, camera, seconds=context.timing.thumbnails_for, again=context.timing.again)
    seconds = None if shown.again_at else context.timing.thumbnails_for
    return partial(context.pictures.fetch, client, camera, seconds=seconds)


def _shown(home: Home, one: Reached, label: str, permits: Mapping[str, Collection[Permit]]) -> Shown:
    module = one.inventory.usb.get(one.camera.key.network_id)
    account, key = one.household.client.account_id, one.camera.key
    kinds = frozenset(
        kind for kind in Kind if home.own or any(permit.covers(account, key) for permit in permits.get(kind, ()))
    )
    drive = module.state if module else "none"
    return Shown(one.camera, one.choice, label, one.household, drive, kinds, one.lender, home.again_at)
