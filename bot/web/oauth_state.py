"""The trips of browsers to Discord and back, in memory only."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of a browser to Discord and back; it holds the link, which Discord must not see."""

    session: str = field(repr=False)
    token: str = field(repr=False)
    verifier: str = field(repr=False)
    ends_at: datetime


class Trips:
    """The trips under way, by their state."""

    def __init__(
        self, now: Callable[[], datetime], *, life: timedelta = timedelta(minutes=10), most_per_link: int = 5
    ) -> None:
        self._now = now
        self._life = life
        self._most_per_link = most_per_link
        self._trips: dict[str, Trip] = {}

    def begin(self, session: str, token: str) -> tuple[str, str]:
        """Begin a trip, and return its state and its PKCE verifier."""
        for state in [state for state, found in self._trips.items() if found.ends_at <= self._now()]:
            del self._trips[state]
        of_link = [state for state, found in self._trips.items() if found.token == token]
        for state in of_link[: max(0, len(of_link) - self._most_per_link + 1)]:
            del self._trips[state]
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        self._trips[state] = Trip(session, token, verifier, self._now() + self._life)
        return state, verifier

    def end(self, state: str, session: str | None) -> Trip | None:
        """End the trip that this browser began with this state, and return it; None if none is under way."""
        found = self._trips.get(state)
        if found is None or session is None or not secrets.compare_digest(found.session, session):
            return None
        del self._trips[state]
        return found if found.ends_at > self._now() else None
