"""The patterns of every custom_id that a click brings back, and the buttons that several cards have."""

import re

from bot.jobs import media_id_of
from bot.models import ALL, CAMERA_OR_SYSTEM_PATTERN, CAMERA_PATTERN, SCOPE_PATTERN, End, Job, Kind

from .cards import Button

_FIVE = 5
SIGNS = {Kind.CLIP: "📹", Kind.SNAPSHOT: "📷", Kind.RECENT: "🎞️"}


def _owned(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a custom_id that ends with the one person who may use the button."""
    return re.compile(pattern + r":(?P<owner>[0-9]{1,20})")


AGAIN = re.compile(r"clip:again:(?P<job>[0-9a-f]{32})")
PICK = re.compile(r"clip:pick:(?P<job>[0-9a-f]{32}):(?P<number>[0-9]{1,2})")
SNAP = re.compile(r"clip:snap:(?P<job>[0-9a-f]{32})")
FILE = re.compile(r"clip:(?P<act>share|keep):(?P<job>[0-9a-f]{32})")
DELETE = re.compile(r"media:(?P<act>ask|delete|keep):(?P<job>[0-9a-f]{32})")
CHOOSE = _owned(r"clips:choose:(?P<public>[01])")
REMOVE = _owned(r"(?P<kind>clip|snapshot|recent):remove")
STOP_DMS = _owned(r"dms:stop")
LINK = _owned(r"account:link")
ACCOUNT = _owned(r"account:(?P<act>ask|unlink|keep|export)")
SWITCH = _owned(rf"sw:(?P<act>ask|on|off|keep):(?P<choice>{ALL}|{CAMERA_OR_SYSTEM_PATTERN})")
# "grants:" stands in messages of earlier versions.
STOP_SHARING = _owned(r"(?:share:stop|grants:revoke):(?P<share>[0-9a-f]{16})")
CHOOSE_STOPPED = _owned(r"(?:share|grants):choose")
OPEN_SHARE = _owned(r"share:open")
CHOOSE_RIGHTS = _owned(r"share:rights:(?P<share>[0-9a-f]{16})")
SHARE_WHAT = _owned(r"share:what:[0-9]:(?P<guest>[0-9]{1,20})")
SHARE_UNTIL = _owned(rf"share:(?P<preset>[a-z]):(?P<guest>[0-9]{{1,20}}):(?P<scope>{SCOPE_PATTERN})")
SHARE_LOG = _owned(r"(?:share|grants):log:(?P<page>[0-9]{1,4})")
ALLOW = _owned(r"(?:share|grants):allow:(?P<giver>[0-9]{1,20})")
ALLOW_ONE = _owned(r"(?:share|grants):again")
CAMERA = _owned(r"cam:(?P<act>clip|snap):(?P<choice>[a-z0-9.]{1,70})")
CAMERAS = _owned(r"cameras:(?P<act>back|next|refresh):(?P<page>[0-9]{1,4})")
ALERT_HOUR = _owned(r"alerts:hour:(?P<alert_message>[0-9a-f]{8,32})")
ALERT_CAMERA = _owned(rf"alerts:camera:(?P<choice>{CAMERA_PATTERN})")
ALERT_HEAR = _owned(rf"alerts:hear:(?P<choice>{CAMERA_PATTERN})")
ALERT_SOME = _owned(r"alerts:some:(?P<slice>[0-9])")
ALERT_UNMUTE = _owned(r"alerts:unmute")
ALERT_DM = _owned(r"alerts:dm")
ALERT_BACK = _owned(r"alerts:back")
ALERT_HEALTH = _owned(r"alerts:health:(?P<act>on|off):(?P<alert_message>[0-9a-f]{8,32})")


def retry(job_id: str, *, primary: bool = False) -> Button:
    """Return the button that repeats a failed job."""
    return Button("Retry", f"clip:again:{job_id}", "primary" if primary else "secondary", "🔁")


def remove(kind: Kind, owner: int) -> Button:
    """Return the button that deletes the message it stands on."""
    return Button("Remove", f"{kind}:remove:{owner}", emoji="🗑️")


def relink(owner: int) -> Button:
    """Return the button that does what `/link` does."""
    return Button("Link again", f"account:link:{owner}", "primary", "🔗")


def link_own(owner: int) -> Button:
    """Return the button that does what `/link` does, for somebody who has not linked an account."""
    return Button("Link your account", f"account:link:{owner}", "primary", "🔗")


def export(owner: int) -> Button:
    """Return the button that exports one's own data."""
    return Button("Export my data", f"account:export:{owner}")


def mute_hour(alert_message_id: str, owner: int) -> Button:
    """Return the button that mutes alerts for an hour; the bot finds an alert message again by it."""
    return Button("Mute 1 h", f"alerts:hour:{alert_message_id}:{owner}", emoji="🔕")


def unmute(owner: int) -> Button:
    """Return the button that lets alerts come again."""
    return Button("Unmute", f"alerts:unmute:{owner}", emoji="🔔")


def health_off(alert_message_id: str, owner: int) -> Button:
    """Return the button that ends messages about health; the bot finds such a message again by it."""
    return Button("Stop these messages", f"alerts:health:off:{alert_message_id}:{owner}", emoji="🔕")


def buttons_of(job: Job, *, copy: bool = False) -> tuple[Button, ...]:
    """Return the buttons under a job that is over, or under the copy of its reply in direct messages."""
    removal = remove(job.request.kind, job.request.user_id)
    picture = Button("Take a picture", f"clip:snap:{job.id}", emoji=SIGNS[Kind.SNAPSHOT])
    match job.end:
        case End.DELIVERED:
            if job.round:
                return Button("New pictures", f"clip:again:{job.id}", emoji="🔁"), removal
            return _under_file(job, private=job.reply.ephemeral and not copy)
        case End.CAMERA_AMBIGUOUS | End.CAMERA_UNKNOWN if job.public:
            return ()  # they would name the cameras
        case End.NOT_LINKED:
            return (link_own(job.request.user_id),)
        case End.SIGNED_OUT if not job.owner:
            return (relink(job.request.user_id),)
        case End.CAMERA_AMBIGUOUS | End.CAMERA_UNKNOWN:
            offered = job.options if job.end is End.CAMERA_AMBIGUOUS else job.options[:_FIVE]
            return tuple(Button(label, f"clip:pick:{job.id}:{number}") for number, (_, label) in enumerate(offered))
        case End.REVOKED | End.NOT_SHARED | End.RELINKED | End.SIGNED_OUT | End.ALREADY_RUNNING | End.GONE:
            return ()
        case End.LIVE_UNSUPPORTED | End.LIVE_NEEDS_PYAV | End.LIVE_OFF | End.LIVE_NOT_SHARED | End.LIVE_TOO_LONG:
            return (removal,) if job.result.pictured else (picture,)
        case End.TOO_LARGE if job.request.kind is Kind.CLIP and not job.live:
            return picture, retry(job.id)
        case _:
            once_more = retry(job.id, primary=True)
            return (once_more, removal) if job.result.pictured else (once_more,)


def _under_file(job: Job, *, private: bool) -> tuple[Button, ...]:
    """Return the buttons under a finished video or picture; what only its person sees can be shared and kept."""
    found: list[Button] = []
    if job.request.kind is not Kind.RECENT:
        label = "Record again" if job.request.kind is Kind.CLIP else "New picture"
        found.append(Button(label, f"clip:again:{job.id}", emoji=SIGNS[job.request.kind]))
    if private and not job.owner:
        found.append(Button("Share here", f"clip:share:{job.id}", emoji="📣"))
    if private:
        found.append(Button("Keep", f"clip:keep:{job.id}", emoji="📥"))
    found.append(remove(job.request.kind, job.request.user_id))
    if job.request.kind is Kind.RECENT and media_id_of(job.request.asked) is not None:
        found.append(Button("Delete at Blink", f"media:ask:{job.id}"))
    return tuple(found)
