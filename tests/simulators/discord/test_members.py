"""Who is in a server, with which roles and rights, as a command is told of it."""

from collections.abc import Awaitable
from typing import Any

import pytest

from simulators.discord import SimError
from tests.simulators.discord.conftest import GuildSetup
from tests.simulators.discord.toybot import Again, view


async def test_a_command_is_told_the_roles_of_that_moment(town: GuildSetup) -> None:
    family, guests = town.sim.add_role(town.guild, "family"), town.sim.add_role(town.guild, "guests")

    async def told() -> set[str]:
        used = await town.sim.slash(town.alice, town.channel, "wait")
        await town.received()
        return set(used.payload["member"]["roles"])

    town.sim.give_role(town.bob, guests)
    assert await told() == set(), "@everyone is in no list"
    town.sim.give_role(town.alice, family)
    town.sim.give_role(town.alice, guests)
    assert await told() == {str(family.id), str(guests.id)}
    town.sim.take_role(town.alice, family)
    assert await told() == {str(guests.id)}


async def test_a_client_without_intents_has_the_ids_of_the_roles_and_no_more(town: GuildSetup) -> None:
    role = town.sim.add_role(town.guild, "family")
    town.sim.give_role(town.alice, role)
    await town.sim.slash(town.alice, town.channel, "wait")
    person = (await town.received()).user
    assert list(person._roles) == [role.id]
    assert person.roles == []
    assert person.get_role(role.id) is None


async def test_a_button_is_told_the_roles_too(town: GuildSetup) -> None:
    role = town.sim.add_role(town.guild, "family")
    message = await town.bot.get_partial_messageable(town.channel.id).send("here", view=view(Again(7)))
    town.sim.give_role(town.alice, role)
    pressed = await town.sim.click(town.alice, message.id, "again:7")
    assert pressed.payload["member"]["roles"] == [str(role.id)]


async def test_an_administrator_may_everything_and_others_not(town: GuildSetup) -> None:
    async def rights() -> tuple[bool, bool]:
        await town.sim.slash(town.alice, town.channel, "wait")
        allowed = (await town.received()).permissions
        return allowed.administrator, allowed.manage_guild

    assert await rights() == (False, False)
    role = town.sim.make_administrator(town.alice, town.guild)
    assert await rights() == (True, True)
    await town.sim.slash(town.bob, town.channel, "wait")
    assert not (await town.received()).permissions.administrator
    town.sim.take_role(town.alice, role)
    assert await rights() == (False, False)


async def test_whoever_left_can_use_nothing_there(town: GuildSetup) -> None:
    message = await town.bot.get_partial_messageable(town.channel.id).send("here", view=view(Again(7)))
    town.sim.leave(town.alice, town.guild)
    forged = {"custom_id": "again:7", "component_type": 2}
    impossible: list[Awaitable[Any]] = [
        town.sim.slash(town.alice, town.channel, "wait"),
        town.sim.forge_slash(town.alice, town.channel, "wait", {}),
        town.sim.autocomplete(town.alice, town.channel, "clip", {"camera": "F"}, focused="camera"),
        town.sim.click(town.alice, message.id, "again:7"),
        town.sim.forge(town.alice, message.id, forged),
    ]
    for act in impossible:
        with pytest.raises(SimError):
            await act
    assert town.sim.interactions == []
    await town.sim.slash(town.alice, town.alice.open_dm(), "wait")
    assert (await town.received()).user.name == "alice", "the bot's own DM is still there"


async def test_whoever_comes_back_has_no_roles(town: GuildSetup) -> None:
    role = town.sim.add_role(town.guild, "family")
    town.sim.give_role(town.alice, role)
    town.sim.leave(town.alice, town.guild)
    town.sim.join(town.alice, town.guild)
    used = await town.sim.slash(town.alice, town.channel, "wait")
    assert used.payload["member"]["roles"] == []


async def test_a_reply_goes_on_after_its_person_left(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await interaction.response.defer()
    town.sim.leave(town.alice, town.guild)
    await interaction.edit_original_response(content=f"{town.alice.name}, your clip")
    assert used.message is not None
    assert used.message["interaction_metadata"]["user"]["username"] == "alice"


async def test_roles_are_for_members_of_their_server(town: GuildSetup) -> None:
    elsewhere = town.sim.add_guild("Elsewhere", bot=False)
    carol = town.sim.add_user("carol", elsewhere)
    with pytest.raises(SimError):
        town.sim.give_role(carol, town.sim.add_role(town.guild, "family"))
    with pytest.raises(SimError):
        town.sim.leave(carol, town.guild)
    with pytest.raises(SimError):
        town.sim.give_role(town.alice, town.guild.everyone)
    role = town.sim.add_role(elsewhere, "family")
    town.sim.give_role(carol, role)
    used = await town.sim.slash(carol, elsewhere.add_channel("general"), "wait")
    assert used.payload["member"]["roles"] == [str(role.id)]
