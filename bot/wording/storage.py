"""What is said of the place where a camera's videos are kept, and how to mend it."""

from bot.clips import Job

from .cards import plain

_PLAN_OR_DRIVE = (
    "If a plan covers it, look into the Blink app in some minutes; otherwise it takes a plan or a USB drive in the Sync"
    " Module to get videos."
)


def storage(job: Job) -> str:
    """Say what is known of the place where this camera's videos are kept."""
    usb = (job.target.usb if job.target else None) or "none"
    known = {
        "none": "This network has no active USB drive.",
        "active": "I have looked in its cloud and on the Sync Module's USB drive.",
        "unmounted": "The Sync Module's USB drive is not mounted.",
        "memory_full": "The Sync Module's USB drive is full.",
        "format_required": "The Sync Module's USB drive needs formatting.",
        "incompatible": "The Sync Module's USB drive is not one that it can use.",
    }
    return known.get(usb, f"The Sync Module's USB drive is “{plain(usb, 40)}”.")


def storage_step(job: Job, otherwise: str = _PLAN_OR_DRIVE) -> str:
    """Return what helps, `otherwise` where it is not the drive that stands in the way."""
    usb = (job.target.usb if job.target else None) or "none"
    steps = {
        "active": "Look into the Blink app in some minutes, or press **Retry**.",
        "unmounted": "Take the drive out and put it in again, or mount it in the Blink app; then press **Retry**.",
        "memory_full": "Delete old clips in the Blink app or put in another drive; then press **Retry**.",
        "format_required": "Format the drive in the Blink app, which deletes what is on it; then press **Retry**.",
        "incompatible": "Put in a drive of 1 to 256 GB that is formatted as exFAT or FAT32; then press **Retry**.",
    }
    return steps.get(usb, otherwise)
