"""The buttons under our messages, and the patterns of every custom_id that a click brings back."""

import re

from bot.jobs import media_id_of
from bot.models import ALL, CAMERA_OR_SYSTEM_PATTERN, CAMERA_PATTERN, SCOPE_PATTERN, End, Job, Kind

from .cards import Button

_FIVE = 5
CLIP_SIGN, PICTURE_SIGN, RECORDING_SIGN = "📹", "📷", "🎞️"

AGAIN = re.compile(r"clip:again:(?P<job>[0-9a-f]{32})")
PICK = re.compile(r"clip:pick:(?P<job>[0-9a-f]{32}):(?P<number>[0-9]{1,2})")
SNAP = re.compile(r"clip:snap:(?P<job>[0-9a-f]{32})")
FILE = re.compile(r"clip:(?P<act>share|keep):(?P<job>[0-9a-f]{32})")
DELETE = re.compile(r"media:(?P<act>ask|delete|keep):(?P<job>[0-9a-f]{32})")
CHOOSE = re.compile(r"clips:choose:(?P<public>[01]):(?P<owner>[0-9]{1,20})")
REMOVE = re.compile(r"(?P<kind>clip|snapshot|recent):remove:(?P<owner>[0-9]{1,20})")
STOP_DMS = re.compile(r"dms:stop:(?P<owner>[0-9]{1,20})")
ACCOUNT = re.compile(r"account:(?P<act>link|ask|unlink|keep|export):(?P<owner>[0-9]{1,20})")
SWITCH = re.compile(
    r"sw:(?P<act>ask|on|off|keep)"
    rf":(?P<choice>{ALL}|{CAMERA_OR_SYSTEM_PATTERN})"
    r":(?P<owner>[0-9]{1,20})"
)
# "grants:" stands in messages of earlier versions.
STOP_SHARING = re.compile(r"(?:share:stop|grants:revoke):(?P<share>[0-9a-f]{16}):(?P<owner>[0-9]{1,20})")
CHOOSE_STOPPED = re.compile(r"(?:share|grants):choose:(?P<owner>[0-9]{1,20})")
OPEN_SHARE = re.compile(r"share:open:(?P<owner>[0-9]{1,20})")
CHOOSE_RIGHTS = re.compile(r"share:rights:(?P<share>[0-9a-f]{16}):(?P<owner>[0-9]{1,20})")
SHARE_WHAT = re.compile(r"share:what:[0-9]:(?P<guest>[0-9]{1,20}):(?P<owner>[0-9]{1,20})")
SHARE_UNTIL = re.compile(
    r"share:(?P<preset>[a-z])"
    r":(?P<guest>[0-9]{1,20})"
    rf":(?P<scope>{SCOPE_PATTERN})"
    r":(?P<owner>[0-9]{1,20})"
)
SHARE_LOG = re.compile(r"(?:share|grants):log:(?P<page>[0-9]{1,4}):(?P<owner>[0-9]{1,20})")
ALLOW = re.compile(r"(?:share|grants):allow:(?P<giver>[0-9]{1,20}):(?P<owner>[0-9]{1,20})")
ALLOW_ONE = re.compile(r"(?:share|grants):again:(?P<owner>[0-9]{1,20})")

CAMERA = re.compile(r"cam:(?P<act>clip|snap):(?P<choice>[a-z0-9.]{1,70}):(?P<owner>[0-9]{1,20})")
CAMERAS = re.compile(r"cameras:(?P<act>back|next|refresh):(?P<page>[0-9]{1,4}):(?P<owner>[0-9]{1,20})")

ALERT_HOUR = re.compile(r"alerts:hour:(?P<alert_message>[0-9a-f]{8,32}):(?P<owner>[0-9]{1,20})")
ALERT_CAMERA = re.compile(
    r"alerts:camera"
    rf":(?P<choice>{CAMERA_PATTERN})"
    r":(?P<owner>[0-9]{1,20})"
)
ALERT_HEAR = re.compile(
    r"alerts:hear"
    rf":(?P<choice>{CAMERA_PATTERN})"
    r":(?P<owner>[0-9]{1,20})"
)
ALERT_SOME = re.compile(r"alerts:some:(?P<slice>[0-9]):(?P<owner>[0-9]{1,20})")
ALERT_UNMUTE = re.compile(r"alerts:unmute:(?P<owner>[0-9]{1,20})")
ALERT_DM = re.compile(r"alerts:dm:(?P<owner>[0-9]{1,20})")
ALERT_BACK = re.compile(r"alerts:back:(?P<owner>[0-9]{1,20})")
ALERT_HEALTH = re.compile(r"alerts:health:(?P<act>on|off):(?P<alert_message>[0-9a-f]{8,32}):(?P<owner>[0-9]{1,20})")


def again(job: Job) -> Button:
    """Return the button under a finished clip or picture that makes another with the same camera."""
    if job.request.kind is Kind.SNAPSHOT:
        return Button("New picture", f"clip:again:{job.id}", emoji=PICTURE_SIGN)
    return Button("Record again", f"clip:again:{job.id}", emoji=CLIP_SIGN)


def retry(job_id: str, *, primary: bool = False) -> Button:
    """Return the button that repeats a failed job."""
    return Button("Retry", f"clip:again:{job_id}", "primary" if primary else "secondary", "🔁")


def snap(job_id: str) -> Button:
    """Return the button that takes a picture with the same camera."""
    return Button("Take a picture", f"clip:snap:{job_id}", emoji=PICTURE_SIGN)


def share_here(job_id: str) -> Button:
    """Return the button that shows the file of a private reply to everybody in its place."""
    return Button("Share here", f"clip:share:{job_id}", emoji="📣")


def keep(job_id: str) -> Button:
    """Return the button that sends the file of a private reply as a direct message."""
    return Button("Keep", f"clip:keep:{job_id}", emoji="📥")


def delete_ask(job_id: str) -> Button:
    """Return the button that deletes a recording at Blink: it asks first."""
    return Button("Delete at Blink", f"media:ask:{job_id}")


def delete_now(job_id: str) -> Button:
    """Return the button that deletes a recording at Blink."""
    return Button("Yes, delete it", f"media:delete:{job_id}", "danger")


def delete_never(job_id: str) -> Button:
    """Return the button that leaves a recording where it is."""
    return Button("Do not delete", f"media:keep:{job_id}")


def pick(job_id: str, number: int, label: str) -> Button:
    """Return the button for one of the cameras that may be meant, by its number among them."""
    return Button(label[:80], f"clip:pick:{job_id}:{number}")


def remove(kind: Kind, owner: int) -> Button:
    """Return the button that deletes the message it stands on."""
    return Button("Remove", f"{kind}:remove:{owner}", emoji="🗑️")


def stop_dms(owner: int) -> Button:
    """Return the button that ends the copies by direct message."""
    return Button("Stop these messages", f"dms:stop:{owner}")


def relink(owner: int) -> Button:
    """Return the button that does what `/link` does."""
    return Button("Link again", f"account:link:{owner}", "primary", "🔗")


def link_own(owner: int) -> Button:
    """Return the button that does what `/link` does, for somebody who has not linked an account."""
    return Button("Link your account", f"account:link:{owner}", "primary", "🔗")


def delete_ask_all(owner: int) -> Button:
    """Return the button that does what `/unlink` does, for somebody who has not linked an account."""
    return Button("Delete my data", f"account:ask:{owner}")


def unlink_ask(owner: int) -> Button:
    """Return the button that does what `/unlink` does: it asks first."""
    return Button("Unlink", f"account:ask:{owner}", "secondary")


def unlink_now(owner: int) -> Button:
    """Return the button that unlinks."""
    return Button("Yes, delete everything", f"account:unlink:{owner}", "danger")


def unlink_never(owner: int) -> Button:
    """Return the button that leaves all as it is."""
    return Button("Do not delete", f"account:keep:{owner}")


def export(owner: int) -> Button:
    """Return the button that exports one's own data."""
    return Button("Export my data", f"account:export:{owner}")


def record_now(choice: str, owner: int) -> Button:
    """Return the button that records on a camera, given only its choice."""
    return Button("Record now", f"cam:clip:{choice}:{owner}", "primary", CLIP_SIGN)


def record_on(name: str, choice: str, owner: int) -> Button:
    """Return the button that records on a camera, given its name and choice."""
    return Button(f"Record on {name}", f"cam:clip:{choice}:{owner}", "primary", "📹")


def mute_hour(alert_message_id: str, owner: int) -> Button:
    """Return the button that mutes alerts for an hour; the bot finds an alert message again by it."""
    return Button("Mute 1 h", f"alerts:hour:{alert_message_id}:{owner}", emoji="🔕")


def unmute(owner: int) -> Button:
    """Return the button that lets alerts come again."""
    return Button("Unmute", f"alerts:unmute:{owner}", emoji="🔔")


def mute_camera(choice: str, owner: int) -> Button:
    """Return the button that ends the alerts of one camera."""
    return Button("Mute this camera", f"alerts:camera:{choice}:{owner}")


def hear_camera(choice: str, owner: int) -> Button:
    """Return the button that begins the alerts of one camera again."""
    return Button("Undo", f"alerts:hear:{choice}:{owner}", emoji="↩️")


def health_off(alert_message_id: str, owner: int) -> Button:
    """Return the button that ends messages about health; the bot finds such a message again by it."""
    return Button("Stop these messages", f"alerts:health:off:{alert_message_id}:{owner}", emoji="🔕")


def health_on(alert_message_id: str, owner: int) -> Button:
    """Return the button that begins messages about health again."""
    return Button("Undo", f"alerts:health:on:{alert_message_id}:{owner}", emoji="↩️")


def link(label: str, url: str) -> Button:
    """Return a button that opens an address."""
    return Button(label, None, url=url)


def buttons_of(job: Job, *, copy: bool = False) -> tuple[Button, ...]:
    """Return the buttons under a job that is over, or under the copy of its reply in direct messages."""
    match job.end:
        case End.DELIVERED:
            if job.round:
                return Button("New pictures", f"clip:again:{job.id}", emoji="🔁"), remove(
                    job.request.kind, job.request.user_id
                )
            return _under_file(job, private=job.reply.ephemeral and not copy)
        case End.CAMERA_AMBIGUOUS | End.CAMERA_UNKNOWN if job.public:
            return ()  # they would name the cameras
        case End.NOT_LINKED:
            return (link_own(job.request.user_id),)
        case End.SIGNED_OUT if not job.owner:
            return (relink(job.request.user_id),)
        case End.CAMERA_AMBIGUOUS:
            return tuple(pick(job.id, number, label) for number, (_, label) in enumerate(job.options))
        case End.CAMERA_UNKNOWN:
            return tuple(pick(job.id, number, label) for number, (_, label) in enumerate(job.options[:_FIVE]))
        case End.REVOKED | End.NOT_SHARED | End.RELINKED | End.SIGNED_OUT | End.ALREADY_RUNNING | End.GONE:
            return ()
        case End.LIVE_UNSUPPORTED | End.LIVE_NEEDS_PYAV | End.LIVE_OFF | End.LIVE_NOT_SHARED | End.LIVE_TOO_LONG:
            return (remove(job.request.kind, job.request.user_id),) if job.result.pictured else (snap(job.id),)
        case End.TOO_LARGE if job.request.kind is Kind.CLIP and not job.live:
            return snap(job.id), retry(job.id)
        case _:
            once_more = retry(job.id, primary=True)
            return (once_more, remove(job.request.kind, job.request.user_id)) if job.result.pictured else (once_more,)


def _under_file(job: Job, *, private: bool) -> tuple[Button, ...]:
    """Return the buttons under a finished video or picture; what only its person sees can be shared and kept."""
    found = [] if job.request.kind is Kind.RECENT else [again(job)]
    if private and not job.owner:
        found.append(share_here(job.id))
    if private:
        found.append(keep(job.id))
    found.append(remove(job.request.kind, job.request.user_id))
    if job.request.kind is Kind.RECENT and media_id_of(job.request.asked) is not None:
        found.append(delete_ask(job.id))
    return tuple(found)
