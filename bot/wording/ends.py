"""The outcome of a job as people read it: what happened, why, what to do now, and the buttons for it."""

from dataclasses import replace

from bot.jobs import media_id_of
from bot.models import End, Job, Kind

from .cards import Button, again, delete_ask, pick, plain, remove, snap
from .reasons import REASONS, Reason

_FIVE = 5
_AGAIN = {Kind.CLIP: "Record again", Kind.SNAPSHOT: "New picture"}


def reason(job: Job) -> Reason:
    """Return why this job ended as it did."""
    assert job.end is not None
    why = REASONS[job.end](job)
    if job.lender and "Blink app" in f"{why.cause} {why.next_step}":
        who = plain(job.lender.name, 40)
        return replace(why, next_step=f"{why.next_step} Only {who} has this camera in the Blink app.")
    return why


def buttons(job: Job) -> tuple[Button, ...]:
    """Return the buttons under a job that is over."""
    match job.end:
        case End.DELIVERED if job.kind is Kind.RECENT:
            deletable = media_id_of(job.asked) is not None
            return (remove(job.kind, job.user_id), *((delete_ask(job.id),) if deletable else ()))
        case End.DELIVERED:
            return again(job.id, _AGAIN[job.kind]), remove(job.kind, job.user_id)
        case End.CAMERA_AMBIGUOUS | End.CAMERA_UNKNOWN if job.public:
            return ()  # they would name the cameras
        case End.CAMERA_AMBIGUOUS:
            return tuple(pick(job.id, number, label) for number, (_, label) in enumerate(job.options))
        case End.CAMERA_UNKNOWN:
            return tuple(pick(job.id, number, label) for number, (_, label) in enumerate(job.options[:_FIVE]))
        case (
            End.NOT_LINKED
            | End.REVOKED
            | End.NOT_SHARED
            | End.RELINKED
            | End.SIGNED_OUT
            | End.ALREADY_RUNNING
            | End.GONE
        ):
            return ()
        case End.TOO_LARGE if job.kind is Kind.CLIP:
            return snap(job.id), again(job.id, "Retry")
        case _:
            retry = again(job.id, "Retry", primary=True)
            return (retry, remove(job.kind, job.user_id)) if job.pictured else (retry,)
