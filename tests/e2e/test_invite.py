"""The addresses that add the bot: printed by `invite`, by `check` and at the start, with all that the bot needs."""

import logging
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot import cli, lifecycle, web
from bot.check import check_all
from bot.discord_connection import BadToken, DiscordLookupFailed, find_application
from bot.lifecycle import Failure
from bot.wording.shell.setup import account_invite, server_invite
from simulators.demo.network import connectors
from simulators.discord import Fault
from tests.support.house import BOT_TOKEN, KEY
from tests.support.street import Street

USED = {
    "read_messages",  # which is View Channel
    "send_messages",
    "send_messages_in_threads",
    "attach_files",
    "read_message_history",
}


def test_a_server_gets_the_bot_itself_with_the_permissions_it_uses_and_no_other() -> None:
    url = urlsplit(server_invite(123456789012345678))
    query = parse_qs(url.query)
    assert (url.hostname, url.path) == ("discord.com", "/oauth2/authorize")
    assert query["client_id"] == ["123456789012345678"]
    assert query["scope"] == ["bot applications.commands"], "without `bot` it is no member, and writes to nobody"
    assert query["integration_type"] == ["0"]
    assert {name for name, given in discord.Permissions(int(query["permissions"][0])) if given} == USED


def test_a_person_gets_the_commands_alone() -> None:
    query = parse_qs(urlsplit(account_invite(42)).query)
    assert (query["scope"], query["integration_type"]) == (["applications.commands"], ["1"])
    assert "permissions" not in query


async def test_invite_prints_them(street: Street) -> None:
    names = connectors(**street.house.ports)
    lines = await cli._invite(street.house.configured(), names)
    application = street.house.discord.application_id
    assert lines == [
        f"Add the bot to a server: {server_invite(application)}",
        f"Use its commands everywhere, only for yourself: {account_invite(application)}",
    ]


async def test_no_user_install_is_offered_that_the_application_does_not_allow(street: Street) -> None:
    answer = {"id": "42", "integration_types_config": {"0": {}}}
    street.house.discord.faults.append(Fault("GET", "/applications/@me", status=200, body=answer))
    lines = await cli._invite(street.house.configured(), connectors(**street.house.ports))
    assert lines == [f"Add the bot to a server: {server_invite(42)}"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("GET", "/applications/@me", status=401), f"DISCORD_TOKEN: {cli.words.BAD_DISCORD_TOKEN}"),
        (Fault("GET", "/applications/@me", status=503), "Discord: it answers HTTP 503; try again later"),
        (Fault("GET", "/applications/@me", times=None, action="reset"), "Discord: discord.com cannot be reached"),
        (Fault("GET", "/applications/@me", status=200, body="<h1>"), "Discord: its answer was not understood"),
    ],
    ids=["refused", "in trouble", "away", "nonsense"],
)
async def test_why_there_is_none_is_said_without_the_token(street: Street, fault: Fault, words: str) -> None:
    street.house.discord.faults.append(fault)
    with pytest.raises(Failure) as caught:
        await cli._invite(street.house.configured(), connectors(**street.house.ports))
    assert caught.value.message.startswith(words)
    assert BOT_TOKEN not in caught.value.message


async def test_a_bot_in_no_server_is_told_how_to_get_into_one(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(street.house.folder)
    for name, value in {"DISCORD_TOKEN": BOT_TOKEN, "TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:///bot.db"}.items():
        monkeypatch.setenv(name, value)

    async def check() -> list[str]:
        lines: list[str] = []
        assert await check_all(lines.append, connectors=connectors(**street.house.ports)), lines
        return lines

    application = street.house.discord.application_id
    assert f"✓ invite: Add the bot to a server: {server_invite(application)}" in await check()
    street.house.guild.bot = False
    lines = await check()
    assert "· servers: the bot is in no server yet: open the first address below to add it" in lines


async def test_the_running_bot_logs_them(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="bot"):
        async with street.house.bot():
            pass
    application = street.house.discord.application_id
    assert f"Add the bot to a server: {server_invite(application)}" in [one.getMessage() for one in caplog.records]


async def test_the_web_server_listens_where_host_says(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    class Refusing:
        def __init__(self, port: int, *, host: str, **_: object) -> None:
            heard.append(host)

        async def __aenter__(self) -> int:
            raise OSError(99, "Cannot assign requested address")

        async def __aexit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(web, "serve", Refusing)
    street.house.settings |= {"host": "127.0.0.5", "port": 0}
    with pytest.raises(lifecycle.PortTaken, match=r"^PORT: the bot cannot listen on port 0 of 127\.0\.0\.5"):
        async with street.house.bot(ready=False) as running:
            await running
    assert heard == ["127.0.0.5"]


async def test_a_token_that_is_refused_is_told_from_a_discord_that_is_away(street: Street) -> None:
    ways = connectors(**street.house.ports)
    found = await find_application(BOT_TOKEN, ways)
    assert (found.id, found.servers, found.user_install) == (street.house.discord.application_id, 1, True)
    with pytest.raises(BadToken):
        await find_application("another-token", ways)
    street.house.discord.faults.append(Fault("GET", "/applications/@me", status=200, body={"id": "none"}))
    with pytest.raises(DiscordLookupFailed):
        await find_application(BOT_TOKEN, ways)
