"""People's cameras as memory has them: enough for offering names, and for nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, Inventory, SignedOut
from bot.clips import StoreAway

_FRESH = 30.0
_AGAIN = 3.0
_MOST = 10_000


class Unseen(Enum):
    """Why there is nothing to see."""

    NOT_LINKED = auto()
    SIGNED_OUT = auto()
    FAILED = auto()
    LATER = auto()  # it is not known in time


@dataclass(frozen=True, slots=True)
class Glance:
    """A Blink, and its cameras as last seen."""

    session: Session
    inventory: Inventory


class Glances:
    """Shows what is in memory, and has it looked at anew beside that where it is older than 30 s.

    One look at a time for each person, and none within 3 s of the one before, whatever came of it: neither somebody who
    has linked nothing nor a Blink that fails is asked about with each letter. `background` keeps the looks.
    """

    def __init__(self, sessions: Sessions, background: Callable[[Awaitable[Any], str], None]) -> None:
        self._sessions = sessions
        self._background = background
        self._looks: dict[int, tuple[float, asyncio.Task[Glance | Unseen]]] = {}

    def hasten(self, user_id: int) -> Glance | asyncio.Task[Glance | Unseen]:
        """Return what is in memory, or a look that has begun."""
        session = self._sessions.known(user_id)
        if session is None or session.last_inventory is None:
            return self._look(user_id)
        if not session.seen_within(_FRESH):
            self._look(user_id)
        return Glance(session, session.last_inventory)

    async def of(self, user_id: int, *, until: float) -> Glance | Unseen:
        """Return what is in memory, or what is seen until a moment of the event loop's clock."""
        seen = self.hasten(user_id)
        if isinstance(seen, Glance):
            return seen
        if not seen.done():
            await asyncio.wait({seen}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
        return seen.result() if seen.done() else Unseen.LATER

    def forget(self, user_id: int) -> None:
        """Show nothing more of somebody who is unlinked."""
        self._sessions.forget(user_id)
        self._looks.pop(user_id, None)

    def _look(self, user_id: int) -> asyncio.Task[Glance | Unseen]:
        now = asyncio.get_running_loop().time()
        until, look = self._looks.pop(user_id, (now, None))
        if look is None or (look.done() and now >= until):
            look, until = asyncio.create_task(self._looked(user_id), name="glance"), now + _AGAIN
            self._background(look, "cameras while somebody types")
        self._looks[user_id] = until, look  # youngest last
        while len(self._looks) > _MOST:
            self._looks.pop(next(iter(self._looks)))
        return look

    async def _looked(self, user_id: int) -> Glance | Unseen:
        try:
            session = await self._sessions.session(user_id)
            return Glance(session, await session.inventory(max_age=_FRESH)) if session else Unseen.NOT_LINKED
        except SignedOut as error:
            return Unseen.SIGNED_OUT if error.final else Unseen.FAILED
        except (BlinkError, StoreAway):
            return Unseen.FAILED
