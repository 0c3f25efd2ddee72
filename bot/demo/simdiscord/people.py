"""What a person does: use a command, type into an option, press a button, choose from a menu."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from . import commands
from .errors import SimError
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, Interactions
from .places import Channel, Places, User
from .world import SetupError, World, walk_components

Install = Literal["guild", "user"]
_BUTTON, _STRING_SELECT = 2, 3


class People:
    """Check what a person wants against what their client would offer, and send it to the bot."""

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

    async def slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        locale: str = "en-US",
        install: Install | None = None,
        attachment_size_limit: int | None = None,
    ) -> Interaction:
        """Use a registered command, "name" or "group name"; without `install`, a user install where the bot is not."""
        return self._use(COMMAND, user, channel, command, options or {}, locale, install, attachment_size_limit)

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, Any],
        *,
        focused: str,
        locale: str = "en-US",
        install: Install | None = None,
    ) -> list[dict[str, Any]]:
        """Type into an option and return the choices offered; TimeoutError if there are none in time."""
        typing = self._use(AUTOCOMPLETE, user, channel, command, options, locale, install, None, focused)
        try:
            await typing.acked(typing.ack_deadline)
        except TimeoutError:
            raise TimeoutError(f"no choices for {focused} of /{command} within {typing.ack_deadline} s") from None
        return copy.deepcopy(typing.choices or [])

    async def click(
        self,
        user: User,
        message_id: int | str,
        custom_id: str,
        *,
        locale: str = "en-US",
        attachment_size_limit: int | None = None,
    ) -> Interaction:
        """Press a button."""
        message, channel, component = self._component(user, int(message_id), custom_id)
        if component["type"] != _BUTTON:
            raise SimError(f"{custom_id!r} is not a button")
        return self._press(user, channel, message, component, {}, locale, attachment_size_limit)

    async def select(
        self,
        user: User,
        message_id: int | str,
        custom_id: str,
        values: Sequence[str],
        *,
        locale: str = "en-US",
        attachment_size_limit: int | None = None,
    ) -> Interaction:
        """Choose from a menu."""
        message, channel, component = self._component(user, int(message_id), custom_id)
        if component["type"] != _STRING_SELECT:
            raise SimError(f"{custom_id!r} is not a string select")
        offered = {option["value"]: option["label"] for option in component["options"]}
        if set(values) - set(offered):
            raise SimError(f"{custom_id!r} offers {sorted(offered)}, not {list(values)}")
        if not component.get("min_values", 1) <= len(values) <= component.get("max_values", 1):
            raise SimError(f"{custom_id!r} does not take {len(values)} values")
        chosen = component | {"label": ", ".join(offered[value] for value in values)}
        return self._press(user, channel, message, chosen, {"values": list(values)}, locale, attachment_size_limit)

    async def forge(self, user: User, message_id: int | str, data: Mapping[str, Any]) -> Interaction:
        """Use a component as no client would: any, with any data, under a message that this person need not see."""
        stored = self._world.find_message(int(message_id))
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None:
            raise SimError(f"there is no message {message_id}")
        component = {"custom_id": data["custom_id"], "type": data["component_type"], "id": 1}
        shape: dict[str, Any] = {"style": 2, "label": "forged"} if component["type"] == _BUTTON else {"options": []}
        row = {"type": 1, "id": 2, "components": [component | shape]}
        message = self._world.wire(stored) | {"components": [row]}
        return self._press(user, channel, message, component, dict(data), "en-US", None)

    # ------------------------------------------------------------------------------------------------------------

    def _use(
        self,
        kind: int,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, Any],
        locale: str,
        install: Install | None,
        size_limit: int | None,
        focused: str | None = None,
    ) -> Interaction:
        self._check_present(user, channel)
        name, *path = command.split()
        registered = self._world.find_command(name, channel.guild.id if channel.guild is not None else None)
        if registered is None:
            raise SimError(f"/{name} is not registered; known: {sorted(key[0] for key in self._commands)}")
        install = install or ("guild" if self._bot_is_in(channel) else "user")
        if install == "guild" and not self._bot_is_in(channel):
            raise SimError("a guild install works only where the bot is: use install='user'")
        commands.check_use(registered, channel, install=install)
        try:
            data = commands.fill_in(self._places, registered, path, options, channel_id=channel.id, focused=focused)
        except SetupError as error:
            raise SimError(str(error)) from error
        owners = {"1": str(user.id)} if install == "user" else self._guild_owner(channel)
        interaction = self._new(kind, user, channel, command, owners, size_limit)
        if kind == COMMAND:
            interaction.record.command_name = command
            interaction.record.command_type = commands.CHAT_INPUT
        return self._send(interaction, data, locale)

    @property
    def _commands(self) -> Mapping[tuple[str, int], dict[str, Any]]:
        return self._world.commands.get(None, {})

    def _check_present(self, user: User, channel: Channel) -> None:
        if user not in channel.members:
            raise SimError(f"{user.name} is not in {channel.name}")

    def _bot_is_in(self, channel: Channel) -> bool:
        return channel.guild.bot if channel.guild is not None else not channel.private

    def _guild_owner(self, channel: Channel) -> dict[str, str]:
        """Discord's `authorizing_integration_owners` of a guild install; "0" stands for the bot's DM."""
        return {"0": str(channel.guild.id) if channel.guild is not None else "0"}

    def _component(self, user: User, message_id: int, custom_id: str) -> tuple[dict[str, Any], Channel, dict[str, Any]]:
        stored = self._world.find_message(message_id)
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None or not stored.visible_to(user.id) or user not in channel.members:
            raise SimError(f"{user.name} sees no message {message_id}")
        found = [item for item in walk_components(stored.components) if item.get("custom_id") == custom_id]
        if not found:
            offered = [item["custom_id"] for item in walk_components(stored.components) if "custom_id" in item]
            raise SimError(f"message {message_id} has no {custom_id!r}; it has {offered}")
        if found[0].get("disabled"):
            raise SimError(f"{custom_id!r} is disabled")
        return self._world.wire(stored), channel, found[0]

    def _press(
        self,
        user: User,
        channel: Channel,
        message: dict[str, Any],
        component: dict[str, Any],
        extra: dict[str, Any],
        locale: str,
        size_limit: int | None,
    ) -> Interaction:
        metadata: dict[str, Any] = message.get("interaction_metadata") or {}
        owners = metadata.get("authorizing_integration_owners") or self._guild_owner(channel)
        label = str(component.get("label") or "")
        interaction = self._new(COMPONENT, user, channel, component["custom_id"], owners, size_limit, label)
        interaction.record.source_message_id = int(message["id"])
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
            **extra,
        }
        return self._send(interaction, data, locale, message=message)

    def _new(
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

    def _send(self, interaction: Interaction, data: dict[str, Any], locale: str, **extra: Any) -> Interaction:
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
