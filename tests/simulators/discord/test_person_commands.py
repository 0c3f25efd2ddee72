"""Commands in the menu of a person: how they are registered, and what the bot gets."""

from typing import Any

import discord
import pytest
from discord import app_commands

from simulators.discord import SimError
from simulators.discord.commands import check_all
from simulators.discord.errors import Refusal
from tests.simulators.discord.conftest import GuildSetup

LOOK = "Look closer"


async def test_the_bot_gets_the_person_as_a_member_of_the_server(town: GuildSetup) -> None:
    used = await town.sim.on_person(town.alice, town.channel, LOOK, town.bob)
    interaction = await town.received()
    assert isinstance(interaction.command, app_commands.ContextMenu)
    assert used.payload["data"]["type"] == 2
    assert used.payload["data"]["target_id"] == str(town.bob.id)
    [who] = [*used.payload["data"]["resolved"]["members"]]
    assert who == str(town.bob.id)
    await interaction.response.send_message("seen", ephemeral=True)
    assert used.message is not None
    assert used.message["interaction_metadata"]["name"] == LOOK
    assert isinstance(interaction.extras["who"], discord.Member)


async def test_it_is_no_slash_command_and_is_offered_only_where_both_are(town: GuildSetup) -> None:
    assert LOOK in town.sim.person_commands
    assert LOOK not in town.sim.commands
    stranger = town.sim.add_user("stranger", town.sim.add_guild("Elsewhere"))
    wrong = [
        town.sim.on_person(town.alice, town.channel, "Look away", town.bob),
        town.sim.on_person(town.alice, town.channel, "clip", town.bob),
        town.sim.on_person(town.alice, town.channel, LOOK, stranger),
        town.sim.on_person(stranger, town.channel, LOOK, town.bob),
        town.sim.slash(town.alice, town.channel, LOOK),
    ]
    for act in wrong:
        with pytest.raises(SimError):
            await act


@pytest.mark.parametrize(
    "wrong", [{"description": "Look"}, {"options": [{"name": "a", "description": "b", "type": 3}]}]
)
def test_it_has_no_description_and_no_options(wrong: dict[str, Any]) -> None:
    check_all([{"name": LOOK, "type": 2}, {"name": "look", "type": 1, "description": "Look"}])
    with pytest.raises(Refusal):
        check_all([{"name": LOOK, "type": 2} | wrong])
