"""People's cameras as memory has them: enough for offering names, and for nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, Inventory, SignedOut
from bot.models import StorageUnavailable

_FRESH = 30.0


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


Look: TypeAlias = asyncio.Task[Glance | Unseen]


async def seen(begun: Glance | Look, *, until: float) -> Glance | Unseen:
    """Return what there is to see until a moment of the event loop's clock."""
    if isinstance(begun, Glance):
        return begun
    if not begun.done():
        await asyncio.wait({begun}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    return begun.result() if begun.done() and not begun.cancelled() else Unseen.LATER


class Glances:
    """Shows what is in memory, and has it looked at anew beside that where it is older than 30 s.

    One look at a time for each person, and none within `again` seconds of the last, whatever came of it: neither
    somebody who has linked nothing nor a Blink that fails is asked about with each letter. A look is remembered until
    that time is over and somebody else is looked at, and of all no more than the youngest `most`; `background` keeps
    those under way.
    """

    def __init__(
        self,
        sessions: Sessions,
        background: Callable[[Awaitable[Any], str], None],
        *,
        again: float = 2.0,
        again_lent: float = 10.0,
        most: int = 10_000,
    ) -> None:
        self._sessions = sessions
        self._background = background
        self._again = again
        self._again_lent = again_lent
        self._most = most
        self._looks: dict[int, tuple[float, Look]] = {}

    def at(self, user_id: int, *, may_look: Callable[[], bool] | None = None) -> Glance | Look:
        """Return what is in memory, or a look at somebody's cameras that has begun.

        `may_look` is asked before a new look at cameras that others let somebody use; those are further apart.
        """
        session = self._sessions.known(user_id)
        inventory = session.last_inventory() if session else None
        if session is None or inventory is None:
            return self._look(user_id, may_look)
        if not session.seen_within(_FRESH):
            self._look(user_id, may_look)
        return Glance(session, inventory)

    def forget(self, user_id: int) -> None:
        """Show nothing more of somebody who is unlinked."""
        _, look = self._looks.pop(user_id, (0.0, None))
        if look:
            look.cancel()  # it may have read the link before that was deleted
        self._sessions.forget(user_id)

    def _look(self, user_id: int, may_look: Callable[[], bool] | None) -> Look:
        now = asyncio.get_running_loop().time()
        self._forget_until(now)
        until, look = self._looks.get(user_id, (now, None))
        if look is None or (look.done() and now >= until):
            if may_look and not may_look():
                return asyncio.create_task(_not_now())  # its person's own look is not held up by it
            look = asyncio.create_task(self._looked(user_id), name="glance")
            self._background(look, "cameras while somebody types")
            self._looks.pop(user_id, None)
            again = self._again if may_look is None else self._again_lent
            self._looks[user_id] = now + again, look  # youngest last
            while len(self._looks) > self._most:
                self._looks.pop(next(iter(self._looks)))
        return look

    def _forget_until(self, now: float) -> None:
        """Forget the oldest looks that stand in nobody's way any more."""
        while self._looks:
            user_id, (until, look) = next(iter(self._looks.items()))
            if now < until or not look.done():
                break
            del self._looks[user_id]

    async def _looked(self, user_id: int) -> Glance | Unseen:
        try:
            session = await self._sessions.session(user_id)
            return Glance(session, await session.inventory(max_age=_FRESH)) if session else Unseen.NOT_LINKED
        except SignedOut as error:
            return Unseen.SIGNED_OUT if error.final else Unseen.FAILED
        except (BlinkError, StorageUnavailable):
            return Unseen.FAILED


async def _not_now() -> Unseen:
    return Unseen.FAILED
