"""The reply to `/clip`, `/snapshot` or a choice from `/recordings`, drawn from its job alone."""

from collections.abc import Sequence
from dataclasses import replace

from bot.models import CameraKey, CommandStatus, End, HeldBack, Job, Kind, Stage, is_low, is_shared

from . import share_refusals, snapshot_round
from .cards import Button, Card, Tone, ago, file_name, length, megabytes, on, plain
from .custom_ids import SIGNS, buttons_of, remove
from .live_views import live_headline, live_view
from .reason_parts import whose
from .reasons import reason

NOUNS = {Kind.CLIP: "clip", Kind.SNAPSHOT: "picture", Kind.RECENT: "recording"}
_MOST_MISSED = 5
# These names are columns of Blink's own answers; their meanings are inferred from the names.
_BLINK_STAGES = {"rest": 0, "cs_db": 0, "cs_sent": 1, "sm": 1, "dev": 2, "lv": 2, "is": 3, "vs": 3}

_CROWDED = "Waiting: many cameras are at work just now. Yours goes on by itself."


def card(job: Job, *, position: int | None = None, waiting: bool = False, held: HeldBack | None = None) -> Card:
    """Return the reply for a job as it stands.

    `position` is how many clips are before it on its system. `waiting`: too many cameras are at work. `held`: three
    others of its person or account are at work.
    """
    if job.stage is Stage.ENDED:
        return _over(job)
    headline, tone = _headline(job, position)
    if held or waiting:
        headline, tone = _held(job, held) if held else _CROWDED, Tone.WAITING
    where = snapshot_round.place(job)
    lines = [f"**{where}**" if where else "", f"**{headline}**", _hint(job)]
    return Card(_title(job), "\n".join(filter(None, lines)), tone, small=_so_far(job))


def paused(job: Job) -> Card:
    """Return the reply for an unfinished job while the bot stops."""
    text = f"**The bot restarts; your {NOUNS[job.request.kind]} goes on by itself.**"
    return Card(_title(job), text, Tone.WAITING, small=_so_far(job))


def is_progress(job: Job, text: str) -> bool:
    """Return whether a reply with this text shows an unfinished job: only that says when it was asked."""
    return _asked(job) in text


def caption(job: Job) -> str:
    """Return the description of the video or picture for screen readers."""
    what = "Picture" if job.wants_picture else "Live view" if job.live else "Clip"
    return f"{what} of {job.target.name if job.target else job.request.asked}"[:200]


def dm_card(job: Job, *, introduce: bool, late: bool) -> Card:
    """Return the copy for a direct message; `introduce` adds how to stop such copies, `late` why it comes."""
    base = _as_message(job)
    notes: list[str] = []
    if late:
        notes.append("It comes here because the reply to your command can no longer be changed.")
    if introduce:
        notes.append(
            "A clip that takes longer than 30 seconds also comes here, in case you have looked away."
            " `/notify` changes that at any time."
        )
    if job.owner and "**Retry**" in base.text:
        notes.append(
            "There is no **Retry** here, since a shared camera can be used only in its own server:"
            f" use `/{share_refusals.command(job.request.kind)}` there."
        )
    text = "\n".join(filter(None, [base.text, *notes]))
    stop = Button("Stop these messages", f"dms:stop:{job.request.user_id}")
    # A share works only in its own server, so nothing can be asked again from here.
    kept = (remove(job.request.kind, job.request.user_id),) if job.owner else buttons_of(job, copy=True)
    return replace(base, text=text, buttons=(*kept, stop) if introduce else kept)


def late_card(job: Job) -> Card:
    """Return the message in the channel that shows the outcome if nothing else can."""
    base = _as_message(job)
    note = "It comes here because your reply can no longer be changed, and your direct messages are closed."
    return replace(base, text="\n".join(filter(None, [base.text, note])))


def elsewhere(job: Job) -> Card:
    """Return the reply if Discord refused the one with the outcome; it has no text from outside."""
    text = "Discord did not take the rest here: it reaches you as a direct message, or with your next command."
    return Card(SIGNS[job.request.kind], f"**Your {NOUNS[job.request.kind]} has ended.**\n{text}", Tone.WAITING)


def missed(jobs: Sequence[Job]) -> Card:
    """Return, for a person's next command, the outcomes that could be shown nowhere in time."""
    lines = [f"{ago(job.request.created_at)} {_title(job)}: {reason(job).headline}" for job in jobs[-_MOST_MISSED:]]
    more = [f"… and {len(jobs) - _MOST_MISSED} older"] if len(jobs) > _MOST_MISSED else []
    text = "\n".join(["**While I could not reach you:**", *lines, *more])
    step = (
        "`/recordings` brings a recording here. What comes late reaches you as a direct message, where those are open"
        " and wanted (`/notify`)."
    )
    return Card("Late news", f"{text}\n{step}", Tone.WAITING)


def filename(job: Job) -> str:
    """Return a download's name: camera and time, in letters that every system takes."""
    if job.round and job.round.taken:
        return snapshot_round.filename(job, job.round.taken[0])
    name = job.target.name if job.target else "clip"
    ending = "jpg" if job.wants_picture else "mp4"
    return file_name(name, job.progress.asked_at or job.request.created_at, job.reference, ending)


def _over(job: Job) -> Card:
    """Return the reply for a job that is over: with a video or picture, only its name, that, and a line below it."""
    why = reason(job)
    lines: list[str] = []
    if job.end is not End.DELIVERED:
        lines = [f"**{why.headline}**", why.cause, why.next_step]
        if job.reason:
            lines.append(
                "This is how it looks there now:" if job.result.pictured else "A picture could not be taken either."
            )
    elif job.round:
        lines = [f"**{why.headline}**", why.cause]
    if job.delivery.dms_closed:
        lines.append(
            "I could not send you a copy: your direct messages are closed. Open them and use `/notify` to get copies."
        )
    small = _about(job) if job.end is End.DELIVERED else ""
    images = snapshot_round.images(job) if job.round else (filename(job),)
    if job.end is not End.DELIVERED and not job.result.pictured:
        images = ()
    return Card(_title(job), "\n".join(filter(None, lines)), why.tone, small, buttons=buttons_of(job), images=images)


def _as_message(job: Job) -> Card:
    """Return the end of a job as a message of its own, which begins with what happened."""
    base, why = _over(job), reason(job)
    if job.end is End.DELIVERED and job.round is None:
        return replace(base, title=f"{base.title}: {why.headline}")
    return base


def _about(job: Job) -> str:
    """Return when a video or picture was made, how long it is, and what else is worth saying."""
    live, seconds = live_view(job), job.result.seconds
    made = "Taken" if job.request.kind is Kind.SNAPSHOT else "Recorded"
    shrunk = ""
    if job.result.shrunk_from:
        shrunk = f"It had {megabytes(job.result.shrunk_from)}, so I made it smaller"
        if not job.live:
            shrunk += f"; the original is in {whose(job)} Blink app"
    parts = [
        f"{made} {on(job.progress.asked_at or job.request.created_at)}",
        length(seconds) if seconds and not live else "",
        live,
        shrunk,
        "the camera's battery is low ⚠️" if job.target and is_low(job.target.battery) else "",
    ]
    return " · ".join(filter(None, parts))


def _title(job: Job) -> str:
    return f"{SIGNS[job.request.kind]} {plain(_named(job), 80)}"


def _named(job: Job) -> str:
    if job.round is not None:
        return snapshot_round.name(job)
    if job.target:
        return job.owner.label(job.target.name) if job.owner else job.target.name
    if job.request.kind is Kind.RECENT:
        return "A recording"
    if job.owner:
        return f"{job.owner.name}'s camera"
    return "Your camera" if is_shared(job.request.asked) or CameraKey.parse(job.request.asked) else job.request.asked


def _asked(job: Job) -> str:
    return f"Asked {ago(job.request.created_at)}"


def _held(job: Job, held: HeldBack) -> str:
    turns = {0: "this one is next", 1: "one more waits before this one"}
    cameras = f"{whose(job) if held.of_owner else 'your'} cameras"
    turn = turns.get(held.before, f"{held.before} more wait before this one")
    return f"Waiting: three of {cameras} are at work, and {turn}."


def _headline(job: Job, position: int | None) -> tuple[str, Tone]:
    match job.stage:
        case Stage.RECEIVED if job.request.kind is Kind.RECENT:
            return "Looking for the recording…", Tone.WORKING
        case Stage.RECEIVED:
            return f"Looking up your camera{'' if job.round is None else 's'}…", Tone.WORKING
        case Stage.QUEUED if position:
            clips = "one clip is" if position == 1 else f"{position} clips are"
            return f"Waiting: {clips} before yours on this system.", Tone.WAITING
        case Stage.BUSY:
            return _busy(job, f"asking again {ago(job.progress.retry_at) if job.progress.retry_at else 'soon'}")
        case Stage.ASKING | Stage.LIVE if job.progress.attempts and not job.progress.command_id:
            return _busy(job, "asking again now")
        case _ if job.wants_picture:
            return f"{'No video came. ' if job.reason else ''}{_TAKING[job.stage]}", Tone.WORKING
        case Stage.QUEUED | Stage.LIVE if job.live:
            return live_headline(job), Tone.WORKING
        case Stage.FETCHING if job.live and not job.result.size:
            return "The live view is recorded: making a video of it…", Tone.WORKING
        case Stage.QUEUED | Stage.ASKING:
            return "Asking Blink to record…", Tone.WORKING
        case Stage.RECORDING:
            return _RECORDING[_reached(job)], Tone.WORKING
        case Stage.LOOKING if not job.progress.confirmed and job.progress.command_id is None:
            return "Blink's answer got lost: I look whether it recorded…", Tone.WAITING
        case Stage.LOOKING if not job.progress.confirmed:
            return "Blink does not say how it ended: I look whether there is a video…", Tone.WAITING
        case Stage.LOOKING:
            return "Recorded. Waiting for Blink to list the video…", Tone.WORKING
        case _ if job.result.size:
            return f"The video has {megabytes(job.result.size)}: making it fit for Discord…", Tone.WORKING
        case _:
            return "Fetching the video…", Tone.WORKING


_TAKING = {
    Stage.QUEUED: "Asking Blink for a picture…",
    Stage.ASKING: "Asking Blink for a picture…",
    Stage.RECORDING: "The camera is taking a picture…",
    Stage.LOOKING: "Waiting for the new picture…",
    Stage.FETCHING: "Fetching the picture…",
}


def _hint(job: Job) -> str:
    if job.live:
        return "The bot was interrupted, so I started the live view again." if job.live.again else ""
    if job.target is None or job.target.video_likely or job.request.kind is not Kind.CLIP or job.reason:
        return ""
    if job.stage is Stage.FETCHING:
        return ""
    return (
        "Blink has kept no video of this camera lately, and there is no USB drive in use: most likely none will come."
        " I record all the same. If none comes, I show you what I can get instead, with the reason."
    )


def _busy(job: Job, again: str) -> tuple[str, Tone]:
    said = CommandStatus() if job.reason else job.progress.status  # with a `reason`, it is about the missing video
    words = plain(said.message) or "busy"
    code = f" (code {said.code})" if said.code is not None else ""
    return f"Blink says: “{words}”{code}; {again}.", Tone.WAITING


_RECORDING = (
    "Blink has the command…",
    "The Sync Module is calling the camera…",
    "The camera is recording…",
    "The camera is uploading…",
    "Fetching the video…",
)


def _reached(job: Job) -> int:
    """Return how far a recording has come, by Blink's stage; an unknown one says nothing new."""
    return _BLINK_STAGES.get(job.progress.status.stage or "", 1 if job.progress.status.condition == "running" else 0)


def _so_far(job: Job) -> str:
    said = [plain(word, 40) for word in (job.progress.status.condition, job.progress.status.stage) if word]
    return " · ".join([_asked(job), *([f"Blink: {' · '.join(said)}"] if said else [])])
