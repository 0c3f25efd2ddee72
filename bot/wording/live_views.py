"""The sentences about a live view: while it is recorded, once it is there, and why there is none."""

from collections.abc import Callable

from bot.models import LONGEST_LIVE, End, Job, Stage, longest_live

from .cards import Reason, Tone, length
from .reason_parts import blink_said, no_clip

_PICTURES = "Use `/snapshot` for a picture"

LIVE_REASONS: dict[End, Callable[[Job], Reason]] = {
    End.LIVE_UNSUPPORTED: lambda job: Reason(
        "This camera's live view cannot be recorded.",
        "Blink offers it in a form that I cannot record, as for some older models.",
        f"{_PICTURES}, or watch the live view in the Blink app.",
        Tone.WAITING,
    ),
    End.LIVE_NO_MEDIA: lambda job: Reason(
        "No picture of the live view came.",
        "Blink started it, but the camera sent nothing for 40 seconds.",
        "Check the camera's battery and its Wi-Fi, then press **Retry**.",
    ),
    End.LIVE_REFUSED: lambda job: Reason(
        "Blink refused to start the live view.",
        f"Blink said {blink_said(job)}.",
        "Press **Retry**. If it keeps happening, see whether the Blink app shows the live view.",
    ),
    End.LIVE_FAILED: lambda job: Reason(
        "The live view stopped too early.",
        "It ended before there was anything to keep"
        f"{f'; Blink said {blink_said(job)}' if job.progress.status.message or job.progress.status.code else ''}.",
        "Close live views in the Blink app, wait a minute, then press **Retry**.",
    ),
    End.LIVE_UNCONFIRMED: lambda job: Reason(
        "I do not know whether the live view was started.",
        "Blink gave no clear answer, and I do not start it twice.",
        "Wait a minute, then press **Retry**.",
    ),
    End.LIVE_INTERRUPTED: lambda job: Reason(
        "The live view was interrupted.",
        "The bot stopped, or could not reach its database, before there was a video of it.",
        "Press **Retry**.",
    ),
    End.LIVE_UNTRUSTED: lambda job: Reason(
        "I do not trust the server that the live view comes from.",
        "I do not know its certificate as one of Blink's, so I sent it nothing.",
        "Tell the host of this bot; its setting `LIVE_VIEW` decides which certificates I accept.",
    ),
    End.LIVE_UNREACHABLE: lambda job: Reason(
        "The live view's server does not answer.",
        "Blink named a server for it, but I could not connect.",
        "Press **Retry** in a minute. If it keeps happening, tell the host of this bot.",
    ),
    End.LIVE_EMPTY: lambda job: Reason(
        "I could not make a video of the live view.",
        "Less than a second of it came, or nothing that I can read.",
        "Press **Retry**. If it keeps happening, watch it in the Blink app.",
    ),
    End.LIVE_NO_VIDEO: lambda job: Reason(
        "The video of the live view was not finished.",
        "The live view was recorded, but the machine that I run on took too long to make a video of it, or failed.",
        f"Press **Retry**. If it keeps happening, tell the host of this bot the reference `{job.reference}`.",
    ),
    End.LIVE_NEEDS_PYAV: lambda job: Reason(
        "This bot cannot record live views.",
        "It lacks the part that makes a video of them.",
        f"{_PICTURES}; the host of this bot can add that part, which is called PyAV.",
        Tone.WAITING,
    ),
    End.LIVE_OFF: lambda job: Reason(
        "Live views are switched off here.",
        f"{_asked_for(job)}The host of this bot has set `LIVE_VIEW=off`.",
        f"{_PICTURES}{', or `/clip` without `seconds`' if job.request.live_seconds else ''}.",
        Tone.WAITING,
    ),
    End.LIVE_NOT_SHARED: lambda job: Reason(
        "This camera's live view is not shared with you.",
        f"{_asked_for(job)}Its owner shares that separately from clips, since it records sound.",
        "Ask its owner to share the live view too"
        f"{', or use `/clip` without `seconds`' if job.request.live_seconds else ''}.",
        Tone.WAITING,
    ),
    End.LIVE_TOO_LONG: lambda job: Reason(
        f"I record at most {_most(job)} seconds of this camera's live view.",
        "Minis and wired floodlights can have up to 60; other cameras may run on batteries.",
        f"Use `/clip` with at most `seconds:{_most(job)}`.",
        Tone.WAITING,
    ),
}


def live_headline(job: Job) -> str:
    """Return what is under way with the live view."""
    assert job.live is not None
    why = no_clip(job)
    if job.stage is Stage.QUEUED:
        begin = f"{why}. Its live view waits" if why else "Waiting"
        return f"{begin}: Blink gives an account one live view at a time."
    if job.progress.command_id is None:
        now, instead = "Asking Blink for the live view…", "so I ask for its live view…"
    elif job.live.began_at is None:
        now, instead = "Waking the camera up…", "so I record its live view. Waking it up…"
    else:
        so_far = f"{min(int(job.live.recorded), job.live.seconds)} of {job.live.seconds} s"
        now, instead = f"Recording the live view: {so_far}", f"so I am recording its live view: {so_far}"
    return f"{why}, {instead}" if why else now


def live_view(job: Job) -> str:
    """Return how late the finished live view began, how long it is, and why it came; "" for any other job."""
    live = job.live
    if live is None:
        return ""
    seconds = live.recorded if job.result.seconds is None else job.result.seconds
    parts = ["Live view"]
    if live.began_at is not None:
        after = max(0.0, (live.began_at - job.request.created_at).total_seconds())
        parts.append(f"began {length(after)} after your command")
    if seconds <= live.seconds - 1:
        parts.append(f"the camera stopped after {int(seconds)} of {live.seconds} s")
    else:
        parts.append(length(seconds))
    if live.silent:
        parts.append("without sound")
    why = no_clip(job)
    return f"{', '.join(parts)}{f'. {why}' if why else ''}"


def no_clip_either(job: Job) -> str:
    """Say why there is no clip, before it is said why there is no live view; "" if there was to be none."""
    first = no_clip(job)
    if job.live is None or not first or (job.end not in LIVE_REASONS and job.end is not End.BUSY):
        return ""
    return f"{first}, so I tried its live view." if job.live.starts else f"{first}."


def _asked_for(job: Job) -> str:
    return "`seconds` asks for a live view. " if job.request.live_seconds else ""


def _most(job: Job) -> int:
    return longest_live(job.target.key) if job.target else LONGEST_LIVE
