"""What an interaction brings along: the services, the client, and its person, with what they may use here and now."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import discord

from bot.accounts import Linking, Sessions
from bot.alerts import AlertSubscriptions
from bot.caching import BoundedCache, SingleFlight
from bot.cameras import Cameras, Recordings, Switches
from bot.jobs import Runner
from bot.metrics import Metrics
from bot.models import AlertPlace, Guest, Job, Kept, LiveMode, Posting, Right, Share, StorageUnavailable
from bot.sharing import Shares
from bot.store import AccountStore, PeopleStore, Store, UntoldStore
from bot.wording import Card
from bot.wording import account as words
from bot.wording.custom_ids import link_own

from .camera_cache import CameraCache, LastUsed

log = logging.getLogger("bot.ui")

T = TypeVar("T")

_MOST_FILES = 2  # at once in memory, each as large as Discord takes
_MOST_SHARED = 1000
_PRESSED_TWICE = 60.0
_WITHOUT_FILES = frozenset({Right.STATUS, Right.ARM})


@dataclass(frozen=True, slots=True)
class Access:
    """The servers and people that a host has chosen; if there are none, everybody may use the bot everywhere."""

    guilds: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()

    def lets(self, interaction: discord.Interaction[Any]) -> bool:
        """Say whether this person may use the bot here; a direct message has no server that lets them in."""
        if not self.guilds and not self.users:
            return True
        return interaction.user.id in self.users or interaction.guild_id in self.guilds


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the bot that commands and buttons use."""

    runner: Runner
    accounts: AccountStore
    people: PeopleStore
    sessions: Sessions
    linking: Linking
    store: Store
    switches: Switches
    cameras: Cameras
    recordings: Recordings
    shares: Shares
    alerts: AlertSubscriptions
    untold: UntoldStore
    tell: Callable[[int, Card], Awaitable[bool]]  # sends a direct message, and says whether it arrived
    posting: Callable[[int, AlertPlace], Awaitable[Posting]]  # asks Discord what a person and the bot may do there
    keep: Callable[[Job, bytes], Awaitable[Kept]]  # sends the file of a job's reply as a direct message
    access: Access
    public_url: str | None = None
    live: LiveMode = LiveMode.ON


class ServiceClient(discord.AutoShardedClient):
    """A client with the services, and with work in the background that ends with it."""

    def __init__(self, services: Services, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self.services = services
        self.metrics = metrics
        self.command_ids: dict[str, int] = {}  # by name, with that of the group; empty until they are registered
        self.camera_cache = CameraCache(services.sessions, self.background)
        self.last_used = LastUsed(services.people.last_used, self.background)
        self.with_files = SingleFlight()  # what is done with the files of replies, by job
        self.few_files = asyncio.Semaphore(_MOST_FILES)
        # The job whose file each person shared last, with the answer.
        self.shared = BoundedCache[int, tuple[str, Card]](_MOST_SHARED, seconds=_PRESSED_TWICE)
        self.catching_up = SingleFlight()  # late answers under way, by person
        self._background: set[asyncio.Task[Any]] = set()

    def background(self, work: Awaitable[T]) -> asyncio.Future[T]:
        """Run `work` in the background until it ends or the client closes, and log its failure."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(_report)
        return task

    async def close(self) -> None:
        """Close the connection, and end the background work, which reads the database."""
        await self._leave_background()
        await super().close()
        await self._leave_background()  # commands that ended meanwhile may have begun more

    async def _leave_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)


Interaction: TypeAlias = discord.Interaction[ServiceClient]


def _report(task: asyncio.Future[Any]) -> None:
    if task.cancelled() or not (error := task.exception()):
        return
    if isinstance(error, StorageUnavailable):
        log.warning("background work needed what is kept: %s", error)
    else:
        log.error("background work failed", exc_info=error)


def guest_of(interaction: Interaction) -> Guest:
    """Return the person, their server, and the roles that they have there now."""
    member = interaction.user
    if interaction.guild_id is None or not isinstance(member, discord.Member):
        return Guest(member.id)
    # `Member.roles` returns only roles in discord.py's cache, which is empty without the intent.
    roles = frozenset(member._roles)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return Guest(member.id, interaction.guild_id, roles)


def is_administrator(interaction: Interaction) -> bool:
    """Say whether this person manages this server, by the permissions that Discord sends with each interaction."""
    return interaction.guild_id is not None and (
        interaction.permissions.administrator or interaction.permissions.manage_guild
    )


def has_answer(interaction: discord.Interaction[Any]) -> bool:
    """Say whether Discord has taken an acknowledgement or an answer."""
    return interaction.response.is_done() or bool(interaction.extras.get("acknowledged"))


def is_bot_dm(interaction: Interaction) -> bool:
    """Say whether this happens in the direct messages between a person and the bot."""
    return interaction.guild_id is None and not interaction.context.private_channel


async def shares_of(interaction: Interaction, right: Right | None = None) -> list[Share]:
    """Return the shares by which this person may use others' cameras here and now; may raise StorageUnavailable."""
    return await interaction.client.services.shares.open_to(guest_of(interaction), right)


async def not_linked(interaction: Interaction) -> Card:
    """Return the answer for somebody without a link, with what others let them do; raises StorageUnavailable."""
    return without_link(interaction, await shares_of(interaction))


def without_link(interaction: Interaction, shares: Sequence[Share]) -> Card:
    """Return the answer for somebody without a link, who may use `shares` here and now."""
    return with_link(interaction, words.not_linked(rights_here(interaction, shares)))


def rights_here(interaction: Interaction, shares: Iterable[Share]) -> frozenset[Right]:
    """Return what shares let a guest do here: where the bot is no member, it brings no file of others' cameras."""
    rights = frozenset(right for one in shares for right in one.rights)
    return rights if interaction.is_guild_integration() else rights & _WITHOUT_FILES


def with_link(interaction: Interaction, card: Card) -> Card:
    """Return a card with a button to link one's account; if the bot has no page, with what its host can do."""
    user_id = interaction.user.id
    if interaction.client.services.public_url is None:
        return replace(card, text=f"{card.text}\n{words.host_links(user_id)}")
    return replace(card, buttons=(link_own(user_id), *card.buttons))
