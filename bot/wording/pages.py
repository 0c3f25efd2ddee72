"""The words of the web pages; those in `backticks` are typed in Discord and drawn as such."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.accounts import Hurdle, Stopped
from bot.blink import Camera, CodeWanted, Denial, Denied, Inventory
from bot.blink.labels import clean
from bot.models import Invited

from .cameras import unknown_devices

PRODUCT = "blink-clip-bot"
STEPS = 4
START_AGAIN = "Start again"
SHORTEST_CODE, LONGEST_CODE = 4, 10

_LONGEST_NAME = 80
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]{1,90000}={0,2}", re.ASCII)  # no other address is shown
_MOST_CAMERAS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page's words; `step` counts from 1 if the page is a step of the sign-in."""

    title: str
    heading: str
    text: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    button: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why a form did not go on, and the field to type again."""

    text: str
    field: Literal["username", "password", "code"] | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """The Discord account that a link is for, as the page draws it."""

    name: str
    user_id: int
    initials: str
    picture: str | None = None


DISCORD = "https://discord.com/channels/@me"

HOME = Page(
    "A Discord bot for Blink cameras",
    PRODUCT,
    (
        "A Discord bot that records clips on your own Blink cameras and puts the video into Discord.",
        "There is nothing to do on this page. To link your Blink account, use `/link` in Discord;"
        " it gives you your own page here.",
    ),
)


def face(invited: Invited) -> Face:
    """Return the Discord account as the page draws it; its name cannot move the words around it."""
    name = clean(invited.name, _LONGEST_NAME) or "someone"
    letters = [word[0] for word in name.split() if word[0].isalnum()]
    initials = "".join([*letters[:1], *letters[1:][-1:]]).upper() or "?"
    picture = invited.avatar_url if _PICTURE.fullmatch(invited.avatar_url or "") else None
    return Face(name, invited.user_id, initials, picture)


def confirm(*, through_discord: bool) -> Page:
    """Return step 1, in which people notice a forwarded link."""
    text = ("This link connects your Blink cameras to this Discord account, and to no other.",)
    if through_discord:
        text += ("Next, Discord asks you to confirm that this account is yours. It tells the bot only who you are.",)
    return Page(
        "Is this you?",
        "Is this your Discord account?",
        text,
        (
            "Did somebody send you this link? Then close this page: they would see your cameras."
            " Only a link that you asked for with `/link` is yours.",
        ),
        "Yes, confirm with Discord" if through_discord else "Yes, this is me",
        step=1,
    )


CREDENTIALS = Page(
    "Sign in to Blink",
    "Sign in to Blink",
    ("Use the e-mail address and the password of your Blink app.",),
    (
        "Both go to Blink. The bot does not keep the password, and forgets the e-mail address when this page ends."
        " It keeps only the tokens that Blink gives in return, encrypted; `/unlink` deletes them.",
    ),
    "Sign in",
    step=2,
)
USERNAME_LABEL = "E-mail address"
PASSWORD_LABEL = "Password"  # noqa: S105 - a label
CODE_LABEL = "Code"

_WAYS = {"sms": "by text message", "whatsapp": "by WhatsApp", "voice": "by a phone call", "email": "by e-mail"}


def code(wanted: CodeWanted) -> Page:
    """Return step 3, which says where to look for the code."""
    way = _WAYS.get((wanted.method or "").lower(), "")
    destination = clean(wanted.destination or "", 60)
    sent = " ".join(filter(None, ["Blink sent you a code", way, f"to {destination}" if destination else ""]))
    where = f"{sent}." if way or destination else f"{sent}. Check your messages, calls and e-mail."
    return Page(
        "Enter the code",
        "Enter the code from Blink",
        (where,),
        ("Did nothing come, or is it too old? Sign in again, and Blink sends a new code.",),
        "Continue",
        step=3,
    )


def done(inventory: Inventory | None) -> Page:
    """Return step 4."""
    count = len(inventory.cameras) if inventory else 0
    if inventory is None:
        found = "Blink has not listed your cameras yet. In a minute, `/cameras` shows them in Discord."
    elif not count and inventory.unknown:
        found = f"No camera was found, and {unknown_devices(inventory.unknown)}."
    elif not count:
        found = "This Blink account has no cameras. Add one in the Blink app; `/cameras` shows it in Discord."
    else:
        found = "One camera was found:" if count == 1 else f"{count} cameras were found:"
    return Page(
        "Linked",
        "Your Blink account is linked",
        (found,),
        ("Go on in Discord: `/clip` records, `/help` shows what else you can do, and `/unlink` ends the link.",),
        "Back to Discord",
        step=4,
    )


def cameras(inventory: Inventory | None) -> Iterator[tuple[str, str]]:
    """Yield each camera's name and description; Blink's client has cleaned the names."""
    found = inventory.cameras if inventory else ()
    for camera in found[:_MOST_CAMERAS]:
        yield camera.name, _kind(camera)
    if len(found) > _MOST_CAMERAS:
        yield f"and {len(found) - _MOST_CAMERAS} more", ""


def _kind(camera: Camera) -> str:
    return " · ".join([camera.network, camera.model, *([] if camera.online else ["offline"])])


def denied(denied: Denied) -> Problem:
    """Return why Blink did not let the person in."""
    match denied.why:
        case Denial.WRONG_PASSWORD:
            return Problem("Blink does not accept this e-mail address with this password. Type it again.", "password")
        case Denial.WRONG_CODE:
            return Problem("Blink does not accept this code. Check the newest message and type it again.", "code")
        case Denial.CODE_EXPIRED:
            return Problem("The code is too old. Sign in again, and Blink sends you a new one.", "password")
        case Denial.START_AGAIN:
            return Problem("Blink no longer knows this sign-in. Start again here for a new code.", "password")
        case Denial.LOCKED if denied.wait:
            return Problem(f"{_too_many(denied.wait)} {_EACH_COUNTS}")
        case Denial.LOCKED:
            return Problem(
                "Blink has locked this account after too many attempts, and does not say for how long, usually an"
                " hour. Wait that long, then use `/link` in Discord for a new page."
            )
        case Denial.BLOCKED:
            return Problem(
                "Blink refuses this bot (406). Neither you nor your password is the cause;"
                " please tell the person who hosts this bot."
            )
        case Denial.UNREACHABLE:
            return Problem("Blink does not answer. It is not your fault; try again in a minute.")
        case Denial.NOT_UNDERSTOOD:
            status = f" (HTTP {denied.status})" if denied.status else ""
            return Problem(
                f"Blink answered something the bot does not understand{status}. Try again in a minute."
                " If it keeps happening, Blink's sign-in may have changed; please tell the person who hosts this bot."
            )


_EACH_COUNTS = "Each attempt before then sends another code, and counts again."


def wait(seconds: int) -> Page:
    """Return step 2 while Blink wants to be left alone."""
    return Page(
        "Wait",
        f"Blink accepts no sign-in for {_span(seconds)}",
        (f"{_too_many(seconds)} {_EACH_COUNTS}", "Wait that long, then use `/link` in Discord for a new page."),
        step=2,
    )


def _too_many(seconds: int) -> str:
    return f"There were too many sign-ins or codes. Blink accepts the next one in {_span(seconds)}."


def _span(seconds: int) -> str:
    """Return a time to wait, rounded up."""
    minutes = math.ceil(seconds / 60)
    if minutes == 1:
        return "a minute"
    return f"{minutes} minutes" if minutes < 120 else f"{math.ceil(minutes / 60)} hours"


def stopped(stopped: Stopped) -> Problem:
    """Return why the bot itself does not let the person go on."""
    match stopped.why:
        case Hurdle.LINK_GONE:
            return Problem(GONE.text[0])
        case Hurdle.NOT_SAVED:
            return Problem(
                "The bot cannot save anything right now, so nothing was linked. The trouble is on the bot's side, not"
                " yours; try again in a few minutes."
            )
        case Hurdle.TOO_MANY:
            return Problem("Too many attempts in a short time. Wait ten minutes, then use `/link` for a new page.")
        case Hurdle.START_AGAIN:
            return Problem("This sign-in was not finished in time. Start again here for a new code.", "password")


NO_USERNAME = Problem("Type the e-mail address of your Blink account.", "username")
NO_PASSWORD = Problem("Type your Blink password.", "password")
NOT_A_CODE = Problem(
    f"That is not a code: it has {SHORTEST_CODE} to {LONGEST_CODE} digits and nothing else. Type it again.", "code"
)
NEWER_CODE = Problem("You have asked for a newer code since then, perhaps in another tab. Type the newest one.", "code")

GONE = Page(
    "This link has ended",
    "This link cannot be used",
    (
        "It was used already, it is older than ten minutes, or it never existed.",
        "Use `/link` in Discord for a new one.",
    ),
)
LOST = Page(
    "Start again",
    "Please start again",
    (
        "The bot no longer knows this browser: the bot was restarted, the page was open for too long,"
        " or the browser keeps no cookies.",
        "Nothing that you just sent was used. Start again, or use `/link` in Discord for a new page.",
    ),
    button=START_AGAIN,
)
OTHER_BROWSER = Page(
    "Open in another browser",
    "This link is open in another browser",
    (
        "A link works only in the browser where you confirmed that it is yours. Continue there,"
        " or use `/link` in Discord for a new one.",
        "Did you not confirm it anywhere? Then somebody else has opened it; a new link ends this one.",
    ),
)
NOT_YOU = Page(
    "Not for you",
    "This link is for somebody else",
    (
        "Discord says that you are signed in with a different account from the one this link is for.",
        "If somebody sent you this link, close this page: they would see your cameras.",
        "If both accounts are yours, switch accounts at discord.com, then start again.",
    ),
    button=START_AGAIN,
)
DECLINED = Page(
    "Not confirmed",
    "Discord did not confirm that it is you",
    ("You cancelled at Discord, or took too long there. Without Discord's answer, nothing can be linked.",),
    button=START_AGAIN,
)
DISCORD_AWAY = Page(
    "Discord does not answer",
    "Discord does not answer",
    ("The bot asked Discord who you are, and got no answer. It is not your fault; start again in a minute.",),
    button=START_AGAIN,
)
DISCORD_REFUSED = Page(
    "Discord refused",
    "Discord did not say who you are",
    ("Start again. If it keeps happening, please tell the person who hosts this bot.",),
    button=START_AGAIN,
)
CROWDED = Page(
    "Too many attempts",
    "Too many wrong links",
    ("Somebody on your network has opened many links that do not exist. Wait a moment and open yours again.",),
)
TOO_LARGE = Page("Too large", "That was too much", ("What you sent is larger than any form here. Go back.",))
NOT_A_FORM = Page("Not understood", "That form was not understood", ("It is not what this page sends. Go back.",))
TOO_SLOW = Page("Too slow", "That took too long", ("The form did not arrive in time. Go back and send it again.",))
NOTHING_HERE = Page("Nothing here", "There is nothing here", ("Use `/link` in Discord to link your Blink account.",))
NOT_THIS_WAY = Page(
    "Not understood", "That is not how this page is used", ("Open it in a browser, and use its buttons.",)
)


def mistake(reference: str) -> Page:
    """Return the page if the bot itself is at fault."""
    return Page(
        "Our mistake",
        "Something broke on our side",
        (
            "This is a mistake in the bot, not yours. Try again in a minute."
            f" Its host finds the cause in the log under {reference}.",
        ),
    )
