"""Find the cameras that one person can use: their own, and those that others share with them."""

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, Camera, Inventory, SignedOut, Unreachable, clean, distinct, resembles
from bot.models import CameraKey, CameraRef, End, Ended, Owner, Share, split_owner
from bot.sharing import Shares

from .guest_reads import SharedReads
from .polling import CameraTiming
from .video_retention import VideoRetention

_log = logging.getLogger("bot.cameras")

_NUMBERS = re.compile(r"\d+", re.ASCII)
_LONGEST_NAME = 32
_LONGEST_ASKED = 200


@dataclass(frozen=True, slots=True)
class AccessibleCamera:
    """A camera that a person can use; `share` is None if it is their own."""

    camera: Camera
    session: Session
    inventory: Inventory
    share: Share | None = None

    @property
    def choice(self) -> str:
        """The text that finds this camera again for somebody who may use it."""
        return self.owner.choice(str(self.camera.key)) if self.owner else str(self.camera.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that its person reads, short to long: with its system's, or its owner's, or both."""
        if self.owner is None:
            return (self.camera.label,)
        return self.owner.label(self.camera.name), self.owner.label(self.camera.label)

    @property
    def owner(self) -> Owner | None:
        """The owner, None if the camera is the person's own."""
        return owner_of(self.share)


@dataclass(frozen=True, slots=True)
class AccessibleAccount:
    """A Blink account that a person can use, wholly or as far as `shares` go.

    `again_at` is when they may look again, if its cameras are older because they have looked too often.
    """

    session: Session
    inventory: Inventory
    shares: Sequence[Share] = ()
    again_at: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether it is the person's own."""
        return not self.shares

    @property
    def owner_id(self) -> int | None:
        """The owner, None if the account is the person's own."""
        return None if self.own else self.shares[0].owner_id

    def share_for(self, camera: CameraKey) -> Share | None:
        """Return the share that covers a camera."""
        account = self.session.client.account_id
        return next((one for one in self.shares if one.covers(account, camera)), None)

    def share_for_system(self, network_id: int) -> Share | None:
        """Return the share that covers a whole system."""
        account = self.session.client.account_id
        return next((one for one in self.shares if one.covers_network(account, network_id)), None)

    def cameras(self) -> Iterable[AccessibleCamera]:
        """Yield the cameras that may be used."""
        for camera in self.inventory.cameras:
            share = self.share_for(camera.key)
            if self.own or share:
                yield AccessibleCamera(camera, self.session, self.inventory, share)

    def find(self, asked: str) -> list[AccessibleCamera]:
        """Return the cameras that `asked` means, by key or name, with or without their owner's."""
        found = self.inventory.find(asked)
        return [one for one in self.cameras() if one.camera in found or (one.share and spells(asked, one.names))]


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Somebody's account that could not be looked at now, by a share of theirs, and why."""

    share: Share
    error: BlinkError | Ended


class CameraFinder:
    """Open the Blink accounts that people can use."""

    def __init__(
        self, sessions: Sessions, shares: Shares, timing: CameraTiming, *, now: Callable[[], datetime]
    ) -> None:
        self.shares = shares
        self.timing = timing
        self.now = now
        self.sessions = sessions
        self.reads = SharedReads(shares, apart=timing.shared_age, now=now)
        self.retention = VideoRetention(now=now)

    def reach(self, user_id: int, shares: Collection[Share]) -> "Reach":
        """Return what a person can use: their own cameras, and those that `shares` cover."""
        return Reach(self, user_id, shares)

    async def inventory(self, session: Session, max_age: float | None = None) -> Inventory:
        """Return the cameras of a session, asking a second time if Blink could not be reached; raises BlinkError."""
        max_age = self.timing.inventory_age if max_age is None else max_age
        try:
            return await session.inventory(max_age=max_age)
        except Unreachable:
            await asyncio.sleep(self.timing.again)
            return await session.inventory(max_age=max_age)


class Reach:
    """The cameras that one person can use; each account is asked only if it is needed.

    Their own comes first: a name that one of their cameras has means that one, and nobody else's account is asked.
    `out_of_reach` are the others' accounts that the latest look at all of them did not reach.
    """

    def __init__(self, finder: CameraFinder, user_id: int, shares: Collection[Share], *, own: bool = True) -> None:
        self._finder = finder
        self._user_id = user_id
        self._shares = shares
        self._with_own = own
        self.out_of_reach: tuple[OutOfReach, ...] = ()

    def around(self, asked: str) -> "Reach":
        """Return one owner's account if a choice names the owner, so that no other is asked; else everything."""
        owner, _ = split_owner(asked)
        if owner is None:
            return self
        theirs = [one for one in self._shares if one.owner_id == owner]
        return Reach(self._finder, self._user_id, theirs, own=False)

    async def account(self, owner_id: int | None, *, max_age: float) -> AccessibleAccount:
        """Return an owner's account, the person's own for None; raises BlinkError, and Ended if it may not be used."""
        found = await (self._own(max_age=max_age) if owner_id is None else self._of(owner_id, max_age=max_age))
        if found is None:
            raise Ended(End.NOT_LINKED if owner_id is None else End.REVOKED)
        return found

    async def find(self, asked: str, *, max_age: float, loosely: bool = False) -> list[AccessibleCamera]:
        """Return the cameras that `asked` means; if none is called so and `loosely`, those whose names have its words.

        Raises BlinkError, and Ended if there is no account to look in.
        """
        owner, choice = split_owner(asked)
        if owner is not None:
            theirs = await self._of(owner, max_age=max_age)
            return theirs.find(choice) if theirs else []
        trouble: SignedOut | None = None
        own = None
        try:
            own = await self._own(max_age=max_age)
        except SignedOut as error:
            if not self._shares:
                raise
            trouble = error
        if own and (found := own.find(asked)):
            return found
        shared = await self.shared(max_age=max_age)
        found = [one for other in shared for one in other.find(asked)]
        if not found and loosely:
            found = resembling([*([own] if own else []), *shared], asked)
        if not found and trouble:
            raise trouble
        if not found and own is None and not self._shares:
            raise Ended(End.NOT_LINKED)
        return found

    async def accounts(self, *, max_age: float) -> list[AccessibleAccount]:
        """Return every account that can be used, the person's own first.

        Raises BlinkError only for that, and SignedOut only if there is no other.
        """
        try:
            own = await self._own(max_age=max_age)
        except SignedOut:
            if shared := await self.shared(max_age=max_age):
                return shared
            raise
        return [*([own] if own else []), *await self.shared(max_age=max_age)]

    async def shared(self, *, max_age: float) -> list[AccessibleAccount]:
        """Return every account that others share with this person, as far as it can be seen now."""
        by_owner = {one.owner_id: one for one in self._shares}
        looked = await asyncio.gather(*(self._try(one, max_age=max_age) for one in by_owner.values()))
        self.out_of_reach = tuple(one for one in looked if isinstance(one, OutOfReach))
        return [one for one in looked if isinstance(one, AccessibleAccount)]

    async def _own(self, *, max_age: float) -> AccessibleAccount | None:
        if not self._with_own:
            return None
        session = await self._finder.sessions.session(self._user_id)
        return AccessibleAccount(session, await self._finder.inventory(session, max_age)) if session else None

    async def _of(self, owner_id: int, *, max_age: float) -> AccessibleAccount | None:
        shares = [one for one in self._shares if one.owner_id == owner_id]
        session = await self._finder.sessions.session(owner_id) if shares else None
        if session is None:
            return None
        look = partial(self._finder.inventory, session)
        inventory, again_at = await self._finder.reads.cameras(self._user_id, owner_id, session, look, max_age=max_age)
        return AccessibleAccount(session, inventory, shares, again_at)

    async def _try(self, share: Share, *, max_age: float) -> AccessibleAccount | OutOfReach | None:
        try:
            return await self._of(share.owner_id, max_age=max_age)
        except (BlinkError, Ended) as error:  # one owner's trouble must not hide the other cameras
            _log.info("the cameras that somebody shares: %s", error)
            return OutOfReach(share, error)


def labels_of(reached: Iterable[AccessibleCamera], *, brief: bool = False) -> dict[str, str]:
    """Return a label for each camera that no other of them has, by its choice.

    If `brief`, their own cameras are called by their names alone as long as these differ.
    """
    return told_apart(
        (one.choice, (one.camera.name, *one.names) if brief and not one.share else one.names) for one in reached
    )


def told_apart(offered: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Return a label for each offered choice that no other has, from its names, short to long."""
    return distinct(dict(sorted(offered, key=lambda one: [int(number) for number in _NUMBERS.findall(one[0])])))


def spells(asked: str, names: Iterable[str]) -> bool:
    """Say if somebody typed one of these names, in any case."""
    wanted = clean(asked, _LONGEST_ASKED).casefold()
    return any(clean(one, _LONGEST_ASKED).casefold() == wanted for one in names)


def among(accounts: Iterable[AccessibleAccount], asked: str) -> list[AccessibleCamera]:
    """Return the cameras that `asked` means among those that can be used, the person's own before all others."""
    owner, choice = split_owner(asked)
    own = [one for account in accounts if account.owner_id == owner for one in account.find(choice)]
    return own or [one for account in accounts if owner is None and not account.own for one in account.find(choice)]


def resembling(accounts: Iterable[AccessibleAccount], asked: str) -> list[AccessibleCamera]:
    """Return the cameras whose names have the words of `asked`, in any order; no choice stands for them."""
    if CameraRef.parse(asked) or split_owner(asked)[0] is not None:
        return []
    every = [one for account in accounts for one in account.cameras()]
    return [one for one in every if any(resembles(asked, name) for name in (*one.names, one.camera.label))]


def owner_of(share: Share | None) -> Owner | None:
    """Return what a job remembers of a share, None for none."""
    return Owner(share.owner_id, clean(share.owner_name, _LONGEST_NAME), share.id) if share else None
