"""A headline, a cause and a next step for every outcome."""

from collections.abc import Callable
from dataclasses import replace

from bot.models import End, Job, Kind
from bot.sharing import MOST_AN_HOUR

from . import share_refusals
from .cards import Reason, Tone, ago, plain
from .live_views import LIVE_REASONS, no_clip_either
from .reason_parts import (
    blink_said,
    by_kind,
    camera_name,
    camera_names,
    five_already,
    is_there,
    so_far,
    still_there,
    storage,
    storage_step,
    too_large,
    whose,
)
from .snapshot_round import ROUND_REASONS

_SHORTER = "a shorter clip length in the camera's settings makes the next one fit."
_NEW_ONE = "Press **Retry** for a new one"
_IN_PRIVATE = "I name cameras only where nobody else can see them."


REASONS: dict[End, Callable[[Job], Reason]] = {
    **LIVE_REASONS,
    End.DELIVERED: lambda job: Reason(
        "Here is the live view."
        if job.live
        else by_kind(job, clip="Here is your clip.", picture="Here is your picture.", recent="Here is the recording."),
        "",
        "",
        Tone.GOOD,
    ),
    End.UNDELIVERABLE: lambda job: Reason(
        "It is ready, but I could not deliver it.",
        "My reply can no longer be changed, and a direct message was refused or is not wanted.",
        by_kind(job, clip="`/recordings` brings it here" if not job.live else _NEW_ONE, picture=_NEW_ONE)
        + ". So that the next one reaches you, allow direct messages from this bot and check `/notify`.",
    ),
    End.BUSY: lambda job: Reason(
        by_kind(
            job,
            clip=f"Blink is busy, so {'no live view could start' if job.live else 'nothing was recorded'}.",
            picture="Blink is busy, so no picture was taken.",
        ),
        f"Blink said {blink_said(job)}. The Sync Module does one thing at a time: another camera of this system is"
        " recording, or the Blink app is using it.",
        "Close live views in the Blink app, wait a moment, then press **Retry**.",
        Tone.WAITING,
    ),
    End.FAILED: lambda job: Reason(
        by_kind(job, clip="The camera could not record.", picture="The camera could not take a picture."),
        f"Blink took the command and then reported {blink_said(job)}.",
        "Check the camera's battery and its distance to the Sync Module, then press **Retry**.",
    ),
    End.REFUSED: lambda job: Reason(
        "Blink refused to hand it over."
        if is_there(job)
        else by_kind(job, clip="Blink refused to record.", picture="Blink refused to take a picture."),
        f"Blink said {blink_said(job)}."
        f"{'' if is_there(job) else ' Some cameras and accounts no longer take this command.'}",
        "Press **Retry**. If it keeps happening, use the Blink app.",
    ),
    End.UNCONFIRMED: lambda job: Reason(
        f"I do not know whether the camera {by_kind(job, clip='recorded', picture='took a picture')}.",
        ("Blink's answer got lost" if job.progress.command_id is None else "Blink never said how the recording ended")
        + f", and no {by_kind(job, clip='video', picture='new picture')} has shown up since."
        " I did not ask again, so that nothing happens twice.",
        "Check the Blink app, or press **Retry**.",
        Tone.WAITING,
    ),
    End.NO_VIDEO: lambda job: Reason(
        "The camera recorded, but Blink kept no video.",
        "Blink keeps a recording only if a plan, a USB drive or the free storage of older accounts and cameras covers"
        f" it. {storage(job)}",
        storage_step(job),
        Tone.WAITING,
    ),
    End.NO_PLAN: lambda job: Reason(
        "The camera recorded, but no plan covers it, so Blink kept no video.",
        f"Blink lists this recording as one without a subscription. {storage(job)}",
        storage_step(
            job,
            "To get videos, this camera needs a Blink plan, or its Sync Module a USB drive. `/snapshot` works without"
            " either.",
        ),
        Tone.WAITING,
    ),
    End.UNSEEN: lambda job: Reason(
        "The camera recorded, but I could not look for its video.",
        "Blink did not give me its list of recordings: it did not answer, it refused, or it asked me to slow down.",
        "Try `/recordings` in a few minutes, or check the Blink app.",
        Tone.WAITING,
    ),
    End.USB_SILENT: lambda job: Reason(
        f"{'' if job.request.kind is Kind.RECENT else 'The camera recorded, but '}"
        f"{'Its' if job.request.kind is Kind.RECENT else 'its'} USB drive cannot be read just now.",
        "Its clips are on the Sync Module's USB drive, and the Sync Module did not list them in time: it is busy, it"
        " has lost its connection, or the drive is not ready.",
        "Try `/recordings` in a few minutes, or check the Blink app.",
        Tone.WAITING,
    ),
    End.USB_AMBIGUOUS: lambda job: Reason(
        "The camera recorded, but I cannot tell which clip is its own.",
        "The USB drive names clips after their camera, without spaces and special characters, and another camera of"
        " this system then has the same name.",
        "Rename one of the two in the Blink app, then press **Retry**.",
        Tone.WAITING,
    ),
    End.NO_PICTURE: lambda job: Reason(
        "No new picture came.",
        "Blink took the command, but still shows an old picture or none, and I do not pass off an old one as new.",
        "Press **Retry**. If it keeps happening, check the Blink app.",
        Tone.WAITING,
    ),
    End.GONE: lambda job: Reason(
        "This recording is no longer there.",
        "Blink no longer lists it: it was deleted, or it is older than what Blink keeps.",
        "Use `/recordings` for a fresh list.",
        Tone.WAITING,
    ),
    End.VIDEO_LOST: lambda job: Reason(
        f"Blink lists the {by_kind(job, clip='video', picture='picture')} but does not hand it over.",
        "Every attempt to download it failed, or brought something else."
        if job.result.media_path
        else "It was still being written when I stopped waiting for it.",
        f"Open it in the Blink app, or press **Retry**{by_kind(job, clip=' for a new one', picture='', recent='')}."
        if job.result.media_path
        else "`/recordings` brings it here once it is complete.",
    ),
    End.INCOMPLETE: lambda job: Reason(
        f"Blink handed over only part of the {by_kind(job, clip='video', picture='picture')}.",
        "I downloaded it several times, and its end was missing each time.",
        by_kind(
            job, clip="Try `/recordings` later, or open it in the Blink app.", picture="Press **Retry** for a new one."
        ),
    ),
    End.TOO_LARGE: lambda job: Reason(
        by_kind(job, clip="The video is too large for Discord.", picture="The picture is too large for Discord."),
        too_large(job),
        by_kind(
            job,
            clip="`/clip` with fewer `seconds` makes the next one fit."
            if job.live
            else f"Watch it in the Blink app, or take a picture; {_SHORTER}",
            picture="Look at it in the Blink app.",
            recent=f"Watch it in the Blink app; {_SHORTER}",
        ),
        Tone.WAITING,
    ),
    End.CAMERA_OFFLINE: lambda job: Reason(
        f"{camera_name(job)} is offline.",
        f"Blink has lost contact with it, so it cannot {by_kind(job, clip='record', picture='take a picture')}.",
        "Check its power or battery and its Wi-Fi, then press **Retry**.",
    ),
    End.CAMERA_UNKNOWN: lambda job: Reason(
        f"There is no camera {camera_name(job)}.",
        _IN_PRIVATE if job.public and job.options else camera_names(job),
        f"{'Choose' if job.public else 'Pick one below, or choose'} from the list that `/{job.request.kind}` offers"
        " while you type."
        if job.options
        else "Add the camera in the Blink app first, link the account that has it with `/link`, or ask its owner"
        " to share it with you.",
        Tone.WAITING,
    ),
    End.CAMERA_AMBIGUOUS: lambda job: Reason(
        f"Several cameras are called {camera_name(job)}.",
        "There is more than one of that name for you here.",
        f"Choose from the list that `/{job.request.kind}` offers while you type."
        if job.public
        else "Pick the one you mean.",
        Tone.WAITING,
    ),
    End.ALREADY_RUNNING: lambda job: Reason(
        f"{camera_name(job)} is already at work for you.",
        "A second request for the same camera would only wait for the first one.",
        f"Follow it here: https://discord.com/channels/{job.options[0][1]}"
        if job.options
        else "The reply is where you asked for it.",
        Tone.WAITING,
    ),
    End.TOO_MANY: lambda job: Reason(
        five_already(job),
        "That is the most for one person, or for one Blink account.",
        "Wait until one of them ends, then press **Retry**.",
        Tone.WAITING,
    ),
    End.NOT_LINKED: lambda job: Reason(
        "No Blink account is linked for you.",
        "I use your own Blink account, or that of somebody who shares a camera with you here. You have neither.",
        "Link your Blink account, or ask somebody to share a camera with you, then try again.",
        Tone.WAITING,
    ),
    End.REVOKED: lambda job: Reason(
        "This camera is not shared with you, or no longer.",
        "Its owner decides who uses it, at which hours and until when. You also have to be in its server, and have the"
        f" role if it is shared with one. {so_far(job)}",
        "Ask its owner to share it, or use a camera of your own.",
        Tone.WAITING,
    ),
    End.BOT_NOT_IN_SERVER: lambda job: Reason(
        "I am not a member of this camera's server.",
        "Before I use a shared camera, I ask Discord whether you are still in its server, and Discord tells that to"
        f" members only. {so_far(job)}",
        "Ask who manages the server to add me, with the scope `bot`.",
        Tone.WAITING,
    ),
    End.UNSURE: lambda job: Reason(
        "I could not check whether you may still use this camera.",
        "Before I use a shared camera, I ask Discord whether you are still in its server and have the role. Discord did"
        f" not say. {so_far(job)}",
        "Press **Retry** in a minute.",
        Tone.WAITING,
    ),
    End.TOO_OFTEN: lambda job: Reason(
        f"You have used {whose(job)} Blink too often.",
        f"Blink locks accounts that get too many requests, so guests have {MOST_AN_HOUR} an hour. {so_far(job)}",
        f"Press **Retry** {ago(job.progress.retry_at) if job.progress.retry_at else 'in an hour'}.",
        Tone.WAITING,
    ),
    End.NOT_SHARED: lambda job: Reason(
        share_refusals.NEVER_PUBLIC,
        share_refusals.ONLY_FOR_YOU,
        share_refusals.without_public(job.request.kind),
        Tone.WAITING,
    ),
    End.RELINKED: lambda job: Reason(
        "You have linked another Blink account since.",
        f"This was for a camera of the previous account, which I can no longer use. {so_far(job)}",
        "Use `/clip` for a camera of the account that is linked now.",
        Tone.WAITING,
    ),
    End.SIGNED_OUT: lambda job: Reason(
        f"Blink has signed this bot out of {whose(job)} account.",
        f"Blink does that after a password change, or to end old sign-ins, and the link no longer works. {so_far(job)}",
        f"Tell {plain(job.owner.name, 40)}: only they can link it again."
        if job.owner
        else "Press **Link again**, or use `/link`.",
    ),
    End.REFUSED_FOR_NOW: lambda job: Reason(
        "Blink refuses for now.",
        f"It does not accept {whose(job)} sign-in. That often passes by itself. {so_far(job)}",
        "Press **Retry** in a few minutes. If it goes on for hours, "
        + (
            f"tell {plain(job.owner.name, 40)}: only they can link it again."
            if job.owner
            else "use `/link` to link your Blink account again."
        ),
        Tone.WAITING,
    ),
    End.UNREACHABLE: lambda job: Reason(
        "Blink does not answer.",
        "Its cloud cannot be reached, or is in trouble"
        f"{f' (HTTP {job.progress.status.http_status})' if job.progress.status.http_status else ''}. {so_far(job)}",
        "Press **Retry** in a minute.",
    ),
    End.RATE_LIMITED: lambda job: Reason(
        "Blink wants us to slow down.",
        f"It got too many requests for {whose(job)} account in a short time; more could get it locked. {so_far(job)}",
        f"Press **Retry** {ago(job.progress.retry_at) if job.progress.retry_at else 'in a few minutes'}.",
        Tone.WAITING,
    ),
    End.NOT_UNDERSTOOD: lambda job: Reason(
        "Blink answered something I do not understand.",
        f"Its cloud may have changed. {so_far(job)}",
        f"Press **Retry**. If it keeps happening, tell the host of this bot the reference `{job.reference}`.",
    ),
    End.INTERRUPTED: lambda job: Reason(
        "I was interrupted before I could start.",
        "The bot restarted, or could not reach Discord, right after your command. "
        + by_kind(
            job,
            clip="No camera was asked.",
            picture="No camera was asked.",
            recent="The recording itself stays where it is.",
        ),
        "Press **Retry** if you still want it.",
        Tone.WAITING,
    ),
    End.WAITED_TOO_LONG: lambda job: Reason(
        "Your turn did not come in time.",
        "For ten minutes the bot was away, the camera's system was busy, or three other cameras were at work."
        f" {so_far(job)}",
        "Press **Retry**.",
        Tone.WAITING,
    ),
    End.FOUND_TOO_LATE: lambda job: Reason(
        f"The bot was away while your {by_kind(job, clip='clip', picture='picture')} was under way.",
        f"It came back more than an hour later, and did not start a camera by surprise. {so_far(job)}",
        "Press **Retry** if you still want it.",
        Tone.WAITING,
    ),
    End.DISK_FULL: lambda job: Reason(
        f"The bot has no room for your {by_kind(job, clip='video', picture='picture')}.",
        f"The disk of the machine it runs on is full{still_there(job)}.",
        "Tell the host of this bot, then press **Retry**.",
    ),
    End.DISK_READ_ONLY: lambda job: Reason(
        f"The bot is not allowed to save your {by_kind(job, clip='video', picture='picture')}.",
        f"The machine it runs on does not let it write files{still_there(job)}.",
        "Tell the host of this bot, then press **Retry**.",
    ),
    End.DISK_ERROR: lambda job: Reason(
        f"The bot could not save your {by_kind(job, clip='video', picture='picture')}.",
        f"The disk of the machine it runs on reports an error{still_there(job)}.",
        f"Tell the host of this bot the reference `{job.reference}`, then press **Retry**.",
    ),
    End.TOO_MANY_FILES: lambda job: Reason(
        "The bot has too much to do at once.",
        f"The machine it runs on does not let it open more files or connections. {so_far(job)}",
        "Press **Retry** in a minute. If it keeps happening, tell the host of this bot.",
    ),
    End.BROKEN: lambda job: Reason(
        "Something broke on our side.",
        "This is a mistake in the bot, not yours and not Blink's."
        + by_kind(
            job,
            clip=" I cannot tell whether the camera recorded.",
            picture=" I cannot tell whether a picture was taken.",
            recent="",
        ),
        f"Press **Retry**. The host of this bot finds the cause in the log under `{job.reference}`.",
    ),
}


def reason(job: Job) -> Reason:
    """Return why this job ended as it did."""
    assert job.end is not None
    why = (ROUND_REASONS if job.round is not None and job.end in ROUND_REASONS else REASONS)[job.end](job)
    if instead := no_clip_either(job):
        why = replace(why, cause=f"{instead} {why.cause}")
    if job.owner and "Blink app" in f"{why.cause} {why.next_step}":
        who = plain(job.owner.name, 40)
        return replace(why, next_step=f"{why.next_step} Only {who} has this camera in the Blink app.")
    return why
