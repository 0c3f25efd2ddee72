"""The answers of **Share here** and **Keep** under a private clip, picture or recording."""

from datetime import datetime, timedelta

from bot.models import Job, Kept, Kind

from .cards import Card, Tone, megabytes, on, plain
from .clip import NOUNS
from .custom_ids import remove

_TODAY = timedelta(hours=12)

# The replies while the file is on its way, which stay true if nothing follows.
SHARING = Card(
    "Share here", "Posting it here… If nothing appears below within a minute, press **Share here** again.", Tone.WORKING
)
KEEPING = Card(
    "Keep",
    "Sending it to your direct messages… If it does not arrive within a minute, press **Keep** again.",
    Tone.WORKING,
)
ONLY_FOR_YOU = "Only you can see this."


def _no(text: str) -> Card:
    return Card("Not shared", text, Tone.WAITING)


MADE_PRIVATE = _no(
    "**Discord shows it only to you, so it is not shared.** In this server, an app that people bring along may not"
    " post for everybody.\nAsk an administrator to add the bot to the server, or to allow **Use External Apps**."
)
NOT_OWN = _no("**It is somebody else's camera, so only they can share what it sees.** **Keep** sends it to you alone.")
NOT_PRIVATE = Card(
    "Nothing to do", "**Share here and Keep are for a reply that only you see.** This is none.", Tone.WAITING
)
OTHER_ACCOUNT = _no(
    "**The camera's Blink account is no longer linked for you, so nothing was shared.**\nUse `/link` to link it."
)
YOU_MAY_NOT = _no(
    "**You may not send messages with files in this channel, so nothing was shared.**\nShare it in another one."
)
BOT_MAY_NOT = _no(
    "**I may not send messages with files in this channel, so nothing was shared.**\nAn administrator can allow me"
    " **Send Messages** and **Attach Files**."
)
NOT_TAKEN = Card("Not shared", "**Discord did not take it, so nothing was shared.** Try again later.", Tone.BAD)
UNCLEAR = Card(
    "Not sure",
    "**Discord did not say whether it posted it.**\nIf it does not stand below, press **Share here** again.",
    Tone.WAITING,
)


def posted(job: Job, *, now: datetime) -> str:
    """Return the sentence beside a shared file; Discord shows the person's name and the reader's own time."""
    made_at = job.progress.asked_at or job.request.created_at
    moment = f"<t:{int(made_at.timestamp())}:t>" if now - made_at < _TODAY else on(made_at)
    name = plain(job.target.name, 80) if job.target else "a camera"
    return f"<@{job.request.user_id}> shared a {_noun(job)} of {name}, {moment}"


def posted_buttons(job: Job) -> Card:
    """Return the button with which the person who shared a file takes it back."""
    return Card("", "", Tone.GOOD, buttons=(remove(job.request.kind, job.request.user_id),))


def shared(url: str) -> Card:
    """Return the confirmation that everybody here sees the file."""
    return Card("Shared", f"Everybody here can see it: {url}\n**Remove** below it takes it back.", Tone.GOOD)


def file_gone(job: Job) -> Card:
    """Return the answer if Discord no longer hands out the message's file."""
    again = "`/recordings` brings it again, if Blink still has it"
    if job.request.kind is Kind.SNAPSHOT:
        again = "`/snapshot` takes a new one"
    text = f"**Discord does not hand out the {_noun(job)} of this message now.**\nTry again in a minute; {again}."
    return Card("Not there", text, Tone.BAD)


def too_large(job: Job, size: int, limit: int | None = None) -> Card:
    """Return the answer if a place takes only smaller files; `limit` is None if it does not say how much it takes."""
    takes = "takes less" if limit is None else f"takes at most {megabytes(limit)}"
    text = f"**The {_noun(job)} is too large for this place:** it has {megabytes(size)}, and Discord {takes} here now."
    return Card("Too large", text, Tone.BAD)


def kept(job: Job, outcome: Kept) -> Card:
    """Return what came of a wish to keep a file."""
    match outcome:
        case Kept.SENT:
            return Card("Kept", "**Kept in your direct messages.**", Tone.GOOD)
        case Kept.BEFORE:
            return Card("Kept", "**It is in your direct messages already.**", Tone.GOOD)
        case Kept.CLOSED:
            text = (
                "**Your direct messages are closed to me, so I could not send it.**\nIn the server's menu, open"
                " **Privacy Settings**, allow **Direct Messages**, and press **Keep** again."
            )
        case Kept.TOO_LARGE:
            text = (
                f"**The {_noun(job)} is too large for a direct message:** Discord takes at most 10 MiB there.\nSave it"
                " from this reply."
            )
        case Kept.UNKNOWN:
            text = "**Discord does not answer, so I do not know whether it arrived.** Press **Keep** again in a minute."
    return Card("Not kept", text, Tone.BAD)


def _noun(job: Job) -> str:
    return "live view" if job.live and job.request.kind is Kind.CLIP else NOUNS[job.request.kind]
