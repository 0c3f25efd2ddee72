"""The common part of every act of a person: they must be there, and the bot gets it."""

from collections.abc import Callable
from typing import Any, Literal

from .errors import SimError
from .interactions import Interaction, Interactions
from .places import Channel, Places, User
from .world import World

Install = Literal["guild", "user"]


class People:
    """Begin interactions and send them."""

    def __init__(
        self,
        world: World,
        places: Places,
        interactions: Interactions,
        *,
        deliver: Callable[[Interaction], None],
        limit: Callable[[], int],
    ) -> None:
        self._world = world
        self._places = places
        self._interactions = interactions
        self._deliver = deliver
        self._limit = limit

    def check_present(self, user: User, channel: Channel) -> None:
        """Refuse a person who is not there (any more), or does not see the channel."""
        if not self._places.sees(user, channel):
            raise SimError(f"{user.name} is not in {channel.name}")

    def guild_owner(self, channel: Channel) -> dict[str, str]:
        """Discord's `authorizing_integration_owners` of a guild install; "0" stands for the bot's DM."""
        return {"0": str(channel.guild.id) if channel.guild is not None else "0"}

    def begin(
        self,
        kind: int,
        user: User,
        channel: Channel,
        name: str,
        owners: dict[str, str],
        size_limit: int | None,
        label: str = "",
    ) -> Interaction:
        limit = size_limit or channel.attachment_size_limit or self._limit()
        return self._interactions.create(kind, user, channel, name, label=label, owners=owners, size_limit=limit)

    def send(self, interaction: Interaction, data: dict[str, Any], locale: str, **extra: Any) -> Interaction:
        interaction.payload = {
            "id": str(interaction.id),
            "application_id": str(self._world.application_id),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "locale": locale,
            "entitlements": [],
            "authorizing_integration_owners": interaction.owners,
            "attachment_size_limit": interaction.attachment_size_limit,
            **self._places.place_payload(interaction.channel, interaction.user, external=interaction.external),
            **extra,
        }
        self._interactions.watch(interaction)
        self._deliver(interaction)
        return interaction
