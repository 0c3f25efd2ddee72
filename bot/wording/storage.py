"""The sentences about the place that keeps a camera's videos, and how to mend it."""

from bot.models import Job

from .cards import plain

PLAN_OR_DRIVE = (
    "If a plan or free storage covers it, look into the Blink app in some minutes; otherwise it takes a plan or a USB"
    " drive in the Sync Module to get videos."
)

STATES: dict[str, tuple[str, str | None]] = {
    "none": ("This network has no active USB drive.", None),
    "active": (
        "I have looked in its cloud and on the Sync Module's USB drive.",
        "Look into the Blink app in some minutes, or press **Retry**.",
    ),
    "unmounted": (
        "The Sync Module's USB drive is not mounted.",
        "Take the drive out and put it in again, or mount it in the Blink app; then press **Retry**.",
    ),
    "memory_full": (
        "The Sync Module's USB drive is full.",
        "Delete old clips in the Blink app or put in another drive; then press **Retry**.",
    ),
    "format_required": (
        "The Sync Module's USB drive needs formatting.",
        "Format the drive in the Blink app, which deletes what is on it; then press **Retry**.",
    ),
    "incompatible": (
        "The Sync Module's USB drive is not one that it can use.",
        "Put in a drive of 1 to 256 GB that is formatted as exFAT or FAT32; then press **Retry**.",
    ),
}
"""For each state of a USB drive: a sentence about it, and what helps if the drive is the trouble."""


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
