"""`python -m bot setup`: a guided first start that writes `.env`, and that can be run again."""

import asyncio
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click
from cryptography.fernet import Fernet
from dotenv import set_key
from pydantic import ValidationError

from bot.app import Connectors
from bot.config import Settings, sentence, variable
from bot.discord_connection import Application, BadToken, DiscordLookupFailed, find_application
from bot.store import StoreError, sqlite_file
from bot.wording.shell import setup as words

_FILE = Path(".env")
_EXAMPLE = Path(".env.example")
# Docker reads such a file without quotes and escapes, so no value may need them.
_PLAIN = re.compile(r"[!-~]+")
_QUOTES = frozenset("'\"\\`")


def guide(
    *,
    connectors: Connectors,
    linked: Callable[[], int],
    link: Callable[[int], None],
    start: Callable[[], None],
) -> None:
    """Ask for what the bot needs, step by step; `linked`, `link` and `start` do the work of other commands."""
    click.echo(words.HELLO)
    application = _token(connectors)
    _key()
    _database()
    _page()
    if application:
        click.echo(words.INVITE)
        for line in words.invite_lines(application.id, user_install=application.user_install):
            click.echo(f"   {line}")
    _first_account(linked, link)
    click.echo(words.START)
    if click.confirm(words.ASK_TO_START, default=True):
        start()
    else:
        click.echo(words.HOW_TO_START)


def _token(connectors: Connectors) -> Application | None:
    """Make sure that a bot token is set, and return its application if Discord can be asked for it."""
    click.echo(words.DEVELOPER_PORTAL)
    known = variable("DISCORD_TOKEN")
    if known and os.environ.get("DISCORD_TOKEN"):
        click.echo(words.from_outside("DISCORD_TOKEN"))
    elif known and not click.confirm(words.REPLACE_TOKEN, default=False):
        click.echo(words.TOKEN_KEPT)
    else:
        known = None
    while True:
        token = known or _valid("DISCORD_TOKEN", lambda: click.prompt(words.ASK_TOKEN, hide_input=True, type=str))
        application: Application | None = None
        try:
            application = asyncio.run(find_application(token, connectors))
            click.echo(words.TOKEN_FINE)
        except BadToken:
            click.echo(words.TOKEN_REFUSED)
            if not os.environ.get("DISCORD_TOKEN"):
                known = None
                continue
        except DiscordLookupFailed as error:
            click.echo(words.unchecked(str(error)))
        if token != known:
            _write("DISCORD_TOKEN", token)
        return application


def _key() -> None:
    """Make a key if none is set; an existing one is never replaced, since it opens what is stored."""
    if variable("TOKEN_KEYS"):
        click.echo(words.KEY_KEPT)
        return
    _write("TOKEN_KEYS", Fernet.generate_key().decode())
    click.echo(words.KEY_MADE)


def _database() -> None:
    if variable("DATABASE_URL"):
        click.echo(words.DATABASE_KEPT)
        return
    click.echo(words.WHERE_TO_KEEP)
    while address := _valid("DATABASE_URL", lambda: _optional(words.ASK_DATABASE)):
        try:
            sqlite_file(address)
        except StoreError as error:
            click.echo(words.not_usable(str(error)))
            continue
        _write("DATABASE_URL", address)
        return


def _page() -> None:
    """Set up the sign-in page, if it is wanted."""
    if variable("PUBLIC_URL"):
        click.echo(words.PAGE_KEPT)
        return
    click.echo(words.ABOUT_THE_PAGE)
    if not click.confirm(words.ASK_FOR_PAGE, default=False):
        return
    address = _valid("PUBLIC_URL", lambda: click.prompt(words.ASK_ADDRESS, type=str)).rstrip("/")
    port = _valid("PORT", lambda: click.prompt(words.ASK_PORT, default="8080"))
    values = {"PUBLIC_URL": address, "PORT": port}
    if click.confirm(words.ASK_PROXY, default=True):
        values |= {"HOST": "127.0.0.1", "TRUSTED_PROXY_HOPS": "1"}
    click.echo(words.redirect(address))
    if secret := _valid("DISCORD_CLIENT_SECRET", lambda: _optional(words.ASK_CLIENT_SECRET)):
        values["DISCORD_CLIENT_SECRET"] = secret
    for name, value in values.items():
        _write(name, value)


def _optional(question: str) -> str:
    """Ask for a secret, which is not shown, or for nothing."""
    return click.prompt(question, default="", show_default=False, hide_input=True)


def _first_account(linked: Callable[[], int], link: Callable[[int], None]) -> None:
    if count := linked():
        click.echo(words.linked_already(count))
        return
    click.echo(words.LINK)
    if not click.confirm(words.ASK_TO_LINK, default=True):
        return
    user_id = click.prompt(words.ASK_USER, type=click.IntRange(min=1, max=2**63 - 1))
    try:
        link(user_id)
    except click.ClickException as error:
        error.show()
        click.echo(words.LINK_FAILED)


def _valid(name: str, ask: Callable[[], str]) -> str:
    """Ask until the answer is empty, or the settings take it and `.env` can hold it."""
    while True:
        value = ask().strip()
        if value and (not _PLAIN.fullmatch(value) or _QUOTES & set(value)):
            click.echo(words.not_for_the_file(name))
        elif value and (problem := _problem(name, value)):
            click.echo(words.not_usable(problem))
        else:
            return value


def _problem(name: str, value: str) -> str | None:
    """Return what is wrong with a setting, without its value."""
    field = name.lower()
    try:
        Settings.__pydantic_validator__.validate_assignment(Settings.model_construct(), field, value)
    except ValidationError as error:
        detail = error.errors()[0]
        return sentence(detail["loc"], detail["msg"])
    return None


def _write(name: str, value: str) -> None:
    """Write one setting to `.env`, readable for its owner alone, and leave every other line as it is."""
    with suppress(FileExistsError):
        handle = os.open(_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_EXAMPLE.read_text("utf-8") if _EXAMPLE.exists() else "")
    _FILE.chmod(0o600)
    set_key(_FILE, name, value, quote_mode="never")
