"""The answers of `/recordings`: a list of recordings to choose from, and the dialogue for deleting one."""

from collections.abc import Sequence
from datetime import datetime

from bot.cameras import Recording
from bot.models import zone_of

from .cards import IN_A_MENU, Button, Card, Menu, Tone, plain
from .share_refusals import not_read, too_often

_MOST_NAMES = 10
_LONGEST_NAME = 50  # letters, which escaping may double: 25 such lines fit

DELETED = Card("Deleted", "The recording is gone from your Blink account.", Tone.GOOD)
ELSEWHERE = Card(
    "Not deleted",
    "The recording belongs to a Blink account that is no longer linked for you, so it was not deleted.",
    Tone.WAITING,
)
KEPT = Card("Kept", "The recording stays in your Blink account.", Tone.GOOD)


def listed(
    recordings: Sequence[Recording],
    *,
    unread: Sequence[str],
    later: Sequence[tuple[str, datetime]] = (),
    silent: Sequence[str] = (),
    cameras: Sequence[str],
    period: str,
    owner: int,
    public: bool,
) -> Card:
    """Return the newest recordings of a period, as a numbered list and a menu, and the `unread` USB drives.

    `cameras` are the requested ones, none for all; `later` are owners whose Blink may be asked only at that time, and
    `silent` those whose Blink could not be read.
    """
    of = f" of {' and '.join(f'“{plain(one, 80)}”' for one in cameras[:_MOST_NAMES])}" if cameras else ""
    unseen = [f"⚠️ {_unread(unread)}"] if unread else []
    unseen += [f"⚠️ {too_often(owner, again_at)}" for owner, again_at in later]
    unseen += [f"⚠️ {not_read(silent)}"] if silent else []
    if not recordings:
        none = f"**{'I found' if later or silent else 'Blink lists'} no recording{of} from {period}.**"
        step = (
            "Choose a longer time with `since`, or record one with `/clip`. Without a plan, free storage or a USB drive"
            " Blink keeps none."
        )
        return Card("Recordings", "\n".join([none, *unseen, step]), Tone.WAITING)
    zones = {str(zone_of(one.time_zone)) for one in recordings[:IN_A_MENU]}
    lines: list[str] = []
    options: list[tuple[str, str, str]] = []
    for number, one in enumerate(recordings[:IN_A_MENU], 1):
        moment = _moment(one, zoned=len(zones) > 1)
        lines.append(f"{number}. {moment} · {plain(one.label, _LONGEST_NAME)}")
        options.append((one.choice, f"{number}. {one.label}", moment))
    menu = Menu("Choose a recording to see it here", f"clips:choose:{int(public)}:{owner}", tuple(options))
    count = "1 recording" if len(recordings) == 1 else f"{len(recordings)} recordings"
    there = f" Times are those of {zones.pop()}." if len(zones) == 1 else ""
    text = "\n".join([f"**{count}{of} from {period}.**{there}", *lines, *unseen])
    cut = f"These are the newest {IN_A_MENU}; a camera or a shorter time brings others."
    return Card("Recordings", text, Tone.GOOD, small=cut if len(recordings) > IN_A_MENU else "", menus=(menu,))


def no_such_camera(asked: str, labels: Sequence[str]) -> Card:
    """Return the answer to a camera's name that the person cannot use."""
    names = ", ".join(plain(label, 80) for label in labels[:_MOST_NAMES]) or "none"
    text = f"**There is no camera “{plain(asked, 80)}”.**\nCameras that you can use here: {names}."
    return Card("Recordings", f"{text}\nChoose from the list that `/recordings` offers while you type.", Tone.WAITING)


def _unread(networks: Sequence[str]) -> str:
    names = ", ".join(plain(name, 40) or "one system" for name in networks[:_MOST_NAMES])
    return (
        f"USB drives that could not be read now: {names}. Their Sync Module is busy or away, or the drive is not ready;"
        " try again in a minute."
    )


def _moment(recording: Recording, *, zoned: bool) -> str:
    """Return when a recording was made, in its camera's time zone: a menu cannot show Discord's own timestamps."""
    local = recording.created_at.astimezone(zone_of(recording.time_zone))
    zone = f" {local.tzname() or ''}".rstrip() if zoned else ""
    return f"{local:%a} {local.day} {local:%b %H:%M}{zone}" + (" · USB drive" if recording.on_usb else "")


def confirm_delete(job_id: str) -> Card:
    """Return the question before a recording is deleted."""
    return Card(
        "Delete at Blink?",
        "**The recording is deleted from your Blink account, for everybody who uses it.**\n"
        "It cannot be brought back. What stands here in Discord stays until you remove it.",
        Tone.BAD,
        buttons=(
            Button("Yes, delete it", f"media:delete:{job_id}", "danger"),
            Button("Do not delete", f"media:keep:{job_id}"),
        ),
    )
