"""The alert message about motion or a ring, drawn from its notice alone."""

from collections import Counter
from collections.abc import Sequence

from bot.models import Alert, CameraRef, Event, Footage, Notice

from .buttons import mute_camera, mute_hour, record_now
from .cards import Button, Card, Tone, file_name, megabytes, on, plain

_SIGNS = {Event.MOTION: "🚶", Event.RING: "🔔"}
_LONGEST_NAME = 80
_MOST_COUNTED = 5
_LONGEST_COUNTED = 60
_LONGEST_ID = 100  # Discord's limit for a custom_id
_TONES = {Footage.HERE: Tone.GOOD, Footage.COMING: Tone.WORKING}
_STEERING = "`/notify` says what you hear of, when and where."
_DIVERTED = (
    "It comes here because the channel for your alerts is closed to me or to you, or could not be looked up; `/notify`"
    " changes it."
)


def card(
    notice: Notice,
    footage: Footage,
    *,
    pictured: bool = False,
    shrunk_from: int | None = None,
    diverted: bool = False,
) -> Card:
    """Return the message of a notice; `shrunk_from` is the video's size before it was made to fit.

    `pictured`: the picture stands in for the video. `diverted`: the message could not go to its channel.
    """
    head = notice.head
    lines = [
        f"**{_happened(head, plain(head.label, _LONGEST_NAME))}** {on(head.happened_at)}",
        _more(notice.more),
        _about(head, footage),
    ]
    shrunk = f"The video had {megabytes(shrunk_from)}, so I made it smaller." if shrunk_from else ""
    return Card(
        f"{_SIGNS[head.event]} {plain(head.label, _LONGEST_NAME)}",
        "\n".join(filter(None, lines)),
        _TONES.get(footage, Tone.WAITING),
        small=" ".join(filter(None, [shrunk, _DIVERTED if diverted else _STEERING])),
        buttons=_buttons(notice),
        images=(picture_name(notice),) if pictured else (),
    )


def marker(notice: Notice) -> str:
    """Return the custom_id that finds a notice's message again: each has this button."""
    button = mute_hour(notice.id, notice.user_id)
    assert button.custom_id
    return button.custom_id


def filename(notice: Notice) -> str:
    """Return the download's name."""
    return _file(notice, "mp4")


def picture_name(notice: Notice) -> str:
    """Return the name of the picture that is shown until the video comes."""
    return _file(notice, "jpg")


def caption(notice: Notice) -> str:
    """Return the description of the video or picture for screen readers."""
    return _happened(notice.head, notice.head.label)[:200]


def _happened(alert: Alert, name: str) -> str:
    return f"Somebody rang at {name}" if alert.event is Event.RING else f"Motion at {name}"


def _file(notice: Notice, ending: str) -> str:
    return file_name(notice.head.label, notice.head.happened_at, notice.id[:8], ending)


def _more(alerts: Sequence[Alert]) -> str:
    """Count further alerts by camera, the busiest first."""
    if not alerts:
        return ""
    counts = Counter((alert.label, alert.event) for alert in alerts).most_common()
    named = [
        f"{_SIGNS[event] + ' ' if event is Event.RING else ''}{plain(label, _LONGEST_COUNTED)} {count}"
        for (label, event), count in counts[:_MOST_COUNTED]
    ]
    rest = sum(count for _, count in counts[_MOST_COUNTED:])
    parts = [*named, *([f"others {rest}"] if rest else [])]
    return f"and {len(alerts)} more: {', '.join(parts)}, until {on(max(alert.happened_at for alert in alerts))}"


def _about(head: Alert, footage: Footage) -> str:
    """Say why there is no video, and what helps; nothing if there is one."""
    clips = "`/recordings` in the server where it is shared with you" if head.lent else "`/recordings`"
    app = "its owner's Blink app" if head.lent else "your Blink app"
    match footage:
        case Footage.HERE:
            return ""
        case Footage.COMING:
            return "The video follows."
        case Footage.UNFINISHED:
            return f"Blink has not finished writing the video. {clips} brings it here when it is done."
        case Footage.GONE:
            return "The video is no longer at Blink: it was deleted there, or is older than what Blink keeps."
        case Footage.AWAY if head.lent:
            return f"Its owner's Blink does not hand out the video now. {clips} brings it here later."
        case Footage.AWAY:
            return (
                "Blink does not hand out the video now. `/recordings` brings it here later; `/account` says whether"
                " your link still works."
            )
        case Footage.TOO_LARGE:
            return (
                f"The video is too large for Discord, and could not be made to fit. It is in {app}; where Discord takes"
                f" larger files, {clips} brings it."
            )
        case Footage.WITHDRAWN if head.lent:
            return (
                "Its owner no longer lets you hear of this camera, or you no longer want to; the video does not come."
            )
        case Footage.WITHDRAWN:
            return (
                "You no longer want to hear of this camera, so the video does not come; `/recordings` brings it here."
            )


def _buttons(notice: Notice) -> tuple[Button, ...]:
    """Return the buttons; a lent camera has none to record, since sharing works only in its own server."""
    head, owner = notice.head, notice.user_id
    hour = mute_hour(notice.id, owner)
    if head.camera is None:
        return (hour,)
    key = str(head.camera)
    camera = mute_camera(str(CameraRef.of(head.camera, head.owner_id if head.lent else None)), owner)
    found = (hour, camera) if head.lent else (record_now(key, owner), hour, camera)
    return tuple(button for button in found if len(button.custom_id or "") <= _LONGEST_ID)
