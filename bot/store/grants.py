"""Grants in the database, their uses and the people who refuse them."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Grant, Guest, Hours, Job, Refusal, Right, Use

from .alert_tables import wishes
from .columns import Field, Fields, enum_field
from .engine import Database
from .sql import insert_new, one_at_a_time
from .tables import grant_people, grant_refusals, grant_uses, grants
from .wishes import forget_heard_of, forget_ungranted

_HOURS = Fields(Hours, begin="hours_begin", end="hours_end", zone="hours_zone", absent_if="hours_begin")
_GRANT = Fields(
    Grant,
    "id",
    "owner_id",
    "owner_name",
    "guild_id",
    "grantee_id",
    "to_role",
    "grantee_name",
    "account_id",
    "scope",
    "label",
    "created_at",
    "until",
    rights=Field(
        "rights",
        write=lambda rights: " ".join(sorted(rights)),
        read=lambda names: frozenset(Right(name) for name in names.split()),
    ),
    hours=_HOURS,
)
_USE = Fields(
    Use, "owner_id", "guild_id", "user_id", "label", "times", "began_at", right=enum_field("what", Right), at="used_at"
)
_REFUSAL = Fields(Refusal, "owner_id", "user_id", "grant_id", "owner_name", at="refused_at")

_MERGED = timedelta(days=1)

_oldest_first = (grants.c.created_at, grants.c.id)
_refused = and_(grant_refusals.c.owner_id == grants.c.owner_id, grant_refusals.c.grant_id.in_(("", grants.c.id)))
_with_refusals = select(grants, grant_refusals.c.user_id.label("refused_by")).select_from(
    grants.outerjoin(grant_refusals, _refused)
)


class GrantStore:
    """Stores grants, their uses, and the refusals of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, grant: Grant, *, most: int) -> Grant | None:
        """Save a grant in place of one with the same owner, server, grantee and scope; None if they have `most`."""
        same = and_(
            grants.c.owner_id == grant.owner_id,
            grants.c.guild_id == grant.guild_id,
            grants.c.grantee_id == grant.grantee_id,
            grants.c.account_id == grant.account_id,
            grants.c.scope == grant.scope,
        )
        count = select(func.count()).select_from(grants).where(grants.c.owner_id == grant.owner_id)
        async with self._database.write() as connection:
            await one_at_a_time(connection, grant.owner_id)
            earlier = await connection.scalar(select(grants.c.id).where(same))
            if earlier is not None:
                await connection.execute(update(grants).where(same).values(_GRANT.columns_of(grant) | {"id": earlier}))
                await forget_ungranted(connection, wishes.c.owner_id == grant.owner_id)
                return replace(grant, id=earlier)
            if (await connection.scalar(count) or 0) >= most:
                return None
            await connection.execute(insert(grants).values(_GRANT.columns_of(grant)))
        return grant

    async def grant(self, grant_id: str) -> Grant | None:
        """Return one grant."""
        return next(iter(await self._grants(grants.c.id == grant_id)), None)

    async def these(self, grant_ids: Collection[str]) -> list[Grant]:
        """Return those of these grants that still exist, oldest first."""
        return await self._grants(grants.c.id.in_(grant_ids))

    async def given_to(self, guest: Guest) -> list[Grant]:
        """Return the grants to a person, or to a role of theirs, in the server that they are in; oldest first."""
        to_person = and_(grants.c.grantee_id == guest.user_id, ~grants.c.to_role)
        to_roles = and_(grants.c.grantee_id.in_(sorted(guest.role_ids)), grants.c.to_role)
        refused = select(grant_refusals.c.user_id).where(_refused, grant_refusals.c.user_id == guest.user_id)
        given = select(grants).where(grants.c.guild_id == guest.guild_id, or_(to_person, to_roles), ~refused.exists())
        return [_GRANT.value_of(row) for row in await self._database.rows(given.order_by(*_oldest_first))]

    async def given_by(self, owner_id: int) -> list[Grant]:
        """Return the grants of an owner, oldest first."""
        return await self._grants(grants.c.owner_id == owner_id)

    async def given_in(self, guild_id: int) -> list[Grant]:
        """Return all grants in a server, oldest first."""
        return await self._grants(grants.c.guild_id == guild_id)

    async def revoke(self, grant_id: str) -> bool:
        """Delete a grant, and say whether it existed."""
        async with self._database.write() as connection:
            owner = await connection.scalar(select(grants.c.owner_id).where(grants.c.id == grant_id))
            if owner is None:
                return False
            await one_at_a_time(connection, owner)
            revoked = await _delete(connection, grants.c.id == grant_id) == 1
            await forget_ungranted(connection, wishes.c.owner_id == owner)
            return revoked

    async def change_rights(self, share: Grant) -> bool:
        """Save the rights of a share, and say whether it exists; alerts that it no longer covers end."""
        changed = update(grants).where(grants.c.id == share.id, grants.c.owner_id == share.owner_id)
        async with self._database.write() as connection:
            await one_at_a_time(connection, share.owner_id)
            result = await connection.execute(changed.values(rights=_GRANT.columns_of(share)["rights"]))
            await forget_ungranted(connection, wishes.c.owner_id == share.owner_id)
            return result.rowcount == 1

    async def use(self, grant: Grant, use: Use) -> bool:
        """Note a use, and say whether it is this person's first of this grant; False if that is gone."""
        async with self._database.write() as connection:
            return await note_use(connection, grant.id, use)

    async def uses(self, owner_id: int, *, since: datetime, most: int, skip: int = 0) -> list[Use]:
        """Return the uses of an owner's grants, newest first; equal ones of a day are one."""
        theirs = select(grant_uses).where(grant_uses.c.owner_id == owner_id, grant_uses.c.used_at >= since)
        newest_first = theirs.order_by(grant_uses.c.used_at.desc(), grant_uses.c.id).limit(most).offset(skip)
        return [_USE.value_of(row) for row in await self._database.rows(newest_first)]

    async def refuse(self, refusal: Refusal, *, most: int) -> bool:
        """Save a refusal, delete the grants to that person and their alerts of these cameras.

        Returns False if they refuse `most` others already, or if the grant to leave does not exist.
        """
        user_id, owner_id, grant_id = refusal.user_id, refusal.owner_id, refusal.grant_id
        these = and_(grants.c.owner_id == owner_id, grants.c.id == grant_id if grant_id else true())
        to_them = and_(these, grants.c.grantee_id == user_id, ~grants.c.to_role)
        others = and_(grant_refusals.c.user_id == user_id, grant_refusals.c.owner_id != owner_id)
        count = select(func.count()).select_from(grant_refusals).where(others, grant_refusals.c.grant_id == "")
        async with self._database.write() as connection:
            for number in sorted({user_id, owner_id}):
                await one_at_a_time(connection, number)
            if grant_id and await connection.scalar(select(grants.c.id).where(these)) is None:
                return False
            if not grant_id and (await connection.scalar(count) or 0) >= most:
                return False
            gone = await _delete(connection, to_them)
            if not grant_id:
                await forget_heard_of(connection, user_id, owner_id)
            elif gone:
                await forget_ungranted(connection, wishes.c.owner_id == owner_id)
            if not grant_id or not gone:  # a grant to a role stays for the others
                await insert_new(
                    connection, grant_refusals, _REFUSAL.columns_of(refusal), unique=("owner_id", "user_id", "grant_id")
                )
        return True

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Delete a person's refusals of an owner's grants, and say whether there were any."""
        these = and_(grant_refusals.c.user_id == user_id, grant_refusals.c.owner_id == owner_id)
        return await self._database.change(delete(grant_refusals).where(these)) > 0

    async def refusals(self, user_id: int) -> list[Refusal]:
        """Return a person's refusals, oldest first."""
        theirs = select(grant_refusals).where(grant_refusals.c.user_id == user_id)
        in_order = theirs.order_by(grant_refusals.c.refused_at, grant_refusals.c.owner_id, grant_refusals.c.grant_id)
        return [_REFUSAL.value_of(row) for row in await self._database.rows(in_order)]

    async def forget(self, *, used_before: datetime, ended_before: datetime) -> None:
        """Delete uses from before a moment, and grants that ended before another."""
        await self._database.in_chunks(delete(grant_uses).where(grant_uses.c.used_at < used_before), grant_uses.c.id)
        async with self._database.write() as connection:
            await _delete(connection, grants.c.until < ended_before)
            await forget_ungranted(connection)

    async def _grants(self, condition: ColumnElement[bool]) -> list[Grant]:
        rows: dict[str, RowMapping] = {}
        refused_by: dict[str, set[int]] = {}
        for row in await self._database.rows(_with_refusals.where(condition).order_by(*_oldest_first)):
            rows[row["id"]] = row
            refused_by.setdefault(row["id"], set()).update({row["refused_by"]} - {None})
        return [_GRANT.value_of(row, refused_by=frozenset(refused_by[grant_id])) for grant_id, row in rows.items()]


async def note_use_by(connection: AsyncConnection, job: Job) -> bool:
    """Note a use of somebody else's camera by a job, and say whether it is the person's first of that grant."""
    if job.lender is None:
        return False
    use = Use(
        owner_id=job.lender.user_id,
        guild_id=job.reply.guild_id or 0,
        user_id=job.request.user_id,
        right=job.used_right,
        label=job.used_label,
        at=job.request.created_at,
    )
    return await note_use(connection, job.lender.permit_id, use)


async def note_use(connection: AsyncConnection, grant_id: str, use: Use) -> bool:
    """Note a use, and say whether it is this person's first of this grant; False if that is gone.

    Equal uses of a day are one row.
    """
    await one_at_a_time(connection, use.owner_id)
    this = select(grants.c.id).where(grants.c.id == grant_id)
    if await connection.scalar(this.with_for_update(read=True)) is None:
        return False
    equal = select(grant_uses.c.id, grant_uses.c.used_at, grant_uses.c.began_at).where(
        grant_uses.c.owner_id == use.owner_id,
        grant_uses.c.guild_id == use.guild_id,
        grant_uses.c.user_id == use.user_id,
        grant_uses.c.what == use.right.value,
        grant_uses.c.label == use.label,
        func.coalesce(grant_uses.c.began_at, grant_uses.c.used_at) > use.at - _MERGED,
        grant_uses.c.used_at < use.at + _MERGED,
    )
    row = (await connection.execute(equal.order_by(grant_uses.c.used_at.desc()).limit(1))).mappings().first()
    if row is None:
        values = _USE.columns_of(use) | {"id": secrets.token_hex(16)}
        await connection.execute(insert(grant_uses).values(values))
    else:
        merged = {
            "times": grant_uses.c.times + 1,
            "began_at": min(row["began_at"] or row["used_at"], use.at),
            "used_at": max(row["used_at"], use.at),
        }
        await connection.execute(update(grant_uses).where(grant_uses.c.id == row["id"]).values(merged))
    person = {"grant_id": grant_id, "user_id": use.user_id}
    return await insert_new(connection, grant_people, person, unique=("grant_id", "user_id"))


async def forget_other_accounts(connection: AsyncConnection, owner_id: int, account_id: int) -> None:
    """Delete an owner's grants of all Blink accounts but this one."""
    await _delete(connection, and_(grants.c.owner_id == owner_id, grants.c.account_id != account_id))


async def forget_owner(connection: AsyncConnection, owner_id: int) -> None:
    """Delete an owner's grants and their uses."""
    await _delete(connection, grants.c.owner_id == owner_id)
    await connection.execute(delete(grant_uses).where(grant_uses.c.owner_id == owner_id))


async def forget_refuser(connection: AsyncConnection, user_id: int) -> None:
    """Delete a person's refusals; others' refusals of their grants stay, or linking again would undo those."""
    await connection.execute(delete(grant_refusals).where(grant_refusals.c.user_id == user_id))


async def _delete(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    # A transaction that notes a use holds its grant: once we have the lock, its rows are there to be deleted.
    these = select(grants.c.id).where(condition).order_by(grants.c.id).with_for_update()
    gone = (await connection.scalars(these)).all()
    await connection.execute(delete(grant_people).where(grant_people.c.grant_id.in_(gone)))
    await connection.execute(delete(grant_refusals).where(grant_refusals.c.grant_id.in_(gone)))
    await connection.execute(delete(grants).where(grants.c.id.in_(gone)))
    return len(gone)
