"""Whoever steals the database reads no token and no key in it."""

from pathlib import Path

import pytest

from bot.store import Store, WrongKey
from tests.support.databases import Outside, SqliteFile
from tests.support.examples import ALICE, BOB, KEY, an_account, received, some_tokens
from tests.support.jobs import with_values


async def test_no_secret_stands_in_the_database_or_its_log(path: Path, database: Outside, store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    job = await received(store)
    await store.jobs.save(job, with_values(job, attempts=1))
    secrets = [KEY, job.reply.token, *(each for t in (account.tokens, fresh) for each in (t.access, t.refresh))]
    if isinstance(database, SqliteFile):
        raw = b"".join(file.read_bytes() for file in path.parent.iterdir())
    else:
        tables = ("accounts", "clip_jobs", "meta")
        raw = repr([database.rows(f"SELECT * FROM {table}") for table in tables]).encode()  # noqa: S608
    assert job.request.asked.encode() in raw  # so the search would find what is there
    assert [secret for secret in secrets if secret and secret.encode() in raw] == []


async def test_a_token_moved_to_another_persons_link_is_refused(database: Outside, store: Store) -> None:
    for user_id in (ALICE, BOB):
        await store.accounts.link(an_account(user_id))
    [(alices,)] = database.rows("SELECT access_token FROM accounts WHERE user_id = ?", ALICE)
    database.execute("UPDATE accounts SET access_token = ? WHERE user_id = ?", alices, BOB)
    assert await store.accounts.account(ALICE)
    with pytest.raises(WrongKey, match="another place"):
        await store.accounts.account(BOB)


async def test_nothing_that_is_printed_of_a_job_or_a_link_shows_a_token(store: Store) -> None:
    job, account = await received(store), an_account()
    await store.accounts.link(account)
    shown = repr(await store.jobs.live()) + repr(await store.accounts.accounts())
    assert str(job.reply.token) not in shown
    assert account.tokens.access not in shown
