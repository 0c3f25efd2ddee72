"""Commands of a user install, in places where the bot itself is not."""

import pytest

from simulators.discord import Channel, SimError
from tests.simulators.discord.conftest import GuildSetup
from tests.simulators.discord.toybot import EPHEMERAL, clip, refused


def foreign(town: GuildSetup, place: str) -> Channel:
    if place == "server":
        return town.sim.add_guild("Elsewhere", bot=False).add_channel("general")
    more = [town.sim.add_user("carol")] if place == "group DM" else []
    return town.sim.add_private_channel(town.alice, town.bob, *more)


PLACES = {"server": 0, "DM": 2, "group DM": 2}


@pytest.mark.parametrize("place", PLACES)
async def test_the_reply_lives_on_the_interaction_alone(town: GuildSetup, place: str) -> None:
    channel = foreign(town, place)
    used = await town.sim.slash(town.alice, channel, "wait")
    interaction = await town.received()
    assert interaction.is_user_integration()
    assert not interaction.is_guild_integration()
    assert used.payload["context"] == PLACES[place]
    assert used.payload["authorizing_integration_owners"] == {"1": str(town.alice.id)}
    await interaction.response.defer()
    await interaction.edit_original_response(content="here", attachments=[clip()])
    assert used.message is not None
    assert used.message["content"] == "here"
    message = town.bot.get_partial_messageable(channel.id).get_partial_message(int(used.message["id"]))
    assert await refused(message.edit(content="?")) == (403, 50001)
    assert await refused(message.channel.send("?")) == (403, 50001)
    assert await refused(town.bot.fetch_channel(channel.id)) == (403, 50001)


async def test_follow_ups_are_capped_at_five(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, foreign(town, "server"), "wait")
    interaction = await town.received()
    await interaction.response.send_message("0")
    for index in range(5):
        await interaction.followup.send(str(index))
    assert await refused(interaction.followup.send("6")) == (400, 40094)
    assert len(used.followups) == 5


async def test_without_the_permission_the_reply_is_forced_to_be_ephemeral(town: GuildSetup) -> None:
    channel = foreign(town, "server")
    assert channel.guild is not None
    channel.guild.external_apps = False
    used = await town.sim.slash(town.alice, channel, "wait")
    interaction = await town.received()
    await interaction.response.defer(ephemeral=False)
    await interaction.edit_original_response(content="public?")
    assert used.message is not None
    assert used.message["flags"] & EPHEMERAL


async def test_without_the_permission_each_message_that_follows_is_ephemeral_too(town: GuildSetup) -> None:
    channel = foreign(town, "server")
    assert channel.guild is not None
    channel.guild.external_apps = False
    await town.sim.slash(town.alice, channel, "wait")
    interaction = await town.received()
    await interaction.response.send_message("private", ephemeral=True)
    sent = await interaction.followup.send("public?", wait=True)
    assert sent.flags.ephemeral
    assert town.sim.messages(channel) == []


async def test_a_user_install_works_beside_the_bot_too(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait", install="user")
    interaction = await town.received()
    await interaction.response.send_message("hello")
    assert used.message is not None
    assert used.message["interaction_metadata"]["authorizing_integration_owners"] == {"1": str(town.alice.id)}


async def test_a_guild_install_needs_the_bot(town: GuildSetup) -> None:
    with pytest.raises(SimError):
        await town.sim.slash(town.alice, foreign(town, "server"), "wait", install="guild")


async def test_the_bots_own_dm_is_context_1(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.alice.open_dm(), "wait")
    interaction = await town.received()
    assert interaction.context.dm_channel
    assert not interaction.is_user_integration()
    assert used.payload["authorizing_integration_owners"] == {"0": "0"}
    assert used.payload["user"]["username"] == "alice"
    assert "member" not in used.payload
