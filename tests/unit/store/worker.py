"""A second process: `python -m tests.unit.store.worker WHAT URL`, told to go by a line on its input."""

import asyncio
import json
import secrets
import sys

from bot.models import Stage
from bot.store import open_store
from tests.support.examples import ALICE, KEYRING, a_job, an_account

INTERACTIONS = 60
CLAIMS = 20


def say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def race(url: str) -> None:
    """Open the new database, take interactions, and claim refreshes of one link, all against another process."""
    async with open_store(url, KEYRING) as store:
        taken = [number for number in range(INTERACTIONS) if await store.jobs.insert(a_job(interaction_id=number))]
        claimed: list[int] = []
        for number in range(CLAIMS):
            account = an_account(ALICE + number, link_id="both processes know it")
            if await store.accounts.account(account.user_id) is None:
                await store.accounts.link(account)
        say("linked")
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(CLAIMS):
            account = an_account(ALICE + number, link_id="both processes know it")
            if await store.accounts.claim_refresh(account, owner=f"{id(store)}", seconds=60):
                claimed.append(number)
        say({"taken": taken, "claimed": claimed})


async def write(url: str) -> None:
    """Say what opening the database took of Alembic; then write jobs until killed, and say each write that is done."""
    async with open_store(url, KEYRING) as store:
        say(sorted(name for name in sys.modules if name.partition(".")[0] in ("alembic", "mako")))
        while True:
            job = a_job(interaction_id=secrets.randbits(62), asked="x" * 2000)
            assert await store.jobs.insert(job)
            say([job.id, job.stage])
            ended = job.moved(Stage.ENDED)
            await store.jobs.save(job, ended)
            say([job.id, ended.stage])


if __name__ == "__main__":
    say("ready")
    sys.stdin.readline()
    asyncio.run({"race": race, "write": write}[sys.argv[1]](sys.argv[2]))
