"""A picture of every camera of a system: one job takes them one after the other, and shows them together."""

import re
from dataclasses import dataclass, replace

from .camera_ref import CameraKey, split_owner, with_owner
from .job_stages import End

MOST_SHOTS = 10  # as many files as one message can have
ALL = "all"
_ALL_OF = re.compile(r"all\.(?P<network>[0-9]{1,18})")
_IN_WORDS = re.compile(r"all of (?P<name>.+)", re.IGNORECASE)

# These are about one camera; after any other end, the cameras whose turn has not come are not asked either.
_OF_ONE_CAMERA = frozenset(
    {
        End.BUSY,
        End.FAILED,
        End.REFUSED,
        End.UNCONFIRMED,
        End.NO_PICTURE,
        End.CAMERA_OFFLINE,
        End.REVOKED,
        End.UNREACHABLE,
        End.NOT_UNDERSTOOD,
    }
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One camera of a round: where Blink has its new picture, or why there is none; neither while it waits.

    `share_id` is the share for somebody else's camera.
    """

    key: CameraKey
    name: str
    share_id: str | None = None
    path: str | None = None
    end: End | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The cameras of a round in their order; `left_out` are the names of those that were too many."""

    shots: tuple[Shot, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def next(self) -> Shot | None:
        """The first camera that waits, None if all have had their turn."""
        return next((one for one in self.shots if one.path is None and one.end is None), None)

    @property
    def taken(self) -> tuple[Shot, ...]:
        """The cameras whose picture is there."""
        return tuple(one for one in self.shots if one.path is not None and one.end is None)

    @property
    def failed(self) -> tuple[Shot, ...]:
        """The cameras that have no picture, each with its end."""
        return tuple(one for one in self.shots if one.end is not None)

    @property
    def end(self) -> End:
        """The end of a round without any picture."""
        ends = {one.end for one in self.shots if one.end}
        return ends.pop() if len(ends) == 1 else End.NO_PICTURE

    def number(self, key: CameraKey) -> int:
        """Return the place of a camera in the round, from 1."""
        return next(number for number, one in enumerate(self.shots, 1) if one.key == key)

    def settled(self, key: CameraKey, *, path: str | None = None, end: End | None = None) -> "Round":
        """Return the round with what became of one camera, and of all that wait if the end is about more than it."""
        shots = tuple(replace(one, path=path or one.path, end=end) if one.key == key else one for one in self.shots)
        if end and end not in _OF_ONE_CAMERA:
            shots = tuple(replace(one, end=end) if one.path is None and one.end is None else one for one in shots)
        return replace(self, shots=shots)


@dataclass(frozen=True, slots=True)
class AllOf:
    """The system all of whose cameras are meant, by its number or name, or any if there is neither."""

    network_id: int | None = None
    name: str | None = None


def all_of(network_id: int, owner_id: int | None = None) -> str:
    """Return the choice that stands for all cameras of a system."""
    choice = f"{ALL}.{network_id}"
    return choice if owner_id is None else with_owner(owner_id, choice)


def read_all(asked: str) -> AllOf | None:
    """Return the system all of whose cameras are asked for, None if it is one camera."""
    _, choice = split_owner(asked.strip())
    if choice.casefold() == ALL:
        return AllOf()
    if match := _ALL_OF.fullmatch(choice):
        return AllOf(network_id=int(match["network"]))
    match = _IN_WORDS.fullmatch(choice)
    return AllOf(name=match["name"].strip()) if match else None
