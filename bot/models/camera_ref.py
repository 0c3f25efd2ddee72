"""References to cameras and systems: the only place that spells and parses them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_OWNER = r"of\.[0-9]{1,20}\."
_SYSTEM = r"network\.[0-9]{1,18}"
_CAMERA = r"(?:camera|owl|doorbell)\.[0-9]{1,18}\.[0-9]{1,18}"
CAMERA_PATTERN = f"(?:{_OWNER})?{_CAMERA}"
SCOPE_PATTERN = f"(?:{_SYSTEM}|{_CAMERA})"
CAMERA_OR_SYSTEM_PATTERN = f"(?:{_OWNER})?{SCOPE_PATTERN}"
_OWNED = re.compile(r"of\.(?P<owner>[0-9]{1,20})\.(?P<rest>.+)", re.DOTALL)
_KEY = re.compile(r"(camera|owl|doorbell)\.([0-9]{1,18})\.([0-9]{1,18})")
_SYSTEM_ID = re.compile(r"network\.([0-9]{1,18})")


class CameraKind(StrEnum):
    """The family of routes on which a camera answers."""

    CAMERA = "camera"
    OWL = "owl"  # Mini, Mini 2, wired floodlight
    DOORBELL = "doorbell"


@dataclass(frozen=True, slots=True)
class CameraKey:
    """Tell one camera from all others of a Blink account."""

    kind: CameraKind
    network_id: int
    camera_id: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.network_id}.{self.camera_id}"

    @property
    def ids(self) -> tuple[int, int]:
        """The ids by which Blink's lists of recordings and events name a camera."""
        return self.network_id, self.camera_id

    @classmethod
    def parse(cls, text: str) -> "CameraKey | None":
        """Return the key that `text` spells, or None."""
        match = _KEY.fullmatch(text)
        return cls(CameraKind(match[1]), int(match[2]), int(match[3])) if match else None


@dataclass(frozen=True, slots=True)
class CameraRef:
    """Refer to a camera, or without `key` to a whole system, as commands and buttons carry it.

    `owner_id` is the Discord user whose camera it is, None if it is the person's own.
    """

    network_id: int
    key: CameraKey | None = None
    owner_id: int | None = None

    def __str__(self) -> str:
        spelt = str(self.key) if self.key else f"network.{self.network_id}"
        return spelt if self.owner_id is None else with_owner(self.owner_id, spelt)

    @classmethod
    def of(cls, key: CameraKey, owner_id: int | None = None) -> Self:
        """Return the reference to one camera."""
        return cls(key.network_id, key, owner_id)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the reference that `text` spells, or None."""
        owner_id, rest = split_owner(text)
        if key := CameraKey.parse(rest):
            return cls.of(key, owner_id)
        match = _SYSTEM_ID.fullmatch(rest)
        return cls(int(match[1]), owner_id=owner_id) if match else None


def with_owner(owner_id: int, choice: str) -> str:
    """Return a choice within an owner's account as guests spell it."""
    return f"of.{owner_id}.{choice}"


def split_owner(choice: str) -> tuple[int | None, str]:
    """Return the owner of a choice, None for the person's own, and the choice within that account."""
    match = _OWNED.fullmatch(choice)
    return (int(match["owner"]), match["rest"]) if match else (None, choice)


def is_shared(choice: str) -> bool:
    """Say if a choice names somebody else's camera."""
    return split_owner(choice)[0] is not None
