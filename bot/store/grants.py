"""Grants in the database, and who used them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.grants import Asker, Grant, Guest, Refusal, Use

from .askers import ASKER, not_refused_by
from .engine import Database
from .grant_rows import grant_of, refusal_of, row_of_grant, use_of
from .sql import insert_new, one_at_a_time
from .tables import grant_people, grant_refusals, grant_uses, grants, wishes
from .uses import note_use
from .wishes import forget_heard_of, forget_ungranted

_oldest_first = (grants.c.created_at, grants.c.id)
_to_person = and_(grants.c.grantee_id == bindparam("person"), ~grants.c.to_role)
_to_roles = and_(grants.c.grantee_id.in_(bindparam("roles", expanding=True)), grants.c.to_role)
_given_to = (  # asked at each letter that somebody types
    select(grants)
    .where(grants.c.guild_id == bindparam("guild"), or_(_to_person, _to_roles), not_refused_by(bindparam("person")))
    .order_by(*_oldest_first)
)
_refused = and_(grant_refusals.c.owner_id == grants.c.owner_id, grant_refusals.c.grant_id.in_(("", grants.c.id)))
_with_refusals = select(grants, grant_refusals.c.user_id.label("refused_by")).select_from(
    grants.outerjoin(grant_refusals, _refused)
)


class GrantTable:
    """What `bot.grants` asks of a GrantStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, grant: Grant, *, most: int) -> Grant | None:
        """Save a grant, or change the one of the same owner, place, grantee and scope; None where they have `most`."""
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
                await connection.execute(update(grants).where(same).values({**row_of_grant(grant), "id": earlier}))
                await forget_ungranted(connection, wishes.c.owner_id == grant.owner_id)
                return replace(grant, id=earlier)
            if (await connection.scalar(count) or 0) >= most:
                return None
            await connection.execute(insert(grants).values(row_of_grant(grant)))
        return grant

    async def grant(self, grant_id: str) -> Grant | None:
        """Return one grant."""
        return next(iter(await self._grants(grants.c.id == grant_id)), None)

    async def these(self, grant_ids: Collection[str]) -> list[Grant]:
        """Return those of these grants that are there, oldest first."""
        return await self._grants(grants.c.id.in_(grant_ids))

    async def given_to(self, guest: Guest) -> list[Grant]:
        """Return what was given to somebody, or to a role of theirs, in the server they are in; oldest first."""
        values = {"guild": guest.guild_id, "person": guest.user_id, "roles": sorted(guest.role_ids)}
        return [grant_of(row) for row in await self._database.rows(_given_to, values)]

    async def asker(self, guest: Guest) -> Asker:
        """Return the same, and what else is to be known of somebody who asks for something, in one look."""
        grantees = (guest.user_id, *guest.role_ids)
        values = {"user_id": guest.user_id, "guild_id": guest.guild_id, "grantee_ids": grantees}
        rows = await self._database.rows(ASKER, values)
        permits = tuple(grant_of(row) for row in rows if row["id"] is not None)
        return Asker(permits, rows[0]["linked"], rows[0]["signed_out"], rows[0]["missed"])

    async def given_by(self, owner_id: int) -> list[Grant]:
        """Return what an owner has given, oldest first."""
        return await self._grants(grants.c.owner_id == owner_id)

    async def given_in(self, guild_id: int) -> list[Grant]:
        """Return what anybody has given in a server, oldest first."""
        return await self._grants(grants.c.guild_id == guild_id)

    async def revoke(self, grant_id: str) -> bool:
        """Delete a grant, and say whether it was there."""
        async with self._database.write() as connection:
            owner = await connection.scalar(select(grants.c.owner_id).where(grants.c.id == grant_id))
            if owner is None:
                return False
            await one_at_a_time(connection, owner)
            revoked = await _delete(connection, grants.c.id == grant_id) == 1
            await forget_ungranted(connection, wishes.c.owner_id == owner)
            return revoked

    async def use(self, grant: Grant, use: Use) -> bool:
        """Write a use down, and say whether it is this person's first of this grant; no, where that is gone."""
        async with self._database.write() as connection:
            return await note_use(connection, grant.id, use)

    async def uses(self, owner_id: int, *, since: datetime, most: int, skip: int = 0) -> list[Use]:
        """Return how an owner's grants were used, the newest first, equal uses of a day as one."""
        theirs = select(grant_uses).where(grant_uses.c.owner_id == owner_id, grant_uses.c.used_at >= since)
        newest_first = theirs.order_by(grant_uses.c.used_at.desc(), grant_uses.c.id).limit(most).offset(skip)
        return [use_of(row) for row in await self._database.rows(newest_first)]

    async def refuse(self, refusal: Refusal, *, most: int) -> bool:
        """Save a refusal, and end what was given to that person and what they hear of it.

        False if they refuse `most` others already, or there is no such grant to leave.
        """
        user_id, owner_id, grant_id = refusal.user_id, refusal.owner_id, refusal.grant_id
        these = and_(grants.c.owner_id == owner_id, grants.c.id == grant_id if grant_id else true())
        to_them = and_(these, grants.c.grantee_id == user_id, ~grants.c.to_role)
        row = {
            "owner_id": owner_id,
            "user_id": user_id,
            "grant_id": grant_id,
            "owner_name": refusal.owner_name,
            "refused_at": refusal.at,
        }
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
            if not grant_id or not gone:  # what was given to a role stays there for the others
                await insert_new(connection, grant_refusals, row, unique=("owner_id", "user_id", "grant_id"))
        return True

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Forget that somebody refuses an owner's grants, or has left some, and say whether they did."""
        these = and_(grant_refusals.c.user_id == user_id, grant_refusals.c.owner_id == owner_id)
        return await self._database.change(delete(grant_refusals).where(these)) > 0

    async def refusals(self, user_id: int) -> list[Refusal]:
        """Return what somebody refuses or has left, oldest first."""
        theirs = select(grant_refusals).where(grant_refusals.c.user_id == user_id)
        in_order = theirs.order_by(grant_refusals.c.refused_at, grant_refusals.c.owner_id, grant_refusals.c.grant_id)
        return [refusal_of(row) for row in await self._database.rows(in_order)]

    async def forget(self, *, used_before: datetime, ended_before: datetime) -> None:
        """Delete uses from before a moment, and grants that ended before another."""
        async with self._database.write() as connection:
            await connection.execute(delete(grant_uses).where(grant_uses.c.used_at < used_before))
            await _delete(connection, grants.c.until < ended_before)
            await forget_ungranted(connection)

    async def _grants(self, condition: ColumnElement[bool]) -> list[Grant]:
        rows: dict[str, RowMapping] = {}
        refused_by: dict[str, set[int]] = {}
        for row in await self._database.rows(_with_refusals.where(condition).order_by(*_oldest_first)):
            rows[row["id"]] = row
            refused_by.setdefault(row["id"], set()).update({row["refused_by"]} - {None})
        return [grant_of(row, frozenset(refused_by[grant_id])) for grant_id, row in rows.items()]


async def forget_other_accounts(connection: AsyncConnection, owner_id: int, account_id: int) -> None:
    """Delete what somebody has given of Blink accounts that they linked before this one."""
    await _delete(connection, and_(grants.c.owner_id == owner_id, grants.c.account_id != account_id))


async def forget_owner(connection: AsyncConnection, owner_id: int) -> None:
    """Delete what an owner has given, and how it was used."""
    await _delete(connection, grants.c.owner_id == owner_id)
    await connection.execute(delete(grant_uses).where(grant_uses.c.owner_id == owner_id))


async def forget_refuser(connection: AsyncConnection, user_id: int) -> None:
    """Delete whose grants somebody refuses; that others refuse theirs stays, or linking again would undo it."""
    await connection.execute(delete(grant_refusals).where(grant_refusals.c.user_id == user_id))


async def _delete(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    # A use that is being written down holds its grant: once that is ours, there is all that is to be deleted.
    these = select(grants.c.id).where(condition).order_by(grants.c.id).with_for_update()
    gone = (await connection.scalars(these)).all()
    await connection.execute(delete(grant_people).where(grant_people.c.grant_id.in_(gone)))
    await connection.execute(delete(grant_refusals).where(grant_refusals.c.grant_id.in_(gone)))
    await connection.execute(delete(grants).where(grants.c.id.in_(gone)))
    return len(gone)
