"""People in the database: their choices, their invitations to the sign-in page, and answers not read yet."""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, or_, select, union_all, update

from bot.models import CameraKey, CameraKind, CameraRef, Invitation, Invited, NotifyClips, Person

from .columns import Field, StoredFields
from .job_rows import is_undelivered
from .store_part import StorePart, reads, writes
from .tables import accounts, clip_jobs, invitations, people, untold
from .transaction import Transaction

_KEPT = timedelta(days=30)
_NEWS = union_all(  # built once, since every command needs it
    select(untold.c.id).where(untold.c.user_id == bindparam("person")),
    select(clip_jobs.c.id).where(clip_jobs.c.user_id == bindparam("person"), is_undelivered),
).limit(1)
_MOST_OFFERED = 25  # Discord's limit while somebody types

_WHAT_DMS_SHOWED = ("user_id", "dms_closed_at", "dms_closed_told", "dms_introduced")
_PERSON = StoredFields(
    Person,
    hears_of_shares="hears_of_grants",
    # A version that knows no SLOW runs beside this one during an update, and takes a null for its own default.
    notify_clips=Field(
        "notify_clips",
        write=lambda choice: None if choice is NotifyClips.SLOW else choice.value,
        read=NotifyClips,
        null=NotifyClips.SLOW,
    ),
)
_INVITATION = StoredFields(Invitation, invited=StoredFields(Invited))


class PeopleStore(StorePart):
    """Stores people's choices, and says which cameras they used last."""

    @reads
    def person(self, transaction: Transaction, user_id: int) -> Person:
        """Return what is remembered of a person, or the defaults."""
        row = transaction.row(select(people).where(people.c.user_id == user_id))
        return _PERSON.value_of(row) if row else Person(user_id)

    @writes
    def remember(self, transaction: Transaction, person: Person) -> None:
        """Save a person."""
        transaction.put(people, _PERSON.columns_of(person), unique=["user_id"])

    @writes
    def speaks(self, transaction: Transaction, user_id: int, locale: str) -> None:
        """Save the locale of a person if something is kept of them already."""
        other = or_(people.c.locale.is_(None), people.c.locale != locale)
        transaction.change(update(people).where(people.c.user_id == user_id, other).values(locale=locale))

    @writes
    def remember_dms(self, transaction: Transaction, person: Person) -> None:
        """Save what is known of a linked person's direct messages, and leave the choices that are stored."""
        row = _PERSON.columns_of(person)
        linked = select(accounts.c.user_id).where(accounts.c.user_id == person.user_id)
        if transaction.scalar(linked) is not None:  # else nothing may be kept of them
            transaction.put(people, {name: row[name] for name in _WHAT_DMS_SHOWED}, unique=["user_id"])

    @reads
    def last_used(self, transaction: Transaction, user_id: int) -> list[str]:
        """Return the choices of the cameras that a person used last, the last one first."""
        jobs = clip_jobs.c
        camera = (jobs.lender_id, jobs.camera_kind, jobs.network_id, jobs.camera_id)
        used = select(*camera).where(jobs.user_id == user_id, jobs.camera_id.is_not(None)).group_by(*camera)
        rows = transaction.tuples(used.order_by(func.max(jobs.created_at).desc()).limit(_MOST_OFFERED))
        return [
            str(CameraRef.of(CameraKey(CameraKind(kind), network_id, camera_id), owner_id))
            for owner_id, kind, network_id, camera_id in rows
        ]


class InvitationStore(StorePart):
    """Stores one-time links to the sign-in page, only a digest of each."""

    @writes
    def invite(self, transaction: Transaction, invitation: Invitation) -> None:
        """Save an invitation in place of any earlier one of the same person."""
        transaction.put(invitations, _INVITATION.columns_of(invitation), unique=["user_id"])

    @reads
    def invitation(self, transaction: Transaction, digest: str) -> Invitation | None:
        """Return the invitation with this digest, used or not."""
        row = transaction.row(select(invitations).where(invitations.c.digest == digest))
        return _INVITATION.value_of(row) if row else None

    @reads
    def of_person(self, transaction: Transaction, user_id: int) -> Invitation | None:
        """Return a person's invitation, used or not."""
        row = transaction.row(select(invitations).where(invitations.c.user_id == user_id))
        return _INVITATION.value_of(row) if row else None

    @writes
    def forget_invitations(self, transaction: Transaction, *, expired_before: datetime) -> None:
        """Delete the invitations that expired before a moment."""
        transaction.change(delete(invitations).where(invitations.c.expires_at < expired_before))


class UntoldStore(StorePart):
    """Stores answers that could be shown nowhere, until their person has read them."""

    @writes
    def keep(self, transaction: Transaction, user_id: int, text: str) -> str:
        """Keep one line for a person, delete all lines older than a month, and return the line's id."""
        now, number = datetime.now(UTC), secrets.token_hex(8)
        transaction.change(delete(untold).where(untold.c.at < now - _KEPT))
        transaction.change(insert(untold).values(id=number, user_id=user_id, text=text, at=now))
        return number

    @reads
    def has_news(self, transaction: Transaction, user_id: int) -> bool:
        """Say whether a person has not been told something yet: a line, or how a job ended."""
        return bool(transaction.rows(_NEWS, {"person": user_id}))

    @reads
    def of_person(self, transaction: Transaction, user_id: int) -> dict[str, str]:
        """Return a person's lines by their ids, oldest first."""
        theirs = select(untold.c.id, untold.c.text).where(untold.c.user_id == user_id).order_by(untold.c.at)
        return dict(transaction.tuples(theirs))

    @writes
    def delivered(self, transaction: Transaction, ids: Collection[str]) -> None:
        """Delete lines that have been read."""
        transaction.change(delete(untold).where(untold.c.id.in_(ids)))
