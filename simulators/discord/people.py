"""Discord in a person's hands: use a command, type into an option, press a button, choose from a menu."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from .commands import CHAT_INPUT, USER, check_use
from .components import as_told
from .errors import SimError
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, Interactions
from .options import fill_in, forge, resolve
from .places import Channel, Places, User
from .world import World, walk_components

Install = Literal["guild", "user"]
_LOCALE = "en-US"
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
        locale: str = _LOCALE,
        install: Install | None = None,
    ) -> Interaction:
        """Use a registered command, "name" or "group name"; without `install`, by a user install if the bot is absent.

        An option for people, roles or channels takes a `User`, a `Role` or a `Channel`.
        """
        registered, path, owners = self._offered(user, channel, command, install=install)
        data = fill_in(self._places, registered, path, options or {}, channel=channel, user=user)
        return self._send(self._command(user, channel, command, owners, CHAT_INPUT), data, locale)

    async def on_person(self, user: User, channel: Channel, command: str, target: User) -> Interaction:
        """Use a registered command of the menu that opens on a person, who has to be where `user` is."""
        registered, _, owners = self._offered(user, channel, command, kind=USER)
        if not self._places.sees(target, channel):
            raise SimError(f"{user.name} sees no {target.name} in {channel.name} to open a menu on")
        data = {
            "id": registered["id"],
            "name": registered["name"],
            "type": USER,
            "target_id": str(target.id),
            "resolved": resolve(self._places, channel, target),
        }
        return self._send(self._command(user, channel, command, owners, USER), data)

    async def autocomplete(
        self, user: User, channel: Channel, command: str, options: Mapping[str, Any], *, focused: str
    ) -> list[dict[str, Any]]:
        """Type into an option and return the choices offered; raises TimeoutError if none come in time."""
        registered, path, owners = self._offered(user, channel, command)
        data = fill_in(self._places, registered, path, options, channel=channel, user=user, focused=focused)
        typing = self._send(self._begin(AUTOCOMPLETE, user, channel, command, owners), data)
        try:
            await typing.acked(typing.ack_deadline)
        except TimeoutError:
            raise TimeoutError(f"no choices for {focused} of /{command} within {typing.ack_deadline} s") from None
        return copy.deepcopy(typing.choices or [])

    async def forge_slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, Any],
        *,
        resolved: Mapping[str, Any] | None = None,
    ) -> Interaction:
        """Use a command as no client would: with any values or too few, and only the given ones resolved."""
        registered, path, owners = self._offered(user, channel, command)
        data = forge(registered, path, options, resolved)
        return self._send(self._command(user, channel, command, owners, CHAT_INPUT), data)

    async def click(self, user: User, message_id: int | str, custom_id: str) -> Interaction:
        """Press a button."""
        message, channel, component = self._component(user, int(message_id), custom_id)
        if component["type"] != _BUTTON:
            raise SimError(f"{custom_id!r} is not a button")
        return self._use(user, channel, message, component, {})

    async def select(self, user: User, message_id: int | str, custom_id: str, values: Sequence[str]) -> Interaction:
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
        return self._use(user, channel, message, chosen, {"values": list(values)})

    async def forge(self, user: User, message_id: int | str, data: Mapping[str, Any]) -> Interaction:
        """Use a component as no client would: any, with any data, under a message that this person need not see."""
        stored = self._world.find_message(int(message_id))
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None:
            raise SimError(f"there is no message {message_id}")
        if channel.guild is not None:
            self._check_present(user, channel)
        component = {"custom_id": data["custom_id"], "type": data["component_type"], "id": 1}
        shape: dict[str, Any] = {"style": 2, "label": "forged"} if component["type"] == _BUTTON else {"options": []}
        row = {"type": 1, "id": 2, "components": [component | shape]}
        message = self._world.wire(stored) | {"components": [row]}
        return self._use(user, channel, message, component, dict(data))

    def _offered(
        self, user: User, channel: Channel, command: str, *, install: Install | None = None, kind: int = CHAT_INPUT
    ) -> tuple[dict[str, Any], list[str], dict[str, str]]:
        """Find a command that this person may use here, the path of its subcommand, and whose install offers it."""
        self._check_present(user, channel)
        name, *path = command.split() if kind == CHAT_INPUT else [command]
        registered = self._world.find_command(name, channel.guild.id if channel.guild is not None else None, kind)
        if registered is None:
            known = sorted(key[0] for key in self._world.commands.get(None, {}))
            raise SimError(f"{name} is not registered; known: {known}")
        bot_is_here = channel.guild.bot if channel.guild is not None else not channel.private
        install = install or ("guild" if bot_is_here else "user")
        if install == "guild" and not bot_is_here:
            raise SimError("a guild install works only where the bot is: use install='user'")
        check_use(registered, channel, install=install, permissions=self._places.permissions(channel, user))
        return registered, path, {"1": str(user.id)} if install == "user" else _guild_owner(channel)

    def _check_present(self, user: User, channel: Channel) -> None:
        """Refuse a person who is not there (any more), or does not see the channel."""
        if not self._places.sees(user, channel):
            raise SimError(f"{user.name} is not in {channel.name}")

    def _component(self, user: User, message_id: int, custom_id: str) -> tuple[dict[str, Any], Channel, dict[str, Any]]:
        stored = self._world.find_message(message_id)
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None or not stored.visible_to(user.id) or not self._places.sees(user, channel):
            raise SimError(f"{user.name} sees no message {message_id}")
        found = [item for item in walk_components(stored.components) if item.get("custom_id") == custom_id]
        if not found:
            offered = [item["custom_id"] for item in walk_components(stored.components) if "custom_id" in item]
            raise SimError(f"message {message_id} has no {custom_id!r}; it has {offered}")
        if found[0].get("disabled"):
            raise SimError(f"{custom_id!r} is disabled")
        return self._world.wire(stored), channel, found[0]

    def _use(
        self,
        user: User,
        channel: Channel,
        message: dict[str, Any],
        component: dict[str, Any],
        extra: dict[str, Any],
    ) -> Interaction:
        metadata: dict[str, Any] = message.get("interaction_metadata") or {}
        owners = metadata.get("authorizing_integration_owners") or _guild_owner(channel)
        label = str(component.get("label") or "")
        interaction = self._begin(COMPONENT, user, channel, component["custom_id"], owners, label)
        interaction.record.source_message_id = int(message["id"])
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
            **extra,
        }
        return self._send(interaction, data, message=as_told(message))

    def _command(self, user: User, channel: Channel, command: str, owners: dict[str, str], kind: int) -> Interaction:
        interaction = self._begin(COMMAND, user, channel, command, owners)
        interaction.record.command_name = command
        interaction.record.command_type = kind
        return interaction

    def _begin(
        self, kind: int, user: User, channel: Channel, name: str, owners: dict[str, str], label: str = ""
    ) -> Interaction:
        limit = channel.attachment_size_limit or self._limit()
        return self._interactions.create(kind, user, channel, name, label=label, owners=owners, size_limit=limit)

    def _send(self, interaction: Interaction, data: dict[str, Any], locale: str = _LOCALE, **extra: Any) -> Interaction:
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


def _guild_owner(channel: Channel) -> dict[str, str]:
    """Return Discord's `authorizing_integration_owners` of a guild install; "0" stands for the bot's DM."""
    return {"0": str(channel.guild.id) if channel.guild is not None else "0"}
