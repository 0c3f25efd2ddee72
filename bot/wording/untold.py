"""Other forms of an answer that Discord refused: in fewer words, elsewhere, or later."""

from collections.abc import Collection
from datetime import datetime

from .cards import Card, Tone, ago

_LONGEST = 200  # bytes: Discord fails at texts of many (discord/discord-api-docs#7448)
_MOST = 10


def brief(*cards: Card, text: str | None = None) -> str:
    """Return the first line of an answer, which says what came of the command."""
    first = text or next((card.text for card in cards if card.text), "")
    line = first.splitlines()[0] if first else ""
    if len(line.encode()) <= _LONGEST:
        return line
    return line.replace("**", "").encode()[:_LONGEST].decode(errors="ignore") + "…"


def shortened(line: str) -> str:
    """Return the short reply that replaces one Discord did not take."""
    return f"{line}\n-# Discord did not take the rest of this answer."


def sent_directly() -> str:
    """Return the reply if its answer went out as a direct message."""
    return "Discord did not take this answer here, so I sent it to you as a direct message."


def with_the_next_command() -> str:
    """Return the reply if its answer could not be shown anywhere yet."""
    return "Discord did not take this answer. I try to tell you with your next command."


def directly(*cards: Card, text: str | None = None) -> Card:
    """Return an answer as a direct message, without the pictures of its reply."""
    if len(cards) != 1:
        return Card("Your answer", brief(*cards, text=text), Tone.WAITING)
    [card] = cards
    return Card(card.title, card.text, card.tone, card.small, card.fields, card.buttons, card.menus)


def line(name: str, said: str, at: datetime) -> str:
    """Return the line that is kept of an answer for later; `name` is the command, or "button"."""
    return f"{ago(at)} {f'`/{name}`' if name != 'button' else 'Your button'}: {said}"


def late(lines: Collection[str]) -> Card:
    """Return, for a person's next command, the answers that could be shown nowhere."""
    newest = [*lines][-_MOST:]
    return Card("Late answers", "\n".join(["**Discord did not let me tell you:**", *newest]), Tone.WAITING)
