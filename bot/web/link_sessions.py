"""How far each link has come, in memory only."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.accounts import CodeAsked, Linked, LinkStep, Stopped
from bot.blink import Denied
from bot.models import Invited
from bot.wording import pages as words


@dataclass(slots=True)
class Visit:
    """One link, the browser in which somebody confirmed it, and what that browser shows.

    The page is drawn from this alone, so that reloading it or going back never sends a password to Blink again.
    """

    invited: Invited
    expires_at: datetime
    session: str | None = None
    username: str = ""
    problem: words.Problem | None = None
    asked: CodeAsked | None = None
    linked: Linked | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: tuple[str, ...] | None = field(default=None, repr=False)

    def belong_to(self, session: str) -> None:
        """Give the link to a browser, and forget what was typed in another one."""
        if self.session != session:
            self.session, self.username, self.problem, self.asked = session, "", None, None

    def heard(self, step: LinkStep, *, keeps_code: bool, shown_until: datetime) -> None:
        """Save the result of a form; `keeps_code` if the code that Blink sent may still be typed."""
        self.problem = None
        if not keeps_code:
            self.asked = None
        match step:
            case Linked():
                # A link that was used in its last second still shows that it worked.
                self.linked, self.username, self.asked = step, "", None
                self.expires_at = max(self.expires_at, shown_until)
            case CodeAsked():
                self.asked = step
            case Denied(wait=None):
                self.problem = words.denied(step)
            case Denied():
                pass  # the page says how long to wait each time it is drawn
            case Stopped():
                self.problem = words.stopped(step)

    @asynccontextmanager
    async def once(self, *what: str) -> AsyncGenerator[bool]:
        """Wait for one's turn at Blink; yield False if the same was being asked already, as by a double click."""
        same = self.asking == what
        async with self.lock:
            if same:
                yield False
                return
            self.asking = what
            try:
                yield True
            finally:
                self.asking = None


class Visits:
    """The links that are in use; all of them exist, so `/link` limits how many there are."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._visits: dict[str, Visit] = {}

    def get(self, key: str) -> Visit | None:
        """Return the visit of a link; None if it is over, but never while Blink is asked, since that may succeed."""
        now = self._now()
        for other, visit in list(self._visits.items()):
            if visit.expires_at <= now and not visit.lock.locked():
                del self._visits[other]
        return self._visits.get(key)

    def begin(self, key: str, invited: Invited, expires_at: datetime) -> Visit:
        """Return the visit of a link that can be used, a new one if there is none."""
        return self._visits.setdefault(key, Visit(invited, expires_at))

    def end(self, key: str) -> None:
        """Forget a link that can no longer be used, unless Blink is being asked for it."""
        visit = self._visits.get(key)
        if visit and not visit.lock.locked():
            del self._visits[key]
