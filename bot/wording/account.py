"""The answers of `/account` and `/notify`."""

from collections.abc import Collection

from bot.blink import Inventory
from bot.models import Account, NotifyClips, Person, Right

from .cards import Card, Tone, ago, delete_ask_all, export, on, plain, relink, unlink_ask
from .grants import rights


def not_linked(granted: Collection[Right] = (), *, wanted: bool = True) -> Card:
    """Return the answer for somebody without a link; `granted` are the rights that they have here and now.

    `wanted`: they asked for something that these rights do not cover.
    """
    return Card("Blink account", _not_linked(granted, wanted=wanted), Tone.WAITING)


def guest(granted: Collection[Right], user_id: int) -> Card:
    """Return the answer of `/account` for somebody without a link: their rights, and what is stored."""
    kept = (
        "Stored, if there is any: your choices, whose grants you refuse, the cameras whose motion you hear of, and for"
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
            " them to let you use one in a server with `/grant add`."
        )
    headline = (
        "Nothing that was granted to you here and now is for this." if wanted else "You use others' cameras here."
    )
    return (
        f"**{headline}** You may {rights(granted)}; `/help` shows how.\nFor cameras of your own, link your Blink"
        " account with `/link`."
    )


def account(linked: Account, person: Person, inventory: Inventory | None, alerts: str) -> Card:
    """Return what is linked and what is stored; `alerts` sums up the person's motion alerts."""
    lines = ["**Your Blink account is linked.**" if not linked.signed_out_at else "**Blink has signed this bot out.**"]
    if linked.signed_out_at:
        lines.append("Link it again with the button below, or with `/link`.")
    fields = [
        ("Region", plain(linked.region.tier, 20) if linked.region else "not known yet"),
        ("Linked", on(linked.linked_at)),
        ("Last success", ago(linked.last_success_at) if linked.last_success_at else "not yet"),
    ]
    if inventory:
        networks = ", ".join(plain(name, 40) for name in inventory.networks.values()) or "none"
        fields += [("Networks", networks), ("Cameras", str(len(inventory.cameras)))]
    fields += [("Copies by direct message", _copies(person)), ("Motion alerts", alerts)]
    stored = (
        "Stored: Blink's two tokens for this link, encrypted; which region and account they are for; your choices here,"
        " with the cameras whose motion you hear of; what you granted, and who used it; whose grants you refuse; your"
        " clips' progress, the last"
        " two for 30 days; and for about a day which recordings you were told of. No password, no video and no camera"
        " picture is kept."
    )
    return Card(
        "Blink account",
        "\n".join([*lines, stored]),
        Tone.BAD if linked.signed_out_at else Tone.GOOD,
        fields=tuple(fields),
        buttons=(relink(linked.user_id), unlink_ask(linked.user_id), export(linked.user_id)),
    )


def _copies(person: Person) -> str:
    chosen = {
        None: "for private replies",
        NotifyClips.ALWAYS: "always",
        NotifyClips.LATE: "only when the reply is lost",
        NotifyClips.NEVER: "never",
    }[person.notify_clips]
    return f"{chosen}; but your direct messages are closed" if person.dms_closed_at else chosen


def copies_saved(person: Person) -> str:
    """Return what the saved choices about direct messages mean."""
    meaning = {
        None: "Clips whose reply only you see also come to you as a direct message.",
        NotifyClips.ALWAYS: "Every clip also comes to you as a direct message.",
        NotifyClips.LATE: "A clip comes as a direct message only when its reply can no longer be changed.",
        NotifyClips.NEVER: "Clips never come as a direct message; where a reply is lost, your next command says so.",
    }[person.notify_clips]
    return f"{meaning} {_first_uses(person)}"


def copies(person: Person) -> str:
    """Return what comes as direct messages besides motion alerts."""
    return f"Copies of your clips by direct message: **{_copies(person)}**. {_first_uses(person)}"


def _first_uses(person: Person) -> str:
    told = "You hear" if person.hears_of_grants else "You do not hear"
    return f"{told} when somebody uses a camera for the first time that you granted."
