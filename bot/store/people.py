"""What people chose, in the database."""

from sqlalchemy import bindparam, select

from bot.accounts import NotifyClips, Person

from .engine import Database
from .sql import put
from .tables import accounts, people

_of_person = select(people).where(people.c.user_id == bindparam("person"))


class People:
    """What `bot.accounts` asks of a PeopleStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(self, user_id: int) -> Person:
        """Return what is remembered of a person, or the defaults."""
        row = await self._database.row(_of_person, {"person": user_id})
        if row is None:
            return Person(user_id)
        return Person(
            user_id=user_id,
            notify_clips=NotifyClips(row["notify_clips"]) if row["notify_clips"] else None,
            dms_closed_at=row["dms_closed_at"],
            dms_closed_told=row["dms_closed_told"],
            dms_introduced=row["dms_introduced"],
            hears_of_grants=row["hears_of_grants"],
        )

    async def remember(self, person: Person) -> None:
        """Save `person`."""
        values = {
            "user_id": person.user_id,
            "notify_clips": person.notify_clips.value if person.notify_clips else None,
            "dms_closed_at": person.dms_closed_at,
            "dms_closed_told": person.dms_closed_told,
            "dms_introduced": person.dms_introduced,
            "hears_of_grants": person.hears_of_grants,
        }
        await self._database.put(people, values, unique="user_id")

    async def remember_dms(self, person: Person) -> None:
        """Save what was learnt of a linked person's direct messages, and leave their choices as they are by now."""
        values = {
            "user_id": person.user_id,
            "dms_closed_at": person.dms_closed_at,
            "dms_closed_told": person.dms_closed_told,
            "dms_introduced": person.dms_introduced,
        }
        linked = select(accounts.c.user_id).where(accounts.c.user_id == person.user_id)
        async with self._database.write() as connection:
            if await connection.scalar(linked) is not None:  # else nothing may be kept of them
                await put(connection, people, values, unique="user_id")
