"""Whom a message of the bot notifies: its text, its `allowed_mentions` and the bot's rights must all say so."""

from typing import Any

from tests.simulators.discord.conftest import Api, GuildSetup


async def _send(town: GuildSetup, api: Api, content: str, **allowed: Any) -> dict[str, Any]:
    fields = {"content": content, **({"allowed_mentions": allowed} if allowed else {})}
    status, message = await api("POST", f"/channels/{town.channel.id}/messages", json=fields)
    assert status == 200
    return message


async def test_a_role_is_notified_if_it_is_named_allowed_and_mentionable(town: GuildSetup, api: Api) -> None:
    role = town.sim.add_role(town.guild, "Porch", mentionable=True)
    silent = town.sim.add_role(town.guild, "Silent")
    town.sim.forbid(None, town.channel, "mention_everyone")
    await _send(town, api, f"<@&{role.id}>", parse=[])
    await _send(town, api, "nobody", parse=[], roles=[str(role.id)])
    await _send(town, api, f"<@&{silent.id}>", parse=[], roles=[str(silent.id)])
    assert town.sim.pings == []
    message = await _send(town, api, f"<@&{role.id}> <@&{silent.id}>", parse=[], roles=[str(role.id)])
    assert [(str(one.message_id), one.roles, one.everyone) for one in town.sim.pings] == [
        (message["id"], (role.id,), False)
    ]


async def test_an_edit_notifies_nobody(town: GuildSetup, api: Api) -> None:
    role = town.sim.add_role(town.guild, "Porch", mentionable=True)
    message = await _send(town, api, "soon")
    path = f"/channels/{town.channel.id}/messages/{message['id']}"
    status, _ = await api("PATCH", path, json={"content": f"<@&{role.id}>"})
    assert (status, town.sim.pings) == (200, [])


async def test_everybodys_role_notifies_everybody_by_name_and_by_number(town: GuildSetup, api: Api) -> None:
    town.sim.allow(None, town.channel, "mention_everyone")
    await _send(town, api, "@everyone")
    await _send(town, api, f"<@&{town.guild.id}>")
    assert [one.everyone for one in town.sim.pings] == [True, True]
