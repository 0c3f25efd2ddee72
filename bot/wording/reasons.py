"""For every end its headline, one cause and one next step."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clips import End, Job, Kind, NotShrunk

from .cards import Tone, ago, megabytes, plain

_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """What happened, why, and what to do now."""

    headline: str
    cause: str
    next_step: str
    tone: Tone = Tone.BAD


def _blink_said(job: Job) -> str:
    said = job.said
    words = f"“{plain(said.message)}”" if said.message else "no words"
    numbers = [f"code {said.code}" if said.code is not None else "", f"HTTP {said.status}" if said.status else ""]
    return f"{words} ({', '.join(filter(None, numbers))})" if any(numbers) else words


def _camera(job: Job) -> str:
    return f"“{plain(job.target.name if job.target else job.asked, 80)}”"


def _by_kind(job: Job, *, clip: str, picture: str) -> str:
    return picture if job.kind is Kind.SNAPSHOT else clip


def _done(job: Job) -> str:
    return {
        Kind.CLIP: "Here is your clip.",
        Kind.SNAPSHOT: "Here is your picture.",
        Kind.RECENT: "Here is the recording.",
    }[job.kind]


def _unclear(job: Job) -> str:
    return "Blink's answer got lost" if job.command_id is None else "Blink never said how the recording ended"


def _too_large(job: Job) -> str:
    limit = megabytes(job.reply.file_limit)
    if job.size is None:
        return f"Discord takes files of at most {limit} here, and this one is larger than anything I fetch."
    refused = "Discord refused a file of that size" if job.size <= job.reply.file_limit else f"Discord takes {limit}"
    return f"It has {megabytes(job.size)}, {refused} here, and {_NOT_SHRUNK[NotShrunk(job.not_shrunk or 'failed')]}."


_NOT_SHRUNK = {
    NotShrunk.NOT_INSTALLED: "this bot is installed without the part that makes videos smaller",
    NotShrunk.TOO_SLOW: "making it smaller took too long",
    NotShrunk.TOO_LONG: "it is too long to be made that small",
    NotShrunk.FAILED: "it could not be made smaller",
}


def _storage(job: Job) -> str:
    """Say what is known of the place where this camera's videos are kept."""
    usb = (job.target.usb if job.target else None) or "none"
    known = {
        "none": "This network's Sync Module has no active USB drive.",
        "active": "I have looked in its cloud and on the Sync Module's USB drive.",
        "unmounted": "The Sync Module's USB drive is not mounted.",
        "memory_full": "The Sync Module's USB drive is full.",
        "format_required": "The Sync Module's USB drive needs formatting.",
        "incompatible": "The Sync Module's USB drive is not one that it can use.",
    }
    return known.get(usb, f"The Sync Module's USB drive is “{plain(usb, 40)}”.")


def _storage_step(job: Job) -> str:
    usb = (job.target.usb if job.target else None) or "none"
    steps = {
        "active": "Look into the Blink app in some minutes, or press **Retry**.",
        "unmounted": "Take the drive out and put it in again, or mount it in the Blink app; then press **Retry**.",
        "memory_full": "Delete old clips in the Blink app or put in another drive; then press **Retry**.",
        "format_required": "Format the drive in the Blink app, which deletes what is on it; then press **Retry**.",
        "incompatible": "Put in a drive of 1 to 256 GB that is formatted as exFAT or FAT32; then press **Retry**.",
    }
    otherwise = (
        "If a plan covers it, look into the Blink app in some minutes; otherwise it takes a plan or a USB drive in the"
        " Sync Module to get videos."
    )
    return steps.get(usb, otherwise)


def _names(job: Job) -> str:
    if not job.options:
        return "This Blink account has no cameras."
    more = "" if len(job.options) <= _MOST_NAMES else f" and {len(job.options) - _MOST_NAMES} more"
    return f"Your cameras: {', '.join(plain(label, 80) for _, label in job.options[:_MOST_NAMES])}{more}."


def _elsewhere(job: Job) -> str:
    if not job.options:
        return "Its reply is in the place where you asked for it."
    return f"Follow it here: https://discord.com/channels/{job.options[0][1]}"


REASONS: dict[End, Callable[[Job], Reason]] = {
    End.DELIVERED: lambda job: Reason(_done(job), "", "", Tone.GOOD),
    End.UNDELIVERABLE: lambda job: Reason(
        "It is there, but I could not hand it to you.",
        "The reply can no longer be edited, and Discord does not let me send you a direct message.",
        "Allow direct messages from this server, then try again. The recording stays in your Blink app, and `/clips`"
        " brings it here.",
    ),
    End.BUSY: lambda job: Reason(
        _by_kind(
            job, clip="Blink is busy, so nothing was recorded.", picture="Blink is busy, so no picture was taken."
        ),
        f"Blink said {_blink_said(job)}. The Sync Module does one thing at a time: another camera of this network is"
        " recording, or the Blink app has it open.",
        "Close live views in the Blink app, wait a moment, then press **Retry**.",
        Tone.WAITING,
    ),
    End.FAILED: lambda job: Reason(
        _by_kind(job, clip="The camera could not record.", picture="The camera could not take a picture."),
        f"Blink took the command and then reported {_blink_said(job)}.",
        "Check the camera's battery and its distance to the Sync Module, then press **Retry**.",
    ),
    End.REFUSED: lambda job: Reason(
        _by_kind(job, clip="Blink refused to record.", picture="Blink refused to take a picture."),
        f"Blink said {_blink_said(job)}. Some cameras and accounts no longer take this command.",
        "Press **Retry**; if it stays like this, use the Blink app.",
    ),
    End.UNCONFIRMED: lambda job: Reason(
        "I do not know whether the camera recorded.",
        f"{_unclear(job)}, and no video has shown up since. I did not ask again, so that nothing is recorded twice.",
        "Look into the Blink app, or press **Retry**.",
        Tone.WAITING,
    ),
    End.NO_VIDEO: lambda job: Reason(
        "The camera recorded, but Blink has kept no video.",
        f"Blink keeps a recording only where a plan or a USB drive covers the camera. {_storage(job)}",
        _storage_step(job),
        Tone.WAITING,
    ),
    End.NO_PLAN: lambda job: Reason(
        "The camera recorded, but no plan covers it, so Blink has kept no video.",
        f"Blink itself lists the recording as one without a subscription. {_storage(job)}",
        "It takes a Blink plan for this camera, or a USB drive in the Sync Module, to get videos; `/snapshot` works"
        " without.",
        Tone.WAITING,
    ),
    End.UNSEEN: lambda job: Reason(
        "The camera recorded, but I could not look for its video.",
        "Blink did not answer when I asked for its recordings, or asked me to slow down.",
        "Try `/clips` in a few minutes, or look into the Blink app.",
        Tone.WAITING,
    ),
    End.USB_SILENT: lambda job: Reason(
        "The camera recorded, but its USB drive cannot be read now.",
        "Its clips are kept on the Sync Module's USB drive, and the Sync Module did not list them within three minutes:"
        " it is busy, or has lost its connection.",
        "Try `/clips` in a few minutes, or look into the Blink app.",
        Tone.WAITING,
    ),
    End.USB_AMBIGUOUS: lambda job: Reason(
        "The camera recorded, but I cannot tell which clip is its own.",
        "On the USB drive clips have only the camera's name without spaces and signs, and another camera of this"
        " network is called the same then.",
        "Rename one of the two in the Blink app, then press **Retry**.",
        Tone.WAITING,
    ),
    End.NO_PICTURE: lambda job: Reason(
        "No new picture came.",
        "Blink took the command, but still shows the camera's old picture, which I do not pass off as a new one.",
        "Press **Retry**; if it stays like this, look into the Blink app.",
        Tone.WAITING,
    ),
    End.GONE: lambda job: Reason(
        "This recording is no longer there.",
        "Blink does not list it any more: it was deleted, or is older than what Blink keeps.",
        "Use `/clips` for a fresh list.",
        Tone.WAITING,
    ),
    End.VIDEO_LOST: lambda job: Reason(
        "Blink lists the video but does not give it out.",
        "Every try to fetch it failed, or brought something that is not this video.",
        "Open it in the Blink app, or press **Retry** for a new one.",
    ),
    End.TOO_LARGE: lambda job: Reason(
        "The video is too large for Discord.",
        _too_large(job),
        "Watch it in the Blink app, or take a picture; a shorter clip length in the camera's settings makes the next"
        " one fit.",
        Tone.WAITING,
    ),
    End.CAMERA_OFFLINE: lambda job: Reason(
        f"{_camera(job)} is offline.",
        f"Blink has lost contact with it, so it cannot {_by_kind(job, clip='record', picture='take a picture')}.",
        "Check its power or battery and its Wi-Fi, then press **Retry**.",
    ),
    End.CAMERA_UNKNOWN: lambda job: Reason(
        f"There is no camera {_camera(job)}.",
        _names(job),
        f"Pick one below, or choose from the list that `/{job.kind}` offers while you type.",
        Tone.WAITING,
    ),
    End.CAMERA_AMBIGUOUS: lambda job: Reason(
        f"Several cameras are called {_camera(job)}.",
        "Your Blink account has more than one of that name.",
        "Pick the one you mean.",
        Tone.WAITING,
    ),
    End.ALREADY_RUNNING: lambda job: Reason(
        f"{_camera(job)} is already at work for you.",
        "A second request for the same camera would only wait for the first.",
        _elsewhere(job),
        Tone.WAITING,
    ),
    End.TOO_MANY: lambda job: Reason(
        "You have three clips under way.",
        "More at once would only wait for each other.",
        "Wait until one is done, then press **Retry**.",
        Tone.WAITING,
    ),
    End.NOT_LINKED: lambda job: Reason(
        "No Blink account is linked for you.",
        "I record with the Blink account of the person who asks, and I have none of yours.",
        "Use `/link` to link your Blink account, then `/clip` again.",
        Tone.WAITING,
    ),
    End.SIGNED_OUT: lambda job: Reason(
        "Blink has signed this bot out of your account.",
        "That happens after a password change, or when Blink ends old sign-ins. Your link is kept, but it opens"
        " nothing.",
        "Use `/link` to link your Blink account again.",
    ),
    End.UNREACHABLE: lambda job: Reason(
        "Blink does not answer.",
        "Nothing was recorded: its cloud could not be reached, or is in trouble"
        f"{f' (HTTP {job.said.status})' if job.said.status else ''}.",
        "Press **Retry** in a minute.",
    ),
    End.RATE_LIMITED: lambda job: Reason(
        "Blink wants us to slow down.",
        "Too many requests for your account in a short time; asking on could get it locked.",
        f"Press **Retry** {ago(job.retry_at) if job.retry_at else 'in some minutes'}.",
        Tone.WAITING,
    ),
    End.NOT_UNDERSTOOD: lambda job: Reason(
        "Blink answered something I do not understand.",
        "Its cloud may have changed.",
        f"Press **Retry**; if it stays like this, tell the host of this bot the reference `{job.reference}`.",
    ),
    End.WAITED_TOO_LONG: lambda job: Reason(
        "Your turn did not come in time.",
        "The bot was restarted, or the network was occupied for ten minutes; nothing was recorded.",
        "Press **Retry**.",
        Tone.WAITING,
    ),
    End.FOUND_TOO_LATE: lambda job: Reason(
        "The bot was away while your clip was under way.",
        "It came back more than an hour later, and did not record anything by surprise.",
        "Look into the Blink app for what was recorded before, or press **Retry**.",
        Tone.WAITING,
    ),
    End.DISK_FULL: lambda job: Reason(
        "The bot has no room to fetch your video.",
        "The disk of the machine it runs on is full or cannot be written.",
        "The recording stays in your Blink app; tell the host of this bot, then press **Retry**.",
    ),
    End.BROKEN: lambda job: Reason(
        "Something broke on our side.",
        "This is a mistake in the bot, not yours and not Blink's; whether the camera recorded is not certain.",
        f"Press **Retry**; the host of this bot finds the cause under the reference `{job.reference}`.",
    ),
}
