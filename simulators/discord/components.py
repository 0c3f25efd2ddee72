"""Components as Discord judges them, and as its answers have them.

https://docs.discord.com/developers/components/reference; the codes are Discord's as far as they are known.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .calls import as_list, as_object
from .component_forms import ClassicMessage, V2Message
from .errors import Flaw

IS_COMPONENTS_V2 = 1 << 15
ROW, BUTTON, STRING_SELECT = 1, 2, 3
TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE = 10, 11, 12, 13
_DEFAULTS: dict[int, dict[str, Any]] = {
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
LINK, PREMIUM = 5, 6
REFERENCE = "attachment://"
MOST_COMPONENTS = 40
MOST_TEXT = 4000
MOST_BYTES, BYTES_OF_A_DISPLAY = 10_170, 12  # https://github.com/discord/discord-api-docs/issues/8554
_HOLDS_MESSAGE = {"message", "resource"}
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PAGE = re.compile(r"(?:https?|discord)://\S+")

Path = tuple[str | int, ...]
Wire = dict[str, Any]

_FORMS: dict[bool, TypeAdapter[Any]] = {True: TypeAdapter(V2Message), False: TypeAdapter(ClassicMessage)}
_CODES = {
    "missing": "BASE_TYPE_REQUIRED",
    "string_too_short": "BASE_TYPE_BAD_LENGTH",
    "string_too_long": "BASE_TYPE_BAD_LENGTH",
    "too_short": "BASE_TYPE_BAD_LENGTH",
    "too_long": "BASE_TYPE_BAD_LENGTH",
    "greater_than_equal": "NUMBER_TYPE_MIN",
    "less_than_equal": "NUMBER_TYPE_MAX",
    "literal_error": "BASE_TYPE_CHOICES",
    "union_tag_invalid": "UNION_TYPE_CHOICES",
    "string_pattern_mismatch": "URL_TYPE_INVALID_SCHEME",
}


def flaws_of(components: Any, *, v2: bool, files: frozenset[str]) -> list[Flaw]:
    """Return all that Discord refuses in a message's components; `files` are the names of the message's files."""
    try:
        _FORMS[v2].validate_python({"components": components})
    except ValidationError as error:
        return [
            Flaw(_untagged(one["loc"]), _CODES.get(one["type"], "BASE_TYPE_INVALID"), one["msg"])
            for one in error.errors(include_url=False, include_input=False)
        ]
    placed = list(walk(components))
    return [
        *_total_flaws([one for _, one in placed]),
        *_repeated(placed, "id", "COMPONENT_ID_DUPLICATED"),
        *_repeated(placed, "custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        *(flaw for path, one in placed for flaw in _own_flaws(path, one, files)),
    ]


def too_heavy(components: Any) -> bool:
    """Whether Discord fails at texts that are within its limits, but of too many bytes."""
    texts = [one["content"] for _, one in walk(components) if one["type"] == TEXT_DISPLAY]
    return sum(len(text.encode()) + BYTES_OF_A_DISPLAY for text in texts) > MOST_BYTES


def walk(components: Any, path: Path = ("components",)) -> Iterator[tuple[Path, Wire]]:
    """Go through all components, nested ones and accessories too, and say where each stands."""
    for index, one in enumerate(as_list(components)):
        yield from _walk_one(as_object(one), (*path, index))


def _walk_one(component: Wire, path: Path) -> Iterator[tuple[Path, Wire]]:
    yield path, component
    yield from walk(component.get("components"), (*path, "components"))
    if accessory := as_object(component.get("accessory")):
        yield from _walk_one(accessory, (*path, "accessory"))


def media_of(component: Wire, path: Path = ()) -> Iterator[tuple[Path, Wire]]:
    """Go through what a thumbnail, a gallery or a file shows, and say where each stands."""
    match component["type"]:
        case 11:  # thumbnail
            yield (*path, "media"), component["media"]
        case 12:  # media gallery
            for index, item in enumerate(component["items"]):
                yield (*path, "items", index, "media"), item["media"]
        case 13:  # file
            yield (*path, "file"), component["file"]
        case _:
            pass


def completed(components: list[Wire], attachments: list[Wire]) -> list[Wire]:
    """Add what a bot may leave out, and what Discord finds out about the pictures and videos."""
    files = {file["id"]: file for file in attachments}
    whole = copy.deepcopy(components)
    for _, one in walk(whole):
        for holder in [one, *one.get("items", [])]:
            absent = _DEFAULTS.get(one["type"], {}) if holder is one else _DEFAULTS[THUMBNAIL]
            holder |= {key: value for key, value in absent.items() if holder.get(key) is None}
        for _, media in media_of(one):
            file = files.get(media.get("attachment_id"), {})
            media |= {"id": media.get("attachment_id", "0"), "width": file.get("width"), "height": file.get("height")}
            media.setdefault("proxy_url", media["url"])
    return whole


def as_told(answer: Any) -> Any:
    """Leave the files that components show out of a message's `attachments`, as Discord does towards a bot.

    https://github.com/discord/discord-api-docs/pull/8279
    """
    if isinstance(answer, list):
        return [as_told(one) for one in as_list(answer)]
    if not isinstance(answer, dict):
        return answer
    told: Wire = {key: as_told(value) if key in _HOLDS_MESSAGE else value for key, value in as_object(answer).items()}
    if int(told.get("flags") or 0) & IS_COMPONENTS_V2 and "attachments" in told:
        shown = {media.get("attachment_id") for _, one in walk(told["components"]) for _, media in media_of(one)}
        told["attachments"] = [file for file in told["attachments"] if file["id"] not in shown]
    return told


def _untagged(path: Path) -> Path:
    """Leave out the kinds of components, which pydantic puts between the places."""
    return tuple(step for step in path if not str(step).startswith("<"))


def _total_flaws(components: list[Wire]) -> Iterator[Flaw]:
    if len(components) > MOST_COMPONENTS:
        most = f"A message has at most {MOST_COMPONENTS} components, nested ones included."
        yield Flaw(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", most)
    if sum(len(one["content"]) for one in components if one["type"] == TEXT_DISPLAY) > MOST_TEXT:
        yield Flaw(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"Texts have {MOST_TEXT} characters.")


def _repeated(placed: list[tuple[Path, Wire]], key: str, code: str) -> Iterator[Flaw]:
    seen: set[Any] = set()
    for path, one in placed:
        if (value := one.get(key)) and value in seen:
            yield Flaw((*path, key), code, f"{value!r} is used more than once in this message.")
        seen.add(value)


def _own_flaws(path: Path, one: Wire, files: frozenset[str]) -> Iterator[Flaw]:
    if one["type"] == ROW and len(one["components"]) > 1 and any(part["type"] != BUTTON for part in one["components"]):
        wide = "The specified component exceeds the maximum width"
        yield Flaw((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", wide)
    if one["type"] == BUTTON:
        yield from _button_flaws(path, one)
    if one["type"] in (3, 5, 6, 7, 8):
        yield from _menu_flaws(path, one)
    for place, media in media_of(one, path):
        name = media["url"].removeprefix(REFERENCE)
        if media["url"].startswith(REFERENCE) and (name not in files or not _NAME.fullmatch(name)):
            missing = f"The attachment {name!r} is not among this message's files: {sorted(files)}."
            yield Flaw((*place, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", missing)


def _button_flaws(path: Path, button: Wire) -> Iterator[Flaw]:
    wanted = {LINK: "url", PREMIUM: "sku_id"}.get(button["style"], "custom_id")
    for key in ("custom_id", "url", "sku_id"):
        if key == wanted and not button.get(key):
            yield Flaw((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
        elif key != wanted and button.get(key) is not None:
            yield Flaw(
                (*path, key), "COMPONENT_FIELD_NOT_ALLOWED", f"A button of style {button['style']} has no {key}."
            )
    if wanted == "url" and not _PAGE.fullmatch(button.get("url") or ""):
        yield Flaw((*path, "url"), "URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("http", "https", "discord").')
    if wanted != "sku_id" and not (button.get("label") or "").strip() and not button.get("emoji"):
        yield Flaw((*path, "label"), "BASE_TYPE_REQUIRED", "A button has a label or an emoji.")


def _menu_flaws(path: Path, menu: Wire) -> Iterator[Flaw]:
    least, most = (1 if menu.get(key) is None else menu[key] for key in ("min_values", "max_values"))
    if least > most:
        yield Flaw((*path, "min_values"), "SELECT_COMPONENT_MIN_VALUES_EXCEEDED", "More than max_values.")
    if menu["type"] != STRING_SELECT:
        return
    options: list[Wire] = menu["options"]
    if len(options) < most:
        yield Flaw((*path, "options"), "BASE_TYPE_BAD_LENGTH", f"Must be between {most} and 25 in length.")
    if sum(bool(option.get("default")) for option in options) > most:
        yield Flaw((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", f"At most {most} are chosen.")
    values: set[str] = set()
    for index, option in enumerate(options):
        if option["value"] in values:
            used = "The specified option value is already used"
            yield Flaw((*path, "options", index, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", used)
        values.add(option["value"])
