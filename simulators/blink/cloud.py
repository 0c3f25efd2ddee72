"""The simulated Blink's clock, ids and settings, on which every other part of it rests."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from simulators import RELAY_HOST

from .pictures import Film

ThumbnailForm = Literal["v3", "old", "timestamp"]
"""How the homescreen names a camera's picture: by its v3 path; by a path of its own for each picture, to which ".jpg"
has to be appended; or only by the number with which the client builds the v3 path itself."""

Pending = Literal["2113", "empty", "404", "busy", "1700"]
"""How Blink refuses a manifest that is not ready: 409 with code 2113 (ioBroker.blink, from a live account), 200 without
clips, 404, as a busy network does, or code 1700."""

PageZero = Literal["the first", "refused", "before page 1"]
"""How the old media list answers `page=0`: like page 1, with 400, or with one page before page 1, which is then the
second (clients begin with either, and no source says which page Blink counts as the first)."""

FIRST_IDS = {
    "account": 110_001,
    "user": 210_001,
    "client": 3_100_001,
    "network": 410_001,
    "sync": 510_001,
    "camera": 610_001,
    "command": 1_710_000_001,
    "media": 2_810_000_001,
    "manifest": 4_001,
    "usb clip": 860_000_001,
}


@dataclass(frozen=True)
class Says:
    """A status and a JSON body."""

    status: int
    body: Any


def problem(error: str, cause: str, description: str) -> dict[str, str]:
    """Return the body that every captured error of the sign-in pages has (blinkpy#1217, blinkpy PR#1300)."""
    return {"error": error, "error_cause": cause, "error_description": description}


@dataclass(eq=False)
class SignIns:
    """How Blink answers an interactive sign-in; every time is in seconds.

    Only `wrong_password` and `no_session` are captures; the other bodies and statuses are modelled on them, so a
    test should try more than one.
    """

    wrong_password: Says = Says(401, problem("unauthorized", "invalid_user_credentials", "Invalid user credentials."))
    no_session: Says = Says(400, problem("bad_request", "empty_cookies", "Empty Cookies."))
    wrong_code: Says = Says(400, problem("bad_request", "invalid_2fa_code", "Invalid verification code."))
    expired_code: Says = Says(400, problem("bad_request", "expired_2fa_code", "Verification code expired."))
    locked: Says = Says(
        429, problem("too_many_requests", "account_locked", "Too many attempts. Try again in 60 minutes.")
    )
    codes_limited: Says = Says(
        429,
        problem("too_many_requests", "2fa_rate_limit_exceeded", "Too many verification codes. Try again later."),
    )
    tries: int | None = 5  # so many wrong passwords and codes in a row lock the account; None: never
    locked_for: float = 3600.0
    codes: int | None = None  # so many codes before the last one was taken limit the account; None: never
    limited_for: float = 600.0  # 600 and 86400 have been seen
    resend_after: int = 60  # the next_time_in_secs of a 202
    code_lives: float = 600.0
    session_lives: float = 1800.0
    authorization_lives: float = 60.0  # from the redirect with the authorization code to its exchange


@dataclass(eq=False)
class Cloud:
    """One Blink without its accounts: the clock, the ids it gives out, and the settings that tests change."""

    skew: timedelta = timedelta()  # Blink's clock minus ours
    expires_in: float = 14400
    rotation: Literal["new", "same", "absent"] = "new"  # what a refresh answers as the refresh token
    rotation_grace: float = 0.0  # how long a refresh token works after its exchange
    any_client: bool = False  # whether an OAuth client may use another one's refresh token
    invalid_grant_status: int = 400
    invalid_client_status: int = 401
    page_size: int = 500
    newest_first: bool = False
    page_zero: PageZero = "the first"
    since_means: Literal["updated_at", "created_at"] = "updated_at"  # what the old list's `since` is compared with
    stills_of_partial: bool = True  # whether an entry's thumbnail can be fetched before its video can
    command_lifetime: float = 300.0  # how long a command that never completes occupies its network
    setting_seconds: float = 1.0  # how long arming and the like take
    video_paths: Literal["v3", "v2", "presigned"] = "v3"  # presigned: a v3 path that redirects to another host
    tiny_videos: bool = False  # 64 by 36 points, made in milliseconds
    thumbnail_form: ThumbnailForm = "v3"
    v4_media: bool = True  # whether the v4 media list exists, which is known from the app only
    manifest_seconds: float = 3.0  # how long a Sync Module takes to list its stick
    manifest_pending: Pending = "2113"
    manifest_pace: float = 15.0  # a module asked sooner again for its manifest goes into the surprises
    usb_upload_seconds: float = 4.0  # how long a Sync Module takes to upload a clip of its stick
    usb_ids: Literal["text", "numbers"] = "text"  # what the ids in a manifest are in JSON
    usb_lowercase: bool = False  # whether manifests spell the names of cameras in lower case
    live_pace: float = 1.0  # how many of Blink's seconds pass in one of ours while a live view runs
    relay_host: str = RELAY_HOST  # what a live view's address names: that, or a name under immedia-semi.com
    sign_ins: SignIns = field(default_factory=SignIns)
    _issued: Counter[str] = field(default_factory=Counter[str])

    def clock(self) -> float:
        """Return the monotonic time in seconds, which every delay here is measured by."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time by Blink's clock."""
        return datetime.now(UTC) + self.skew

    def new_id(self, kind: str) -> int:
        """Return the next id of this kind; no two kinds share a number."""
        self._issued[kind] += 1
        return FIRST_IDS[kind] + self._issued[kind] - 1

    def film(
        self, title: str, number: int, seconds: float, *, sound: bool = True, megabytes: float | None = None
    ) -> Film:
        """Describe the video of a recording; one with `megabytes` is large and long enough for them."""
        if megabytes:
            length = max(seconds, 4.0, megabytes / 8)
            return Film(title, number, length, width=960, height=540, sound=sound, megabytes=megabytes)
        if self.tiny_videos:
            return Film(title, number, min(seconds, 1.0), width=64, height=36, rate=10, sound=sound)
        return Film(title, number, seconds, sound=sound)
