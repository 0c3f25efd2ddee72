"""The answers of `/grant`, and the sentences for guests about cameras that are not theirs."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.blink import distinct
from bot.models import Grant, Hours, Refusal, Right, Use
from bot.sharing import MOST_AN_HOUR, MOST_GIVEN

from . import grant_refusals
from .cards import Button, Card, Menu, Tone, ago, on, plain

_RIGHTS = {
    Right.STATUS: "see how it is",
    Right.SNAPSHOT: "take pictures",
    Right.CLIP: "record clips",
    Right.LIVE: "record the live view, with sound",
    Right.RECENT: "watch earlier recordings",
    Right.ARM: "arm and disarm",
    Right.ALERTS: "hear of motion, with the video",
}
_DID = {
    Right.STATUS: "looked at",
    Right.SNAPSHOT: "took a picture with",
    Right.CLIP: "recorded on",
    Right.LIVE: "recorded the live view of",
    Right.RECENT: "watched a recording of",
    Right.ARM: "armed, disarmed or turned",
    Right.ALERTS: "asked for alerts of",
}
_TITLE = "Grants"
_MOST_LINES = 20
LOG_LINES = 20
_MOST_OPTIONS = 25
_ROOM = 3900  # of the 4096 characters that Discord shows, for lists without their titles


def given(grant: Grant) -> Card:
    """Return the confirmation of a new grant."""
    lines = [
        f"**{_who(grant)} may now {rights(grant.rights)}: {plain(grant.label, 80)}.**",
        f"{_limits(grant)}, in this server only, as long as they are in it{_role(grant)}.",
        "They never see your Blink account or your other cameras, and cannot pass it on or show it to a whole channel.",
        "`/grant revoke` ends it at once; `/grant log` shows who used it. Those you mean can leave it, or refuse it.",
    ]
    return Card(_TITLE, "\n".join(lines), Tone.GOOD, buttons=(revoke(grant, "Revoke it"),))


def too_many() -> Card:
    """Return the answer for an owner who already has as many grants as one may give."""
    text = f"**You have given {MOST_GIVEN} grants already.** Revoke some with `/grant revoke` first."
    return Card(_TITLE, text, Tone.WAITING)


def listed(
    own: Sequence[Grant],
    received: Sequence[Grant],
    others: Sequence[Grant],
    refused: Sequence[Refusal] = (),
    *,
    owner: int,
) -> Card:
    """Return the grants that somebody has given, has received here and refuses; `others` are for administrators."""
    parts = (
        ("**You have granted**", [_own_line(one) for one in own]),
        ("**Granted to you here**", [_received_line(one) for one in received]),
        ("**You refuse or have left**", list(dict.fromkeys(map(grant_refusals.line, refused)))),
        ("**Others in this server**", [_other_line(one) for one in others]),
    )
    given = [(title, lines) for title, lines in parts if lines]
    if not given:
        return Card(_TITLE, "**There are no grants.** `/grant add` lets somebody use a camera of yours.", Tone.WAITING)
    revocable = [*own, *others]
    menus: tuple[Menu, ...] = ()
    if revocable:
        called = names(revocable, owner)
        options = tuple((one.id, called[one.id], describe(one)) for one in revocable[:_MOST_OPTIONS])
        menus = (Menu("Revoke one at once", f"grants:choose:{owner}", options),)
    if refused:
        menus = (*menus, grant_refusals.menu(refused, owner))
    text = "\n".join(f"{title}\n{within(lines, _ROOM // len(given))}" for title, lines in given)
    return Card(_TITLE, text, Tone.GOOD, menus=menus)


def revoked(grant: Grant, *, own: bool) -> Card:
    """Return the confirmation that a grant has ended."""
    what = plain(grant.label, 80) if own else f"cameras of <@{grant.owner_id}>"
    text = (
        f"**{_who(grant)} can no longer use {what} by this grant.** What was under way is not delivered to them."
        " Another grant, of a role for instance, still stands if there is one: `/grant list`."
    )
    return Card(_TITLE, text, Tone.GOOD)


def not_there() -> Card:
    """Return the answer for somebody who revokes a grant that does not exist, or is not theirs."""
    return Card(_TITLE, "**There is no such grant of yours.** `/grant list` shows what there is.", Tone.WAITING)


def log(uses: Sequence[Use], *, page: int = 1, owner: int) -> Card:
    """Return a page of the uses of somebody's grants; more than `LOG_LINES` uses lead to the next page."""
    if not uses and page == 1:
        text = "**Nobody has used what you granted in the last 30 days.** Uses are kept for that long."
        return Card("Who used your cameras", text, Tone.GOOD)
    turns = (("Newer", page - 1, page > 1), ("Older", page + 1, len(uses) > LOG_LINES))
    buttons = tuple(Button(label, f"grants:log:{to}:{owner}") for label, to, there in turns if there)
    lines = [_used_line(one) for one in uses[:LOG_LINES]] or ["There is nothing older."]
    return Card("Who used your cameras", "\n".join(["**The last 30 days**", *lines]), Tone.GOOD, buttons=buttons)


def first_use(use: Use) -> Card:
    """Return the message to an owner about somebody's first use of a grant."""
    text = (
        f"**<@{use.user_id}> {_DID[use.right]} {plain(use.label, 80)} for the first time** {ago(use.at)}, as you"
        " granted it.\n`/grant log` shows every use, `/grant revoke` ends it, and `/notify grants:off`"
        " stops these messages."
    )
    return Card("Your camera was used", text, Tone.GOOD)


def not_granted() -> Card:
    """Return the answer for somebody without a grant for another's camera here and now."""
    text = (
        "**You have no grant for this camera here and now.** A grant works in its own server, in its hours, until it"
        " ends or is revoked; ask the camera's owner."
    )
    return Card("Not granted", text, Tone.WAITING)


def bot_is_not_here() -> Card:
    """Return the answer for a guest in a server that the bot is no member of."""
    text = (
        "**I must be a member of this server to bring you videos of others' cameras.** Before I show one, I ask Discord"
        " whether you are still here; ask who manages the server to add me. No camera was asked."
    )
    return Card("Not granted", text, Tone.WAITING)


def too_often(owner: str, again_at: datetime) -> str:
    """Say when the bot asks an owner's Blink for a guest again, and why not before."""
    return (
        f"{plain(owner, 40)}'s Blink is asked for you again {ago(again_at)}: Blink locks accounts that are asked too"
        f" much, so guests have {MOST_AN_HOUR} questions an hour, some seconds apart."
    )


def out_of_reach() -> Card:
    """Return the answer to a choice of another's camera or system that cannot be reached."""
    text = (
        "**I cannot reach that for you here and now.** A grant works in its own server, in its hours, until it ends or"
        " is revoked, and while its owner's Blink answers; try again in a minute, or ask its owner."
    )
    return Card("Out of reach", text, Tone.WAITING)


def only_in_server() -> Card:
    """Return the answer to a grant outside a server."""
    return Card(_TITLE, "**Use this in the server whose people you mean.** A grant works only there.", Tone.WAITING)


def not_to_them(why: str) -> Card:
    """Return why somebody cannot receive a grant; `why` is one of the constants below."""
    return Card(_TITLE, f"**{why}** Choose a person or a role of this server.", Tone.WAITING)


YOURSELF = "Your own cameras are yours already."
A_BOT = "A bot cannot use cameras."
EVERYBODY = "Everybody in the server is too many for a camera."
NOBODY_HERE = "They are not in this server."


def no_rights() -> Card:
    """Return the answer to a grant without a right."""
    text = (
        "**Grant at least one thing:** set `status`, `snapshot`, `clip`, `live`, `recent`, `arm` or `alerts` to True."
    )
    return Card(_TITLE, text, Tone.WAITING)


def live_needs_clip() -> Card:
    """Return the answer to a grant of the live view without clips."""
    text = "**`live` needs `clip`:** people ask for a live view with `/clip`. Set both to True."
    return Card(_TITLE, text, Tone.WAITING)


def no_such_camera(asked: str, labels: Sequence[str]) -> Card:
    """Return the answer to a grant if the owner has no camera of that name, or several."""
    names = ", ".join(plain(label, 80) for label in labels[:_MOST_LINES]) or "none"
    text = f"**Which of your cameras is “{plain(asked, 80)}”?**\nYour cameras and systems: {names}."
    return Card(_TITLE, f"{text}\nChoose from the list that `/grant add` offers while you type.", Tone.WAITING)


def bad_until(asked: str) -> Card:
    """Return the answer to an end date that cannot be read, or is past."""
    text = f"**“{plain(asked, 40)}” is no end in the future.** Write `12h`, `7d`, `4w`, or a date as `2027-01-31`."
    return Card(_TITLE, text, Tone.WAITING)


def bad_hours(asked: str) -> Card:
    """Return the answer to hours that cannot be read."""
    text = f"**“{plain(asked, 40)}” are no hours.** Write them as `08:00-18:00`; `22:00-06:00` goes over midnight."
    return Card(_TITLE, text, Tone.WAITING)


def owner_signed_out(owner: str) -> str:
    """Return what a guest reads if the owner has to link again."""
    return (
        f"**Blink has signed this bot out of {plain(owner, 40)}'s account.**\nOnly they can link it again; tell them."
    )


def rights(which: Collection[Right]) -> str:
    """Return rights in words."""
    words = [_RIGHTS[right] for right in Right if right in which]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def names(grants: Sequence[Grant], reader: int) -> dict[str, str]:
    """Return distinct names of grants by id, for a menu; only its owner reads a camera's name."""
    by_age = sorted(grants, key=lambda one: (one.created_at, one.id))
    return distinct({one.id: (_name(one, reader),) for one in by_age})


def _name(grant: Grant, reader: int) -> str:
    what = grant.label if grant.owner_id == reader else f"of {grant.owner_name}'s"
    return f"{grant.grantee_name}: {what}"


def describe(grant: Grant) -> str:
    """Return the rights, hours and end of a grant in plain text."""
    end = f" · until {grant.until:%Y-%m-%d %H:%M} UTC" if grant.until else ""
    hours = f" · {clock(grant.hours)}" if grant.hours else ""
    return f"{' '.join(sorted(grant.rights))}{hours}{end}"


def clock(hours: Hours) -> str:
    """Return hours in the form 08:00-18:00."""
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.begin, hours.end or 24 * 60))
    return f"{begin}-{end}"


def revoke(grant: Grant, label: str) -> Button:
    """Return the button that ends a grant."""
    return Button(label, f"grants:revoke:{grant.id}:{grant.owner_id}")


def _who(grant: Grant) -> str:
    return f"<@&{grant.grantee_id}>" if grant.to_role else f"<@{grant.grantee_id}>"


def _used_line(use: Use) -> str:
    times = f", {use.times} times since {on(use.began_at)}" if use.times > 1 and use.began_at else ""
    return f"{on(use.at)} <@{use.user_id}> {_DID[use.right]} {plain(use.label, 80)}{times}"


def _role(grant: Grant) -> str:
    return " and have the role" if grant.to_role else ""


def _limits(grant: Grant) -> str:
    hours = f"From {clock(grant.hours)} ({plain(grant.hours.zone, 40)})" if grant.hours else "At any hour"
    return f"{hours}, {f'until {on(grant.until)}' if grant.until else 'until you revoke it'}"


def _own_line(grant: Grant) -> str:
    return f"{_who(grant)} · {plain(grant.label, 80)}: {rights(grant.rights)}. {_limits(grant)}."


def _received_line(grant: Grant) -> str:
    end = f", until {on(grant.until)}" if grant.until else ""
    hours = f", {clock(grant.hours)} ({plain(grant.hours.zone, 40)})" if grant.hours else ""
    by = " (by a role)" if grant.to_role else ""
    return f"{plain(grant.label, 80)} of <@{grant.owner_id}>{by}: {rights(grant.rights)}{hours}{end}."


def _other_line(grant: Grant) -> str:
    what = "a camera" if grant.camera else "a system"
    end = f", until {on(grant.until)}" if grant.until else ""
    return f"<@{grant.owner_id}> lets {_who(grant)} use {what}: {rights(grant.rights)}{end}."


def within(lines: Sequence[str], room: int) -> str:
    """Return the lines that fit into `room` characters, and how many more there are."""
    shown: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    more = [f"… and {len(lines) - len(shown)} more"] if len(shown) < len(lines) else []
    return "\n".join([*shown, *more])
