"""What the page's server refuses, and how it serves files."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from simulators.page import requests
from tests.simulators.discord.v2 import file, gallery
from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import ScriptedBot, card
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOOD: dict[str, Any] = {"op": "run", "nonce": 1, "tab": "channel", "command": "clip", "options": {"camera": "x"}}


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def state(ws: ClientWebSocketResponse) -> dict[str, Any]:
    return await until_op(ws, "state")


async def until_op(ws: ClientWebSocketResponse, op: str, **having: Any) -> dict[str, Any]:
    """Return the next message of this kind."""
    while True:
        message: dict[str, Any] = await ws.receive_json(timeout=5)
        if message["op"] == op and having.items() <= message.items():
            return message


@pytest.mark.parametrize(
    ("payload", "code"),
    [("{}", 1008), ("not json", 1008), (json.dumps(GOOD | {"x": "y" * requests.MAX_FRAME}), 1009), (b"\0", 1003)],
    ids=["empty", "not json", "too long", "binary"],
)
async def test_a_browser_that_misbehaves_is_shown_out(
    stage: DemoPageSetup, http: ClientSession, payload: str | bytes, code: int
) -> None:
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        await state(ws)
        await (ws.send_bytes(payload) if isinstance(payload, bytes) else ws.send_str(payload))
        while (frame := await ws.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert frame.type is WSMsgType.CLOSE
        assert frame.data == code


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://localhost:1", "null"])
async def test_another_site_cannot_use_the_demo(stage: DemoPageSetup, http: ClientSession, origin: str | None) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(f"{stage.url}/socket", origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize("path", ["/", "/socket", "/static/app.js", "/files/1"])
async def test_a_name_that_is_not_ours_is_refused(stage: DemoPageSetup, http: ClientSession, path: str) -> None:
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    async with http.get(stage.url + path, headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/static/app.js", 200),
        ("/static/..%2fserver.py", 404),
        ("/files/1", 404),
        ("/nothing", 404),
    ],
)
async def test_every_answer_is_locked_down(stage: DemoPageSetup, http: ClientSession, path: str, status: int) -> None:
    async with http.get(stage.url + path) as response:
        assert response.status == status
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_refusal_of_discord_is_an_answer(stage: DemoPageSetup, http: ClientSession) -> None:
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        await ws.send_json(GOOD | {"nonce": 1, "options": {}})
        assert "camera" in (await until_op(ws, "answer", nonce=1))["error"]
        await ws.send_json(GOOD | {"nonce": 2, "command": "nothing"})
        assert "outdated" in (await until_op(ws, "answer", nonce=2))["error"]
        await ws.send_json({"op": "click", "nonce": 3, "message": "1", "custom_id": "x"})
        assert (await until_op(ws, "answer", nonce=3))["error"]


async def test_a_person_is_chosen_by_name_in_a_subcommand(stage: DemoPageSetup, http: ClientSession) -> None:
    who = {"type": 9, "name": "who", "description": "Who", "required": True}
    add = {"type": 1, "name": "add", "description": "Add", "options": [who]}
    grant = {"name": "grant", "description": "Grant", "options": [add]}
    await stage.bot.call("PUT", f"/applications/{stage.sim.application_id}/commands", [grant])
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [command] = (await state(ws))["commands"]
        assert command["name"] == "grant add"
        [option] = command["options"]
        chosen = {one["name"]: one["value"] for one in option["choices"]}
        assert set(chosen) == {"alice", "bob"}
        await ws.send_json(GOOD | {"command": "grant add", "options": {"who": chosen["bob"]}})
        await until(lambda: stage.sim.interactions)
        data = stage.sim.interactions[-1].payload["data"]
        assert list(data["resolved"]["users"]) == [str(stage.bob.id)]
        await ws.send_json(GOOD | {"nonce": 2, "command": "grant add", "options": {"who": "1"}})
        assert (await until_op(ws, "answer", nonce=2))["error"]


async def test_a_command_of_a_persons_menu_is_offered_and_used(stage: DemoPageSetup, http: ClientSession) -> None:
    await stage.bot.call("PUT", f"/applications/{stage.sim.application_id}/commands", [{"name": "Wave…", "type": 2}])
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        seen = await state(ws)
        assert (seen["commands"], seen["person_commands"]) == ([], ["Wave…"])
        asked = {"op": "on_person", "nonce": 1, "tab": "channel", "command": "Wave…", "person": str(stage.bob.id)}
        await ws.send_json(asked)
        await until(lambda: stage.sim.interactions)
        assert stage.sim.interactions[-1].payload["data"]["target_id"] == str(stage.bob.id)
        await ws.send_json(asked | {"nonce": 2, "person": "1"})
        assert "not here" in (await until_op(ws, "answer", nonce=2))["error"]


async def test_a_visitor_walks_past_a_camera_of_whom_they_are(stage: DemoPageSetup, http: ClientSession) -> None:
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [door, corner] = (await state(ws))["guide"]["walks"]
        assert [door["camera"], corner["camera"]] == ["Front Door", "Cat's Corner"]
        await ws.send_json({"op": "walk", "nonce": 1, "camera": corner["key"]})
        assert (await until_op(ws, "answer", nonce=1))["told"] == "Cat's Corner films you."
        await ws.send_json({"op": "walk", "nonce": 2, "camera": "1"})
        assert (await until_op(ws, "answer", nonce=2))["error"] == "alice has no such camera"
        await ws.send_json({"op": "view", "user": str(stage.bob.id)})
        assert (await until_op(ws, "state", viewer=str(stage.bob.id)))["guide"]["walks"] == []
        await ws.send_json({"op": "walk", "nonce": 3, "camera": corner["key"]})
        assert (await until_op(ws, "answer", nonce=3))["error"] == "bob has no such camera"
    assert stage.walked == ["Cat's Corner"]


async def test_a_channel_is_chosen_by_name(stage: DemoPageSetup, http: ClientSession) -> None:
    to = {"type": 7, "name": "to", "description": "Where", "channel_types": [0]}
    notify = {"name": "notify", "description": "Notify", "options": [to]}
    await stage.bot.call("PUT", f"/applications/{stage.sim.application_id}/commands", [notify])
    stage.sim.forbid(stage.alice, stage.general, "send_messages")
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [command] = (await state(ws))["commands"]
        [option] = command["options"]
        assert option["choices"] == [{"name": "#general", "value": str(stage.general.id)}]
        await ws.send_json(GOOD | {"command": "notify", "options": {"to": str(stage.general.id)}})
        await until(lambda: stage.sim.interactions)
        channels = stage.sim.interactions[-1].payload["data"]["resolved"]["channels"]
        assert channels[str(stage.general.id)]["name"] == "general"
        assert not int(channels[str(stage.general.id)]["permissions"]) & 1 << 11, "she may not send messages there"
        await ws.send_json(GOOD | {"nonce": 2, "command": "notify", "options": {"to": "1"}})
        assert (await until_op(ws, "answer", nonce=2))["error"]


async def test_a_menu_of_several_says_what_is_chosen_and_takes_none_or_many(
    stage: DemoPageSetup, http: ClientSession
) -> None:
    heard: list[Any] = []

    async def picked(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        heard.append(interaction["data"]["values"])
        await bot.answer(interaction, 6)

    stage.bot.handlers["cameras"] = picked
    options = [{"label": name, "value": name, "default": name != "b"} for name in "abc"]
    menu = {"type": 3, "custom_id": "cameras", "options": options, "min_values": 0, "max_values": 3}
    body = {"content": "which?", "components": [{"type": 1, "components": [menu]}]}
    sent = await stage.bot.dm(stage.alice.id, body)
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [message] = (await until_op(ws, "update", tab="dm"))["messages"]
        [drawn] = message["components"][0]["components"]
        assert (drawn["min_values"], drawn["max_values"]) == (0, 3)
        assert [one["default"] for one in drawn["options"]] == [True, False, True]
        choice = {"op": "select", "message": sent["id"], "custom_id": "cameras"}
        for nonce, values in enumerate((["b", "c"], [], ["a", "b", "c"])):
            await ws.send_json(choice | {"nonce": nonce, "values": values})
            assert not (await until_op(ws, "answer", nonce=nonce)).get("error")
    assert heard == [["b", "c"], [], ["a", "b", "c"]]


async def test_a_browser_hears_only_what_its_user_may_see(stage: DemoPageSetup, http: ClientSession) -> None:
    await stage.bot.dm(stage.alice.id, {"content": "for alice"})
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        heard = await until_op(ws, "update", tab="dm")
        assert [message["content"] for message in heard["messages"]] == ["for alice"]
        await ws.send_json({"op": "view", "user": str(stage.bob.id)})
        assert (await state(ws))["viewer"] == str(stage.bob.id)
        assert (await until_op(ws, "update", tab="dm"))["messages"] == []


async def test_one_browser_cannot_pile_up_requests(stage: DemoPageSetup, http: ClientSession) -> None:
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        for nonce in range(40):
            await ws.send_json({"op": "run", "nonce": nonce, "tab": "channel", "command": "cameras", "options": {}})
        answer = await until_op(ws, "answer", error="Too much at once")
    assert answer["nonce"] >= 16
    await until(lambda: len(stage.sim.interactions) == 16)


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=0-1", 206, b"01", "bytes 0-1/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
async def test_a_file_is_served_in_ranges(
    stage: DemoPageSetup, http: ClientSession, asked: str | None, status: int, body: bytes, told: str | None
) -> None:
    key = await shown(stage, http, "clip.mp4")
    async with http.get(f"{stage.url}/files/{key}", headers={"Range": asked} if asked else {}) as response:
        assert (response.status, await response.read()) == (status, body)
        assert response.headers.get("Content-Range") == told
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.content_type == "video/mp4"


async def test_a_file_that_could_hold_a_script_is_only_downloaded(stage: DemoPageSetup, http: ClientSession) -> None:
    key = await shown(stage, http, "page.html")
    async with http.get(f"{stage.url}/files/{key}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == 'attachment; filename="page.html"'


async def test_components_show_the_messages_own_files_and_nothing_else(
    stage: DemoPageSetup, http: ClientSession
) -> None:
    shown = card(gallery("attachment://now.jpg", "https://example.com/track.png"), file("attachment://clip.mp4"))
    files = tuple((name, name.encode()) for name in ("now.jpg", "clip.mp4"))
    sent = await stage.bot.post(stage.general.id, shown, files)
    pictures, clip = sent["components"][0]["components"]
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [message] = (await until_op(ws, "update", tab="channel"))["messages"]
    [own, elsewhere], [whole] = (one["media"] for one in message["components"][0]["components"])
    assert own["url"] == f"/files/{pictures['items'][0]['media']['attachment_id']}"
    assert elsewhere is None
    assert (whole["name"], whole["url"]) == ("clip.mp4", f"/files/{clip['file']['attachment_id']}")
    assert message["files"] == [], "nothing is shown twice"
    async with http.get(stage.url + own["url"]) as response:
        assert (response.content_type, await response.read()) == ("image/jpeg", b"now.jpg")


async def test_a_choice_from_a_menu_reaches_the_bot_and_one_that_is_not_offered_does_not(
    stage: DemoPageSetup, http: ClientSession
) -> None:
    heard: list[Any] = []

    async def picked(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        heard.append(interaction["data"]["values"])
        await bot.answer(interaction, 4, {"content": "here it is"})

    stage.bot.handlers["clips:choose"] = picked
    options = [{"label": "Door", "value": "cloud.1", "description": "Tue 24 Nov"}, {"label": "Yard", "value": "usb.2"}]
    menu = {"type": 3, "custom_id": "clips:choose", "placeholder": "Choose a recording", "options": options}
    body = {"content": "recordings", "components": [{"type": 1, "components": [menu]}]}
    sent = await stage.bot.call("POST", f"/channels/{stage.general.id}/messages", body)
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [message] = (await until_op(ws, "update", tab="channel"))["messages"]
        [drawn] = message["components"][0]["components"]
        assert (drawn["type"], drawn["placeholder"], drawn["disabled"]) == (3, "Choose a recording", False)
        assert [(one["label"], one["description"]) for one in drawn["options"]] == [
            ("Door", "Tue 24 Nov"),
            ("Yard", ""),
        ]
        choice = {"op": "select", "message": sent["id"], "custom_id": "clips:choose"}
        await ws.send_json(choice | {"nonce": 1, "values": ["cloud.999"]})
        assert (await until_op(ws, "answer", nonce=1))["error"]
        await ws.send_json(choice | {"nonce": 2, "values": ["usb.2"]})
        assert not (await until_op(ws, "answer", nonce=2)).get("error")
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        [_, reply] = (await until_op(ws, "update", tab="channel"))["messages"]
    assert heard == [["usb.2"]]
    assert reply["asked"]["pressed"] == "Yard"


async def shown(stage: DemoPageSetup, http: ClientSession, name: str) -> str:
    """Let the bot send a file, and return its key once a browser has been told of it."""
    path = f"/channels/{stage.general.id}/messages"
    sent = await stage.bot.call("POST", path, {"content": "file"}, ((name, b"0123456789"),))
    async with http.ws_connect(f"{stage.url}/socket", origin=stage.url) as ws:
        heard = await until_op(ws, "update", tab="channel")
    key = str(sent["attachments"][0]["id"])
    assert heard["messages"][0]["files"][0]["url"] == f"/files/{key}"
    return key
