"""Groups of commands, and options of every kind: what a client offers, and what none would."""

from collections.abc import Awaitable
from typing import Any

import discord
import pytest
from discord import app_commands

from simulators.discord import Role, SimError
from tests.simulators.discord.conftest import Api, GuildSetup


@pytest.fixture
def family(town: GuildSetup) -> Role:
    return town.sim.add_role(town.guild, "family")


async def test_a_command_of_a_group_reaches_its_own_callback(town: GuildSetup, family: Role) -> None:
    used = await town.sim.slash(town.alice, town.channel, "grant list")
    interaction = await town.received()
    assert isinstance(interaction.command, app_commands.Command)
    assert interaction.command.qualified_name == used.name == "grant list"
    assert used.payload["data"]["name"] == "grant"
    assert used.payload["data"]["options"] == [{"name": "list", "type": 1, "options": []}]
    await interaction.response.send_message("nobody")
    assert used.message is not None
    assert used.message["interaction_metadata"]["name"] == "grant list"


async def test_options_of_every_kind_arrive(town: GuildSetup, family: Role) -> None:
    options = {"who": family, "level": "clips", "times": 3, "share": True, "by": town.bob, "role": family}
    used = await town.sim.slash(town.alice, town.channel, "grant add", options)
    given = (await town.received()).namespace
    assert isinstance(given.who, discord.Role)
    assert (given.who.id, given.who.name) == (family.id, "family")
    assert (given.level, given.times, given.share) == ("clips", 3, True)
    assert (given.by.id, given.role) == (town.bob.id, given.who)
    (add,) = used.payload["data"]["options"]
    assert [(option["name"], option["type"]) for option in add["options"]] == [
        ("who", 9),
        ("level", 3),
        ("times", 4),
        ("share", 5),
        ("by", 6),
        ("role", 8),
    ]


async def test_a_member_is_resolved_with_their_roles(town: GuildSetup, family: Role) -> None:
    town.sim.give_role(town.bob, family)
    used = await town.sim.slash(town.alice, town.channel, "grant add", {"who": town.bob})
    who = (await town.received()).namespace.who
    assert isinstance(who, discord.Member)
    assert (who.id, who.name, list(who._roles)) == (town.bob.id, "bob", [family.id])
    resolved = used.payload["data"]["resolved"]
    assert set(resolved) == {"users", "members"}
    member = resolved["members"][str(town.bob.id)]
    assert not {"user", "deaf", "mute"} & set(member)
    assert member["roles"] == [str(family.id)]
    assert not int(member["permissions"]) & 1 << 3


@pytest.mark.parametrize("where", ["a DM", "a server that the other is not in"])
async def test_whoever_is_no_member_is_resolved_as_a_user(town: GuildSetup, where: str) -> None:
    channel = town.channel
    if where == "a DM":
        channel = town.alice.open_dm()
    else:
        town.sim.leave(town.bob, town.guild)
    used = await town.sim.slash(town.alice, channel, "grant add", {"who": town.bob})
    who = (await town.received()).namespace.who
    assert isinstance(who, discord.User)
    assert set(used.payload["data"]["resolved"]) == {"users"}


async def test_everyone_can_be_chosen_as_a_role(town: GuildSetup) -> None:
    await town.sim.slash(town.alice, town.channel, "grant add", {"who": town.guild.everyone})
    who = (await town.received()).namespace.who
    assert isinstance(who, discord.Role)
    assert who.is_default()


async def test_a_client_offers_nothing_else(town: GuildSetup, family: Role) -> None:
    elsewhere = town.sim.add_role(town.sim.add_guild("Elsewhere"), "family")
    wrong: list[dict[str, Any]] = [
        {"who": elsewhere},
        {"who": town.channel},
        {"who": str(town.bob.id)},
        {"who": family, "by": family},
        {"who": family, "role": town.bob},
        {"who": family, "level": "everything"},
        {"who": family, "times": 51},
        {"who": family, "times": "3"},
        {"who": family, "times": True},
        {"who": family, "share": 1},
        {"who": family, "other": 1},
        {},
    ]
    impossible: list[Awaitable[Any]] = [
        *(town.sim.slash(town.alice, town.channel, "grant add", options) for options in wrong),
        town.sim.slash(town.alice, town.alice.open_dm(), "grant add", {"who": family}),
        town.sim.slash(town.alice, town.channel, "grant"),
        town.sim.slash(town.alice, town.channel, "grant forget"),
        town.sim.slash(town.alice, town.channel, "grant list all"),
        town.sim.autocomplete(town.alice, town.channel, "grant revoke", {"who": town.bob}, focused="who"),
    ]
    for act in impossible:
        with pytest.raises(SimError):
            await act
    assert town.sim.interactions == []


async def test_an_option_of_a_group_is_autocompleted_and_its_neighbours_are_ids(town: GuildSetup) -> None:
    choices = await town.sim.autocomplete(
        town.alice, town.channel, "grant revoke", {"who": town.bob, "grant": "Po"}, focused="grant"
    )
    assert choices == [{"name": "Po of alice", "value": "7"}]
    typed = town.sim.interactions[-1].payload["data"]
    assert "resolved" not in typed
    assert typed["options"][0]["options"] == [
        {"name": "who", "type": 6, "value": str(town.bob.id)},
        {"name": "grant", "type": 3, "value": "Po", "focused": True},
    ]
    assert isinstance((await town.received()).namespace.who, discord.Object)


async def test_a_forged_command_carries_what_no_client_offers(town: GuildSetup) -> None:
    await town.sim.forge_slash(town.alice, town.channel, "grant revoke", {"grant": "x" * 7000})
    assert (await town.received()).namespace.grant == "x" * 7000
    await town.sim.forge_slash(town.alice, town.channel, "grant add", {"who": "7", "level": "everything", "times": -1})
    given = (await town.received()).namespace
    assert isinstance(given.who, discord.Object)
    assert (given.who.id, given.level, given.times) == (7, "everything", -1)


@pytest.mark.parametrize("resolved", [False, True])
async def test_a_forged_command_names_a_role_of_another_server(town: GuildSetup, resolved: bool) -> None:
    elsewhere = town.sim.add_role(town.sim.add_guild("Elsewhere"), "family")
    told = town.sim.resolved(town.channel, elsewhere) if resolved else None
    await town.sim.forge_slash(town.alice, town.channel, "grant add", {"who": elsewhere}, resolved=told)
    who = (await town.received()).namespace.who
    assert who.id == elsewhere.id
    assert isinstance(who, discord.Role) is resolved


async def test_too_few_options_are_the_clients_lie_not_the_simulators(town: GuildSetup) -> None:
    await town.sim.forge_slash(town.alice, town.channel, "grant add", {})
    (failure,) = await town.failed()
    assert isinstance(failure, app_commands.CommandSignatureMismatch)


async def test_a_command_for_administrators_is_offered_to_them_alone(town: GuildSetup, api: Api) -> None:
    path = f"/applications/{town.sim.application_id}/commands"
    restricted = {"name": "admin", "description": "x", "default_member_permissions": str(1 << 5)}
    assert (await api("PUT", path, json=[restricted]))[0] == 200
    with pytest.raises(SimError):
        await town.sim.slash(town.alice, town.channel, "admin")
    town.sim.make_administrator(town.alice, town.guild)
    await town.sim.slash(town.alice, town.channel, "admin")
    await town.failed()


async def test_a_group_in_a_command_nests_twice(town: GuildSetup, api: Api) -> None:
    leaf = {"name": "add", "description": "x", "type": 1, "options": [{"name": "a", "description": "x", "type": 3}]}
    group = {"name": "roles", "description": "x", "type": 2, "options": [leaf]}
    command = {"name": "admin", "description": "x", "options": [group, leaf]}
    path = f"/applications/{town.sim.application_id}/commands"
    assert (await api("PUT", path, json=[command]))[0] == 200
    used = await town.sim.slash(town.alice, town.channel, "admin roles add", {"a": "b"})
    value = {"name": "a", "type": 3, "value": "b"}
    inner = {"name": "add", "type": 1, "options": [value]}
    assert used.payload["data"]["options"] == [{"name": "roles", "type": 2, "options": [inner]}]
    await town.failed()
