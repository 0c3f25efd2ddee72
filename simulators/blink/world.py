"""The simulated Blink's whole state; nothing here knows HTTP."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from .account import Account
from .networks import Network
from .pictures import Film
from .signin_state import SentCode, SignIns, TwoFactor

ThumbnailForm = Literal["v3", "old", "timestamp"]
"""What the homescreen names as a camera's picture: its v3 path; a path of its own for each picture, to which ".jpg" has
to be appended; or only the number with which the client builds the v3 path itself."""

Pending = Literal["2113", "empty", "404", "busy", "1700"]
"""How a manifest is refused that is not ready: 409 with code 2113 (ioBroker.blink, from a live account), 200 without
clips, 404, as a busy network does, or code 1700."""

PageZero = Literal["the first", "refused", "before page 1"]
"""What `page=0` of the old media list is, where page 1 is the first: the same; nothing, 400; or one before page 1, so
that page 1 is the second (clients ask from either, and no source says what Blink makes of it)."""

DEFAULT_PASSWORD = "Sim&pass word+1"
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


@dataclass(eq=False)
class World:
    """Every account, and the manners of Blink that tests change."""

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
    usb_lowercase: bool = False  # whether a manifest has the names of cameras in lower case
    sign_ins: SignIns = field(default_factory=SignIns)  # its settings are how the interactive sign-in answers
    on_code: Callable[[Account, SentCode], None] = lambda account, code: None  # a code reaches its owner's phone
    accounts: list[Account] = field(default_factory=list[Account])
    _issued: Counter[str] = field(default_factory=Counter[str])

    def add_account(
        self,
        *,
        email: str,
        password: str = DEFAULT_PASSWORD,
        tier: str = "e008",
        plan: bool = True,
        two_factor: TwoFactor | None = "202",
    ) -> Account:
        """Add an account; without a plan its recordings give no cloud video.

        `two_factor` is the status by which its sign-in asks for a code, None if it asks for none.
        """
        account = Account(
            id=self.new_id("account"),
            world=self,
            email=email,
            password=password,
            tier=tier,
            plan=plan,
            user_id=self.new_id("user"),
            client_number=self.new_id("client"),
            created_at=self.now() - timedelta(days=400),
            two_factor=two_factor,
        )
        self.accounts.append(account)
        return account

    def clock(self) -> float:
        """Return the event loop's clock, by which everything here happens."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time by Blink's clock."""
        return datetime.now(UTC) + self.skew

    def new_id(self, kind: str) -> int:
        """Return the next number of its kind; the kinds do not overlap."""
        self._issued[kind] += 1
        return FIRST_IDS[kind] + self._issued[kind] - 1

    def film(
        self, title: str, number: int, seconds: float, *, sound: bool = True, megabytes: float | None = None
    ) -> Film:
        """Describe the video that a camera's recording shows; a heavy one is large and long enough for its bits."""
        if megabytes:
            length = max(seconds, 4.0, megabytes / 8)
            return Film(title, number, length, width=960, height=540, sound=sound, megabytes=megabytes)
        if self.tiny_videos:
            return Film(title, number, min(seconds, 1.0), width=64, height=36, rate=10, sound=sound)
        return Film(title, number, seconds, sound=sound)

    def account(self, email: str) -> Account | None:
        """Return an account by its e-mail address, in which Blink ignores case."""
        return next((account for account in self.accounts if account.email.lower() == email.strip().lower()), None)

    def owner(self, token: str) -> Account | None:
        """Return the account that a token was given out to, whether or not it still works."""
        return next((account for account in self.accounts if account.gave_out(token)), None)

    def network(self, number: int) -> Network | None:
        """Return a network by its id."""
        return next((one for account in self.accounts for one in account.networks if one.id == number), None)
