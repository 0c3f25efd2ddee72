"""Decide which queued job begins: the oldest first, one at a time on a network, three at once of a person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .job import Job
from .job_stages import HOLDING, Stage

NetworkKey = tuple[int, int]  # Blink account id, network id

MOST_RUNNING = 3  # jobs of a person, and of an account that somebody else may use
MOST_UNFINISHED = 5  # jobs of a person, with those that wait
RUNNING = HOLDING | {Stage.LOOKING}


@dataclass(frozen=True, slots=True)
class Entry:
    """The part of a job on which the order depends."""

    job_id: str
    user_id: int
    owner_id: int
    network: NetworkKey
    stage: Stage

    @property
    def shared(self) -> bool:
        """Whether its camera is somebody else's."""
        return self.owner_id != self.user_id


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why a job waits: three others of its person run, or of its account (`of_owner`). `before` wait before it."""

    before: int
    of_owner: bool = False


class Order:
    """The order of the jobs that run or wait, given the oldest first."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = tuple(entries)
        self._queued = [one for one in entries if one.stage is Stage.QUEUED]
        running = [one for one in entries if one.stage in RUNNING]
        self._people = Counter(one.user_id for one in running)
        self._owners = Counter(one.owner_id for one in running)
        self._occupied = {one.network for one in running if one.stage in HOLDING}

    def may_begin(self, job_id: str) -> bool:
        """Return whether a queued job is next; a job that three running ones hold back is skipped."""
        people, owners, occupied = Counter(self._people), Counter(self._owners), set(self._occupied)
        for one in self._queued:
            if one.network in occupied or _is_full(one, people, owners):
                continue
            if one.job_id == job_id:
                return True
            occupied.add(one.network)
            people[one.user_id] += 1
            owners[one.owner_id] += 1
        return False

    def position(self, job_id: str) -> int:
        """Return the number of jobs before a queued one on its network, with the one that occupies it."""
        one = next(one for one in self._queued if one.job_id == job_id)
        before = self._queued[: self._queued.index(one)]
        return sum(other.network == one.network for other in before) + (one.network in self._occupied)

    def held_back(self, job_id: str) -> HeldBack | None:
        """Return why a queued job waits.

        Returns None if no other job of its person or its account holds it back.
        """
        index = next((number for number, one in enumerate(self._queued) if one.job_id == job_id), None)
        if index is None or not _is_full(one := self._queued[index], self._people, self._owners):
            return None
        before = self._queued[:index]
        if self._people[one.user_id] >= MOST_RUNNING:
            return HeldBack(sum(other.user_id == one.user_id for other in before))
        return HeldBack(sum(other.owner_id == one.owner_id for other in before), of_owner=True)


def _is_full(one: Entry, people: Counter[int], owners: Counter[int]) -> bool:
    """Return whether three jobs of its person run, or, for somebody else's camera, three of the owner's account."""
    return people[one.user_id] >= MOST_RUNNING or (one.shared and owners[one.owner_id] >= MOST_RUNNING)


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to a job that asks for the queue: it is in, it is one too many, or `running` is the same already."""

    queued: bool
    running: Job | None = None
    begun: bool = False  # its turn has come already
    first_use: bool = False  # this person's first use of a share
