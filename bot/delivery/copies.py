"""Whether a person gets a direct message: what they chose, and what Discord has let us do."""

from bot.accounts import NotifyClips, Person
from bot.models import End, Job, Kind


def may_want_dm(job: Job, *, replied: bool) -> bool:
    """Say whether this end goes to the direct messages of anybody, whatever they chose."""
    if not replied or job.end is End.FOUND_TOO_LATE:
        return True
    return job.end is End.DELIVERED and job.kind is not Kind.RECENT and not job.reply.in_dm


def wants_dm(job: Job, person: Person, *, replied: bool) -> bool:
    """Say whether this end goes to the person's direct messages too; `replied` says whether the reply shows it.

    Until they choose, private replies are copied, since those vanish, and others only where the reply is lost.
    """
    if person.notify_clips is NotifyClips.NEVER or not may_want_dm(job, replied=replied):
        return False
    if not replied or job.end is End.FOUND_TOO_LATE:
        return True
    if person.dms_closed_at:
        return False
    return job.reply.ephemeral if person.notify_clips is None else person.notify_clips is NotifyClips.ALWAYS
