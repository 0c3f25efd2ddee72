"""How often a guest may use an owner's Blink: Blink locks accounts that are asked too much."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)
_MOST_PAIRS = 10_000

MOST_AN_HOUR = 60


class Budget:
    """Counts the requests of each guest to each owner's Blink, in this process, in the last hour."""

    def __init__(self, *, most: int = MOST_AN_HOUR) -> None:
        self._most = most
        self._spent: OrderedDict[tuple[int, int], deque[datetime]] = OrderedDict()

    def spend(self, user_id: int, owner_id: int, *, now: datetime) -> datetime | None:
        """Count one more request, and return None; if all are spent, return when there is one again."""
        spent = self._spent.setdefault((user_id, owner_id), deque())
        self._spent.move_to_end((user_id, owner_id))
        while len(self._spent) > _MOST_PAIRS:
            self._spent.popitem(last=False)
        while spent and spent[0] <= now - _HOUR:
            spent.popleft()
        if len(spent) >= self._most:
            return spent[0] + _HOUR
        spent.append(now)
        return None
