"""The answers of `/share` to an owner, and the choices that it offers."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.blink import distinct
from bot.cameras import LISTED
from bot.models import Ending, Hours, Preset, Refusal, Right, Share, Use, zone_of

from . import share_refusals
from .cards import IN_A_MENU, MOST_MENUS, Button, Card, Menu, Tone, ago, capital, on, plain

_RIGHTS = {
    Right.STATUS: "see how it is",
    Right.SNAPSHOT: "take pictures",
    Right.CLIP: "record clips",
    Right.LIVE: "record the live view, with sound",
    Right.RECENT: "watch earlier recordings",
    Right.ARM: "arm and disarm",
    Right.ALERTS: "hear of motion, with the video",
}
_MORE = {
    Right.STATUS: "Whether it is online, its battery and its latest picture",
    Right.CLIP: "With a picture if no video comes",
    Right.LIVE: "Only together with “record clips”",
    Right.ARM: "All of a system; of one camera, its motion detection",
    Right.ALERTS: "As direct messages, once they have chosen it in /notify",
}
_DID = {
    Right.STATUS: "looked at",
    Right.SNAPSHOT: "took a picture with",
    Right.CLIP: "recorded on",
    Right.LIVE: "recorded the live view of",
    Right.RECENT: "watched a recording of",
    Right.ARM: "armed, disarmed, or switched the motion detection of",
    Right.ALERTS: "asked for alerts of",
}
PRESETS = {
    Preset.LOOK: "Look: see how it is and its latest picture, and take pictures",
    Preset.USE: "Use: look, record clips, and watch earlier recordings",
    Preset.EVERYTHING: "Everything: use, the live view with sound, arm and disarm, motion alerts",
}
_TITLE = "Sharing"
LOG_LINES = 20
_ROOM = 3900  # of the 4,000 characters that Discord shows, for lists without their titles
NO_END = "none"
LIVE_NEEDS_CLIP = (
    "**Nothing was changed.** The live view needs clips too, since people ask for it with `/clip`: choose both."
)
NO_RIGHTS = "**Nothing was changed.** Choose at least one thing, or press **Stop sharing**."

NOT_THERE = Card(_TITLE, "**You share nothing like that.** `/share list` shows what you share.", Tone.WAITING)


def shared(share: Share, *, here: int | None, note: str = "") -> Card:
    """Return what somebody may use now, with a menu to choose that finely; `note` says what was not changed.

    `here` is the server where this is read.
    """
    role = " and have the role" if share.to_role else ""
    text = (
        f"**{capital(_who(share, here))} may now use {plain(share.label, 80)}:** {rights(share.rights)}.\n"
        f"{_limits(share)}, only in the server where you have shared it, while they are a member there{role}.\n"
        "They never see your Blink account or your other cameras, and cannot pass it on or show it to a whole"
        " channel. They can leave it, or refuse it.\n"
        "Choose below what they may do, and stop sharing at any time; `/share log` shows who used it."
    )
    stop = Button("Stop sharing", f"share:stop:{share.id}:{share.owner_id}", "danger")
    options = tuple((right.value, capital(_RIGHTS[right]), _MORE.get(right, "")) for right in Right)
    menu = Menu(
        "Choose what they may do",
        f"share:rights:{share.id}:{share.owner_id}",
        options,
        most=len(options),
        chosen=frozenset(right.value for right in share.rights),
    )
    tone = Tone.WAITING if note else Tone.GOOD
    return Card(_TITLE, f"{note}\n{text}" if note else text, tone, buttons=(stop,), menus=(menu,))


def which_camera(scopes: Sequence[tuple[str, str]], who: int, *, owner: int) -> Card:
    """Return the question which camera somebody shares with a person; `scopes` are choices and labels."""
    slices = [scopes[begin : begin + IN_A_MENU] for begin in range(0, len(scopes), IN_A_MENU)][:MOST_MENUS]
    menus = tuple(
        Menu(
            "Choose a camera" if number == 0 else f"More cameras, from “{options[0][1][:80]}”",
            f"share:what:{number}:{who}:{owner}",
            tuple((scope, label, "") for scope, label in options),
        )
        for number, options in enumerate(slices)
    )
    shown = IN_A_MENU * MOST_MENUS
    small = f"These are the first {shown}; `/share add` has all of them." if len(scopes) > shown else ""
    return Card("Share a camera", f"**Which camera do you share with <@{who}>?**", Tone.WAITING, small, menus=menus)


def how_much(scope: str, label: str, who: int, ends: Sequence[Ending], zone: str, *, now: datetime, owner: int) -> Card:
    """Return the question what a person may do with a camera and until when, in a menu for each preset."""
    options = ((NO_END, "Until I stop it", ""), *(_until_option(end, zone, now) for end in ends))
    menus = tuple(
        Menu(f"{preset.value.capitalize()}: until when?", f"share:{preset.value[0]}:{who}:{scope}:{owner}", options)
        for preset in Preset
    )
    lines = [
        f"**What may <@{who}> do with {plain(label, 80)}, and until when?**",
        *(f"• {sentence}" for sentence in PRESETS.values()),
        "It is shared as soon as you choose; you can change or stop it afterwards.",
    ]
    return Card("Share a camera", "\n".join(lines), Tone.WAITING, menus=menus)


def _until_option(end: Ending, zone: str, now: datetime) -> tuple[str, str, str]:
    if not end.said:
        return end.value, f"Until {when(end.at, zone, now=now)}", ""
    begin = "For" if end.said[0].isdecimal() else "Until"
    return end.value, f"{begin} {end.said}", capital(when(end.at, zone, now=now))


def when(moment: datetime, zone: str, *, now: datetime) -> str:
    """Return a moment by a place's clock, in plain text; midnight is the end of the day before."""
    local = moment.astimezone(zone_of(zone))
    ends = (local.hour, local.minute) == (0, 0)
    day = local - timedelta(days=1) if ends else local
    year = f" {day.year}" if day.year != now.astimezone(local.tzinfo).year else ""
    return f"{day:%A} {day.day} {day:%B}{year}, {'end of day' if ends else f'{local:%H:%M}'}"


def until_choice(end: Ending, zone: str, *, now: datetime) -> str:
    """Return an end as it is offered while somebody types."""
    return f"{end.said}, {when(end.at, zone, now=now)}" if end.said else when(end.at, zone, now=now)


def hours_choice(hours: Hours) -> str:
    """Return hours as they are offered while somebody types, by both kinds of clock."""
    return f"{_halved(hours.begin)} to {_halved(hours.end)} ({clock(hours)})"


def _halved(minute: int) -> str:
    if minute % (12 * 60) == 0:
        return "noon" if minute else "midnight"
    minutes = f":{minute % 60:02}" if minute % 60 else ""
    return f"{(minute // 60 - 1) % 12 + 1}{minutes} {'PM' if minute >= 12 * 60 else 'AM'}"


def listed(
    own: Sequence[Share],
    received: Sequence[Share],
    others: Sequence[Share],
    refused: Sequence[Refusal] = (),
    *,
    here: int | None,
    owner: int,
) -> Card:
    """Return what somebody shares, can use in the server `here` and refuses; `others` are for administrators."""
    parts = (
        ("**You share**", [_own_line(one, here) for one in own]),
        ("**Shared with you here**", [_received_line(one) for one in received]),
        ("**You refuse or have left**", list(dict.fromkeys(map(share_refusals.line, refused)))),
        ("**Shared by others in this server**", [_other_line(one, here) for one in others]),
    )
    found = [(title, lines) for title, lines in parts if lines]
    if not found:
        text = "**Nothing is shared here.** `/share add` lets somebody use a camera of yours."
        return Card(_TITLE, text, Tone.WAITING)
    menus: tuple[Menu, ...] = ()
    if own:
        menus = (Menu("Change what somebody may do", f"share:open:{owner}", _options(own, owner)),)
    if own or others:
        menus = (*menus, Menu("Stop sharing at once", f"share:choose:{owner}", _options([*own, *others], owner)))
    if refused:
        menus = (*menus, share_refusals.menu(refused, owner))
    text = "\n".join(f"{title}\n{within(lines, _ROOM // len(found))}" for title, lines in found)
    return Card(_TITLE, text, Tone.GOOD, menus=menus)


def _options(shares: Sequence[Share], reader: int) -> tuple[tuple[str, str, str], ...]:
    called = names(shares, reader)
    return tuple((one.id, called[one.id], _describe(one)) for one in shares[:IN_A_MENU])


def stopped(share: Share, *, here: int | None, own: bool) -> Card:
    """Return the confirmation that something is no longer shared."""
    what = plain(share.label, 80) if own else f"A camera of <@{share.owner_id}>"
    text = (
        f"**{what} is no longer shared with {_who(share, here)}.** Nothing under way is delivered to them. If it is"
        " shared with a role of theirs too, they can still use it: `/share list`."
    )
    return Card(_TITLE, text, Tone.GOOD)


def log(uses: Sequence[Use], *, page: int = 1, owner: int) -> Card:
    """Return a page of the uses of somebody's cameras; more than `LOG_LINES` uses lead to the next page."""
    if not uses and page == 1:
        text = "**Nobody has used what you share in the last 30 days.** Uses are kept for that long."
        return Card("Who used your cameras", text, Tone.GOOD)
    turns = (("Newer", page - 1, page > 1), ("Older", page + 1, len(uses) > LOG_LINES))
    buttons = tuple(Button(label, f"share:log:{to}:{owner}") for label, to, there in turns if there)
    lines = [_used_line(one) for one in uses[:LOG_LINES]] or ["There is nothing older."]
    return Card("Who used your cameras", "\n".join(["**The last 30 days**", *lines]), Tone.GOOD, buttons=buttons)


def first_use(use: Use) -> Card:
    """Return the message to an owner about somebody's first use of a shared camera."""
    text = (
        f"**<@{use.user_id}> {_did(use)} {plain(use.label, 80)} for the first time** {ago(use.at)}, since you"
        " share it with them.\n`/share log` shows every use, `/share remove` stops sharing, and `/notify shares:off`"
        " stops these messages."
    )
    return Card("Your camera was used", text, Tone.GOOD)


def rights(which: Collection[Right]) -> str:
    """Return rights in words."""
    words = [_RIGHTS[right] for right in Right if right in which]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def names(shares: Sequence[Share], reader: int) -> dict[str, str]:
    """Return distinct names of shares by id, for a menu; only its owner reads a camera's name."""
    by_age = sorted(shares, key=lambda one: (one.created_at, one.id))
    return distinct({one.id: (_name(one, reader),) for one in by_age})


def _name(share: Share, reader: int) -> str:
    what = share.label if share.owner_id == reader else f"of {share.owner_name}'s"
    return f"{share.guest_name}: {what}"


def _describe(share: Share) -> str:
    """Return the end, hours and rights of a share in plain text."""
    end = f"until {share.until:%Y-%m-%d %H:%M} UTC · " if share.until else ""
    hours = f"{clock(share.hours)} · " if share.hours else ""
    return f"{end}{hours}{rights(share.rights)}"


def clock(hours: Hours) -> str:
    """Return hours in the form 08:00-18:00."""
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.begin, hours.end or 24 * 60))
    return f"{begin}-{end}"


def _who(share: Share, here: int | None) -> str:
    """Name the person or role that something is shared with; Discord names only roles of the server it is read in."""
    if share.to_role and share.guild_id != here:
        return f"the role {plain(share.guest_name, 40)} of another server"
    return f"<@&{share.guest_id}>" if share.to_role else f"<@{share.guest_id}>"


def _used_line(use: Use) -> str:
    times = f", {use.times} times since {on(use.began_at)}" if use.times > 1 and use.began_at else ""
    return f"{on(use.at)} <@{use.user_id}> {_did(use)} {plain(use.label, 80)}{times}"


def _did(use: Use) -> str:
    """Say what somebody did with a camera, or with the list of recordings, of which they may have watched none."""
    return "looked at" if use.label == LISTED else _DID[use.right]


def _limits(share: Share) -> str:
    hours = f"From {clock(share.hours)} ({plain(share.hours.zone, 40)})" if share.hours else "At any hour"
    return f"{hours}, {f'until {on(share.until)}' if share.until else 'until you stop it'}"


def _own_line(share: Share, here: int | None) -> str:
    return f"{capital(_who(share, here))} · {plain(share.label, 80)}: {rights(share.rights)}. {_limits(share)}."


def _received_line(share: Share) -> str:
    end = f", until {on(share.until)}" if share.until else ""
    hours = f", {clock(share.hours)} ({plain(share.hours.zone, 40)})" if share.hours else ""
    by = " (by a role)" if share.to_role else ""
    return f"{plain(share.label, 80)} of <@{share.owner_id}>{by}: {rights(share.rights)}{hours}{end}."


def _other_line(share: Share, here: int | None) -> str:
    what = "a camera" if share.camera else "a system"
    end = f", until {on(share.until)}" if share.until else ""
    return f"<@{share.owner_id}> lets {_who(share, here)} use {what}: {rights(share.rights)}{end}."


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
