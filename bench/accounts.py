"""Linked accounts, put into the bot's database before it starts, as if these people had linked one."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import insert

from bot.models import OWN
from bot.store import Keyring, open_store
from bot.store.alert_tables import feeds, subscriptions
from bot.store.engine import connect
from bot.store.tables import accounts
from bot.store.transaction import Transaction

from .households import FIRST_ACCOUNT
from .payloads import person

KEY = "a-secret-of-the-bench-with-32-characters"
_AT_ONCE = 2000
_KEYRING = Keyring([KEY])


async def linked(database: str, numbers: Iterable[int]) -> None:
    """Link the people with these numbers to the households with the same numbers, in the database at an address."""
    await inserted(database, _rows(numbers))


async def inserted(database: str, accounts_of: Iterable[dict[str, Any]]) -> None:
    """Make the tables, and put these rows into that of the linked accounts."""
    rows = iter(accounts_of)
    async with open_store(database, _KEYRING):
        pass  # makes the tables
    store = connect(database)
    try:
        while some := list(islice(rows, _AT_ONCE)):
            await store.write(partial(Transaction.change, statement=insert(accounts), values=some))
    finally:
        await store.close()


async def watched(database: str, numbers: Iterable[int]) -> None:
    """Let linked people want to hear of all of their cameras from now on."""
    now = datetime.now(UTC)
    people = iter([person(number) for number in numbers])
    store = connect(database)
    try:
        while some := list(islice(people, _AT_ONCE)):
            theirs = [{"user_id": one, "owner_id": one, "guild_id": OWN, "since": now, "muted": "[]"} for one in some]
            await store.write(partial(Transaction.change, statement=insert(subscriptions), values=theirs))
            begun = [{"owner_id": one, "cursor": now} for one in some]
            await store.write(partial(Transaction.change, statement=insert(feeds), values=begun))
    finally:
        await store.close()


def row(user: int, link: str, *, access: str, refresh: str, account_id: int) -> dict[str, Any]:
    """Return a linked account's row, with its tokens sealed."""
    now = datetime.now(UTC)
    return {
        "user_id": user,
        "link_id": link,
        "linked_at": now,
        "access_token": _KEYRING.seal(access, table="accounts", column="access_token", row=user),
        "refresh_token": _KEYRING.seal(refresh, table="accounts", column="refresh_token", row=user),
        "expires_at": now + timedelta(hours=4),
        "oauth_client": "android",
        "tier": "e008",
        "account_id": account_id,
    }


def _rows(numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield row(
            person(number),
            f"link{number}",
            access=f"access-{number}",
            refresh=f"refresh-{number}",
            account_id=FIRST_ACCOUNT + number,
        )
