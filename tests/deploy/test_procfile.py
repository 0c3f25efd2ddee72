"""The Procfile, run by a Procfile runner as a host would."""

import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulators.demo.tls import Authority
from tests.support.house import text_of
from tests.support.program import ROOT, Program, descendants, program
from tests.support.street import Street, database, street
from tests.support.waiting import until

__all__ = ["database", "street"]


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts run Linux")


@contextlib.asynccontextmanager
async def honcho(street: Street, authority: Authority) -> AsyncIterator[Program]:
    """Run the Procfile until the bot has recorded a clip."""
    house = street.house
    runner = (sys.executable, "-m", "honcho", "start", "-f", str(ROOT / "Procfile"), "-d", str(house.folder), "-e", "")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    async with program(house, authority, command=runner, PATH=path, STOP_GRACE_S="1") as bot:
        await bot.until_it_answers("/readyz", 200)
        await until(lambda: "clip" in house.discord.commands)
        assert "Recorded <t:" in text_of(await house.finished(await house.clip(street.alice, street.front)))
        yield bot


async def test_the_bot_of_the_procfile_ends_with_0_when_it_is_told_to_stop(
    street: Street, authority: Authority
) -> None:
    async with honcho(street, authority) as bot:
        os.kill(descendants(bot.process.pid)[-1], signal.SIGTERM)
        assert await bot.ended() == 0, bot.words
    assert street.house.discord.gateway_closes == [1000]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_runner_that_passes_the_signal_to_everything_lets_the_bot_end_in_order(
    street: Street, authority: Authority, number: int
) -> None:
    async with honcho(street, authority) as bot:
        bot.stop(number)
        await bot.ended()  # the runner's own status is that of the signal
    assert street.house.discord.gateway_closes == [1000]
    assert "INFO    bot [-] stopped" in bot.words
