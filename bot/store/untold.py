"""Answers that could be shown nowhere, until their person has read them."""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from .engine import Database
from .tables import untold

_KEPT = timedelta(days=30)


class UntoldAnswers:
    """What `bot.ui` asks of an UntoldStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user_id: int, text: str) -> str:
        """Keep one line for a person, forget what nobody came for in a month, and return the line's id."""
        now, number = datetime.now(UTC), secrets.token_hex(8)
        async with self._database.write() as connection:
            await connection.execute(delete(untold).where(untold.c.at < now - _KEPT))
            await connection.execute(insert(untold).values(id=number, user_id=user_id, text=text, at=now))
        return number

    async def of_person(self, user_id: int) -> dict[str, str]:
        """Return a person's lines by their ids, oldest first."""
        theirs = select(untold).where(untold.c.user_id == user_id).order_by(untold.c.at)
        return {row["id"]: row["text"] for row in await self._database.rows(theirs)}

    async def told(self, ids: Collection[str]) -> None:
        """Forget lines that have been read."""
        await self._database.change(delete(untold).where(untold.c.id.in_(ids)))
