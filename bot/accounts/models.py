"""A linked Blink account, and a person's own choices."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.blink import Region, Tokens


@dataclass(frozen=True, slots=True)
class Account:
    """One Discord user's link to one Blink account.

    `link_id` is new with every link, so that work begun under an old one is told from it. `region` is None between the
    first refresh and Blink's answer where the account lives.
    """

    user_id: int
    link_id: str
    tokens: Tokens = field(repr=False)
    linked_at: datetime
    region: Region | None = None
    last_success_at: datetime | None = None
    signed_out_at: datetime | None = None


class NotifyClips(StrEnum):
    """When a clip is also sent as a direct message."""

    ALWAYS = "always"
    LATE = "when late"  # only when the reply can no longer be edited
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Person:
    """What we remember of a Discord user besides their link; `notify_clips` is None until they choose."""

    user_id: int
    notify_clips: NotifyClips | None = None
    dms_closed_at: datetime | None = None
    dms_closed_told: bool = False
    dms_introduced: bool = False
    hears_of_grants: bool = True  # of the first use of what they granted, by direct message
