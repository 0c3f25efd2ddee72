"""The answers that any command or button can give: trouble outside a job, and what Discord did not take."""

import errno
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.blink import BlinkError, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from bot.models import StorageUnavailable

from .cards import Button, Card, Tone, ago, plain
from .custom_ids import relink

_LONGEST = 200  # bytes: Discord fails at texts of many (discord/discord-api-docs#7448)
_MOST = 10
_COMMAND = re.compile(r"(?<!\\)`/([a-z]+(?: [a-z]+)*)`")
NOT_OPEN_CHOICE = "You cannot use this bot here"
NO_CAMERAS_YET = "Still asking Blink for your cameras. Type the name yourself"
NO_SYSTEMS_YET = "Still asking Blink for your systems. Type the name yourself"
SIGNED_OUT_CHOICE = "Blink has signed this bot out: use /link"
NOT_SHARED_CHOICE = "Nothing shared with you here and now covers this: see /help"
NOT_LINKED_CHOICE = "No Blink account is linked for you yet: use /link"

DISCORD_FAILED = Card(
    "Discord failed",
    "**Discord did not take my first answer.** The trouble is at Discord or on the way there. What you asked for"
    " may be done or not: look, and try again in a minute.",
    Tone.WAITING,
)
NOT_WRITTEN = Card(
    "Not started",
    "**I cannot save anything right now, so I did not start.**\nNo camera was asked. The trouble is on this bot's"
    " side, not yours. Try again in a minute.",
    Tone.BAD,
)
STORE_AWAY = Card(
    "No database",
    "**I cannot reach my database right now.**\nThe trouble is on this bot's side, not yours. Try again in a"
    " minute. If you were changing something, it may or may not be saved. Clips under way go on by themselves.",
    Tone.BAD,
)
KEY_LOST = Card(
    "Key lost",
    "**I have lost the key to a linked Blink account, so I cannot use it.**\nIf it is yours, use `/link` to link it"
    " again: what you share and chose stays. `/unlink` deletes everything instead. If it is that of somebody who"
    " shares with you, only they can link it again. The host of this bot can also give the key back, in"
    " `TOKEN_KEYS`.",
    Tone.BAD,
)
OUTDATED = Card(
    "A new version",
    "**This command has changed.** Reload Discord (Ctrl+R, or restart the app) and use it again.",
    Tone.WAITING,
)
RESTARTING = Card("Restarting", "**I am restarting. Try again in a minute.**", Tone.WAITING)
TOO_OLD = Card("Too old", "I no longer know this clip, picture or recording. Use the command again.", Tone.WAITING)
DMS_STOPPED = Card(
    "Stopped",
    "You get no more copies by direct message, except of a clip whose reply is lost. `/notify` changes that at any"
    " time.",
    Tone.GOOD,
)
SENT_DIRECTLY = "Discord did not take this answer here, so I sent it to you as a direct message."
WITH_THE_NEXT_COMMAND = "Discord did not take this answer. I will try to tell you with your next command."


def headline(error: BlinkError | StorageUnavailable) -> str:
    """Return in a few words why a request to Blink failed, or was not made."""
    return failed(error).text.partition("\n")[0].strip("*")


def failed(error: BlinkError | StorageUnavailable, *, owner: str | None = None) -> Card:
    """Return the answer if Blink could not be asked; `owner` as for `blink`."""
    return STORE_AWAY if isinstance(error, StorageUnavailable) else blink(error, owner=owner)


def blink(error: BlinkError, *, owner: str | None = None, user_id: int | None = None) -> Card:
    """Return the answer if a request to Blink failed; `owner` names another person whose account it is.

    `user_id` is the person who asked; with it, they can link their own account again at once.
    """
    buttons: tuple[Button, ...] = ()
    match error:
        case SignedOut(final=False):
            again = f"only {plain(owner, 40)} can link it" if owner else "use `/link` to link your Blink account"
            text = (
                "**Blink refuses for now.**\nIt does not accept the sign-in. That often passes by"
                f" itself. Try again in a few minutes. If it goes on for hours, {again} again."
            )
        case SignedOut() if owner:
            text = (
                f"**Blink has signed this bot out of {plain(owner, 40)}'s account.**\n"
                "Only they can link it again; tell them."
            )
        case SignedOut():
            again = "Use `/link`" if user_id is None else "Press **Link again**, or use `/link`,"
            text = f"**Blink has signed this bot out of your account.**\n{again} to link your Blink account again."
            buttons = (relink(user_id),) if user_id is not None else ()
        case RateLimited(retry_after=seconds):
            text = f"**Blink wants us to slow down.**\nTry again in {max(1, round(seconds / 60))} min."
        case NeverSent(errno=errno.EMFILE | errno.ENFILE):
            text = (
                "**I have too much to do at once.**\nThe machine I run on does not let me open more connections."
                " Try again in a minute."
            )
        case Unreachable():
            text = "**Blink does not answer.**\nIt cannot be reached, or is in trouble. Try again in a minute."
        case Refused(code=code, message=message):
            number = f" (code {code})" if code is not None else ""
            text = f"**Blink refused.**\nIt said “{plain(message) or 'nothing'}”{number}. Try again later."
        case NotUnderstood():
            text = (
                "**Blink answered something I do not understand.**\nTry again in a minute. If it keeps happening, its"
                " cloud may have changed; please tell the person who hosts this bot."
            )
        case _:
            text = "**Blink did not do what I asked.**\nTry again later."
    return Card("Blink", text, Tone.BAD, buttons=buttons)


def not_open(user_id: int, guild_id: int | None) -> Card:
    """Return the answer for somebody who may not use this bot here."""
    here = f" or this server's, `{guild_id}`" if guild_id else ""
    text = (
        "**You cannot use this bot here.**\n"
        f"Its host chooses who may use it. To ask for that, give them your Discord id, `{user_id}`{here}."
    )
    return Card("Not open to you", text, Tone.BAD)


def mistake(reference: str) -> Card:
    """Return the answer if the bot itself is at fault."""
    return Card(
        "Something broke on our side",
        f"This is a mistake in the bot, not yours. Try again. Its host finds the cause in the log under `{reference}`.",
        Tone.BAD,
    )


def not_yours(command: str) -> Card:
    """Return the answer to a press on another person's button; `command` gives the person a button of their own."""
    text = f"This button is for the person who used the command. Use `/{command}` yourself."
    return Card("Not yours", text, Tone.WAITING)


def removed(*, in_dm: bool) -> Card:
    """Return the confirmation that a message is removed."""
    copies = "" if in_dm else "A copy elsewhere, shared or as a direct message, stays. "
    return Card("Removed", f"That message is gone. {copies}Nothing was deleted at Blink.", Tone.GOOD)


def clickable(text: str, ids: Mapping[str, int]) -> str:
    """Return a text whose commands in backticks can be clicked; those without an id stay as they are.

    The text of others never becomes one, since `plain` escapes its backticks.
    https://docs.discord.com/developers/reference#message-formatting
    """
    return _COMMAND.sub(lambda found: f"</{found[1]}:{ids[found[1]]}>" if found[1] in ids else found[0], text)


def with_clickable(card: Card, ids: Mapping[str, int]) -> Card:
    """Return a card whose commands can be clicked. A notification shows `</clip:1>` as it is, so only replies do so."""
    fields = tuple((name, clickable(value, ids)) for name, value in card.fields)
    return replace(card, text=clickable(card.text, ids), small=clickable(card.small, ids), fields=fields)


def brief(*cards: Card, text: str | None = None) -> str:
    """Return the first line of an answer, which says what came of the command."""
    first = text or next((card.text or card.title for card in cards if card.text or card.title), "")
    line = first.splitlines()[0] if first else ""
    if len(line.encode()) <= _LONGEST:
        return line
    return line.replace("**", "").encode()[:_LONGEST].decode(errors="ignore") + "…"


def shortened(line: str) -> str:
    """Return the short reply that replaces one Discord did not take."""
    return f"{line}\n-# Discord did not take the rest of this answer."


def directly(*cards: Card, text: str | None = None) -> Card:
    """Return an answer as a direct message, without the pictures of its reply."""
    if len(cards) != 1:
        return Card("Your answer", brief(*cards, text=text), Tone.WAITING)
    [card] = cards
    return Card(card.title, card.text, card.tone, card.small, card.fields, card.buttons, card.menus)


def line(name: str, said: str, at: datetime) -> str:
    """Return the line that is kept of an answer for later; `name` is the command, "button" or "unknown"."""
    asked = {"button": "Your button", "unknown": "Your command"}.get(name, f"`/{name}`")
    return f"{ago(at)} {asked}: {said}"


def late(lines: Collection[str]) -> Card:
    """Return, for a person's next command, the answers that could be shown nowhere."""
    newest = [*lines][-_MOST:]
    more = [f"… and {len(lines) - _MOST} older"] if len(lines) > _MOST else []
    return Card("Late answers", "\n".join(["**I could not tell you this before:**", *newest, *more]), Tone.WAITING)
