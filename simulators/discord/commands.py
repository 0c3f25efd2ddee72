"""Application commands: which ones Discord accepts at registration, and where it offers them to which people."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .calls import as_list, as_object
from .errors import SimError, invalid_form
from .places import ADMINISTRATOR, Channel

CHAT_INPUT, USER = 1, 2
SUBCOMMAND, GROUP = 1, 2
MAX_CHOICES = 25
_LIMITS = {CHAT_INPUT: 100, 2: 15, 3: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")
_PLACES = {"contexts": {0, 1, 2}, "integration_types": {0, 1}}
_VALUES = set(range(3, 12))
_HOLDS = {None: ({SUBCOMMAND, GROUP}, _VALUES), GROUP: ({SUBCOMMAND},), SUBCOMMAND: (_VALUES,)}  # None: the command


def check_all(payload: Any) -> None:
    """Refuse a registration that Discord would refuse."""
    if not isinstance(payload, list):
        raise invalid_form("commands: must be a list")
    seen: Counter[tuple[int, str]] = Counter()
    for command in map(as_object, as_list(payload)):
        kind = command.get("type", CHAT_INPUT)
        if kind not in _LIMITS:
            raise invalid_form(f"type: {kind!r}")
        name = _check_named(command, described=kind == CHAT_INPUT)
        seen[kind, name] += 1
        for key, allowed in _PLACES.items():
            values = as_list(command.get(key))
            if command.get(key) is not None and (not values or sorted(set(values) & allowed) != sorted(values)):
                raise invalid_form(f"{name}.{key}: {command[key]!r}")
        if kind != CHAT_INPUT and (command.get("description") or command.get("options")):
            raise invalid_form(f"{name}: a command in a menu has no description and no options")
        _check_options(name, command.get("options"))
    for (kind, name), count in seen.items():
        if count > 1:
            raise invalid_form(f"{name}: application command names must be unique")
        if sum(1 for other, _ in seen if other == kind) > _LIMITS[kind]:
            raise invalid_form("too many application commands")


def _check_named(item: Mapping[str, Any], *, described: bool) -> str:
    name: Any = item.get("name")
    if not _is_text(name, 32):
        raise invalid_form(f"name: {name!r}")
    if described:
        if _NAME.fullmatch(name) is None or name != name.lower():
            raise invalid_form(f"name: {name!r} does not match Discord's pattern")
        if not _is_text(item.get("description"), 100):
            raise invalid_form(f"{name}.description: must be between 1 and 100 in length")
    for key, longest in (("name_localizations", 32), ("description_localizations", 100)):
        if not all(_is_text(text, longest) for text in as_object(item.get(key)).values()):
            raise invalid_form(f"{name}.{key}: must be between 1 and {longest} in length")
    return name


def _check_options(where: str, declared: Any, inside: int | None = None) -> None:
    """Check the options of a command, or of what is nested in it.

    https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
    """
    options = [as_object(option) for option in as_list(declared)]
    if len(options) > MAX_CHOICES:
        raise invalid_form(f"{where}.options: Must be 25 or fewer in length.")
    names = [_check_named(option, described=True) for option in options]
    if len(set(names)) != len(names):
        raise invalid_form(f"{where}.options: names must be unique")
    if any(option.get("type") not in range(1, 12) for option in options):
        raise invalid_form(f"{where}.options: unknown type")
    kinds = {option["type"] for option in options}
    if not any(kinds <= together for together in _HOLDS[inside]):
        raise invalid_form(f"{where}.options: types {sorted(kinds)} cannot stand here together")
    optional = False
    for option in options:
        if option["type"] not in _VALUES:
            _check_options(f"{where} {option['name']}", option.get("options"), option["type"])
            continue
        if option.get("required") and optional:
            raise invalid_form(f"{where}.{option['name']}: required options must be placed before non-required ones")
        optional = optional or not option.get("required")
        if option.get("autocomplete") and option.get("choices"):
            raise invalid_form(f"{where}.{option['name']}: autocomplete and choices exclude each other")
        check_choices(option.get("choices") or [])


def check_choices(choices: Any) -> None:
    """Refuse choices that Discord would refuse, offered at registration or by autocomplete."""
    if not isinstance(choices, list):
        raise invalid_form("choices: must be a list")
    offered = [as_object(choice) for choice in as_list(choices)]
    if len(offered) > MAX_CHOICES:
        raise invalid_form("choices: Must be 25 or fewer in length.")
    for choice in offered:
        if set(choice) - {"name", "value", "name_localizations"} or not _is_text(choice.get("name"), 100):
            raise invalid_form(f"choices.name: {choice!r}: Must be between 1 and 100 in length.")
        value: Any = choice.get("value")
        if not _is_text(value, 100) and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise invalid_form(f"choices.value: {value!r}: Must be between 1 and 100 in length.")


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= longest


def check_use(command: Mapping[str, Any], channel: Channel, *, install: str, permissions: int) -> None:
    """Refuse a use that the client of a person with these permissions would not offer here."""
    shown = command["name"] if command.get("type") == USER else f"/{command['name']}"
    contexts = command.get("contexts")
    if contexts is None:
        contexts = [0, 1] if command.get("dm_permission", True) else [0]
    if channel.context not in contexts:
        raise SimError(f"{shown} is not offered in context {channel.context} (its contexts: {contexts})")
    installs = command.get("integration_types") or [0]
    if (1 if install == "user" else 0) not in installs:
        raise SimError(f"{shown} is not offered by a {install} install (its integration_types: {installs})")
    needed = command.get("default_member_permissions")
    if channel.guild is None or install == "user" or needed is None or permissions & ADMINISTRATOR:
        return
    if int(needed) == 0 or int(needed) & ~permissions:
        raise SimError(f"{shown} is not offered without the permissions {needed}")
