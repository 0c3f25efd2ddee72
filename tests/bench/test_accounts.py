from pathlib import Path

from bench import accounts
from bench.households import FIRST_ACCOUNT
from bench.payloads import person
from bot.store import Keyring, open_store


async def test_an_account_of_the_bench_is_what_the_bot_reads_as_a_link(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'bot.db'}"
    await accounts.linked(database, range(1, 6))
    async with open_store(database, Keyring([accounts.KEY])) as store:
        account = await store.accounts.account(person(3))
        assert await store.accounts.account(person(6)) is None
        assert len(await store.accounts.accounts()) == 5
    assert account
    assert account.tokens.access == "access-3"
    assert account.region
    assert account.region.account_id == FIRST_ACCOUNT + 3
