"""One house for a file whose tests only use commands: each has a person, an account and a channel of its own there.

A file takes all fixtures and marks its tests with `loop_scope="module"`; what needs a bot with waits of its own,
or one that stops, is `alone`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from simulators.blink import World
from simulators.demo.tls import Authority

from .house import House, built
from .street import Street, moved_in
from .waiting import until


@pytest.fixture(scope="module")
def arranged() -> Callable[[House], None]:
    """What a file does to the house before its bot runs."""
    return lambda house: None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lodging(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, arranged: Callable[[House], None]
) -> AsyncIterator[House]:
    """The house, with its bot: to run it once more does nothing."""
    async with built(tmp_path_factory.mktemp("house"), authority) as house:
        arranged(house)
        numbers = count(1)

        def resident(name: str, **account: Any) -> tuple[Any, Any]:
            email = f"{name}-{next(numbers)}@example.com"
            return house.discord.add_user(name), house.world.add_account(email=email, **account)

        async with house.bot() as running:

            @asynccontextmanager
            async def bot() -> AsyncIterator[Any]:
                yield running

            house.bot, house.resident = bot, resident  # type: ignore[method-assign, assignment]
            yield house


@pytest_asyncio.fixture(loop_scope="module")
async def cleared(lodging: House) -> AsyncIterator[House]:
    """The house for one test, with a channel in which nobody has said anything; nothing of it is left to the next."""
    lodging.channel = lodging.guild.add_channel("general")
    timing, manners = lodging.timing, _manners(lodging.world)
    yield lodging
    vars(lodging.world).update(manners)
    lodging.blink.faults.clear()
    lodging.discord.faults.clear()
    await until(lambda: not lodging.rows("SELECT 1 FROM clip_jobs WHERE told_at IS NULL"), timeout=20)
    lodging.blink.requests.clear()
    lodging.discord.requests.clear()
    assert lodging.timing is timing, "the bot runs already, and does not learn of it"


@pytest_asyncio.fixture(loop_scope="module")
async def street(cleared: House) -> Street:
    """A street in that house, where nothing has happened yet."""
    return await moved_in(cleared)


def _manners(world: World) -> dict[str, Any]:
    """Return how this Blink behaves."""
    return {name: value for name, value in vars(world).items() if isinstance(value, bool | int | float | str)}


@pytest_asyncio.fixture(loop_scope="module")
async def alone(tmp_path: Path, authority: Authority, arranged: Callable[[House], None]) -> AsyncIterator[Street]:
    """A street whose house has nobody else: its bot may wait as a test likes, and stop."""
    async with built(tmp_path, authority) as house:
        arranged(house)
        yield await moved_in(house)
