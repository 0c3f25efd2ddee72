"""Commands in a person's hands: use one, type into an option."""

import copy
from collections.abc import Mapping
from typing import Any

from .commands import CHAT_INPUT, USER, check_use
from .errors import SimError
from .interactions import AUTOCOMPLETE, COMMAND, Interaction
from .options import fill_in, forge, resolve
from .people import Install, People
from .places import Channel, Places, User
from .world import World


class Slashes:
    """Check what a person wants against what their client would offer, and send it."""

    def __init__(self, world: World, places: Places, people: People) -> None:
        self._world = world
        self._places = places
        self._people = people

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
        """Use a registered command, "name" or "group name"; without `install`, by a user install if the bot is absent.

        An option for people, roles or channels takes a `User`, a `Role` or a `Channel`.
        """
        registered, path, install = self._offered(user, channel, command, install)
        data = fill_in(self._places, registered, path, options or {}, channel=channel, user=user)
        used = self._begin(COMMAND, user, channel, command, install, attachment_size_limit)
        return self._people.send(used, data, locale)

    async def on_person(
        self,
        user: User,
        channel: Channel,
        command: str,
        target: User,
        *,
        locale: str = "en-US",
        install: Install | None = None,
    ) -> Interaction:
        """Use a registered command of the menu that opens on a person, who has to be where `user` is."""
        registered, _, install = self._offered(user, channel, command, install, kind=USER)
        if not self._places.sees(target, channel):
            raise SimError(f"{user.name} sees no {target.name} in {channel.name} to open a menu on")
        data = {
            "id": registered["id"],
            "name": registered["name"],
            "type": USER,
            "target_id": str(target.id),
            "resolved": resolve(self._places, channel, target),
        }
        used = self._begin(COMMAND, user, channel, command, install, menu=USER)
        return self._people.send(used, data, locale)

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
        """Type into an option and return the choices offered; raises TimeoutError if none come in time."""
        registered, path, install = self._offered(user, channel, command, install)
        data = fill_in(self._places, registered, path, options, channel=channel, user=user, focused=focused)
        typing = self._people.send(self._begin(AUTOCOMPLETE, user, channel, command, install), data, locale)
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
        locale: str = "en-US",
        install: Install | None = None,
    ) -> Interaction:
        """Use a command as no client would: with any values or too few, and only the given ones resolved."""
        registered, path, install = self._offered(user, channel, command, install)
        data = forge(registered, path, options, resolved)
        return self._people.send(self._begin(COMMAND, user, channel, command, install), data, locale)

    def _offered(
        self, user: User, channel: Channel, command: str, install: Install | None, *, kind: int = CHAT_INPUT
    ) -> tuple[dict[str, Any], list[str], Install]:
        """Find a command that this person may use here, the path of its subcommand, and through which install."""
        self._people.check_present(user, channel)
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
        return registered, path, install

    def _begin(
        self,
        kind: int,
        user: User,
        channel: Channel,
        command: str,
        install: Install,
        size_limit: int | None = None,
        *,
        menu: int = CHAT_INPUT,
    ) -> Interaction:
        owners = {"1": str(user.id)} if install == "user" else self._people.guild_owner(channel)
        interaction = self._people.begin(kind, user, channel, command, owners, size_limit)
        if kind == COMMAND:
            interaction.record.command_name = command
            interaction.record.command_type = menu
        return interaction
