"""Grants in the database, and who used them."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.blink import Hours
from bot.grants import Asker, Grant, Guest, Right, Use

from .askers import ASKER
from .engine import Database
from .sql import insert_new, one_at_a_time
from .tables import grant_people, grant_uses, grants, wishes
from .wishes import forget_ungranted

_oldest_first = (grants.c.created_at, grants.c.id)
_to_person = and_(grants.c.grantee_id == bindparam("person"), ~grants.c.to_role)
_to_roles = and_(grants.c.grantee_id.in_(bindparam("roles", expanding=True)), grants.c.to_role)
_given_to = (  # asked at each letter that somebody types
    select(grants).where(grants.c.guild_id == bindparam("guild"), or_(_to_person, _to_roles)).order_by(*_oldest_first)
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
                await connection.execute(update(grants).where(same).values({**_row(grant), "id": earlier}))
                await forget_ungranted(connection, wishes.c.owner_id == grant.owner_id)
                return replace(grant, id=earlier)
            if (await connection.scalar(count) or 0) >= most:
                return None
            await connection.execute(insert(grants).values(_row(grant)))
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
        return [_grant(row) for row in await self._database.rows(_given_to, values)]

    async def asker(self, guest: Guest) -> Asker:
        """Return the same, and what else is to be known of somebody who asks for something, in one look."""
        grantees = (guest.user_id, *guest.role_ids)
        values = {"user_id": guest.user_id, "guild_id": guest.guild_id, "grantee_ids": grantees}
        rows = await self._database.rows(ASKER, values)
        permits = tuple(_grant(row) for row in rows if row["id"] is not None)
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
            revoked = await _delete(connection, grants.c.id == grant_id) == 1
            await forget_ungranted(connection, wishes.c.owner_id == owner)
            return revoked

    async def use(self, grant: Grant, use: Use) -> bool:
        """Write a use down, and say whether it is this person's first of this grant; no, where that is gone."""
        row = {
            "id": secrets.token_hex(16),
            "owner_id": use.owner_id,
            "guild_id": use.guild_id,
            "user_id": use.user_id,
            "what": use.right.value,
            "label": use.label,
            "used_at": use.at,
        }
        person = {"grant_id": grant.id, "user_id": use.user_id}
        this = select(grants.c.id).where(grants.c.id == grant.id)
        async with self._database.write() as connection:
            if await connection.scalar(this.with_for_update(read=True)) is None:
                return False
            await connection.execute(insert(grant_uses).values(row))
            return await insert_new(connection, grant_people, person, unique=("grant_id", "user_id"))

    async def uses(self, owner_id: int, *, since: datetime, most: int) -> list[Use]:
        """Return how an owner's grants were used, the newest first."""
        theirs = select(grant_uses).where(grant_uses.c.owner_id == owner_id, grant_uses.c.used_at >= since)
        newest_first = theirs.order_by(grant_uses.c.used_at.desc(), grant_uses.c.id).limit(most)
        return [_use(row) for row in await self._database.rows(newest_first)]

    async def forget(self, *, used_before: datetime, ended_before: datetime) -> None:
        """Delete uses from before a moment, and grants that ended before another."""
        async with self._database.write() as connection:
            await connection.execute(delete(grant_uses).where(grant_uses.c.used_at < used_before))
            await _delete(connection, grants.c.until < ended_before)
            await forget_ungranted(connection)

    async def _grants(self, condition: ColumnElement[bool]) -> list[Grant]:
        rows = await self._database.rows(select(grants).where(condition).order_by(*_oldest_first))
        return [_grant(row) for row in rows]


async def forget_other_accounts(connection: AsyncConnection, owner_id: int, account_id: int) -> None:
    """Delete what somebody has given of Blink accounts that they linked before this one."""
    await _delete(connection, and_(grants.c.owner_id == owner_id, grants.c.account_id != account_id))


async def forget_owner(connection: AsyncConnection, owner_id: int) -> None:
    """Delete what an owner has given, and how it was used."""
    await _delete(connection, grants.c.owner_id == owner_id)
    await connection.execute(delete(grant_uses).where(grant_uses.c.owner_id == owner_id))


async def _delete(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    # A use that is being written down holds its grant: once that is ours, there is all that is to be deleted.
    these = select(grants.c.id).where(condition).order_by(grants.c.id).with_for_update()
    gone = (await connection.scalars(these)).all()
    await connection.execute(delete(grant_people).where(grant_people.c.grant_id.in_(gone)))
    await connection.execute(delete(grants).where(grants.c.id.in_(gone)))
    return len(gone)


def _row(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "owner_id": grant.owner_id,
        "owner_name": grant.owner_name,
        "guild_id": grant.guild_id,
        "grantee_id": grant.grantee_id,
        "to_role": grant.to_role,
        "grantee_name": grant.grantee_name,
        "account_id": grant.account_id,
        "scope": grant.scope,
        "label": grant.label,
        "rights": " ".join(sorted(grant.rights)),
        "created_at": grant.created_at,
        "until": grant.until,
        "hours_begin": grant.hours.begin if grant.hours else None,
        "hours_end": grant.hours.end if grant.hours else None,
        "hours_zone": grant.hours.zone if grant.hours else None,
    }


def _grant(row: RowMapping) -> Grant:
    hours = None
    if row["hours_begin"] is not None:
        hours = Hours(row["hours_begin"], row["hours_end"], row["hours_zone"])
    return Grant(
        id=row["id"],
        owner_id=row["owner_id"],
        owner_name=row["owner_name"],
        guild_id=row["guild_id"],
        grantee_id=row["grantee_id"],
        to_role=row["to_role"],
        grantee_name=row["grantee_name"],
        account_id=row["account_id"],
        scope=row["scope"],
        label=row["label"],
        rights=frozenset(Right(name) for name in row["rights"].split()),
        created_at=row["created_at"],
        until=row["until"],
        hours=hours,
    )


def _use(row: RowMapping) -> Use:
    return Use(row["owner_id"], row["guild_id"], row["user_id"], Right(row["what"]), row["label"], row["used_at"])
