"""What this room needs from others: a database, people's Blink, and somebody who tells them in Discord."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.blink import BlinkClient, Inventory
from bot.models import CameraKey

from .model import Alert, Feed, Footage, Notice, Watcher, Wish


@dataclass(frozen=True, slots=True)
class Commanded:
    """Recordings that people asked for: of these `media_ids` by whom, and clips under way that may claim one.

    `under_way` are (network id, camera id, since when by Blink's clock).
    """

    media_ids: Mapping[int, frozenset[int]]
    under_way: Sequence[tuple[int, int, datetime]]


class WishStore(Protocol):
    """What people want to hear of, and how they are told; any call may raise StorageUnavailable."""

    async def watcher(self, user_id: int) -> Watcher:
        """Return how a person is told, or the defaults."""
        ...

    async def remember(self, watcher: Watcher) -> None:
        """Save how a person is told."""
        ...

    async def cannot_reach(self, user_id: int, *, at: datetime) -> None:
        """Remember that a person with wishes takes no direct messages, and leave their choices as they are by now."""
        ...

    async def wishes_of(self, user_id: int) -> list[Wish]:
        """Return what a person wants to hear of, their own cameras first."""
        ...

    async def wish(self, wish: Wish) -> bool:
        """Save a wish in place of the one for the same cameras, and read the feed from now on if nobody else did.

        False where its owner has no linked account.
        """
        ...

    async def unwish(self, wish: Wish) -> None:
        """Delete a wish, what waits to be told of it, and the feed that nobody else wants."""
        ...

    async def wishing(self, owner_id: int) -> list[tuple[Wish, Watcher]]:
        """Return who wants to hear of an owner's cameras and can be reached."""
        ...


class FeedStore(Protocol):
    """Feeds, each read by one process as long as that calls `keep`; any call may raise StorageUnavailable."""

    async def keep(self) -> list[Feed]:
        """Give a sign of life, take what no living process has, and return the feeds of this process that are wanted.

        A feed is wanted if somebody who can be reached has a wish for it, and its link is not signed out.
        """
        ...

    async def release(self) -> None:
        """Let go of this process's feeds and notices, so that another goes on with them at once."""
        ...

    async def commanded(self, account_id: int, media_ids: Collection[int]) -> Commanded:
        """Return which recordings of an account people have asked for."""
        ...

    async def advance(
        self, feed: Feed, *, news: Sequence[Alert], finished: Sequence[Alert], forget_before: datetime
    ) -> bool:
        """Save where a feed stands with its new alerts, each once however often it is found, in one transaction.

        `finished` are alerts that may be known without a video, and have one now. Deletes alerts of this feed that
        were told and happened before `forget_before`. False, and nothing is saved, where the feed is not this
        process's any more, or its owner has linked another Blink account meanwhile.
        """
        ...


class NoticeStore(Protocol):
    """Alerts that wait and the notices that tell them, each of one process; any call may raise StorageUnavailable."""

    async def waiting(self) -> frozenset[int]:
        """Return the people for whom alerts wait that no notice tells yet."""
        ...

    async def waiting_of(self, user_id: int) -> list[Alert]:
        """Return the alerts that wait for a person, oldest first."""
        ...

    async def drop(self, alerts: Collection[Alert]) -> None:
        """Let alerts that wait be told never."""
        ...

    async def notify(self, notice: Notice, *, since: datetime, most: int) -> bool:
        """Make a notice of alerts that wait; False where this person got `most` since, or one of them is taken."""
        ...

    async def made_since(self, user_id: int, since: datetime) -> list[datetime]:
        """Return when a person's notices since a moment were made, oldest first."""
        ...

    async def unfinished(self) -> list[Notice]:
        """Return this process's notices that are not told to their end, oldest first, marked as resumed."""
        ...

    async def still_ours(self, notice: Notice) -> bool:
        """Say whether a notice is this process's, which is the licence to show it."""
        ...

    async def shown(self, notice: Notice) -> None:
        """Remember the message that shows a notice."""
        ...

    async def told(self, notice: Notice) -> None:
        """Remember that there is nothing more to tell of a notice."""
        ...

    async def alert(self, alert_id: str) -> Alert | None:
        """Return one alert as it stands."""
        ...

    async def forget(self, *, before: datetime) -> None:
        """Delete notices that were told, and processes that were last seen, before a moment."""
        ...


@dataclass(frozen=True, slots=True)
class AlertStore:
    """All that is stored for alerts."""

    wishes: WishStore
    feeds: FeedStore
    notices: NoticeStore


class Household(Protocol):
    """A person's Blink."""

    @property
    def client(self) -> BlinkClient:
        """The client that carries this person's bearer."""
        ...

    async def inventory(self, *, max_age: float) -> Inventory:
        """Return the cameras, at most `max_age` seconds old."""
        ...


class Households(Protocol):
    """Finds a person's Blink."""

    async def session(self, user_id: int) -> Household | None:
        """Return it, or None where nothing is linked; raises BlinkError."""
        ...


class Unreachable(Exception):
    """This person takes no direct messages."""


class Unsure(Exception):
    """Whether somebody may hear of a camera cannot be found out now; later it may."""


class Leave(Protocol):
    """Knows whether somebody may hear of somebody else's camera at this moment."""

    async def may_hear(
        self,
        user_id: int,
        guild_id: int,
        *,
        owner_id: int,
        account_id: int,
        camera: CameraKey,
        moments: Collection[datetime],
    ) -> frozenset[datetime]:
        """Return of which moments a grant lets those hear who are in that server, with the roles they have there now.

        That is those within its hours. Raises Unsure.
        """
        ...


class Teller(Protocol):
    """Tells people in Discord."""

    async def show(
        self, notice: Notice, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Send a notice, or edit the message that shows it already, and return it with that message.

        None where Discord does not take it for now. Raises Unreachable where its person takes no direct messages.
        """
        ...

    async def find(self, notice: Notice, watcher: Watcher) -> Notice | None:
        """Return a notice with the message that shows it, if there is one from before a restart."""
        ...
