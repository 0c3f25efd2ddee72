"""The answers if something is not shared: to owners, to guests, and to those who leave or refuse it."""

from collections.abc import Sequence
from datetime import datetime

from bot.models import Kind, Refusal, Share
from bot.sharing import MOST_AN_HOUR, MOST_GIVEN, MOST_REFUSED

from .cards import IN_A_MENU, Button, Card, Menu, Tone, ago, plain

_TITLE = "Sharing"
_MOST_NAMES = 20
_BACK = "`/share list` has the way back."
_WORKS = "Sharing works in its own server, at its hours, until it ends or its owner stops it"
NEVER_PUBLIC = "A camera that is shared with you is not shown to a whole channel."
ONLY_FOR_YOU = "Its owner lets you see it, and nobody else. No camera was asked."
UNTIL_EXAMPLES = "Write tonight, tomorrow, Sunday, 1 week, 12h, or a date like 31 January"
HOURS_EXAMPLES = "Write 10pm-7am, 22:00-07:00 or 8-18"


def _no(text: str) -> Card:
    return Card(_TITLE, text, Tone.WAITING)


NOT_SHARED = Card(
    "Not shared",
    f"**This camera is not shared with you here and now.** {_WORKS}; ask the camera's owner.",
    Tone.WAITING,
)
BOT_IS_NOT_HERE = Card(
    "Not shared",
    "**I must be a member of this server to bring you videos of others' cameras.** Before I show one, I ask Discord"
    " whether you are still here; ask who manages the server to add me. No camera was asked.",
    Tone.WAITING,
)
OUT_OF_REACH = Card(
    "Out of reach",
    f"**I cannot reach that for you here and now.** {_WORKS}, and while its owner's Blink answers; try again in a"
    " minute, or ask its owner.",
    Tone.WAITING,
)
ONLY_IN_SERVER = _no("**Use this in the server whose people you mean.** Sharing works only there.")
I_AM_NOT_HERE = _no(
    "**I must be a member of this server first.** Before I show somebody your camera, I ask Discord whether they"
    " are still here; ask who manages the server to add me. Nothing was shared."
)
DISCORD_IS_SILENT = _no(
    "**I could not ask Discord whether they are in this server.** Nothing was shared; try again in a minute."
)
YOURSELF = "Your own cameras are yours already."
A_BOT = "A bot cannot use cameras."
EVERYBODY = "Everybody in the server is too many for a camera."
NOBODY_HERE = "They are not in this server."
NOTHING_TO_SHARE = _no("**Your Blink account has no camera to share.**")
TOO_MUCH_SHARED = _no(f"**You share {MOST_GIVEN} times already.** Stop some with `/share remove` first.")
NOT_THERE = _no("**Nothing like that is shared with you here.** `/share list` shows what is.")
TOO_MANY = _no(f"**You refuse {MOST_REFUSED} people already.** Take one back with `/share list` first.")
NOT_THEM = _no("**They cannot share anything with you.** Choose the person whose cameras you do not want to see.")
NOT_REFUSED = _no("**You do not refuse what they share.** Nothing was changed.")


def only_in_private(kind: Kind) -> Card:
    """Return the answer to a command that names another's camera, and whose reply a whole channel would see."""
    return Card("Not shared", f"**{NEVER_PUBLIC}** {ONLY_FOR_YOU}\n{without_public(kind)}", Tone.WAITING)


def without_public(kind: Kind) -> str:
    """Say how to ask for another's camera so that nobody else sees it."""
    return f"Use `/{command(kind)}` again without `public`."


def command(kind: Kind) -> str:
    """Return the name of the command for a kind of job."""
    return "recordings" if kind is Kind.RECENT else kind.value


def too_often(owner: str, again_at: datetime) -> str:
    """Say when the bot asks an owner's account for a guest again, and why not before."""
    return (
        f"{plain(owner, 40)}'s Blink is asked for you again {ago(again_at)}: Blink locks accounts that are asked too"
        f" much, so guests have {MOST_AN_HOUR} questions an hour, some seconds apart."
    )


def not_read(owners: Sequence[str]) -> str:
    """Say which owners' accounts, at least one, could not be read for a guest."""
    names = [f"{plain(one, 40)}'s" for one in owners[:_MOST_NAMES]]
    names += [f"{len(owners) - _MOST_NAMES} others'"] if len(owners) > _MOST_NAMES else []
    return f"{' and '.join(names)} Blink could not be read now; try again in a minute, or ask them."


def not_to_them(why: str) -> Card:
    """Return why nothing can be shared with somebody; `why` is one of the constants above."""
    return _no(f"**{why}** Choose a person or a role of this server.")


def no_such_camera(asked: str, labels: Sequence[str]) -> Card:
    """Return the answer to sharing if the owner has no camera of that name, or several."""
    found = ", ".join(plain(label, 80) for label in labels[:_MOST_NAMES]) or "none"
    text = f"**Which of your cameras is “{plain(asked, 80)}”?**\nYour cameras and systems: {found}."
    return _no(f"{text}\nChoose from the list that `/share add` offers while you type.")


def bad_until(asked: str) -> Card:
    """Return the answer to an end that is unclear, or past."""
    text = f"**“{plain(asked, 40)}” is not clear to me as an end, or it is past.** Nothing was shared."
    return _no(f"{text} {UNTIL_EXAMPLES}.")


def bad_hours(asked: str) -> Card:
    """Return the answer to hours that are unclear."""
    return _no(f"**“{plain(asked, 40)}” is not clear to me as hours.** Nothing was shared. {HOURS_EXAMPLES}.")


def left(share: Share) -> Card:
    """Return the confirmation that somebody has left a share."""
    back = _BACK if share.to_role else f"Only <@{share.owner_id}> can share it with you again."
    text = (
        f"**You have left {plain(share.label, 80)} of <@{share.owner_id}>.** You no longer see it or hear of it by this"
        f" share. {back} To get nothing of theirs any more, use `/share refuse`."
    )
    return Card(_TITLE, text, Tone.GOOD)


def refused(giver: int, owner: int) -> Card:
    """Return the confirmation that somebody refuses all that another person shares."""
    text = (
        f"**You refuse what <@{giver}> shares, now and later, in every server.** Their cameras are in none of your"
        f" lists, and you hear nothing of them. {_BACK}"
    )
    return Card(_TITLE, text, Tone.GOOD, buttons=(Button("Undo", f"share:allow:{giver}:{owner}"),))


def allowed(giver: int) -> Card:
    """Return the confirmation that somebody no longer refuses what another person shares."""
    text = (
        f"**<@{giver}> can share cameras with you again.** Their shares with a role of yours work at once; those"
        " with you alone have ended, and only they can share again."
    )
    return Card(_TITLE, text, Tone.GOOD)


def they_refuse(who: int) -> Card:
    """Return the answer for an owner who shares something with a person who refuses it."""
    return _no(f"**<@{who}> does not want to see your cameras.** Nothing was shared.")


def line(refusal: Refusal) -> str:
    """Return one refusal in a list."""
    return f"<@{refusal.owner_id}>: {'a camera that you have left' if refusal.share_id else 'all that they share'}"


def menu(refused: Sequence[Refusal], owner: int) -> Menu:
    """Return the menu that takes a refusal back."""
    names = {one.owner_id: one.owner_name for one in refused}
    options = tuple((str(giver), name, "What you refuse or have left of theirs") for giver, name in names.items())
    return Menu("Accept from somebody again", f"share:again:{owner}", options[:IN_A_MENU])
