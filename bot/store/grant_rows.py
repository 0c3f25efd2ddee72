"""Grants, their uses and who refuses them, as rows."""

from typing import Any

from sqlalchemy import RowMapping

from bot.blink import Hours
from bot.grants import Grant, Refusal, Right, Use


def row_of_grant(grant: Grant) -> dict[str, Any]:
    """Return what is stored of a grant."""
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


def grant_of(row: RowMapping, refused_by: frozenset[int] = frozenset()) -> Grant:
    """Return the grant that a row holds."""
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
        refused_by=refused_by,
    )


def use_of(row: RowMapping) -> Use:
    """Return the use, or the equal uses, that a row holds."""
    return Use(
        owner_id=row["owner_id"],
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        right=Right(row["what"]),
        label=row["label"],
        at=row["used_at"],
        times=row["times"],
        began_at=row["began_at"],
    )


def refusal_of(row: RowMapping) -> Refusal:
    """Return the refusal that a row holds."""
    return Refusal(row["user_id"], row["owner_id"], row["owner_name"], row["refused_at"], row["grant_id"])
