"""Lets so many in at once; who has to wait hears how many are before them, and people take turns.

In the line everybody's first wish comes before anybody's second: who asks for much at once holds up nobody else.
"""

import asyncio
import bisect
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_PATIENCE = 1.5
_TOLD_EVERY = 2.0  # seconds, for who is next …
_FOR_EACH = 0.05  # … and so many more for each who is before them: what hardly changes is not worth telling


def _untold(place: int) -> None:
    """Take no notice."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose wish it is, and who hears again and again how many are before it."""

    person: int
    told: Callable[[int], None] = _untold


@dataclass(order=True, slots=True)
class _Ticket:
    turn: int
    number: int
    key: Hashable = field(compare=False)
    called: asyncio.Future[None] = field(compare=False)


class Gate:
    """Lets `at_once` in; the line behind it is served in rounds, in each of which every person has one turn."""

    def __init__(self, at_once: int, *, patience: float = _PATIENCE) -> None:
        """Tell nobody of a wait that is shorter than `patience` seconds."""
        self._at_once = at_once
        self._patience = patience
        self._inside: set[Hashable] = set()
        self._line: list[_Ticket] = []
        self._waiting: dict[int, deque[int]] = {}  # the turns of each person who is in the line
        self._round = 0
        self._numbers = itertools.count()

    @asynccontextmanager
    async def inside(self, visitor: Visitor) -> AsyncGenerator[None]:
        """Be inside while the context is open."""
        key = object()
        await self.enter(key, visitor)
        try:
            yield
        finally:
            self.leave(key)

    async def enter(self, key: Hashable, visitor: Visitor) -> None:
        """Return when what `key` names is inside, where it may be already."""
        if key in self._inside:
            return
        if len(self._inside) < self._at_once:  # then there is no line
            self._inside.add(key)
            return
        await self._wait(key, visitor)

    def admit(self, key: Hashable) -> None:
        """Let in at once what is under way already and cannot wait, one too many or not."""
        self._inside.add(key)

    def leave(self, key: Hashable) -> None:
        """Make room, if what `key` names is inside."""
        self._inside.discard(key)
        while self._line and len(self._inside) < self._at_once:
            ticket = self._line.pop(0)
            self._round = ticket.turn
            self._inside.add(ticket.key)
            ticket.called.set_result(None)

    async def _wait(self, key: Hashable, visitor: Visitor) -> None:
        turns = self._waiting.setdefault(visitor.person, deque())
        turn = turns[-1] + 1 if turns else self._round
        ticket = _Ticket(turn, next(self._numbers), key, asyncio.get_running_loop().create_future())
        turns.append(turn)
        bisect.insort(self._line, ticket)
        pause = self._patience
        try:
            while not (await asyncio.wait({ticket.called}, timeout=pause))[0]:
                place = bisect.bisect_left(self._line, ticket)
                visitor.told(place)
                pause = _TOLD_EVERY + _FOR_EACH * place
        except BaseException:
            if ticket.called.done():
                self.leave(key)
            else:
                self._line.remove(ticket)
            raise
        finally:
            turns.remove(turn)
            if not turns:
                self._waiting.pop(visitor.person, None)
