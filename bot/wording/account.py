"""The answers of `/link`, `/account` and `/unlink`, and what comes as direct messages."""

from collections.abc import Collection
from datetime import datetime

from bot.blink import Inventory
from bot.models import Account, NotifyClips, Person, Right

from .buttons import delete_ask_all, export, link, relink, unlink_ask, unlink_never, unlink_now
from .cards import Card, Tone, ago, on, plain
from .shares import rights


def offer(name: str, url: str, expires_at: datetime) -> Card:
    """Return the one-time link, with the name of the person it is for."""
    return Card(
        "Link your Blink account",
        f"**This link is for {plain(name, 80)} alone, works once, and ends {ago(expires_at)}.** Anyone who signs in"
        " behind it links *their* cameras to *your* Discord account, so do not pass it on.\n"
        "The page asks for your Blink e-mail and password, and for the code that Blink sends you. They go to Blink and"
        " are not kept; the bot keeps the two tokens that Blink gives, encrypted. Never type a password into Discord.",
        Tone.WORKING,
        buttons=(link("Sign in to Blink", url),),
    )


def linked(inventory: Inventory | None) -> Card:
    """Return the text that replaces the link after its use."""
    if inventory is None:
        text = "**Linked.** Blink has not listed your cameras yet; in a minute, `/cameras` shows them."
    elif not inventory.cameras:
        text = "**Linked: no cameras.** Add one in the Blink app; `/cameras` then shows it."
    else:
        count = len(inventory.cameras)
        text = f"**Linked: {count} {'camera' if count == 1 else 'cameras'}.** `/clip` records, `/cameras` shows them."
    return Card("Your Blink account is linked", text, Tone.GOOD)


def only_by_host(user_id: int) -> Card:
    """Return how an account is linked if the bot has no page."""
    return Card(
        "Link your Blink account",
        "**This bot has no sign-in page.** That takes `PORT` and `PUBLIC_URL`, which its host has not both set.\n"
        f"Ask the person who hosts it to run `python -m bot link {user_id}`, or to set them.",
        Tone.WAITING,
    )


def not_linked(granted: Collection[Right] = (), *, wanted: bool = True) -> Card:
    """Return the answer for somebody without a link; `granted` are the rights that they have here and now.

    `wanted`: they asked for something that these rights do not cover.
    """
    return Card("Blink account", _not_linked(granted, wanted=wanted), Tone.WAITING)


def guest(granted: Collection[Right], user_id: int) -> Card:
    """Return the answer of `/account` for somebody without a link: their rights, and what is stored."""
    kept = (
        "Stored, if there is any: your choices, whom you refuse, the cameras whose motion you hear of, and for"
        " 30 days your clips of others' cameras; the owner of a camera sees for as long that you used it."
    )
    return Card(
        "Blink account",
        f"{_not_linked(granted, wanted=False)}\n{kept}",
        Tone.WAITING,
        buttons=(delete_ask_all(user_id), export(user_id)),
    )


def _not_linked(granted: Collection[Right], *, wanted: bool) -> str:
    if not granted:
        return (
            "**No Blink account is linked for you.** Use `/link` to link yours.\nIf somebody else has the cameras, ask"
            " them to let you use one in a server with `/share add`."
        )
    headline = (
        "Nothing that is shared with you here and now is for this." if wanted else "You use others' cameras here."
    )
    return (
        f"**{headline}** You may {rights(granted)}; `/help` shows how.\nFor cameras of your own, link your Blink"
        " account with `/link`."
    )


def account(linked_account: Account, person: Person, inventory: Inventory | None, alerts: str) -> Card:
    """Return what is linked and what is stored; `alerts` sums up the person's motion alerts."""
    lines = [
        "**Your Blink account is linked.**"
        if not linked_account.signed_out_at
        else "**Blink has signed this bot out.**"
    ]
    if linked_account.signed_out_at:
        lines.append("Link it again with the button below, or with `/link`.")
    fields = [
        ("Region", plain(linked_account.region.tier, 20) if linked_account.region else "not known yet"),
        ("Linked", on(linked_account.linked_at)),
        ("Last success", ago(linked_account.last_success_at) if linked_account.last_success_at else "not yet"),
    ]
    if inventory:
        networks = ", ".join(plain(name, 40) for name in inventory.networks.values()) or "none"
        fields += [("Networks", networks), ("Cameras", str(len(inventory.cameras)))]
    fields += [("Copies by direct message", _copies(person)), ("Motion alerts", alerts)]
    stored = (
        "Stored: Blink's two tokens for this link, encrypted; which region and account they are for; your choices here,"
        " with the cameras whose motion you hear of; what you share, and who used it; whom you refuse; your"
        " clips' progress, the last"
        " two for 30 days; and for about a day which recordings you were told of. No password, no video and no camera"
        " picture is kept."
    )
    return Card(
        "Blink account",
        "\n".join([*lines, stored]),
        Tone.BAD if linked_account.signed_out_at else Tone.GOOD,
        fields=tuple(fields),
        buttons=(relink(linked_account.user_id), unlink_ask(linked_account.user_id), export(linked_account.user_id)),
    )


def confirm_unlink(user_id: int, *, linked: bool) -> Card:
    """Return the question before everything is deleted."""
    if not linked:
        text = (
            "**This deletes everything the bot keeps of you:** your choices, what you hear of, whom you refuse,"
            " your clips' progress.\nMessages and videos already in Discord stay until you remove them, and the owner"
            " of a camera still sees for 30 days that you used it."
        )
        buttons = (unlink_now(user_id), unlink_never(user_id))
        return Card("Delete what the bot keeps of you?", text, Tone.WAITING, buttons=buttons)
    return Card(
        "Unlink your Blink account?",
        "**This signs the bot out at Blink and deletes everything it keeps of you:** the link and its tokens, your"
        " choices, what you hear of, what you share, whom you refuse, your clips' progress.\nMessages and"
        " videos already in Discord stay until you remove them; recordings stay in your Blink account.",
        Tone.WAITING,
        buttons=(unlink_now(user_id), unlink_never(user_id)),
    )


def unlinking() -> Card:
    """Return the reply while the bot signs out at Blink."""
    text = "**Deleting everything…** The bot signs out at Blink first, if an account is linked."
    return Card("Unlinking", text, Tone.WORKING)


def unlinked(*, known: bool, signed_out: bool) -> Card:
    """Return what has been deleted and what stays."""
    if not known:
        return Card(
            "Blink account",
            "**Nothing was linked.** Your choices, whom you refuse, and what I kept of clips of others' cameras"
            " are deleted.",
            Tone.GOOD,
        )
    at_blink = (
        "The bot is signed out at Blink too."
        if signed_out
        else "Blink could not be told; to be sure, remove the client in the Blink app or change your password."
    )
    return Card(
        "Unlinked",
        f"**Your link, its tokens, your choices and your clips' progress are deleted.** {at_blink}\n"
        "Messages and videos already in Discord stay until you remove them; recordings stay in your Blink account.",
        Tone.GOOD,
    )


def still_linked() -> Card:
    """Return the confirmation that nothing was deleted."""
    return Card("Blink account", "**Nothing was changed.** All is kept as it was.", Tone.GOOD)


def signed_out(user_id: int) -> Card:
    """Return the one message to an owner after Blink has signed the bot out of their account."""
    return Card(
        "Blink has signed this bot out",
        "**Clips of your cameras do not work until you link your Blink account again.** That happens after a password"
        " change, or when Blink ends old sign-ins.",
        Tone.BAD,
        buttons=(relink(user_id),),
    )


def exported(filename: str) -> Card:
    """Return the text beside the file of one's own data."""
    text = "**This is all that the bot keeps of you**, but for the two tokens, which open your cameras."
    return Card("Your data", text, Tone.GOOD, download=filename)


COPIES = {
    NotifyClips.ALWAYS: "always",
    NotifyClips.SLOW: "when a clip takes over 30 seconds, or its reply is lost",
    NotifyClips.LATE: "only when its reply is lost",
    NotifyClips.NEVER: "never",
}


def _copies(person: Person) -> str:
    chosen = COPIES[person.notify_clips or NotifyClips.SLOW]
    return f"{chosen}; but your direct messages are closed" if person.dms_closed_at else chosen


def copies_saved(person: Person) -> str:
    """Return what the saved choices about direct messages mean."""
    meaning = {
        NotifyClips.ALWAYS: "Every clip also comes to you as a direct message.",
        NotifyClips.SLOW: "A clip that takes over 30 seconds, or whose reply is lost, also comes as a direct message.",
        NotifyClips.LATE: "A clip comes as a direct message only when its reply can no longer be changed.",
        NotifyClips.NEVER: "Clips never come as a direct message; where a reply is lost, your next command says so.",
    }[person.notify_clips or NotifyClips.SLOW]
    return f"{meaning} {_first_uses(person)}"


def copies(person: Person) -> str:
    """Return what comes as direct messages besides motion alerts."""
    return f"Copies of your clips by direct message: **{_copies(person)}**. {_first_uses(person)}"


def _first_uses(person: Person) -> str:
    told = "You hear" if person.hears_of_grants else "You do not hear"
    return f"{told} when somebody uses a camera for the first time that you share."
