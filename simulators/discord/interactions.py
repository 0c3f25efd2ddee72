"""Interactions: the handle that a test or the demo holds, and the book of all of them."""

import asyncio
import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import SimError
from .places import Channel, User
from .world import InteractionRecord, World

COMMAND, COMPONENT, AUTOCOMPLETE = 2, 3, 4
TOKEN_LIFE = 15 * 60.0


@dataclass(frozen=True)
class Callback:
    """One attempt of the bot to answer an interaction, accepted (`code` is None) or refused."""

    at: float
    type: int
    data: dict[str, Any]
    code: int | None


@dataclass(eq=False)
class Interaction:
    """One use of a command, a component or an autocompleted option, and what the bot made of it.

    `name` is the command's or the custom_id, `label` what stood on the button at that moment.
    """

    world: World = field(repr=False)
    record: InteractionRecord
    user: User
    channel: Channel
    name: str
    label: str
    owners: dict[str, str]
    ack_deadline: float
    attachment_size_limit: int
    created: float = field(default_factory=time.monotonic)
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    callbacks: list[Callback] = field(default_factory=list[Callback])
    history: list[tuple[float, dict[str, Any]]] = field(default_factory=list[tuple[float, dict[str, Any]]])
    _acked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.id, self.token, self.type = self.record.id, self.record.token, self.record.type
        self.expires = self.created + TOKEN_LIFE

    @property
    def external(self) -> bool:
        """Whether it came through a user install in a place without the bot itself."""
        guild = self.channel.guild
        return self.channel.private or (guild is not None and not guild.bot)

    @property
    def user_installed_only(self) -> bool:
        return "0" not in self.owners

    @property
    def responded(self) -> bool:
        return self.record.responded

    @property
    def late(self) -> bool:
        return not self.responded and time.monotonic() > self.created + self.ack_deadline

    @property
    def expired(self) -> bool:
        return time.monotonic() >= self.expires

    def expire(self) -> None:
        """Let the token's 15 minutes be over."""
        self.expires = self.created

    @property
    def message(self) -> dict[str, Any] | None:
        """The reply (`@original`) as it is now; None before it exists and after it was deleted."""
        return self._message(self.record.message_id)

    @property
    def followups(self) -> list[dict[str, Any]]:
        found = [self._message(message_id) for message_id in self.record.followup_ids]
        return [message for message in found if message is not None]

    @property
    def choices(self) -> list[dict[str, Any]] | None:
        return self.record.autocomplete_choices

    @property
    def modal(self) -> dict[str, Any] | None:
        return self.record.modal

    async def acked(self, timeout: float | None = None) -> "Interaction":
        """Wait until a callback was accepted; TimeoutError is what the person sees as "did not respond"."""
        async with asyncio.timeout(self.ack_deadline if timeout is None else timeout):
            await self._acked.wait()
        return self

    def note(self, callback: Callback) -> None:
        self.callbacks.append(callback)
        if callback.code is None:
            self._acked.set()

    def remember(self, message: dict[str, Any]) -> None:
        """Keep what the reply has become; nobody changes it."""
        self.history.append((time.monotonic(), message))

    def _message(self, message_id: int | None) -> dict[str, Any] | None:
        stored = self.world.messages[self.channel.id].get(message_id) if message_id is not None else None
        return self.world.wire(stored) if stored is not None else None


class Interactions:
    """Every interaction so far, by id and by token."""

    def __init__(self, world: World, *, ack_deadline: float, on_silence: Callable[[Interaction], None]) -> None:
        self._world = world
        self._on_silence = on_silence
        self._timers: list[asyncio.TimerHandle] = []
        self.ack_deadline = ack_deadline
        self.all: list[Interaction] = []
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._showing: dict[int, list[Interaction]] = {}

    def create(
        self, kind: int, user: User, channel: Channel, name: str, *, label: str, owners: dict[str, str], size_limit: int
    ) -> Interaction:
        """Begin one."""
        guild_id = channel.guild.id if channel.guild is not None else None
        record = self._world.new_interaction(kind, channel.id, user.id, guild_id)
        # Deadlines are judged by rules.py, in Discord's codes and on the monotonic clock.
        record.expires_at = record.initial_response_deadline = None
        del self._world.interaction_tokens[record.token]
        secret = f"interaction:{record.id}:{secrets.token_urlsafe(64)}"
        record.token = base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")
        self._world.interaction_tokens[record.token] = record.id
        interaction = Interaction(
            self._world, record, user, channel, name, label, owners, self.ack_deadline, size_limit
        )
        self.all.append(interaction)
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        return interaction

    def watch(self, interaction: Interaction) -> None:
        """Call `on_silence` if nobody answers in time."""

        def silence() -> None:
            if not interaction.responded:
                self._on_silence(interaction)

        loop = asyncio.get_running_loop()
        self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
        self._timers.append(loop.call_later(interaction.ack_deadline, silence))

    def forget_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def answered(self, interaction: Interaction) -> None:
        """Note which message has become its `@original`."""
        if interaction.record.message_id is not None:
            self._showing.setdefault(interaction.record.message_id, []).append(interaction)

    def by_id(self, interaction_id: int) -> Interaction | None:
        return self._by_id.get(interaction_id)

    def by_token(self, token: str) -> Interaction | None:
        return self._by_token.get(token)

    def showing(self, message_id: int) -> list[Interaction]:
        """The interactions whose `@original` this message is."""
        return self._showing.get(message_id, [])

    def get(self, interaction_id: int | str) -> Interaction:
        try:
            return self._by_id[int(interaction_id)]
        except KeyError:
            raise SimError(f"no interaction {interaction_id}") from None
