"""Turn Discord's wire form into the little that the page draws, so that no address outside this machine reaches it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from simulators.discord import Channel, User
from simulators.page.engine import Wire
from simulators.page.files import Shelf

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
USER, CHANNEL, MENTIONABLE = 6, 7, 9
GUILD, BOT_DM = 0, 1
LOADING, EPHEMERAL, IS_COMPONENTS_V2 = 1 << 7, 1 << 6, 1 << 15
"""Message flags: https://docs.discord.com/developers/resources/message#message-object-message-flags."""


def commands(registered: Mapping[str, Wire], people: Sequence[User], places: Sequence[Channel]) -> list[Wire]:
    """Return the slash commands as the picker shows them, sorted by name.

    A person is chosen among `people`, a channel among `places`.
    """
    offered = {USER: _people(people), MENTIONABLE: _people(people), CHANNEL: _places(places)}
    found: list[Wire] = []
    for name, payload in registered.items():
        if payload.get("type", 1) == 1:
            contexts: list[int] = payload.get("contexts") or [GUILD, BOT_DM]
            tabs = [tab for tab, context in (("channel", GUILD), ("dm", BOT_DM)) if context in contexts]
            found += [leaf | {"tabs": tabs} for leaf in _leaves(name, payload, offered)]
    return sorted(found, key=lambda command: command["name"])


def meant(command: Wire, options: Wire, people: Sequence[User], places: Sequence[Channel]) -> Wire:
    """Return options with the chosen people and channels in place of their ids."""
    by_id = {str(person.id): person for person in people}
    known = {USER: by_id, MENTIONABLE: by_id, CHANNEL: {str(place.id): place for place in places}}
    kinds = {option["name"]: option["type"] for option in command["options"]}
    return {name: known.get(kinds.get(name, 0), {}).get(value, value) for name, value in options.items()}


def _people(people: Sequence[User]) -> list[Wire]:
    return [{"name": person.name, "value": str(person.id)} for person in people]


def _places(places: Sequence[Channel]) -> list[Wire]:
    return [{"name": f"#{place.name}", "value": str(place.id)} for place in places]


def _leaves(name: str, command: Wire, offered: Mapping[int, list[Wire]]) -> list[Wire]:
    """Return the command itself, or its subcommands under their whole names."""
    options = _list(command, "options")
    below = [option for option in options if option["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
    if below:
        return [leaf for option in below for leaf in _leaves(f"{name} {option['name']}", option, offered)]
    shown = [_option(option, offered) for option in options]
    return [{"name": name, "description": command.get("description", ""), "options": shown}]


def _option(option: Wire, offered: Mapping[int, list[Wire]]) -> Wire:
    fixed = [{"name": choice["name"], "value": choice["value"]} for choice in _list(option, "choices")]
    keys = ("name", "description", "type", "min_value", "max_value", "min_length", "max_length")
    return {key: option[key] for key in keys if key in option} | {
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": offered.get(option["type"], fixed),
    }


def message(wire: Wire, shelf: Shelf, named: Iterable[User | Channel], pressed: Callable[[str], str]) -> Wire:
    """Return a message as the page draws it; its files are put on the shelf, `pressed` names a click's button.

    `named` are the people and channels that it may mention.
    """
    flags = int(wire.get("flags") or 0)
    attachments = _list(wire, "attachments")
    files = [shelf.put(attachment) for attachment in attachments]
    known = {str(one.id): one.name for one in named}
    mentioned = {str(user["id"]): _name(user) for user in _list(wire, "mentions")}
    author: Wire = wire["author"]
    edited = wire.get("edited_timestamp")
    return {
        "id": str(wire["id"]),
        "author": {"id": str(author.get("id", "")), "name": _name(author), "bot": bool(author.get("bot"))},
        "content": wire.get("content") or "",
        "at": _unix(wire["timestamp"]),
        "edited": _unix(edited) if edited else None,
        "ephemeral": bool(flags & EPHEMERAL),
        "thinking": bool(flags & LOADING),
        "asked": _asked(wire.get("interaction_metadata"), pressed),
        "names": {**known, **mentioned},
        # Among components only those files are seen that one of them shows.
        "files": [] if flags & IS_COMPONENTS_V2 else files,
        "components": [_component(one, shelf, attachments) for one in _list(wire, "components")],
    }


def _asked(metadata: Wire | None, pressed: Callable[[str], str]) -> Wire | None:
    """Return the command or button that a reply answers, and its user; None if it answers none."""
    if not metadata:
        return None
    command = metadata.get("name") or ""
    by = _name(metadata["user"])
    return {"by": by, "command": command, "pressed": "" if command else pressed(str(metadata["id"]))}


def _list(wire: Wire, key: str) -> list[Wire]:
    """Return a list of objects that may be absent or null."""
    return wire.get(key) or []


def _name(user: Wire) -> str:
    return str(user.get("global_name") or user.get("username") or "someone")


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _component(component: Wire, shelf: Shelf, attachments: list[Wire]) -> Wire:
    """Keep what a component shows; what it has of components and files comes with it."""
    keys = ("type", "style", "label", "custom_id", "url", "placeholder", "min_values", "max_values")
    looks = ("content", "accent_color", "divider", "spacing")
    kept: dict[str, Any] = {key: component[key] for key in (*keys, *looks) if component.get(key) is not None}
    kept["disabled"] = bool(component.get("disabled"))
    kept["emoji"] = _emoji(component.get("emoji"))
    kept["components"] = [_component(child, shelf, attachments) for child in _list(component, "components")]
    kept["options"] = [
        {
            "label": option["label"],
            "value": option["value"],
            "description": option.get("description") or "",
            "emoji": _emoji(option.get("emoji")),
            "default": bool(option.get("default")),
        }
        for option in _list(component, "options")
    ]
    if accessory := component.get("accessory"):
        kept["accessory"] = _component(accessory, shelf, attachments)
    shown = [item for item in (component, *_list(component, "items")) if "media" in item or "file" in item]
    kept["media"] = [_medium(item, shelf, attachments) for item in shown]
    return kept


def _medium(item: Wire, shelf: Shelf, attachments: list[Wire]) -> Wire | None:
    """Return the file that a component shows; None if it is not one of this message's."""
    media: Wire = item.get("media") or item["file"]
    own = [one for one in attachments if str(one["id"]) == str(media.get("attachment_id"))]
    return shelf.put(own[0] | {"description": item.get("description") or own[0].get("description")}) if own else None


def _emoji(emoji: Wire | None) -> str:
    if not emoji:
        return ""
    return f":{emoji['name']}:" if emoji.get("id") else str(emoji.get("name") or "")
