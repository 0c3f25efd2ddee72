"""People in the database: their choices, their invitations to the sign-in page, and answers not read yet."""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, or_, select, union_all, update

from bot.models import CameraKey, CameraKind, CameraRef, Invitation, Invited, NotifyClips, Person

from .columns import Field, Fields
from .engine import Database
from .job_rows import is_undelivered
from .tables import accounts, clip_jobs, invitations, people, untold

_KEPT = timedelta(days=30)
_NEWS = union_all(  # built once, since every command needs it
    select(untold.c.id).where(untold.c.user_id == bindparam("person")),
    select(clip_jobs.c.id).where(clip_jobs.c.user_id == bindparam("person"), is_undelivered),
).limit(1)
_MOST_OFFERED = 25  # Discord's limit while somebody types

_WHAT_DMS_SHOWED = ("user_id", "dms_closed_at", "dms_closed_told", "dms_introduced")
_PERSON = Fields(
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
_INVITATION = Fields(Invitation, invited=Fields(Invited))


class PeopleStore:
    """Stores people's choices, and says which cameras they used last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(self, user_id: int) -> Person:
        """Return what is remembered of a person, or the defaults."""
        row = await self._database.row(select(people).where(people.c.user_id == user_id))
        return _PERSON.value_of(row) if row else Person(user_id)

    async def remember(self, person: Person) -> None:
        """Save a person."""
        await self._database.put(people, _PERSON.columns_of(person), unique=["user_id"])

    async def speaks(self, user_id: int, locale: str) -> None:
        """Save the locale of a person if something is kept of them already."""
        other = or_(people.c.locale.is_(None), people.c.locale != locale)
        await self._database.change(update(people).where(people.c.user_id == user_id, other).values(locale=locale))

    async def remember_dms(self, person: Person) -> None:
        """Save what is known of a linked person's direct messages, and leave the choices that are stored."""
        row = _PERSON.columns_of(person)
        linked = select(accounts.c.user_id).where(accounts.c.user_id == person.user_id)
        async with self._database.write() as connection:
            if await connection.scalar(linked) is not None:  # else nothing may be kept of them
                await connection.put(people, {name: row[name] for name in _WHAT_DMS_SHOWED}, unique=["user_id"])

    async def last_used(self, user_id: int) -> list[str]:
        """Return the choices of the cameras that a person used last, the last one first."""
        jobs = clip_jobs.c
        camera = (jobs.lender_id, jobs.camera_kind, jobs.network_id, jobs.camera_id)
        used = select(*camera).where(jobs.user_id == user_id, jobs.camera_id.is_not(None)).group_by(*camera)
        rows = await self._database.tuples(used.order_by(func.max(jobs.created_at).desc()).limit(_MOST_OFFERED))
        return [
            str(CameraRef.of(CameraKey(CameraKind(kind), network_id, camera_id), owner_id))
            for owner_id, kind, network_id, camera_id in rows
        ]


class InvitationStore:
    """Stores one-time links to the sign-in page, only a digest of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invite(self, invitation: Invitation) -> None:
        """Save an invitation in place of any earlier one of the same person."""
        await self._database.put(invitations, _INVITATION.columns_of(invitation), unique=["user_id"])

    async def invitation(self, digest: str) -> Invitation | None:
        """Return the invitation with this digest, used or not."""
        row = await self._database.row(select(invitations).where(invitations.c.digest == digest))
        return _INVITATION.value_of(row) if row else None

    async def forget_invitations(self, *, expired_before: datetime) -> None:
        """Delete the invitations that expired before a moment."""
        await self._database.change(delete(invitations).where(invitations.c.expires_at < expired_before))


class UntoldStore:
    """Stores answers that could be shown nowhere, until their person has read them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user_id: int, text: str) -> str:
        """Keep one line for a person, delete all lines older than a month, and return the line's id."""
        now, number = datetime.now(UTC), secrets.token_hex(8)
        async with self._database.write() as connection:
            await connection.change(delete(untold).where(untold.c.at < now - _KEPT))
            await connection.change(insert(untold).values(id=number, user_id=user_id, text=text, at=now))
        return number

    async def has_news(self, user_id: int) -> bool:
        """Say whether a person has not been told something yet: a line, or how a job ended."""
        return bool(await self._database.rows(_NEWS, {"person": user_id}))

    async def of_person(self, user_id: int) -> dict[str, str]:
        """Return a person's lines by their ids, oldest first."""
        theirs = select(untold.c.id, untold.c.text).where(untold.c.user_id == user_id).order_by(untold.c.at)
        return dict(await self._database.tuples(theirs))

    async def delivered(self, ids: Collection[str]) -> None:
        """Delete lines that have been read."""
        await self._database.change(delete(untold).where(untold.c.id.in_(ids)))
