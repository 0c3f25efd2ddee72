"""Linked accounts, put into the bot's database before it starts, as if these people had linked one."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.models import OWN
from bot.store import Keyring, open_store
from bot.store.engine import connect
from bot.store.tables import accounts, feeds, wishes

from .households import FIRST_ACCOUNT
from .payloads import person

KEY = "a-secret-of-the-bench-with-32-characters"
_AT_ONCE = 2000


async def linked(database: Path, numbers: Iterable[int]) -> None:
    """Link the people with these numbers to the households with the same numbers, in a database of SQLite's."""
    url, keyring = f"sqlite:///{database}", Keyring([KEY])
    async with open_store(url, keyring):
        pass  # makes the tables
    store = connect(url)
    rows = _rows(keyring, numbers)
    try:
        while some := list(islice(rows, _AT_ONCE)):
            async with store.write() as connection:
                await connection.execute(insert(accounts), some)
    finally:
        await store.close()


async def watched(database: Path, numbers: Iterable[int]) -> None:
    """Let linked people want to hear of all of their cameras from now on."""
    now = datetime.now(UTC)
    people = iter([person(number) for number in numbers])
    store = connect(f"sqlite:///{database}")
    try:
        while some := list(islice(people, _AT_ONCE)):
            theirs = [{"user_id": one, "owner_id": one, "guild_id": OWN, "since": now, "muted": "[]"} for one in some]
            async with store.write() as connection:
                await connection.execute(insert(wishes), theirs)
                await connection.execute(insert(feeds), [{"owner_id": one, "cursor": now} for one in some])
    finally:
        await store.close()


def _rows(keyring: Keyring, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    for number in numbers:
        user = person(number)
        yield {
            "user_id": user,
            "link_id": f"link{number}",
            "linked_at": now,
            "access_token": keyring.seal(f"access-{number}", table="accounts", column="access_token", row=user),
            "refresh_token": keyring.seal(f"refresh-{number}", table="accounts", column="refresh_token", row=user),
            "expires_at": now + timedelta(hours=4),
            "oauth_client": "android",
            "tier": "e008",
            "account_id": FIRST_ACCOUNT + number,
        }
