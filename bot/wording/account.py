"""The answers of `/link`, `/account` and `/unlink`, and what comes as direct messages."""

from collections.abc import Collection
from datetime import datetime

from bot.blink import Camera, Inventory
from bot.models import Account, Kind, NotifyClips, Person, Right

from .cameras import unknown_devices
from .cards import Button, Card, Tone, ago, on, plain
from .custom_ids import SIGNS, export, relink
from .shares import rights

# The reply while the bot signs out at Blink, which stays true if nothing follows.
UNLINKING = Card(
    "Unlinking",
    "**Deleting everything…** If an account is linked, I sign out at Blink first. If this stays as it is, I was"
    " interrupted: use `/unlink` again.",
    Tone.WORKING,
)
STILL_LINKED = Card("Blink account", "**Nothing was changed.** Everything stays as it was.", Tone.GOOD)


def offer(name: str, url: str, expires_at: datetime) -> Card:
    """Return the one-time link, with the name of the person it is for."""
    return Card(
        "Link your Blink account",
        f"**This link is for {plain(name, 80)} alone, works once, and ends {ago(expires_at)}.** Do not pass it on:"
        " anyone who signs in there links *their* cameras to *your* Discord account.\n"
        "The page asks for your Blink e-mail and password, and for the code that Blink sends you. They go to Blink and"
        " are not kept; the bot keeps only the two tokens that Blink gives it, encrypted. Never type a password into"
        " Discord.",
        Tone.WORKING,
        buttons=(Button("Sign in to Blink", url=url),),
    )


def linked(inventory: Inventory | None, first: Camera | None, user_id: int) -> Card:
    """Return the text that replaces the link after its use; `first` is the camera to try."""
    buttons: tuple[Button, ...] = ()
    if first:
        buttons = (Button(f"Record on {first.name}", f"cam:clip:{first.key}:{user_id}", "primary", SIGNS[Kind.CLIP]),)
    if inventory is None:
        text = "**Linked.** Blink has not listed your cameras yet. In a minute, `/cameras` shows them."
    elif not inventory.cameras and inventory.unknown:
        text = f"**Linked: no camera that I know, and {unknown_devices(inventory.unknown)}.**"
    elif not inventory.cameras:
        text = "**Linked: no cameras.** Add one in the Blink app; `/cameras` then shows it."
    elif first:
        text = (
            f"**Linked: {_counted(inventory)}.** Next, record your first clip: press the button, or type `/clip` and"
            " choose a camera. `/help` shows all you can do."
        )
    else:
        text = f"**Linked: {_counted(inventory)}.** `/cameras` shows how each one is, and `/clip` records."
    return Card("Your Blink account is linked", text, Tone.GOOD, buttons=buttons)


def only_by_host(user_id: int) -> Card:
    """Return how an account is linked if the bot has no page."""
    return Card(
        "Link your Blink account",
        f"**{host_links(user_id)}**\nTo let people link their accounts themselves, the host sets `PORT` and"
        " `PUBLIC_URL`.",
        Tone.WAITING,
    )


def host_links(user_id: int) -> str:
    """Say what the host does for somebody without a link if the bot has no page."""
    return f"This bot has no sign-in page. Ask the person who hosts it to run `python -m bot link {user_id}`."


def not_linked(shared: Collection[Right] = ()) -> Card:
    """Return the answer for somebody without a link who asked for more than the rights that they have here and now."""
    return Card("Blink account", _not_linked(shared, wanted=True), Tone.WAITING)


def guest(shared: Collection[Right], user_id: int) -> Card:
    """Return the answer of `/account` for somebody without a link: their rights, and what is stored."""
    kept = (
        "I keep your choices, which people you refuse, which cameras send you alerts, and for 30 days your clips of"
        " other people's cameras. The owner of a camera also sees for 30 days that you used it."
    )
    return Card(
        "Blink account",
        _not_linked(shared, wanted=False),
        Tone.WAITING,
        small=kept,
        buttons=(export(user_id), Button("Delete my data", f"account:ask:{user_id}")),
    )


def _not_linked(shared: Collection[Right], *, wanted: bool) -> str:
    if not shared:
        return (
            "**No Blink account is linked for you.** Link yours to record on your cameras.\nIf somebody else has the"
            " cameras, ask them to share one with you in a server, with `/share add`."
        )
    headline = "Nothing shared with you here and now covers this." if wanted else "You use other people's cameras here."
    return (
        f"**{headline}** You may {rights(shared)}; `/help` shows how.\nTo use cameras of your own, link your Blink"
        " account."
    )


def account(linked_account: Account, person: Person, inventory: Inventory | None, alerts: str) -> Card:
    """Return the state of a link, and what is stored; `alerts` sums up the person's motion alerts."""
    user_id, region = linked_account.user_id, linked_account.region
    fields = [
        ("Linked", on(linked_account.linked_at)),
        ("Blink last answered", ago(linked_account.last_success_at) if linked_account.last_success_at else "not yet"),
    ]
    if inventory:
        fields += [("Systems", ", ".join(plain(name, 40) for name in inventory.networks.values()) or "none")]
    fields += [("Copies by direct message", _copies(person)), ("Motion alerts", alerts)]
    where = f"the region ({plain(region.tier, 20)}) and" if region else "the"
    stored = (
        f"I keep: Blink's two tokens, encrypted, with {where} account that they are for; your choices, your Discord's"
        " language, and which cameras send you alerts; if you hear of your cameras' health, how they were last; what"
        " you share, and which people you refuse; for 30 days, who used your cameras and how your clips went; and for"
        " about a day, which recordings I told you of. I keep no password, no video and no camera picture."
    )
    signed_out = linked_account.signed_out_at is not None
    return Card(
        "Blink account",
        _state(linked_account, inventory),
        Tone.BAD if signed_out else Tone.GOOD,
        small=stored,
        fields=tuple(fields),
        buttons=(
            *((relink(user_id),) if signed_out else ()),
            export(user_id),
            Button("Unlink", f"account:ask:{user_id}"),
        ),
    )


def _state(linked_account: Account, inventory: Inventory | None) -> str:
    """Return how a link is."""
    if linked_account.signed_out_at:
        return (
            f"**Blink signed this bot out {ago(linked_account.signed_out_at)}.** Blink does that after a password"
            " change, or to end an old sign-in. Press **Link again**; what you share and chose stays."
        )
    if inventory is None:
        return "**Your Blink account is linked.** Blink does not answer just now, so I cannot count your cameras."
    offline = sum(not camera.online for camera in inventory.cameras)
    return f"**Your Blink account is linked: {_counted(inventory)}{f', {offline} offline' if offline else ''}.**"


def _counted(inventory: Inventory) -> str:
    count = len(inventory.cameras)
    return "no cameras" if not count else "1 camera" if count == 1 else f"{count} cameras"


def confirm_unlink(user_id: int, *, linked: bool) -> Card:
    """Return the question before everything is deleted."""
    if linked:
        title = "Unlink your Blink account?"
        text = (
            "**This signs me out at Blink and deletes everything I keep about you:** the link and its tokens, your"
            " choices, your alerts, what you share, which people you refuse, and how your clips went.\nMessages and"
            " videos already in Discord stay until you remove them; recordings stay in your Blink account."
        )
    else:
        title = "Delete what I keep about you?"
        text = (
            "**This deletes everything I keep about you:** your choices, your alerts, which people you refuse, and how"
            " your clips went.\nMessages and videos already in Discord stay until you remove them, and the owner of a"
            " camera still sees for 30 days that you used it."
        )
    yes = Button("Yes, delete everything", f"account:unlink:{user_id}", "danger")
    return Card(title, text, Tone.WAITING, buttons=(yes, Button("Do not delete", f"account:keep:{user_id}")))


def unlinked(*, known: bool, signed_out: bool) -> Card:
    """Return what has been deleted and what stays."""
    if not known:
        return Card(
            "Blink account",
            "**No account was linked.** I have deleted your choices, which people you refuse, and what I kept about"
            " your clips of other people's cameras.",
            Tone.GOOD,
        )
    at_blink = (
        "I am signed out at Blink too."
        if signed_out
        else "I could not tell Blink; to be sure, remove the client in the Blink app, or change your password."
    )
    return Card(
        "Unlinked",
        f"**I have deleted your link, its tokens, your choices and all else I kept about you.** {at_blink}\n"
        "Messages and videos already in Discord stay until you remove them; recordings stay in your Blink account.",
        Tone.GOOD,
    )


def signed_out(user_id: int) -> Card:
    """Return the one message to an owner after Blink has signed the bot out of their account."""
    return Card(
        "Blink has signed this bot out",
        "**Your cameras cannot record here until you link your Blink account again.** Blink does that after a password"
        " change, or to end old sign-ins.",
        Tone.BAD,
        buttons=(relink(user_id),),
    )


def exported(filename: str) -> Card:
    """Return the text beside the file of one's own data."""
    text = (
        "**This file has everything I keep about you**, except what opens something (tokens and links), and what"
        " belongs to others: what they share with you, and the log of whose cameras you used."
    )
    return Card("Your data", text, Tone.GOOD, download=filename)


COPIES = {
    NotifyClips.ALWAYS: "always",
    NotifyClips.SLOW: "when a clip takes over 30 seconds, or its reply is lost",
    NotifyClips.LATE: "only when its reply is lost",
    NotifyClips.NEVER: "never",
}


def _copies(person: Person) -> str:
    chosen = COPIES[person.notify_clips]
    return f"{chosen}; but your direct messages are closed" if person.dms_closed_at else chosen


def copies_saved(person: Person) -> str:
    """Return what the saved choices about direct messages mean."""
    meaning = {
        NotifyClips.ALWAYS: "Every clip also comes to you as a direct message.",
        NotifyClips.SLOW: "A clip that takes over 30 seconds, or whose reply is lost, also comes as a direct message.",
        NotifyClips.LATE: "A clip comes as a direct message only when its reply can no longer be changed.",
        NotifyClips.NEVER: "Clips never come as a direct message; where a reply is lost, your next command says so.",
    }[person.notify_clips]
    return f"{meaning} {_first_uses(person)}"


def copies(person: Person) -> str:
    """Return what comes as direct messages besides motion alerts."""
    return f"Copies of your clips by direct message: **{_copies(person)}**. {_first_uses(person)}"


def _first_uses(person: Person) -> str:
    told = "I tell you" if person.hears_of_shares else "I do not tell you"
    return f"{told} when somebody uses a camera of yours for the first time."
