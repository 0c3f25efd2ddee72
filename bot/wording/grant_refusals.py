"""The answers about grants that people leave or refuse."""

from collections.abc import Sequence

from bot.models import Grant, Refusal
from bot.sharing import MOST_REFUSED

from .cards import Button, Card, Menu, Tone, plain

_TITLE = "Grants"
_MOST_OPTIONS = 25
_BACK = "`/grant list` has the way back."


def left(grant: Grant) -> Card:
    """Return the confirmation that somebody has left a grant."""
    back = _BACK if grant.to_role else f"Only <@{grant.owner_id}> can grant it to you again."
    text = (
        f"**You have left {plain(grant.label, 80)} of <@{grant.owner_id}>.** You no longer see it or hear of it by this"
        f" grant. {back} To get nothing of theirs any more, use `/grant refuse`."
    )
    return Card(_TITLE, text, Tone.GOOD)


def not_there() -> Card:
    """Return the answer for somebody who leaves a grant that they do not have here."""
    text = "**Nothing like that was granted to you here.** `/grant list` shows what was."
    return Card(_TITLE, text, Tone.WAITING)


def refused(giver: int, owner: int) -> Card:
    """Return the confirmation that somebody refuses all grants of another person."""
    text = (
        f"**You refuse what <@{giver}> grants, now and later, in every server.** Their cameras are in none of your"
        f" lists, and you hear nothing of them. {_BACK}"
    )
    return Card(_TITLE, text, Tone.GOOD, buttons=(Button("Undo", f"grants:allow:{giver}:{owner}"),))


def too_many() -> Card:
    """Return the answer for somebody who already refuses as many people as one can."""
    text = f"**You refuse {MOST_REFUSED} people already.** Take one back with `/grant list` first."
    return Card(_TITLE, text, Tone.WAITING)


def not_them() -> Card:
    """Return the answer for somebody who refuses themselves, or a bot."""
    text = "**They cannot grant you anything.** Choose the person whose cameras you do not want to see."
    return Card(_TITLE, text, Tone.WAITING)


def allowed(giver: int) -> Card:
    """Return the confirmation that somebody no longer refuses another person's grants."""
    text = (
        f"**<@{giver}> can grant you cameras again.** What they granted to a role of yours works at once; what they"
        " granted to you alone has ended, and only they can grant it again."
    )
    return Card(_TITLE, text, Tone.GOOD)


def not_refused() -> Card:
    """Return the answer for somebody who takes back a refusal that does not exist."""
    return Card(_TITLE, "**You do not refuse what they grant.** Nothing was changed.", Tone.WAITING)


def they_refuse(who: int) -> Card:
    """Return the answer for an owner who grants something to a person who refuses it."""
    return Card(_TITLE, f"**<@{who}> takes no grants from you.** Nothing was granted.", Tone.WAITING)


def line(refusal: Refusal) -> str:
    """Return one refusal in a list."""
    return f"<@{refusal.owner_id}>: {'one that you have left' if refusal.grant_id else 'all that they grant'}"


def menu(refused: Sequence[Refusal], owner: int) -> Menu:
    """Return the menu that takes a refusal back."""
    names = {one.owner_id: one.owner_name for one in refused}
    options = tuple((str(giver), name, "What you refuse or have left of theirs") for giver, name in names.items())
    return Menu("Take grants from somebody again", f"grants:again:{owner}", options[:_MOST_OPTIONS])
