"""Application commands: what Discord accepts at registration, and how a person fills one in."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .calls import as_list, as_object
from .errors import SimError, invalid_form
from .places import Channel, Places, User
from .world import nest_options, validate_option_value, walk_to_subcommand

CHAT_INPUT = 1
MAX_CHOICES = 25
_LIMITS = {CHAT_INPUT: 100, 2: 15, 3: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")
_PLACES = {"contexts": {0, 1, 2}, "integration_types": {0, 1}}
_SUB = {1, 2}
_USER, _CHANNEL, _ATTACHMENT = 6, 7, 11


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


def _check_options(where: str, declared: Any) -> None:
    options = [as_object(option) for option in as_list(declared)]
    if len(options) > MAX_CHOICES:
        raise invalid_form(f"{where}.options: Must be 25 or fewer in length.")
    names = [_check_named(option, described=True) for option in options]
    if len(set(names)) != len(names):
        raise invalid_form(f"{where}.options: names must be unique")
    optional = False
    for option in options:
        if option.get("type") not in range(1, 12):
            raise invalid_form(f"{where}.{option['name']}.type")
        if option["type"] in _SUB:
            _check_options(f"{where} {option['name']}", option.get("options"))
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


def check_use(command: Mapping[str, Any], channel: Channel, *, install: str) -> None:
    """Refuse a use that the person's client would not offer here."""
    contexts = command.get("contexts")
    if contexts is None:
        contexts = [0, 1] if command.get("dm_permission", True) else [0]
    if channel.context not in contexts:
        raise SimError(f"/{command['name']} is not offered in context {channel.context} (its contexts: {contexts})")
    installs = command.get("integration_types") or [0]
    if (1 if install == "user" else 0) not in installs:
        raise SimError(f"/{command['name']} is not offered by a {install} install (its integration_types: {installs})")


def fill_in(
    places: Places,
    command: Mapping[str, Any],
    path: list[str],
    options: Mapping[str, Any],
    *,
    channel_id: int,
    focused: str | None = None,
) -> dict[str, Any]:
    """Build an interaction's `data` from what the person typed."""
    root = dict(command)
    leaf, nesting = walk_to_subcommand(root, path)
    declared = {option["name"]: option for option in map(as_object, as_list(leaf.get("options")))}
    if any(option["type"] in _SUB for option in declared.values()):
        raise SimError(f"/{command['name']} needs a subcommand: {sorted(declared)}")
    if unknown := set(options) - set(declared):
        raise SimError(f"/{command['name']} has no option {sorted(unknown)}; it has {sorted(declared)}")
    missing = [name for name, option in declared.items() if option.get("required") and name not in options]
    if missing and focused is None:
        raise SimError(f"/{command['name']} requires {missing}")
    if focused is not None and not declared.get(focused, {}).get("autocomplete"):
        raise SimError(f"/{command['name']} does not autocomplete {focused!r}")
    resolved: dict[str, dict[str, Any]] = {}
    filled: list[dict[str, Any]] = []
    for name, value in options.items():
        option = declared[name]
        item: dict[str, Any] = {"name": name, "type": option["type"]}
        if name == focused:
            item |= {"value": value, "focused": True}
        else:
            item["value"] = _value(places, command["name"], option, value, channel_id, resolved)
        filled.append(item)
    data: dict[str, Any] = {
        "id": command["id"],
        "name": command["name"],
        "type": CHAT_INPUT,
        "options": nest_options(root, nesting, filled),
    }
    return data | ({"resolved": resolved} if resolved else {})


def _value(
    places: Places,
    command: str,
    option: dict[str, Any],
    value: Any,
    channel_id: int,
    resolved: dict[str, dict[str, Any]],
) -> Any:
    kind = option["type"]
    if kind == _USER and isinstance(value, User):
        resolved.setdefault("users", {})[str(value.id)] = places.user_payload(value)
        return str(value.id)
    if kind == _CHANNEL and isinstance(value, Channel):
        resolved.setdefault("channels", {})[str(value.id)] = places.channel_payload(value)
        return str(value.id)
    if kind in range(6, 11) and kind != 10:
        raise SimError(f"/{command} {option['name']}: {value!r} does not fit an option of type {kind}")
    value = validate_option_value(command, option, value)
    if kind == _ATTACHMENT:
        name, content = value
        stored = places.world.files.store_attachment(places.world.snowflake(), channel_id, name, content, None)
        resolved.setdefault("attachments", {})[stored["id"]] = stored
        return stored["id"]
    return value
