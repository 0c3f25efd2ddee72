"""Find the cameras that one person can use: their own, and those that others share with them."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, Inventory, SignedOut, Unreachable
from bot.models import End, Ended, Grant, split_owner
from bot.sharing import Grants

from .access import AccessibleAccount, AccessibleCamera
from .shared_reads import SharedReads
from .timing import CameraTiming

_log = logging.getLogger("bot.cameras")


class CameraFinder:
    """Open the Blink accounts that people can use."""

    def __init__(
        self, sessions: Sessions, grants: Grants, timing: CameraTiming, *, now: Callable[[], datetime]
    ) -> None:
        self.grants = grants
        self.timing = timing
        self.now = now
        self.reads = SharedReads(grants, apart=timing.lent_age, now=now)
        self._sessions = sessions

    def reach(self, user_id: int, grants: Collection[Grant] = ()) -> "Reach":
        """Return what a person can use: their own cameras, and those that `grants` cover."""
        return Reach(self, user_id, grants)

    async def session(self, user_id: int) -> Session | None:
        """Return somebody's Blink session, None if nothing is linked; raises BlinkError."""
        return await self._sessions.session(user_id)

    async def inventory(self, session: Session, max_age: float | None = None) -> Inventory:
        """Return the cameras of a session, asking a second time if Blink could not be reached; raises BlinkError."""
        max_age = self.timing.inventory_age if max_age is None else max_age
        try:
            return await session.inventory(max_age=max_age)
        except Unreachable:
            await asyncio.sleep(self.timing.again)
            return await session.inventory(max_age=max_age)


class Reach:
    """The cameras that one person can use; each Blink is asked only if it is needed.

    Their own comes first: a name that one of their cameras has means that one, and nobody else's Blink is asked.
    """

    def __init__(self, finder: CameraFinder, user_id: int, grants: Collection[Grant] = (), *, own: bool = True) -> None:
        self._finder = finder
        self._user_id = user_id
        self._grants = grants
        self._with_own = own

    def around(self, asked: str) -> "Reach":
        """Return one owner's Blink if a choice names it, so that no other is asked; else everything."""
        owner, _ = split_owner(asked)
        if owner is None:
            return self
        theirs = [one for one in self._grants if one.owner_id == owner]
        return Reach(self._finder, self._user_id, theirs, own=False)

    async def account(self, owner_id: int | None, *, max_age: float) -> AccessibleAccount:
        """Return one Blink, the person's own for None; raises BlinkError, and Ended if it may not be used."""
        found = await (self._own(max_age=max_age) if owner_id is None else self._of(owner_id, max_age=max_age))
        if found is None:
            raise Ended(End.NOT_LINKED if owner_id is None else End.REVOKED)
        return found

    async def find(self, asked: str, *, max_age: float) -> list[AccessibleCamera]:
        """Return the cameras that `asked` means; raises BlinkError, and Ended if there is no Blink to look in."""
        owner, choice = split_owner(asked)
        if owner is not None:
            theirs = await self._of(owner, max_age=max_age)
            return theirs.find(choice) if theirs else []
        trouble: SignedOut | None = None
        own = None
        try:
            own = await self._own(max_age=max_age)
        except SignedOut as error:
            if not self._grants:
                raise
            trouble = error
        if own and (found := own.find(asked)):
            return found
        found = [one for other in await self.shared(max_age=max_age) for one in other.find(asked)]
        if not found and trouble:
            raise trouble
        if not found and own is None and not self._grants:
            raise Ended(End.NOT_LINKED)
        return found

    async def accounts(self, *, max_age: float) -> list[AccessibleAccount]:
        """Return every Blink that can be used, the person's own first.

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
        """Return every Blink that others share with this person, as far as it can be seen now."""
        owners = dict.fromkeys(one.owner_id for one in self._grants)
        looked = await asyncio.gather(*(self._try(owner, max_age=max_age) for owner in owners))
        return [found for found in looked if found]

    async def _own(self, *, max_age: float) -> AccessibleAccount | None:
        if not self._with_own:
            return None
        session = await self._finder.session(self._user_id)
        return AccessibleAccount(session, await self._finder.inventory(session, max_age)) if session else None

    async def _of(self, owner_id: int, *, max_age: float) -> AccessibleAccount | None:
        grants = [one for one in self._grants if one.owner_id == owner_id]
        session = await self._finder.session(owner_id) if grants else None
        if session is None:
            return None
        look = partial(self._finder.inventory, session)
        inventory, again_at = await self._finder.reads.cameras(self._user_id, owner_id, session, look, max_age=max_age)
        return AccessibleAccount(session, inventory, grants, again_at)

    async def _try(self, owner_id: int, *, max_age: float) -> AccessibleAccount | None:
        try:
            return await self._of(owner_id, max_age=max_age)
        except (BlinkError, Ended) as error:  # one owner's trouble must not hide the other cameras
            _log.info("the cameras that somebody shares: %s", error)
            return None
