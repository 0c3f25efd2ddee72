"""People's cameras from memory: good enough to offer names, and for nothing else."""

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
    """The reason why no cameras can be shown."""

    NOT_LINKED = auto()
    SIGNED_OUT = auto()
    FAILED = auto()
    LATER = auto()  # it is not known in time


@dataclass(frozen=True, slots=True)
class Glance:
    """A session, and its cameras as last seen."""

    session: Session
    inventory: Inventory


Look: TypeAlias = asyncio.Task[Glance | Unseen]


async def seen(begun: Glance | Look, *, until: float) -> Glance | Unseen:
    """Return what a look finds; LATER if it has not ended at `until`, by the event loop's clock."""
    if isinstance(begun, Glance):
        return begun
    if not begun.done():
        await asyncio.wait({begun}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    return begun.result() if begun.done() and not begun.cancelled() else Unseen.LATER


class CameraCache:
    """Shows cameras from memory, and looks again in the background if they are older than 30 s.

    Each person has one look at a time, and the next begins `again` seconds after the last one at the earliest, even if
    that failed or found no link, so that not every typed letter asks again. A look is forgotten at the next look after
    that time, or if there are more than `most`, the oldest first; `background` keeps those under way.
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
        """Return somebody's cameras from memory, or a look at them that has begun.

        For a guest, `may_look` decides whether a new look may begin, and looks are `again_lent` seconds apart.
        """
        session = self._sessions.known(user_id)
        inventory = session.last_inventory() if session else None
        if session is None or inventory is None:
            return self._look(user_id, may_look)
        if not session.seen_within(_FRESH):
            self._look(user_id, may_look)
        return Glance(session, inventory)

    def forget(self, user_id: int) -> None:
        """Forget the cameras of somebody who has unlinked."""
        _, look = self._looks.pop(user_id, (0.0, None))
        if look:
            look.cancel()  # it may have read the link before its deletion
        self._sessions.forget(user_id)

    def _look(self, user_id: int, may_look: Callable[[], bool] | None) -> Look:
        now = asyncio.get_running_loop().time()
        self._forget_until(now)
        until, look = self._looks.get(user_id, (now, None))
        if look is None or (look.done() and now >= until):
            if may_look and not may_look():
                return asyncio.create_task(_not_now())  # not kept, so that the owner's own look can begin
            look = asyncio.create_task(self._looked(user_id), name="glance")
            self._background(look, "cameras while somebody types")
            self._looks.pop(user_id, None)
            again = self._again if may_look is None else self._again_lent
            self._looks[user_id] = now + again, look  # youngest last
            while len(self._looks) > self._most:
                self._looks.pop(next(iter(self._looks)))
        return look

    def _forget_until(self, now: float) -> None:
        """Forget the oldest looks that have ended and no longer hold up the next one."""
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
