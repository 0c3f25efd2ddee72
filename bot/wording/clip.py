"""The reply to `/clip`, drawn from its job alone."""

from bot.clips import End, Job, Stage

from .cards import Card, Tone, ago, megabytes, on, plain, stop_dms
from .ends import buttons, reason

_PROGRESS = ("asked Blink", "Sync Module told", "camera recording", "uploading", "fetching the video")
# The stages' names are the columns of Blink's own answers; what they stand for is inferred from them.
_BLINK_STAGES = {"rest": 0, "cs_db": 0, "cs_sent": 1, "sm": 1, "dev": 2, "lv": 2, "is": 3, "vs": 3}

RESTARTS = "The bot restarts; your clip goes on by itself."


def card(job: Job, *, place: int | None = None) -> Card:
    """Return the reply for a job as it stands; `place` is how many clips are before it in the queue."""
    if job.stage is Stage.ENDED:
        return _over(job)
    headline, tone = _headline(job, place)
    lines = [f"**{headline}**", _progress(job), f"Asked {ago(job.created_at)}"]
    return Card(_title(job), "\n".join(filter(None, lines)), tone, small=_blink_says(job), fields=_fields(job))


def paused(job: Job) -> Card:
    """Return the reply for a job that is not over while the bot stops."""
    base = card(job)
    return Card(base.title, f"**{RESTARTS}**\nAsked {ago(job.created_at)}", Tone.WAITING, base.small, base.fields)


def caption(job: Job) -> str:
    """Return what a screen reader says of the video."""
    return f"Clip of {job.target.name if job.target else job.asked}"[:200]


def dm_card(job: Job, *, introduce: bool, late: bool) -> Card:
    """Return the copy for a direct message, which says why it comes and, the first time, how to stop it."""
    base = _over(job)
    notes: list[str] = []
    if late:
        notes.append("It comes here because the reply to your command can no longer be changed.")
    if introduce:
        notes.append(
            "I also send your clips here, since private replies vanish when you restart Discord."
            " `/notify` changes that at any time."
        )
    text = "\n".join([base.text, *notes])
    extra = (stop_dms(job.user_id),) if introduce else ()
    return Card(base.title, text, base.tone, base.small, base.fields, (*base.buttons, *extra))


def filename(job: Job) -> str:
    """Return the video's name for a download: camera and time, in letters that every system takes."""
    name = job.target.name if job.target else "clip"
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name).strip("-") or "camera"
    moment = job.asked_at or job.created_at
    return f"{safe[:40].lower()}-{moment:%Y%m%d-%H%M%S}-{job.reference}.mp4"


def _over(job: Job) -> Card:
    why = reason(job)
    lines = [f"**{why.headline}**", why.cause, why.next_step]
    if job.end is End.DELIVERED:
        lines = [f"**{why.headline}** Recorded {on(job.asked_at or job.created_at)}"]
    if job.dms_closed:
        lines.append(
            "I could not send you a copy: your direct messages are closed. Open them and use `/notify` to get copies."
        )
    small = _blink_says(job) if job.end in (End.DELIVERED, End.NO_VIDEO) else ""
    return Card(_title(job), "\n".join(filter(None, lines)), why.tone, small, _fields(job), buttons(job))


def _title(job: Job) -> str:
    return f"📹 {plain(job.target.name if job.target else job.asked, 80)}"


def _fields(job: Job) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    if job.target:
        fields.append(("Network", plain(job.target.network, 80)))
    if job.size and job.end is End.DELIVERED:
        fields.append(("Size", megabytes(job.size)))
    return tuple(fields)


def _headline(job: Job, place: int | None) -> tuple[str, Tone]:
    match job.stage:
        case Stage.RECEIVED:
            return "Looking up your camera…", Tone.WORKING
        case Stage.QUEUED if place:
            clips = "one clip is" if place == 1 else f"{place} clips are"
            return f"Waiting: {clips} before yours on this network.", Tone.WAITING
        case Stage.BUSY:
            return _busy(job, f"asking again {ago(job.retry_at)}" if job.retry_at else "asking again soon")
        case Stage.ASKING if job.attempts:
            return _busy(job, "asking again now")
        case Stage.QUEUED | Stage.ASKING:
            return "Asking Blink to record…", Tone.WORKING
        case Stage.RECORDING:
            return _RECORDING[_reached(job)], Tone.WORKING
        case Stage.LOOKING if not job.confirmed and job.command_id is None:
            return "Blink's answer got lost: I look whether it recorded…", Tone.WAITING
        case Stage.LOOKING if not job.confirmed:
            return "Blink does not say how it ended: I look whether there is a video…", Tone.WAITING
        case Stage.LOOKING:
            return "Recorded. Waiting for Blink to list the video…", Tone.WORKING
        case _:
            return "Fetching the video…", Tone.WORKING


def _busy(job: Job, again: str) -> tuple[str, Tone]:
    words = plain(job.said.message) or "busy"
    code = f" (code {job.said.code})" if job.said.code is not None else ""
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
    return _BLINK_STAGES.get(job.said.stage or "", 1 if job.said.condition == "running" else 0)


def _progress(job: Job) -> str:
    if job.stage in (Stage.RECEIVED, Stage.QUEUED) or (job.stage is Stage.LOOKING and not job.confirmed):
        return ""
    reached = {
        Stage.ASKING: 0,
        Stage.BUSY: 0,
        Stage.LOOKING: 3,
        Stage.FETCHING: 4,
    }.get(job.stage, _reached(job))
    steps = [
        f"✓ {step}" if index < reached else f"**▸ {step}**" if index == reached else step
        for index, step in enumerate(_PROGRESS)
    ]
    return " → ".join(steps)


def _blink_says(job: Job) -> str:
    words = " · ".join(plain(word, 40) for word in (job.said.condition, job.said.stage) if word)
    return f"Blink: {words}" if words else ""
