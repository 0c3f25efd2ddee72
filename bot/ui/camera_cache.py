"""People's cameras, and which they used last, from memory: good enough to offer names, and for nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any, TypeAlias

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, Inventory, SignedOut
from bot.caching import BoundedCache, SingleFlight
from bot.models import StorageUnavailable
from bot.store import WrongKey

_FRESH = 30.0
_AGAIN_SHARED = 10.0


class Unseen(Enum):
    """The reason why no cameras can be shown."""

    NOT_LINKED = auto()
    SIGNED_OUT = auto()
    FAILED = auto()
    LATER = auto()  # it is not known in time


@dataclass(frozen=True, slots=True)
class CachedCameras:
    """A session, and its cameras as last seen."""

    session: Session
    inventory: Inventory


Look: TypeAlias = asyncio.Task[CachedCameras | Unseen]


async def seen(found: CachedCameras | Unseen | Look, *, until: float) -> CachedCameras | Unseen:
    """Return what a look finds; LATER if it has not ended at `until`, by the event loop's clock."""
    if not isinstance(found, asyncio.Task):
        return found
    if not found.done():
        await asyncio.wait({found}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    return found.result() if found.done() and not found.cancelled() else Unseen.LATER


class CameraCache:
    """Shows cameras from memory, and looks again in the background if they are older than 30 s.

    Each person has one look at a time. After one that failed or found no link, the next begins `again` seconds later,
    so that not every typed letter asks Blink; `most` such ends are remembered.
    """

    def __init__(
        self,
        sessions: Sessions,
        background: Callable[[Awaitable[Any]], object],
        *,
        again: float = 2.0,
        most: int = 10_000,
    ) -> None:
        self._sessions = sessions
        self._background = background
        self._again = again
        self._unseen = BoundedCache[int, Unseen](most, seconds=max(again, _AGAIN_SHARED))
        self._looks = SingleFlight()

    def of(self, user_id: int, *, may_look: Callable[[], bool] | None = None) -> CachedCameras | Unseen | Look:
        """Return somebody's cameras from memory, or a look at them that has begun.

        For a guest, `may_look` decides whether a new look may begin, and looks are 10 s apart.
        """
        session = self._sessions.known(user_id)
        inventory = session.last_inventory() if session else None
        if session is None or inventory is None:
            return self._look(user_id, may_look)
        if not session.seen_within(_FRESH):
            self._look(user_id, may_look)
        return CachedCameras(session, inventory)

    def forget(self, user_id: int) -> None:
        """Forget the cameras of somebody who has unlinked."""
        if look := self._looks.get(user_id):
            look.cancel()  # it may have read the link before its deletion
        self._unseen.pop(user_id)
        self._sessions.forget(user_id)

    def _look(self, user_id: int, may_look: Callable[[], bool] | None) -> Unseen | Look:
        if look := self._looks.get(user_id):
            return look
        if unseen := self._unseen.get(user_id, max_age=_AGAIN_SHARED if may_look else self._again):
            return unseen
        if may_look and not may_look():
            return Unseen.FAILED  # not kept, so that the owner's own look can begin
        look = self._looks.begin(user_id, partial(self._looked, user_id))
        self._background(look)
        return look

    async def _looked(self, user_id: int) -> CachedCameras | Unseen:
        began = time.monotonic()
        try:
            session = await self._sessions.session(user_id)
            if session:
                return CachedCameras(session, await session.inventory(max_age=_FRESH))
            unseen = Unseen.NOT_LINKED
        except SignedOut as error:
            unseen = Unseen.SIGNED_OUT if error.final else Unseen.FAILED
        except (BlinkError, StorageUnavailable, WrongKey):
            unseen = Unseen.FAILED
        self._unseen.put(user_id, unseen, since=began)
        return unseen


_SURE = 5.0
_MOST_KNOWN = 10_000


class LastUsed:
    """Remembers for 5 s which cameras people used last, by their choices; the jobs in the database are the truth."""

    def __init__(
        self,
        read: Callable[[int], Coroutine[Any, Any, Sequence[str]]],
        background: Callable[[Awaitable[Any]], object],
    ) -> None:
        self._read = read
        self._background = background
        self._known = BoundedCache[int, Sequence[str]](_MOST_KNOWN)
        self._looks = SingleFlight()

    def look(self, user_id: int) -> None:
        """Begin to read, unless that was done a moment ago."""
        if self._known.get(user_id, max_age=_SURE) is None:
            self._background(self._looks.begin(user_id, partial(self._looked, user_id)))

    async def of(self, user_id: int, *, until: float) -> Sequence[str]:
        """Return what the look under way finds, or what was known before if it has not ended at `until`."""
        if look := self._looks.get(user_id):
            await asyncio.wait({look}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
        return self._known.get(user_id) or ()

    def forget(self, user_id: int) -> None:
        """Forget which cameras somebody used who has unlinked."""
        if look := self._looks.get(user_id):
            look.cancel()
        self._known.pop(user_id)

    async def _looked(self, user_id: int) -> None:
        began = time.monotonic()
        with suppress(StorageUnavailable):  # the names then come in their usual order
            self._known.put(user_id, await self._read(user_id), since=began)
