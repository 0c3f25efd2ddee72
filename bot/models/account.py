"""Linked Blink accounts, the one-time links that make them, and what is remembered of a person."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Region:
    """The region where an account lives, and the account's number."""

    tier: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Both tokens of a sign-in, with the end of the access token, the OAuth client and the hardware id."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    oauth_client: str
    hardware_id: str | None = None
    account_id: int | None = field(default=None, compare=False)  # if Blink told it; not saved


@dataclass(frozen=True, slots=True)
class Account:
    """One Discord user's link to one Blink account.

    `link_id` is new with every link, so that work begun under an old one is recognised. `region` is None until Blink
    has said where the account lives.
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
    SLOW = "when slow"  # and when late; also for those who have not chosen
    LATE = "when late"  # only when the reply can no longer be edited
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Person:
    """A Discord user as we remember them, besides their link."""

    user_id: int
    notify_clips: NotifyClips = NotifyClips.SLOW
    dms_closed_at: datetime | None = None
    dms_closed_told: bool = False
    dms_introduced: bool = False
    hears_of_shares: bool = True  # of the first use of each share of theirs, by direct message
    locale: str | None = None  # of their Discord, when they last used a command


@dataclass(frozen=True, slots=True)
class Invited:
    """The Discord user a link is for, as they look in Discord; `avatar_url` is a `data:` address, or None."""

    user_id: int
    name: str
    avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link; only the SHA-256 of its token is kept."""

    digest: str
    invited: Invited
    expires_at: datetime
    used_at: datetime | None = None
