"""The gateway: sessions, RESUME, two processes, shards, and the refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from simulators.discord import SimDiscord
from tests.simulators.discord.conftest import Api, GuildSetup
from tests.simulators.discord.toybot import refused, running
from tests.support.waiting import until

URL = "wss://gateway.discord.gg/?v=10&encoding=json"


@asynccontextmanager
async def socket(api: Api) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with api.session.ws_connect(URL) as ws:
        hello = await ws.receive_json()
        assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41250)
        yield ws


def identify(**fields: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": "bot-token", "intents": 0, "properties": {}, **fields}}


async def events(ws: aiohttp.ClientWebSocketResponse, count: int) -> list[dict[str, Any]]:
    return [await ws.receive_json(timeout=5) for _ in range(count)]


@pytest.mark.parametrize("how", ["closed", "cut", "asked to reconnect"])
async def test_a_dropped_connection_is_resumed_and_misses_nothing(town: GuildSetup, how: str) -> None:
    match how:
        case "closed":
            town.sim.drop_gateway(4000)
        case "cut":
            town.sim.drop_gateway(None)
        case _:
            town.sim.reconnect_gateway()
    used = await town.sim.slash(town.alice, town.channel, "menu")
    await used.acked()
    assert (town.sim.identifies, town.sim.resumes) == (1, 1)


async def test_an_interaction_can_come_again_after_a_resume(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    await (await town.received()).response.defer()
    town.sim.replay_on_resume(used)
    town.sim.drop_gateway()
    again = await town.received()
    assert again.id == used.id
    assert await refused(again.response.defer()) == (400, 40060)


async def test_two_processes_both_receive_and_one_wins(town: GuildSetup) -> None:
    async with running(town.port, sync=False) as other:
        await until(lambda: town.sim.identifies == 2)
        used = await town.sim.slash(town.alice, town.channel, "wait")
        first = await town.received()
        (second,) = await until(lambda: other.seen)
        assert first.id == second.id == used.id
        outcomes = await asyncio.gather(first.response.defer(), second.response.defer(), return_exceptions=True)
        assert sorted(getattr(outcome, "code", 0) for outcome in outcomes) == [0, 40060]
    assert town.sim.gateway_closes == [1000]


async def test_a_closed_session_receives_nothing_more(sim: SimDiscord, authority: Authority) -> None:
    channel, alice = sim.add_guild("The Willows").add_channel("general"), sim.add_user("alice")
    port = await sim.start(authority.server)
    async with running(port):
        await sim.ready()
    await until(lambda: sim.gateway_closes == [1000])
    used = await sim.slash(alice, channel, "wait")
    async with running(port) as bot:
        await until(lambda: sim.identifies == 2)
        assert bot.seen == []
    assert not used.responded


async def test_without_tls_the_simulator_speaks_in_the_clear(sim: SimDiscord) -> None:
    port = await sim.start(None)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/") as ws:
        await ws.receive_json()
        await ws.send_json(identify())
        assert (await ws.receive_json())["d"]["resume_gateway_url"] == f"ws://127.0.0.1:{port}"


REFUSED = {
    "a wrong token": (identify(token="another"), 4004),
    "no intents": (identify(intents=None), 4013),
    "a privileged intent": (identify(intents=1 << 15), 4014),
    "a shard out of range": (identify(shard=[2, 2]), 4010),
    "a resume with a wrong token": ({"op": 6, "d": {"token": "another"}}, 4004),
    "no opcode": ({"d": None}, 4002),
}


@pytest.mark.parametrize(("frame", "code"), REFUSED.values(), ids=REFUSED)
async def test_the_gateway_refuses(api: Api, frame: dict[str, Any], code: int) -> None:
    async with socket(api) as ws:
        await ws.send_json(frame)
        message = await ws.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_an_unknown_session_cannot_be_resumed(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json({"op": 6, "d": {"token": "bot-token", "session_id": "unknown", "seq": 1}})
        assert await ws.receive_json() == {"op": 9, "d": False}


async def test_an_invalidated_session_must_identify_again(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json(identify())
        (ready,) = await events(ws, 1)
        town.sim.invalidate_session()
        assert await ws.receive_json() == {"op": 9, "d": False}
        await ws.send_json({"op": 6, "d": {"token": "bot-token", "session_id": ready["d"]["session_id"], "seq": 1}})
        assert await ws.receive_json() == {"op": 9, "d": False}


async def test_heartbeats_are_acknowledged(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json({"op": 1, "d": None})
        assert (await ws.receive_json())["op"] == 11


async def test_sequence_numbers_rise_and_the_missed_are_replayed(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json(identify())
        (ready,) = await events(ws, 1)
        first = await town.sim.slash(town.alice, town.channel, "menu")
        assert [event["s"] for event in [ready, *await events(ws, 1)]] == [1, 2]
        town.sim.drop_gateway()
        await ws.receive()
    second = await town.sim.slash(town.alice, town.channel, "menu")
    async with socket(api) as ws:
        session = ready["d"]["session_id"]
        await ws.send_json({"op": 6, "d": {"token": "bot-token", "session_id": session, "seq": 1}})
        replayed = await events(ws, 3)
    assert [(event["t"], event["s"]) for event in replayed] == [
        ("INTERACTION_CREATE", 2),
        ("INTERACTION_CREATE", 3),
        ("RESUMED", 4),
    ]
    assert [event["d"].get("id") for event in replayed[:2]] == [str(first.id), str(second.id)]
    assert replayed[2]["d"] == {}


async def test_shards_get_the_events_of_their_servers_and_shard_0_the_dms(town: GuildSetup, api: Api) -> None:
    places = {index: town.sim.add_guild(f"g{index}", shard=(index, 2)).add_channel("general") for index in (0, 1)}
    async with socket(api) as zero, socket(api) as one:
        for index, ws in enumerate((zero, one)):
            await ws.send_json(identify(shard=[index, 2]))
            (ready,) = await events(ws, 1)
            assert ready["d"]["shard"] == [index, 2]
        used = [
            await town.sim.slash(town.alice, channel, "menu")
            for channel in (places[0], places[1], town.alice.open_dm())
        ]
        assert [event["d"]["id"] for event in await events(zero, 2)] == [str(used[0].id), str(used[2].id)]
        assert [event["d"]["id"] for event in await events(one, 1)] == [str(used[1].id)]


async def test_a_bot_that_asks_learns_how_many_shards_and_session_starts_it_has(town: GuildSetup, api: Api) -> None:
    town.sim.shards, town.sim.session_starts = 3, 5
    status, body = await api("GET", "/gateway/bot")
    assert (status, body["url"], body["shards"]) == (200, "wss://gateway.discord.gg", 3)
    assert body["session_start_limit"] == {"total": 5, "remaining": 4, "reset_after": 0, "max_concurrency": 1}


async def test_any_event_can_be_sent(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json(identify())
        await events(ws, 1)
        town.sim.send_event("INTERACTION_CREATE", {"id": "1"})
        (event,) = await events(ws, 1)
        assert (event["t"], event["d"]) == ("INTERACTION_CREATE", {"id": "1"})


async def test_intents_bring_servers_and_messages(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json(identify(intents=1 << 0 | 1 << 9))
        ready, guild = await events(ws, 2)
        assert [entry["id"] for entry in ready["d"]["guilds"]] == [str(town.guild.id)]
        assert (guild["t"], guild["d"]["name"]) == ("GUILD_CREATE", "The Willows")
        await town.sim.slash(town.alice, town.channel, "menu")
        assert [event["t"] for event in await events(ws, 2)] == ["INTERACTION_CREATE", "MESSAGE_CREATE"]
        role = town.sim.add_role(town.guild, "family")
        (event,) = await events(ws, 1)
        assert (event["t"], event["d"]["role"]["id"]) == ("GUILD_ROLE_CREATE", str(role.id))


async def test_new_connections_can_be_refused(town: GuildSetup, api: Api) -> None:
    town.sim.refuse_gateway(60)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await api.session.ws_connect(URL)
    assert caught.value.status == 503
    town.sim.refuse_gateway(0)
    async with socket(api):
        pass


async def test_a_vanished_bot_is_noticed(sim: SimDiscord, authority: Authority) -> None:
    port = await sim.start(authority.server)
    connector = connectors(discord=port, blink=port)()
    async with aiohttp.ClientSession(connector=connector) as session:
        await session.ws_connect(URL)
        await connector.close()
        await until(lambda: sim.gateway_closes == [1006])


async def test_the_simulator_closes_under_a_running_bot(sim: SimDiscord, authority: Authority) -> None:
    port = await sim.start(authority.server)
    async with running(port):
        await sim.ready()
        async with asyncio.timeout(20):
            await sim.close()


async def test_a_session_that_hears_of_servers_hears_that_the_bot_was_thrown_out(town: GuildSetup, api: Api) -> None:
    async with socket(api) as ws:
        await ws.send_json(identify(intents=1))
        assert [one["t"] for one in await events(ws, 2)] == ["READY", "GUILD_CREATE"]
        town.sim.remove_bot(town.guild)
        [gone] = await events(ws, 1)
    assert (gone["t"], gone["d"]) == ("GUILD_DELETE", {"id": str(town.guild.id)})
