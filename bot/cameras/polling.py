"""How long to wait: between two questions to Blink, and for a turn.

Blink is polled until something is done: at most once a second on average, most often when a camera is likely ready.
"""

import asyncio
import logging
import random
from collections import defaultdict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from bot.blink import BlinkClient, BlinkError, CommandState, RateLimited, Refused, SignedOut
from bot.caching import BoundedCache
from bot.models import NetworkKey, Target

_log = logging.getLogger("bot.cameras")

_NOT_FOUND = 404
_FORGOTTEN = 3  # 404s in a row, after which Blink no longer knows the command

TurnKey = NetworkKey | int  # a network, or somebody whose jobs are limited
Wait = Literal["clip", "picture", "listed"]  # until the command is complete, or until the cloud lists the whole video


@dataclass(frozen=True, slots=True)
class CameraTiming:
    """Every interval that cameras need, in seconds; jobs share them."""

    busy_wait: float = 60.0  # how long a busy network is asked again; 0 = show "busy" and stop
    busy_gaps: tuple[float, ...] = (2.0, 4.0, 8.0, 10.0)  # the last one repeats
    poll: float = 1.0  # between two questions about a running command, on average; Blink's own app does the same
    switch_deadline: float = 60.0  # for arming, disarming and motion detection, which take a second or two
    usb_every: float = 15.0  # between two lists of one Sync Module's clips, since each keeps it busy
    usb_poll: float = 2.0
    usb_deadline: float = 90.0  # for a list
    thumbnails_for: float = 6.0  # how long a page of cameras waits for their latest pictures
    again: float = 1.0  # before a request that changed nothing is repeated
    inventory_age: float = 30.0  # greatest age of the list of cameras when a clip is asked for
    shared_age: float = 10.0  # between two looks at the cameras, recordings or pictures of another person

    def busy_gap(self, attempts: int) -> float:
        """Return the pause after the `attempts`-th busy answer, ±20 % so that jobs do not ask at the same moment."""
        gap = self.busy_gaps[min(attempts, len(self.busy_gaps)) - 1]
        return gap * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret


class Durations:
    """Remember how long the last three waits of each camera took; the cameras used longest ago are forgotten."""

    def __init__(self, *, kept: int = 3000) -> None:
        self._of = BoundedCache[object, deque[float]](kept)

    def of(self, wait: Wait, target: Target) -> deque[float]:
        """Return the seconds that a camera took lately, to which `Polling.over` adds."""
        key = wait, target.account_id, target.key
        found = self._of.get(key)
        if found is None:
            self._of.put(key, found := deque(maxlen=3))
        return found


@dataclass
class Polling:
    """Pace the questions of one wait: `while await polling.turn(left): with polling.question(): …`.

    Pauses grow from `every` to `longest` seconds; they are doubled before a time that the wait took `lately`, and
    quartered around it. The wait began `elapsed` seconds ago, and its first question comes after `first` seconds.
    """

    every: float
    longest: float = 0.0
    first: float = 0.0
    lately: deque[float] = field(default_factory=deque[float])
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        """Begin the wait."""
        self._closest = self.every / 4
        self._began = monotonic() - self.elapsed
        self._grows_from = self._began + self.elapsed
        self._due = self._not_before = self._earned = self._began + max(self.first, self.elapsed)
        self._answered = deque([] if self.elapsed else [self._began], maxlen=2)  # when the last answered ones went out

    @property
    def pause(self) -> float:
        """How many seconds are left until the next question."""
        return max(0.0, self._due - monotonic())

    async def turn(self, left: float) -> bool:
        """Wait for the next question, for `left` seconds at most; False if none is allowed by then."""
        allowed = self._not_before <= monotonic() + max(0.0, left)
        await asyncio.sleep(max(0.0, min(self.pause, left)))
        return allowed

    @contextmanager
    def question(self) -> Generator[None]:
        """Surround a question, whose answer or error decides when the next one goes out."""
        at, hold = monotonic(), 0.0
        self._earned += self.every
        try:
            yield
            self._answered.append(at)
        except BlinkError as error:
            self._closest = self.every  # after an error there is no haste
            hold = max(self.every, error.retry_after if isinstance(error, RateLimited) else 0.0)
            raise
        finally:
            took = monotonic() - at
            hold = max(hold, min(took, 3 * self.every))  # an account that answers slowly is asked less
            self._not_before = at + max(self._closest, took + hold)
            self._due = max(self._not_before, at + self._usual_pause(at), self._earned)

    def grow_again(self) -> None:
        """Let pauses grow from the shortest again, from the question that is being asked."""
        self._grows_from = monotonic()

    def over(self) -> None:
        """Remember how long the wait took, unless a restart hid when it was over."""
        if len(self._answered) == 2:
            self.lately.append(sum(self._answered) / 2 - self._began)

    def _usual_pause(self, at: float) -> float:
        waited = at - self._began
        if any(abs(waited - took) <= self.every / 2 for took in self.lately):
            return self._closest
        pause = max(self.every, min(self.longest, (at - self._grows_from) / 3))
        ahead = [took - self.every / 2 - waited for took in self.lately if took > waited]
        return min(2 * pause, *ahead) if ahead else pause


async def completed(
    client: BlinkClient,
    network_id: int,
    command_id: int,
    *,
    polling: Polling,
    left: Callable[[], float],
    show: Callable[[CommandState], None] = lambda state: None,
) -> CommandState | None:
    """Poll a command until it is complete, and `show` each state before that.

    Returns None if no seconds are `left`, or if Blink no longer knows the command. Raises SignedOut.
    """
    not_found = 0
    while not_found < _FORGOTTEN and await polling.turn(left()):
        try:
            with polling.question():
                state = await client.command(network_id, command_id)
        except SignedOut:
            raise
        except BlinkError as error:  # a poll that fails says nothing about the command
            _log.info("poll failed: %s", error)
            not_found = not_found + 1 if isinstance(error, Refused) and error.status == _NOT_FOUND else 0
            continue
        if state.complete:
            polling.over()
            return state
        show(state)
        not_found = 0
    await client.end_command(network_id, command_id)  # an open command keeps the Sync Module occupied
    return None


class Turns:
    """The queued jobs of this process, by the network or person they wait for; woken when their turn may have come."""

    def __init__(self) -> None:
        self._waiting: defaultdict[TurnKey, set[asyncio.Event]] = defaultdict(set)

    async def wait(self, *keys: TurnKey, timeout: float) -> None:
        """Wait until one of the keys may be free, `timeout` seconds at most."""
        event = asyncio.Event()
        for key in keys:
            self._waiting[key].add(event)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            for key in set(keys):
                self._waiting[key].discard(event)
                if not self._waiting[key]:
                    del self._waiting[key]

    def pass_on(self, *keys: TurnKey) -> None:
        """Wake all jobs that wait for one of the keys; the database decides which is next."""
        for key in keys:
            for event in self._waiting.get(key, ()):
                event.set()
