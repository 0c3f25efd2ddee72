"""In which order queued jobs begin: one at a time on a network, three at once of a person, and the oldest first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .job import HOLDING, Job, Stage

Network = tuple[int, int]  # Blink account id, network id

MOST_RUNNING = 3  # of a person, and of one Blink with somebody else's cameras in it
MOST_UNFINISHED = 5  # those that wait included
RUNNING = HOLDING | {Stage.LOOKING}


@dataclass(frozen=True, slots=True)
class Entry:
    """A job that runs or waits, as far as the order of all depends on it."""

    job_id: str
    user_id: int
    household_id: int
    network: Network
    stage: Stage

    @property
    def lent(self) -> bool:
        """Whether its camera is somebody else's."""
        return self.household_id != self.user_id


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A job that waits for others of its person, or `of_household` for others of a Blink; so many wait before it."""

    before: int
    of_household: bool = False


class Order:
    """The jobs that run or wait, oldest first."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = tuple(entries)
        self._queued = [one for one in entries if one.stage is Stage.QUEUED]
        running = [one for one in entries if one.stage in RUNNING]
        self._people = Counter(one.user_id for one in running)
        self._households = Counter(one.household_id for one in running)
        self._occupied = {one.network for one in running if one.stage in HOLDING}

    def may_begin(self, job_id: str) -> bool:
        """Say whether a queued job is next; one that its person's others hold back keeps nobody else waiting."""
        people, households, occupied = Counter(self._people), Counter(self._households), set(self._occupied)
        for one in self._queued:
            if one.network in occupied or _is_full(one, people, households):
                continue
            if one.job_id == job_id:
                return True
            occupied.add(one.network)
            people[one.user_id] += 1
            households[one.household_id] += 1
        return False

    def held_back(self, job_id: str) -> HeldBack | None:
        """Return how many wait before a queued job that others of its person, or of its Blink, hold back."""
        place = next((number for number, one in enumerate(self._queued) if one.job_id == job_id), None)
        if place is None or not _is_full(one := self._queued[place], self._people, self._households):
            return None
        before = self._queued[:place]
        if self._people[one.user_id] >= MOST_RUNNING:
            return HeldBack(sum(other.user_id == one.user_id for other in before))
        return HeldBack(sum(other.household_id == one.household_id for other in before), of_household=True)


def _is_full(one: Entry, people: Counter[int], households: Counter[int]) -> bool:
    """Say whether enough others of its person run; with somebody else's camera, whether enough of that Blink do."""
    return people[one.user_id] >= MOST_RUNNING or (one.lent and households[one.household_id] >= MOST_RUNNING)


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a job that asked for the queue: in it, one too many, or pointing to `running`."""

    queued: bool
    running: Job | None = None
    first_use: bool = False  # by its person, of what somebody else lets them use
