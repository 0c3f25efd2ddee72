"""What `/clips` answers: a list of recordings to choose from, and what deleting one says."""

from collections.abc import Sequence
from datetime import datetime

from bot.blink import zone_of
from bot.clips import Recording

from .cards import Card, Menu, Tone, delete_never, delete_now, on, plain
from .grants import too_often

_MOST = 25  # Discord's limit for a menu
_MOST_LINES = 10


def listed(
    recordings: Sequence[Recording],
    *,
    unread: Sequence[str],
    later: Sequence[tuple[str, datetime]] = (),
    camera: str | None,
    period: str,
    owner: int,
    share: bool,
) -> Card:
    """Return the newest recordings of a period, with a menu to choose one from, and which drives were not read."""
    of = f" of “{plain(camera, 80)}”" if camera else ""
    unseen = [f"⚠️ {_unread(unread)}"] if unread else []
    unseen += [f"⚠️ {too_often(owner, again_at)}" for owner, again_at in later]
    if not recordings:
        return Card(
            "Recordings",
            "\n".join(
                [
                    f"**Blink lists no recording{of} from {period}.**",
                    *unseen,
                    "Choose a longer time with `since`, or record one with `/clip`. Without a plan, free storage or a"
                    " USB drive Blink keeps none.",
                ]
            ),
            Tone.WAITING,
        )
    shown = recordings[:_MOST]
    lines = [f"{on(one.created_at)} · {plain(one.label, 80)}" for one in shown[:_MOST_LINES]]
    more = len(recordings) - len(lines)
    menu = Menu(
        "Choose a recording to see it here",
        f"clips:choose:{int(share)}:{owner}",
        tuple((one.choice, one.label, _moment(one)) for one in shown),
    )
    count = "1 recording" if len(recordings) == 1 else f"{len(recordings)} recordings"
    text = "\n".join([f"**{count}{of} from {period}**", *lines, *([f"… and {more} more"] if more > 0 else []), *unseen])
    cut = f"The menu has the newest {_MOST}; a camera or a shorter time brings others."
    return Card("Recordings", text, Tone.GOOD, small=cut if len(recordings) > _MOST else "", menus=(menu,))


def no_such_camera(asked: str, labels: Sequence[str]) -> Card:
    """Return what somebody reads who named a camera that they do not have."""
    names = ", ".join(plain(label, 80) for label in labels[:_MOST_LINES]) or "none"
    text = f"**There is no camera “{plain(asked, 80)}”.**\nCameras that you can use here: {names}."
    return Card("Recordings", f"{text}\nChoose from the list that `/clips` offers while you type.", Tone.WAITING)


def _unread(networks: Sequence[str]) -> str:
    names = ", ".join(plain(name, 40) or "one network" for name in networks[:_MOST_LINES])
    return (
        f"USB drives that could not be read now: {names}. Their Sync Module is busy or away, or the drive is not ready;"
        " try again in a minute."
    )


def _moment(recording: Recording) -> str:
    """Return when a recording was made where its camera is: a menu knows no times that Discord writes itself."""
    local = recording.created_at.astimezone(zone_of(recording.time_zone))
    return f"{local:%a} {local.day} {local:%b, %H:%M:%S} {local.tzname() or ''}".strip() + (
        " · USB drive" if recording.on_usb else ""
    )


def confirm_delete(job_id: str) -> Card:
    """Return the question before a recording is deleted."""
    return Card(
        "Delete at Blink?",
        "**The recording is deleted from your Blink account, for everybody who uses it.**\n"
        "It cannot be brought back. What stands here in Discord stays until you remove it.",
        Tone.BAD,
        buttons=(delete_now(job_id), delete_never(job_id)),
    )


def deleted() -> Card:
    """Return what stands where the question was."""
    return Card("Deleted", "The recording is gone from your Blink account.", Tone.GOOD)


def elsewhere() -> Card:
    """Return what stands where the question was, when another Blink account has been linked meanwhile."""
    text = "The recording belongs to a Blink account that is no longer linked for you, so it was not deleted."
    return Card("Not deleted", text, Tone.WAITING)


def kept() -> Card:
    """Return what stands where the question was."""
    return Card("Kept", "The recording stays in your Blink account.", Tone.GOOD)
