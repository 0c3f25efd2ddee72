"""The REST surface: who may ask, what is refused, and what is remembered."""

import asyncio
from typing import Any

import discord
import pytest

from simulators.demo.tls import Authority
from simulators.discord import SimDiscord
from tests.simulators.discord.conftest import Api, GuildSetup
from tests.simulators.discord.toybot import Again, clip, running, view


async def test_the_bot_logs_in_and_registers_its_commands(town: GuildSetup) -> None:
    assert set(town.sim.commands) == {"clip", "wait", "post", "menu", "grant"}
    assert town.sim.commands["clip"]["contexts"] == [0, 1, 2]
    assert town.sim.commands["clip"]["integration_types"] == [0, 1]
    assert town.sim.command_syncs == 1
    assert {command.name for command in await town.bot.tree.fetch_commands()} == set(town.sim.commands) | set(
        town.sim.person_commands
    )
    assert town.bot.application_id == town.sim.application_id


async def test_a_wrong_token_cannot_log_in(sim: SimDiscord, authority: Authority) -> None:
    port = await sim.start(authority.server)
    async with running(port, token="another") as bot:
        await asyncio.wait([bot.task], timeout=5)
        assert isinstance(bot.task.exception(), discord.LoginFailure)


async def test_requests_are_remembered_without_the_interaction_token(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "clip", {"camera": "Porch"})
    await used.acked()
    request = next(request for request in town.sim.requests if request.path.endswith("/callback"))
    assert request.path == f"/interactions/{used.id}/***/callback"
    assert used.token in request.raw_path
    assert used.token not in repr(request)
    assert (request.method, request.status, request.authorized) == ("POST", 200, False)
    assert request.body == {"type": 5, "data": {"flags": 64}}


async def test_uploads_are_remembered(town: GuildSetup) -> None:
    dm = await town.bot.create_dm(discord.Object(town.alice.id))
    await dm.send("here", file=clip(300, "porch.mp4"))
    request = town.sim.requests[-1]
    assert [(file.filename, len(file.data)) for file in request.files] == [("porch.mp4", 300)]


LONG_EMBEDS = {"embeds": [{"description": "d" * 4096}, {"description": "d" * 1905}]}
BUTTON = {"type": 2, "style": 1, "label": "Again", "custom_id": "again"}


def row(*items: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(items)}], "content": "x"}


INVALID: dict[str, dict[str, Any]] = {
    "nothing": {},
    "long text": {"content": "x" * 2001},
    "long embeds": LONG_EMBEDS,
    "eleven embeds": {"embeds": [{"title": "x"}] * 11},
    "long embed title": {"embeds": [{"title": "x" * 257}]},
    "long custom_id": row({**BUTTON, "custom_id": "x" * 101}),
    "long label": row({**BUTTON, "label": "x" * 81}),
    "six buttons": row(*({**BUTTON, "custom_id": str(index)} for index in range(6))),
    "same custom_id": row(BUTTON, BUTTON),
    "button without a row": {"components": [BUTTON], "content": "x"},
    "26 menu options": row(
        {"type": 3, "custom_id": "m", "options": [{"label": str(index), "value": str(index)} for index in range(26)]}
    ),
    "a file that is not there": {"content": "x", "attachments": [{"id": 0, "filename": "clip.mp4"}]},
}


@pytest.mark.parametrize("payload", INVALID.values(), ids=INVALID)
@pytest.mark.parametrize("by", ["the bot", "callback"])
async def test_invalid_messages_are_an_invalid_form_body(
    town: GuildSetup, api: Api, payload: dict[str, Any], by: str
) -> None:
    if by == "the bot":
        status, body = await api("POST", f"/channels/{town.channel.id}/messages", json=payload)
    else:
        used = await town.sim.slash(town.alice, town.channel, "wait")
        path = f"/interactions/{used.id}/{used.token}/callback"
        status, body = await api("POST", path, token=None, json={"type": 4, "data": payload})
        assert not used.responded
    assert (status, body["code"]) in {(400, 50035), (400, 50006)}, body
    assert town.sim.messages(town.channel) == []


def nested(*kinds: int) -> dict[str, Any]:
    """A command with one option of the first kind, in which is one of the next, and so on."""
    option: list[dict[str, Any]] = []
    for kind in reversed(kinds):
        option = [{"name": "one", "description": "x", "type": kind, "options": option}]
    return {"name": "clip", "description": "x", "options": option}


COMMANDS: dict[str, list[dict[str, Any]]] = {
    "capital letter": [{"name": "Clip", "description": "x"}],
    "no description": [{"name": "clip"}],
    "long description": [{"name": "clip", "description": "x" * 101}],
    "twice": [{"name": "clip", "description": "x"}] * 2,
    "unknown context": [{"name": "clip", "description": "x", "contexts": [3]}],
    "26 options": [
        {
            "name": "clip",
            "description": "x",
            "options": [{"name": f"o{index}", "description": "x", "type": 3} for index in range(26)],
        }
    ],
    "required after optional": [
        {
            "name": "clip",
            "description": "x",
            "options": [
                {"name": "a", "description": "x", "type": 3},
                {"name": "b", "description": "x", "type": 3, "required": True},
            ],
        }
    ],
    "a group in a group": [nested(2, 2, 1)],
    "a group in a subcommand": [nested(1, 2)],
    "a subcommand in a subcommand": [nested(1, 1)],
    "a subcommand beside an option": [
        {
            "name": "clip",
            "description": "x",
            "options": [
                {"name": "a", "description": "x", "type": 1},
                {"name": "b", "description": "x", "type": 3},
            ],
        }
    ],
    "an option straight in a group": [nested(2, 3)],
}


@pytest.mark.parametrize("payload", COMMANDS.values(), ids=COMMANDS)
async def test_invalid_commands_are_an_invalid_form_body(town: GuildSetup, api: Api, payload: Any) -> None:
    status, body = await api("PUT", f"/applications/{town.sim.application_id}/commands", json=payload)
    assert (status, body["code"]) == (400, 50035)
    assert town.sim.command_syncs == 1


WRONG_ANSWERS = {"choices to a command": 8, "an update without a message": 7, "pong": 1, "nonsense": "x"}


@pytest.mark.parametrize("kind", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
async def test_a_callback_of_the_wrong_kind_does_not_use_the_interaction_up(
    town: GuildSetup, api: Api, kind: Any
) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    path = f"/interactions/{used.id}/{used.token}/callback"
    status, body = await api("POST", path, token=None, json={"type": kind, "data": {"content": "x"}})
    assert (status, body["code"]) == (400, 50035)
    await (await town.received()).response.send_message("then properly")


async def test_a_callback_answers_204_unless_asked(town: GuildSetup, api: Api) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    path = f"/interactions/{used.id}/{used.token}/callback"
    assert await api("POST", path, token=None, json={"type": 5}) == (204, None)


async def test_a_deferred_callback_names_its_message(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    response = await (await town.received()).response.defer(thinking=True)
    assert response is not None
    assert used.message is not None
    assert str(response.message_id) == used.message["id"]


async def test_a_webhook_without_the_interaction_edits_by_token(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    response = await (await town.received()).response.defer(thinking=True)
    assert response is not None
    assert response.message_id is not None
    hook = discord.Webhook.partial(town.sim.application_id, used.token, client=town.bot)
    await hook.edit_message(response.message_id, content="by id", view=view(Again(1)))
    await hook.edit_message("@original", content="by name")  # type: ignore[arg-type]
    assert [message["content"] for _, message in used.history] == ["", "by id", "by name"]


LOUD = {
    "unknown route": ("GET", "/sticker-packs/7/nothing", None, 404),
    "unknown field": ("POST", "/channels/{channel}/messages", {"content": "x", "colour": "red"}, 400),
}


@pytest.mark.parametrize(("method", "path", "payload", "status"), LOUD.values(), ids=LOUD)
async def test_what_is_not_modelled_is_refused_and_noted(
    town: GuildSetup, api: Api, method: str, path: str, payload: Any, status: int
) -> None:
    answered, _ = await api(method, path.format(channel=town.channel.id), json=payload)
    assert answered == status
    assert len(town.sim.surprises) == 1
    town.sim.surprises.clear()


async def test_without_or_with_a_wrong_token_nothing_is_answered(town: GuildSetup, api: Api) -> None:
    for token in (None, "another"):
        assert await api("GET", "/users/@me", token=token) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_answers_are_exactly_application_json(town: GuildSetup, api: Api) -> None:
    for path in ("/gateway", "/unknown/interaction"):
        async with api.session.get(f"https://discord.com/api/v10{path}") as response:
            assert response.headers["Content-Type"] == "application/json"


async def test_gateway_bot_and_users_are_served(town: GuildSetup, api: Api) -> None:
    status, body = await api("GET", "/gateway/bot")
    assert (status, body["url"], body["shards"]) == (200, "wss://gateway.discord.gg", 1)
    assert (await town.bot.fetch_user(town.alice.id)).name == "alice"
    assert (await town.bot.application_info()).name == "Clip bot"
    status, body = await api("POST", "/users/@me/channels", json={"recipient_id": "7"})
    assert (status, body["code"]) == (400, 50033)


RANGES = {
    "all": ("", 200, 0, 1000),
    "from the start": ("bytes=0-99", 206, 0, 100),
    "to the end": ("bytes=900-", 206, 900, 1000),
    "past the end": ("bytes=900-5000", 206, 900, 1000),
    "the last": ("bytes=-10", 206, 990, 1000),
    "outside": ("bytes=1000-", 416, 0, 0),
}


@pytest.mark.parametrize(("asked", "status", "start", "end"), RANGES.values(), ids=RANGES)
async def test_uploads_can_be_downloaded_in_ranges(
    town: GuildSetup, api: Api, asked: str, status: int, start: int, end: int
) -> None:
    dm = await town.bot.create_dm(discord.Object(town.alice.id))
    sent = await dm.send(file=clip(1000))
    path = sent.attachments[0].url.removeprefix("https://cdn.discordapp.com")
    headers = {"Range": asked} if asked else {}
    async with api.session.get(f"https://discord.com{path}", headers=headers) as response:
        assert response.status == status
        assert await response.read() == town.sim.file(sent.attachments[0].id)[start:end]
        assert status == 416 or response.content_type == "video/mp4"
