"""A message as a bot writes it, judged before it reaches the model: its files, and what stands in it."""

from collections.abc import Iterator
from typing import Any

from . import errors
from .calls import Call, as_list, as_object
from .components import IS_COMPONENTS_V2, Path, flaws_of, media_of, too_heavy, walk
from .errors import Flaw, invalid_fields, invalid_form
from .world import Message

MAX_ATTACHMENTS = 10
MAX_REQUEST = 25 * 1024 * 1024
_LEGACY = ("content", "embeds", "sticker_ids", "poll")


def check(call: Call, data: dict[str, Any], before: Message | None, limit: int, *, within: Path = ()) -> None:
    """Judge a new message, or an edit of the one before.

    `data` is the message's part of the request's body and stands `within` it. Raises Refusal.
    """
    names = _check_files(call, data, limit, before)
    flags = _flags(data)
    had = bool(before and before.flags & IS_COMPONENTS_V2)
    v2 = had or bool(flags and flags & IS_COMPONENTS_V2)
    flaws = list(_legacy_flaws(data, before)) if v2 else []
    if had and flags is not None and not flags & IS_COMPONENTS_V2:
        flaws.append(Flaw(("flags",), "MESSAGE_FLAG_CANNOT_BE_REMOVED", "IS_COMPONENTS_V2 stays once it is set."))
    components: list[Any] = data.get("components") or []
    if "components" in data or (v2 and not had and not (before and before.components)):
        flaws += flaws_of(components, v2=v2, files=names)
    if flaws:
        raise invalid_fields(Flaw((*within, *flaw.path), flaw.code, flaw.message) for flaw in flaws)
    if v2 and too_heavy(components):
        raise errors.server_error()


def _flags(data: dict[str, Any]) -> int | None:
    flags = data.get("flags")
    if flags is None:
        return None
    try:
        return int(flags)
    except (TypeError, ValueError):
        raise invalid_fields([Flaw(("flags",), "NUMBER_TYPE_COERCE", f"{flags!r} is not a number.")]) from None


def _legacy_flaws(data: dict[str, Any], before: Message | None) -> Iterator[Flaw]:
    """Say what may not stand beside components, be it sent now or left there by an edit.

    https://docs.discord.com/developers/resources/message#edit-message
    """
    there = {"content": before.content, "embeds": before.embeds, "poll": before.poll} if before else {}
    for key in _LEGACY:
        if data.get(key, there.get(key)):
            told = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            yield Flaw((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", told)


def _check_files(call: Call, data: dict[str, Any], limit: int, before: Message | None) -> frozenset[str]:
    """Judge a message's files, and return the names that they will have."""
    sizes = [len(upload.data) for upload in call.uploads]
    if any(size > limit for size in sizes) or sum(sizes) > max(MAX_REQUEST, limit):
        raise errors.too_large()
    current = {str(file["id"]): str(file["filename"]) for file in before.attachments} if before else {}
    fresh = {str(index): upload.filename for index, upload in enumerate(call.uploads)}
    known = current | fresh
    kept = list(known)
    if data.get("attachments") is not None:
        kept = [str(as_object(item).get("id")) for item in as_list(data["attachments"])]
        if set(kept) - set(known):
            raise invalid_form(f"attachments: no such file among {sorted(fresh)} and {sorted(current)}: {kept}")
    if len(kept) > MAX_ATTACHMENTS:
        raise errors.too_many_attachments()
    return frozenset(known[key] for key in kept)


def hidden_files(message: Message) -> list[str]:
    """Return the names of the files that nobody sees: Discord shows those that a component shows."""
    if not message.flags & IS_COMPONENTS_V2:
        return []
    shown = {media.get("attachment_id") for _, one in walk(message.components) for _, media in media_of(one)}
    return [str(file["filename"]) for file in message.attachments if file["id"] not in shown]
