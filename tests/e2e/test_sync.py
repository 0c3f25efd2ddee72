"""`python -m bot sync` registers the commands, or says in one sentence why it could not."""

import pytest

from bot import lifecycle
from bot.lifecycle import Failure
from simulators.demo.network import connectors
from simulators.discord import Fault
from tests.support.street import Street

COMMANDS = "/applications/*/commands"


async def synced(street: Street) -> None:
    await lifecycle.sync(street.house.configured(), connectors=connectors(**street.house.ports))


async def test_the_commands_are_registered_without_a_session(street: Street) -> None:
    await synced(street)
    assert "clip" in street.house.discord.commands
    assert street.house.discord.identifies == 0


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("PUT", COMMANDS, times=None, action="reset"), "discord.com cannot be reached: "),
        (Fault.rate_limit("PUT", COMMANDS, retry_after=120, times=None), "it wants fewer requests: try again in 2 min"),
        (Fault("PUT", COMMANDS, status=400, body={"code": 50035, "message": "no"}), "it answers HTTP 400 (code 50035)"),
    ],
    ids=["a broken connection", "a long limit", "a refusal"],
)
async def test_a_failure_is_one_sentence(street: Street, fault: Fault, why: str) -> None:
    street.house.discord.faults.append(fault)
    with pytest.raises(Failure) as failed:
        await synced(street)
    assert failed.value.message.startswith(f"Discord has not taken the commands: {why}")


async def test_a_discord_out_of_reach_is_one_sentence(street: Street) -> None:
    with pytest.raises(Failure) as failed:
        await lifecycle.sync(street.house.configured(), connectors=connectors(**street.house.ports | {"discord": 1}))
    assert "discord.com cannot be reached: no connection" in failed.value.message
