"""The cards of messages about motion, a ring or the health of cameras."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.models import Alert, AlertMessage, CameraNews, CameraRef, Event, Footage, HealthChange, HealthMessage, Kind

from .cards import Button, Card, Tone, file_name, megabytes, on, plain
from .custom_ids import SIGNS, health_off, mute_hour, unmute

_TITLE = "Alerts"
_MOST_NEWS = 20
_LONGEST_NAME = 80
_MOST_COUNTED = 5
_LONGEST_COUNTED = 60
_LONGEST_ID = 100  # Discord's limit for a custom_id
# Of Discord's locales, by Unicode's CLDR: https://www.unicode.org/cldr/charts/latest/supplemental/index.html
_TWELVE_HOURS = frozenset({"en-US", "el", "hi", "ko", "zh-TW"})
_TONES = {Footage.HERE: Tone.GOOD, Footage.COMING: Tone.WORKING}
_STEERING = "`/notify` says what you hear of, when and where."
_DIVERTED = (
    "It comes here because the channel for your alerts is closed to me or to you, or could not be looked up; `/notify`"
    " changes it."
)

UNMUTED = Card(_TITLE, "**Not muted any more.** You hear of what happens from now on.", Tone.GOOD)
NOT_HEARD_OF = Card(
    _TITLE, "**You hear of this camera no more anyway.** `/notify` shows which cameras you hear of.", Tone.GOOD
)
HEALTH_BEGUN = Card(_TITLE, "**I tell you again what is wrong with your cameras.**", Tone.GOOD)


def card(
    message: AlertMessage,
    footage: Footage,
    *,
    pictured: bool = False,
    shrunk_from: int | None = None,
    diverted: bool = False,
    mention: int | None = None,
    silenced: int | None = None,
    locale: str | None = None,
) -> Card:
    """Return the card of an alert message; `shrunk_from` is the video's size before it was made to fit.

    `pictured`: the picture stands in for the video. `diverted`: the message could not go to its channel. `mention` is
    the role that it mentions, `silenced` the one that it may not mention any more. `locale` is that of its person.
    """
    head = message.head
    happened = _happened(head, plain(head.label, _LONGEST_NAME))
    lines = [_more(message.more), _about(head, footage)]
    small = [
        on(head.happened_at) + ".",
        f"The video had {megabytes(shrunk_from)}, so I made it smaller." if shrunk_from else "",
        f"<@&{silenced}> is not mentioned: Discord does not let me or you do that any more." if silenced else "",
        _DIVERTED if diverted else _STEERING,
    ]
    return Card(
        f"{happened}, {clock_time(head.happened_at, head.zone, locale)}",
        "\n".join(filter(None, lines)),
        _TONES.get(footage, Tone.WAITING),
        small=" ".join(filter(None, small)),
        buttons=_buttons(message),
        images=(picture_name(message),) if pictured else (),
        mention=mention,
    )


def health(message: HealthMessage) -> Card:
    """Return the message about the health of cameras, a sentence for each."""
    sentences = [_news(one) for one in message.news[:_MOST_NEWS]]
    if left := len(message.news) - len(sentences):
        sentences.append(f"And {left} more: `/cameras` shows them.")
    better = all(one.change is HealthChange.ONLINE for one in message.news)
    return Card(
        sentences[0],
        "\n".join(sentences[1:]),
        Tone.GOOD if better else Tone.WAITING,
        buttons=(health_off(message.id, message.user_id),),
    )


def health_marker(message: HealthMessage) -> str:
    """Return the custom_id that finds a message about health again."""
    return health_off(message.id, message.user_id).custom_id


def marker(message: AlertMessage) -> str:
    """Return the custom_id that finds an alert message again: each has this button."""
    return mute_hour(message.id, message.user_id).custom_id


def filename(message: AlertMessage) -> str:
    """Return the download's name."""
    return _file(message, "mp4")


def picture_name(message: AlertMessage) -> str:
    """Return the name of the picture that is shown until the video comes."""
    return _file(message, "jpg")


def caption(message: AlertMessage) -> str:
    """Return the description of the video or picture for screen readers."""
    return _happened(message.head, message.head.label)[:200]


def muted(owner: int) -> Card:
    """Return the confirmation that alerts are muted for an hour."""
    text = "**Muted for 1 hour.** You do not hear of that time later either."
    return Card(_TITLE, text, Tone.GOOD, buttons=(unmute(owner),))


def camera_muted(choice: str, owner: int, *, shared: bool) -> Card:
    """Return the confirmation that one camera's alerts have ended."""
    where = ", in the server where it is shared with you," if shared else ""
    text = (
        "**No more alerts of this camera**, until you want them again. Those that waited are not told either.\n"
        f"`/notify motion: some`{where} shows which cameras you hear of, and turns it on again."
    )
    return Card(_TITLE, text, Tone.GOOD, buttons=(Button("Undo", f"alerts:hear:{choice}:{owner}", emoji="↩️"),))


def camera_heard(*, heard: bool) -> Card:
    """Return the answer to the button that undoes the mute of a camera."""
    if heard:
        return Card(_TITLE, "**You hear of this camera again.**", Tone.GOOD)
    text = "**That cannot be undone here any more.** `/notify motion: some` turns the camera on again."
    return Card(_TITLE, text, Tone.WAITING)


def health_stopped(alert_message_id: str, owner: int) -> Card:
    """Return the confirmation that messages about the health of cameras have ended."""
    text = "**I no longer tell you what is wrong with your cameras.** `/notify health: on` begins it again."
    undo = Button("Undo", f"alerts:health:on:{alert_message_id}:{owner}", emoji="↩️")
    return Card(_TITLE, text, Tone.GOOD, buttons=(undo,))


def clock_time(moment: datetime, zone: str | None, locale: str | None) -> str:
    """Return the time of day in a time zone, by 24 hours if the locale is unknown.

    If the zone is unknown, returns Discord's own time, which the reader's app writes.
    """
    try:
        local = moment.astimezone(ZoneInfo(zone or ""))
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return f"<t:{int(moment.timestamp())}:t>"
    if locale in _TWELVE_HOURS:
        return f"{local.hour % 12 or 12}:{local:%M} {'PM' if local.hour >= 12 else 'AM'}"
    return f"{local:%H:%M}"


def _happened(alert: Alert, name: str) -> str:
    return f"Somebody rang at {name}" if alert.event is Event.RING else f"Motion at {name}"


def _news(news: CameraNews) -> str:
    name = plain(news.label, _LONGEST_NAME)
    match news.change:
        case HealthChange.ONLINE:
            return f"{name} is online again."
        case HealthChange.LOW_BATTERY:
            return f"The battery of {name} is low."
        case HealthChange.OFFLINE if news.hours < 1:
            return f"{name} is offline."
        case HealthChange.OFFLINE:
            return f"{name} has been offline for over {'an hour' if news.hours == 1 else f'{news.hours} hours'}."


def _file(message: AlertMessage, ending: str) -> str:
    return file_name(message.head.label, message.head.happened_at, message.id[:8], ending)


def _more(alerts: Sequence[Alert]) -> str:
    """Count further alerts by camera, the busiest first."""
    if not alerts:
        return ""
    counts = Counter((alert.label, alert.event) for alert in alerts).most_common()
    named = [
        f"{'🔔 ' if event is Event.RING else ''}{plain(label, _LONGEST_COUNTED)} {count}"
        for (label, event), count in counts[:_MOST_COUNTED]
    ]
    rest = sum(count for _, count in counts[_MOST_COUNTED:])
    parts = [*named, *([f"others {rest}"] if rest else [])]
    return f"and {len(alerts)} more: {', '.join(parts)}, until {on(max(alert.happened_at for alert in alerts))}"


def _about(head: Alert, footage: Footage) -> str:
    """Say why there is no video, and what helps; nothing if there is one."""
    clips = "`/recordings` in the server where it is shared with you" if head.shared else "`/recordings`"
    app = "its owner's Blink app" if head.shared else "your Blink app"
    match footage:
        case Footage.HERE:
            return ""
        case Footage.COMING:
            return "The video follows."
        case Footage.UNFINISHED:
            return f"Blink has not finished writing the video. {clips} brings it here when it is done."
        case Footage.GONE:
            return "The video is no longer at Blink: it was deleted there, or is older than what Blink keeps."
        case Footage.AWAY if head.shared:
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
        case Footage.WITHDRAWN if head.shared:
            return (
                "Its owner no longer lets you hear of this camera, or you no longer want to; the video does not come."
            )
        case Footage.WITHDRAWN:
            return (
                "You no longer want to hear of this camera, so the video does not come; `/recordings` brings it here."
            )


def _buttons(message: AlertMessage) -> tuple[Button, ...]:
    """Return the buttons; a shared camera has none to record, since sharing works only in its own server."""
    head, owner = message.head, message.user_id
    hour = mute_hour(message.id, owner)
    if head.camera is None:
        return (hour,)
    choice = CameraRef.of(head.camera, head.owner_id if head.shared else None)
    record = Button("Record now", f"cam:clip:{choice}:{owner}", "primary", SIGNS[Kind.CLIP])
    mute = Button("Mute this camera", f"alerts:camera:{choice}:{owner}")
    found = (hour, mute) if head.shared else (record, hour, mute)
    return tuple(button for button in found if len(button.custom_id) <= _LONGEST_ID)
