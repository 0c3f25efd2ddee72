"""The words for a round: where it stands, what it is called, and what became of each camera."""

from collections.abc import Callable

from bot.models import MOST_SHOTS, End, Job, Round, Shot

from .cards import Reason, Tone, file_name, plain

_LONGEST_NAME = 40
_MOST_NAMES = 12
_WHY = {
    End.CAMERA_OFFLINE: "offline",
    End.BUSY: "Blink was busy",
    End.REFUSED: "Blink refused",
    End.FAILED: "the camera could not take one",
    End.NO_PICTURE: "no new picture came",
    End.UNCONFIRMED: "Blink's answer was unclear, and no new picture came",
    End.REVOKED: "it is not shared with you, or no longer",
    End.UNREACHABLE: "Blink did not answer",
    End.NOT_UNDERSTOOD: "Blink answered something I do not understand",
    End.VIDEO_LOST: "Blink did not give it out",
    End.INCOMPLETE: "Blink gave out only a part of it",
    End.TOO_LARGE: "too large to show here with the others",
    End.RATE_LIMITED: "Blink wants us to slow down",
    End.WAITED_TOO_LONG: "its turn did not come within ten minutes",
    End.FOUND_TOO_LATE: "the bot was away for more than an hour",
    End.SIGNED_OUT: "Blink has signed this bot out",
    End.REFUSED_FOR_NOW: "Blink refuses the sign-in for now",
    End.NOT_LINKED: "no Blink account is linked for you any more",
    End.RELINKED: "another Blink account is linked for you now",
    End.BOT_NOT_IN_SERVER: "I am not a member of its server",
    End.UNSURE: "I could not check whether you may still use it",
    End.DISK_FULL: "the bot's disk is full",
}
_OTHER = "it could not be saved"


def name(job: Job) -> str:
    """Return what a round is called."""
    if job.target is None:
        return "All cameras"
    return job.owner.label(f"All of {job.target.network}") if job.owner else f"All of {job.target.network}"


def place(job: Job) -> str:
    """Return which camera's turn it is; "" until that is known, and when all have had theirs."""
    if not job.round or not job.target or job.round.next is None:
        return ""
    number = job.round.number(job.target.key)
    return f"{number} of {len(job.round.shots)}: {plain(job.target.name, _LONGEST_NAME)}…"


def images(job: Job) -> tuple[str, ...]:
    """Return the names of the pictures' files."""
    return tuple(filename(job, one) for one in job.round.taken) if job.round else ()


def filename(job: Job, shot: Shot) -> str:
    """Return a picture's name; two cameras of a round may be called the same in plain letters."""
    assert job.round is not None
    reference = f"{job.reference}-{job.round.number(shot.key)}"
    return file_name(shot.name, job.request.created_at, reference, "jpg")


def caption(shot: Shot) -> str:
    """Return the words below a picture."""
    return shot.name[:200]


def _pictures(number: int, of: int) -> str:
    if number == of:
        return "the picture" if of == 1 else f"all {of} pictures"
    return f"{number} of {of} pictures"


def _failed(taken: Round) -> str:
    lines = [
        f"• {plain(one.name, _LONGEST_NAME)}: {_WHY.get(one.end or End.NO_PICTURE, _OTHER)}" for one in taken.failed
    ]
    return "\n".join(["Without a picture:", *lines]) if lines else ""


def _left_out(taken: Round) -> str:
    if not taken.left_out:
        return ""
    names = [plain(one, _LONGEST_NAME) for one in taken.left_out[:_MOST_NAMES]]
    more = len(taken.left_out) - len(names)
    listed = ", ".join([*names, f"{more} more"] if more else names)
    return f"I take {MOST_SHOTS} cameras at most, the first by name. Not asked: {listed}."


def _account(job: Job) -> str:
    """Say what became of the cameras that have no picture."""
    assert job.round is not None
    return "\n".join(filter(None, [_failed(job.round), _left_out(job.round)]))


def _delivered(job: Job) -> Reason:
    assert job.round is not None
    taken, of = len(job.round.taken), len(job.round.shots)
    verb = "is" if taken == of == 1 else "are"
    tone = Tone.GOOD if taken == of else Tone.WAITING
    return Reason(f"Here {verb} {_pictures(taken, of)}.", _account(job), "", tone)


def _none(job: Job) -> Reason:
    return Reason("No picture came.", _account(job), "Press **Retry** to try it again.")


def _several(job: Job) -> Reason:
    step = "Choose from the list that `/snapshot` offers while you type." if job.public else "Pick the one you mean."
    return Reason(
        "You have several systems.", "A round takes pictures with the cameras of one system.", step, Tone.WAITING
    )


def _unknown(job: Job) -> Reason:
    if not job.options:
        step = "Add one in the Blink app, link the account that has it with `/link`, or ask somebody to share one."
        return Reason("There is no camera that you can use here.", "", step, Tone.WAITING)
    step = "Choose from the list that `/snapshot` offers while you type." if job.public else "Pick one below."
    return Reason(f"There is no system “{plain(job.request.asked, 80)}”.", "", step, Tone.WAITING)


ROUND_REASONS: dict[End, Callable[[Job], Reason]] = {
    End.DELIVERED: _delivered,
    End.CAMERA_AMBIGUOUS: _several,
    End.CAMERA_UNKNOWN: _unknown,
    **dict.fromkeys(
        (
            End.CAMERA_OFFLINE,
            End.BUSY,
            End.REFUSED,
            End.FAILED,
            End.NO_PICTURE,
            End.UNCONFIRMED,
            End.VIDEO_LOST,
            End.INCOMPLETE,
        ),
        _none,
    ),
}
"""The ends of a round that need other words than those of one picture."""
