"""A command's options: what a client lets a person fill in, and what none would send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .calls import as_list, as_object
from .commands import CHAT_INPUT, GROUP, SUBCOMMAND
from .errors import SimError
from .places import Channel, Places, Role, User
from .world import SetupError, nest_options, validate_option_value, walk_to_subcommand

_ATTACHMENT = 11
_ENTITIES: dict[int, tuple[type, ...]] = {6: (User,), 7: (Channel,), 8: (Role,), 9: (User, Role)}


@dataclass(frozen=True)
class Form:
    """The options of one command or subcommand."""

    command: dict[str, Any]
    nesting: list[str]
    declared: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, command: Mapping[str, Any], path: list[str]) -> "Form":
        """Follow a path of subcommands to its end."""
        root = dict(command)
        try:
            leaf, nesting = walk_to_subcommand(root, path)
        except SetupError as error:
            raise SimError(str(error)) from error
        declared = {option["name"]: option for option in map(as_object, as_list(leaf.get("options")))}
        if any(option["type"] in (SUBCOMMAND, GROUP) for option in declared.values()):
            raise SimError(f"/{command['name']} needs a subcommand: {sorted(declared)}")
        return cls(root, nesting, declared)

    def check_known(self, options: Mapping[str, Any]) -> None:
        if unknown := set(options) - set(self.declared):
            raise SimError(f"/{self.command['name']} has no option {sorted(unknown)}; it has {sorted(self.declared)}")

    def data(
        self, values: Mapping[str, Any], resolved: Mapping[str, Any] | None, focused: str | None = None
    ) -> dict[str, Any]:
        """Build an interaction's `data` around these values as they are."""
        filled = [
            {"name": name, "type": self.declared[name]["type"], "value": value}
            | ({"focused": True} if name == focused else {})
            for name, value in values.items()
        ]
        data = {
            "id": self.command["id"],
            "name": self.command["name"],
            "type": CHAT_INPUT,
            "options": nest_options(self.command, self.nesting, filled),
        }
        return data | ({"resolved": dict(resolved)} if resolved else {})


def fill_in(
    places: Places,
    command: Mapping[str, Any],
    path: list[str],
    options: Mapping[str, Any],
    *,
    channel: Channel,
    user: User,
    focused: str | None = None,
) -> dict[str, Any]:
    """Build an interaction's `data` from what the person typed, as far as their client accepts it."""
    form = Form.of(command, path)
    form.check_known(options)
    missing = [name for name, option in form.declared.items() if option.get("required") and name not in options]
    if missing and focused is None:
        raise SimError(f"/{command['name']} requires {missing}")
    if focused is not None and not form.declared.get(focused, {}).get("autocomplete"):
        raise SimError(f"/{command['name']} does not autocomplete {focused!r}")
    chosen = {
        name: value if name == focused else _chosen(places, command["name"], form.declared[name], value, channel, user)
        for name, value in options.items()
    }
    values = {name: _written(value) for name, value in chosen.items()}
    # While somebody types, Discord sends ids alone.
    resolved = resolve(places, channel, *chosen.values(), by=user) if focused is None else None
    return form.data(values, resolved, focused)


def forge(
    command: Mapping[str, Any], path: list[str], options: Mapping[str, Any], resolved: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Build an interaction's `data` from any values, and resolve only the given ones."""
    form = Form.of(command, path)
    form.check_known(options)
    return form.data({name: _written(value) for name, value in options.items()}, resolved)


def resolve(places: Places, channel: Channel, *things: Any, by: User | None = None) -> dict[str, dict[str, Any]]:
    """Describe people, roles, channels and files in the form of Discord's resolved data.

    A channel comes with the permissions in it of `by`, the person who chose it.

    https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure
    """
    found: dict[str, dict[str, Any]] = {}
    for thing in things:
        key = _written(thing)
        match thing:
            case User():
                found.setdefault("users", {})[key] = places.user_payload(thing)
                if channel.guild is not None and thing.id in channel.guild.users:
                    found.setdefault("members", {})[key] = places.partial_member_payload(channel, thing)
            case Role():
                found.setdefault("roles", {})[key] = places.role_payload(thing)
            case Channel():
                found.setdefault("channels", {})[key] = places.partial_channel_payload(thing, by)
            case {"filename": _}:
                found.setdefault("attachments", {})[key] = thing
            case _:
                pass
    return found


def _chosen(places: Places, command: str, option: dict[str, Any], value: Any, channel: Channel, user: User) -> Any:
    kinds = _ENTITIES.get(option["type"])
    if kinds is None:
        try:
            value = validate_option_value(command, option, value)
        except SetupError as error:
            raise SimError(str(error)) from error
        if option["type"] != _ATTACHMENT:
            return value
        name, content = value
        return places.world.files.store_attachment(places.world.snowflake(), channel.id, name, content, None)
    if not isinstance(value, kinds):
        raise SimError(f"/{command} {option['name']}: {value!r} does not fit an option of type {option['type']}")
    if isinstance(value, Role) and value.guild is not channel.guild:
        raise SimError(f"/{command} {option['name']}: there is no role {value.name} here")
    if isinstance(value, Channel):
        kinds = option.get("channel_types") or [value.record.type]
        if value.guild is None or value.guild is not channel.guild or not places.sees(user, value):
            raise SimError(f"/{command} {option['name']}: {user.name} has no channel {value.name} to choose here")
        if value.record.type not in kinds:
            raise SimError(f"/{command} {option['name']}: {value.name} is no channel of the types {kinds}")
    return value


def _written(value: Any) -> Any:
    """People, roles, channels and files are written as their ids."""
    match value:
        case User() | Role() | Channel():
            return str(value.id)
        case {"filename": _, "id": file_id}:
            return file_id
        case _:
            return value
