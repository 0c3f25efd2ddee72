"""The answers of `/link` and `/unlink`, and the message after Blink has signed the bot out."""

from datetime import datetime

from bot.blink import Inventory

from .cards import Card, Tone, ago, link, plain, relink, unlink_never, unlink_now


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


def confirm_unlink(user_id: int, *, linked: bool) -> Card:
    """Return the question before everything is deleted."""
    if not linked:
        text = (
            "**This deletes everything the bot keeps of you:** your choices, what you hear of, whose grants you refuse,"
            " your clips' progress.\nMessages and videos already in Discord stay until you remove them, and the owner"
            " of a camera still sees for 30 days that you used it."
        )
        buttons = (unlink_now(user_id), unlink_never(user_id))
        return Card("Delete what the bot keeps of you?", text, Tone.WAITING, buttons=buttons)
    return Card(
        "Unlink your Blink account?",
        "**This signs the bot out at Blink and deletes everything it keeps of you:** the link and its tokens, your"
        " choices, what you hear of, what you granted, whose grants you refuse, your clips' progress.\nMessages and"
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
            "**Nothing was linked.** Your choices, whose grants you refuse, and what I kept of clips of others' cameras"
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


def exported() -> Card:
    """Return the text beside the file of one's own data."""
    text = "**This is all that the bot keeps of you**, but for the two tokens, which open your cameras."
    return Card("Your data", text, Tone.GOOD)
