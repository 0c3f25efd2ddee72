"""Who used which grant: equal uses of a day are one row, written together with what they are uses of."""

import secrets
from datetime import timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.grants import Right, Use
from bot.models import Job

from .sql import insert_new, one_at_a_time
from .tables import grant_people, grant_uses, grants

_MERGED = timedelta(days=1)


async def note_use_by(connection: AsyncConnection, job: Job) -> bool:
    """Note that a job uses somebody else's camera, and say whether it is its person's first use of that grant."""
    if job.lender is None:
        return False
    assert job.target is not None
    use = Use(
        owner_id=job.lender.user_id,
        guild_id=job.reply.guild_id or 0,
        user_id=job.user_id,
        right=Right(job.kind),
        label=job.target.label,
        at=job.created_at,
    )
    return await note_use(connection, job.lender.permit_id, use)


async def note_use(connection: AsyncConnection, grant_id: str, use: Use) -> bool:
    """Note a use, and say whether it is this person's first of this grant; no if that is gone."""
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
        values = {
            "id": secrets.token_hex(16),
            "owner_id": use.owner_id,
            "guild_id": use.guild_id,
            "user_id": use.user_id,
            "what": use.right.value,
            "label": use.label,
            "used_at": use.at,
        }
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
