"""The parts of reasons that depend on the job: whose camera it is, how far it came, and the place that keeps videos."""

from bot.models import End, Job, Kind, NotShrunk

from . import snapshot_round
from .cards import megabytes, plain

_MOST_NAMES = 10
_NOT_SHRUNK = {
    NotShrunk.NOT_INSTALLED: "this bot lacks the part that makes videos smaller, which its host can add",
    NotShrunk.TOO_SLOW: "making it smaller took too long",
    NotShrunk.TOO_LONG: "it is too long to be made small enough",
    NotShrunk.FAILED: "it could not be made smaller",
}

_NO_CLIP = {
    End.NO_PLAN: "Blink keeps no video of this camera",
    End.NO_VIDEO: "Blink keeps no video of this camera",
    End.REFUSED: "Blink refuses to record a clip",
    End.FAILED: "The camera could not record a clip",
}

PLAN_OR_DRIVE = (
    "If a plan or free storage covers it, check the Blink app in a few minutes. Otherwise, to get videos, it needs a"
    " plan, or its Sync Module a USB drive."
)
STATES: dict[str, tuple[str, str | None]] = {
    "none": ("This system has no active USB drive.", None),
    "active": (
        "I looked in Blink's cloud and on the Sync Module's USB drive.",
        "Check the Blink app in a few minutes, or press **Retry**.",
    ),
    "unmounted": (
        "The Sync Module's USB drive is not mounted.",
        "Unplug the drive and plug it in again, or mount it in the Blink app; then press **Retry**.",
    ),
    "memory_full": (
        "The Sync Module's USB drive is full.",
        "Delete old clips in the Blink app, or plug in another drive; then press **Retry**.",
    ),
    "format_required": (
        "The Sync Module's USB drive needs formatting.",
        "Format the drive in the Blink app, which deletes everything on it; then press **Retry**.",
    ),
    "incompatible": (
        "The Sync Module cannot use its USB drive.",
        "Plug in a drive of 1 to 256 GB that is formatted as exFAT or FAT32; then press **Retry**.",
    ),
}
"""For each state of a USB drive: a sentence about it, and what helps if the drive is the trouble."""


def blink_said(job: Job) -> str:
    """Return Blink's own words for what went wrong, with its numbers."""
    said = job.progress.status
    words = f"“{plain(said.message)}”" if said.message else "no words"
    numbers = [
        f"code {said.code}" if said.code is not None else "",
        f"HTTP {said.http_status}" if said.http_status else "",
    ]
    return f"{words} ({', '.join(filter(None, numbers))})" if any(numbers) else words


def camera_name(job: Job) -> str:
    """Return the name of the job's camera, or of its round, in quotes."""
    if job.round is not None:
        return f"“{plain(snapshot_round.name(job), 80)}”"
    return f"“{plain(job.target.name if job.target else job.request.asked, 80)}”"


def whose(job: Job) -> str:
    """Return whose Blink account it is."""
    return f"{plain(job.owner.name, 40)}'s" if job.owner else "your"


def five_already(job: Job) -> str:
    """Say that five jobs at a time are the most."""
    if job.request.kind is Kind.RECENT:
        return "Five recordings are on their way to you already."
    if job.owner:
        return f"Five cameras are already at work or waiting, yours or {plain(job.owner.name, 40)}'s."
    return "Five of your cameras are already at work or waiting."


def by_kind(job: Job, *, clip: str, picture: str, recent: str | None = None) -> str:
    """Return the words for this kind of job; `recent` if an existing recording needs words of its own."""
    if job.request.kind is Kind.RECENT and recent is not None:
        return recent
    return picture if job.request.kind is Kind.SNAPSHOT else clip


def so_far(job: Job) -> str:
    """Say what the camera has done before something else went wrong."""
    if job.request.kind is Kind.RECENT:
        return "The recording itself stays where it is."
    if job.live:
        return "Nothing of its live view is kept."
    if job.progress.command_id is not None or job.progress.recorded_at is not None:
        return "The camera had been asked by then, so check the Blink app for what came of it."
    return by_kind(job, clip="Nothing was recorded.", picture="No picture was taken.")


def is_there(job: Job) -> bool:
    """Return whether the recording exists, so that only its delivery can fail."""
    return job.request.kind is Kind.RECENT or job.progress.confirmed


def still_there(job: Job) -> str:
    """Say that the Blink app still has the video or picture, which it has not of a live view."""
    return "" if job.live and not job.reason else "; the Blink app still has it"


def no_clip(job: Job) -> str:
    """Say, without a full stop, why a live view comes in place of a clip; "" if its person asked for a length."""
    because = job.live.because if job.live else None
    return _NO_CLIP.get(because, "No clip came") if because else ""


def too_large(job: Job) -> str:
    """Say how large the file is, and why it was not made smaller."""
    limit, size = megabytes(job.reply.file_limit), job.result.size
    if size is None:
        return f"Discord takes files of at most {limit} here, and this one is larger than anything I download."
    if job.request.kind is Kind.SNAPSHOT:
        return f"It is {megabytes(size)}, and Discord takes at most {limit} here."
    refused = (
        "Discord refused a file of that size" if size <= job.reply.file_limit else f"Discord takes at most {limit}"
    )
    why = _NOT_SHRUNK[NotShrunk(job.result.not_shrunk or "failed")]
    return f"It is {megabytes(size)}, {refused} here, and {why}."


def camera_names(job: Job) -> str:
    """Name the cameras that the person can use here."""
    if not job.options:
        return "There is no camera that you can use here."
    more = "" if len(job.options) <= _MOST_NAMES else " and more"
    return (
        f"Cameras that you can use here: {', '.join(plain(label, 80) for _, label in job.options[:_MOST_NAMES])}{more}."
    )


def storage(job: Job) -> str:
    """Say what is known about the place that keeps this camera's videos."""
    state = _state(job)
    return STATES[state][0] if state in STATES else f"The Sync Module's USB drive is “{plain(state, 40)}”."


def storage_step(job: Job, otherwise: str = PLAN_OR_DRIVE) -> str:
    """Return what helps; `otherwise` if the USB drive is not the trouble."""
    _, step = STATES.get(_state(job), ("", None))
    return step or otherwise


def _state(job: Job) -> str:
    return (job.target.usb if job.target else None) or "none"
