"""New keys, while the bot goes on."""

import pytest

from bot.store import Keyring, Store, WrongKey, open_store
from tests.support.examples import ALICE, KEY, a_job, an_account

NEW = "another-secret-of-the-tests-with-more-than-32-characters"


async def test_after_a_rotation_the_new_key_alone_opens_everything(store: Store, url: str) -> None:
    account, job = an_account(ALICE), a_job()
    await store.accounts.link(account)
    await store.jobs.insert(job)
    async with open_store(url, Keyring([NEW, KEY])) as rotating:
        assert await rotating.rotate_keys() == 4  # two tokens, the reply's token, the database's own sign
        assert await rotating.accounts.account(ALICE) == account
    async with open_store(url, Keyring([NEW])) as rotated:
        assert await rotated.accounts.account(ALICE) == account
        assert await rotated.jobs.job(job.id) == job
    with pytest.raises(WrongKey):
        async with open_store(url, Keyring([KEY])):
            pass


async def test_a_rotation_can_be_done_twice(store: Store, url: str) -> None:
    await store.accounts.link(an_account(ALICE))
    for _ in range(2):
        async with open_store(url, Keyring([NEW, KEY])) as rotating:
            assert await rotating.rotate_keys() == 3
