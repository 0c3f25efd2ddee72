"""What a person starts: `python -m bot` and its commands."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from bot import config, log
from bot.loading import loading
from bot.wording import cli as words


class _Number(click.ParamType[int]):
    """A whole number within bounds; `sentence` is what is said of anything else."""

    name = "number"

    def __init__(self, lowest: int, highest: int, sentence: str) -> None:
        self._allowed = range(lowest, highest + 1)
        self._sentence = sentence

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; fails with the sentence."""
        text = str(value).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) in self._allowed):
            self.fail(self._sentence, param, ctx)
        return int(text)


_USER_ID = _Number(1, 2**63 - 1, words.NO_USER_ID)


class _Failure(click.ClickException):
    """Ends a command with one clear line."""

    def show(self, file: Any = None) -> None:
        click.echo(f"✗ {self.message}", err=True)


def _settings(*, need_token: bool = False, need_keys: bool = True) -> config.Settings:
    try:
        settings = config.load()
    except config.BadSettings as error:
        raise _Failure("\n✗ ".join(error.problems)) from None
    missing = [words.NO_DISCORD_TOKEN] if need_token and settings.discord_token is None else []
    if need_keys and not settings.token_keys:
        missing.append(words.NO_TOKEN_KEYS)
    if missing:
        raise _Failure("\n✗ ".join(missing))
    return settings


def _configure_log(settings: config.Settings) -> None:
    from bot.clips import current_job

    log.configure(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
        reference=current_job.get,
    )


def _await(work: Coroutine[Any, Any, Any]) -> Any:
    """Run `work` and turn what can go wrong into one line."""
    with loading():
        from bot.accounts import LinkedUnseen
        from bot.app import BadShards, BadToken, DiskForgets, PortTaken
        from bot.blink import BadBlinkTokens, BlinkError
        from bot.store import StoreError

    try:
        return asyncio.run(work)
    except (StoreError, DiskForgets, BadToken, BadShards, PortTaken) as error:
        raise _Failure(str(error)) from None
    except LinkedUnseen as error:
        raise _Failure(words.linked_unseen(words.blink_failed(error.why))) from None
    except BadBlinkTokens as error:
        raise _Failure(f"BLINK_TOKENS: {error}") from None
    except BlinkError as error:
        raise _Failure(words.blink_failed(error)) from None


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Record clips on Blink cameras from Discord. Without a command: run the bot."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
def run() -> None:
    """Run the bot."""
    settings = _settings(need_token=True)
    _configure_log(settings)
    _await(_run(settings))


async def _run(settings: config.Settings) -> None:
    from bot import app

    await app.run(settings, address=config.database_address)
    # Hosts send their signals more than once: from here on the process only ends, and ends with 0.
    signal.pthread_sigmask(signal.SIG_BLOCK, app.STOPS)


@main.command()
@click.option("--once", is_flag=True, help="Do the tour, print it, and exit 0 only if the right video arrived.")
@click.option(
    "--port", type=_Number(0, 65535, words.NO_PORT), default=0, help="The page's port (default: any that is free)."
)
def demo(once: bool, port: int) -> None:
    """Try the bot against a simulated Discord and Blink on this machine."""
    try:
        from bot.demo.tour import tour
    except ImportError as error:
        raise _Failure(words.no_demo(error.name or "a package")) from None
    sys.exit(asyncio.run(tour(once=once, port=port)))


@main.command()
@click.argument("user_id", type=_USER_ID)
def link(user_id: int) -> None:
    """Link a Blink account to a Discord user, from BLINK_TOKENS or by signing in."""
    settings = _settings()
    _configure_log(settings)
    tokens = os.environ.get("BLINK_TOKENS")
    if tokens is None and not sys.stdin.isatty():
        raise _Failure(words.NOTHING_TO_LINK)
    _await(_sign_in(settings, user_id) if tokens is None else _link(settings, user_id, tokens))


async def _sign_in(settings: config.Settings, user_id: int) -> None:
    """Sign in as the page does: e-mail, hidden password, and the code that Blink sends."""
    from aiohttp import TCPConnector

    from bot import app
    from bot.accounts import CodeAsked, Invited, Linked

    async with app.opened(settings, connectors=TCPConnector) as running:
        linking = running.rooms.linking
        token, _ = await linking.invite(Invited(user_id, str(user_id)))
        username = await _prompt(words.ASK_EMAIL, hidden=False)
        password = await _prompt(words.ASK_PASSWORD, hidden=True)
        step = await linking.password(token, username=username, password=password, address=None)
        while isinstance(step, CodeAsked):
            code = await _prompt(words.ask_code(step.wanted), hidden=False)
            outcome = await linking.code(token, attempt=step.attempt, code=code.strip(), address=None)
            if not words.can_type_again(outcome):
                step = outcome
                break
            click.echo(words.not_signed_in(outcome))
    if not isinstance(step, Linked):
        raise _Failure(words.not_signed_in(step))
    click.echo(words.signed_in(user_id, step.inventory))


async def _prompt(question: str, *, hidden: bool) -> str:
    """Ask a person without holding up the loop."""
    return await asyncio.to_thread(click.prompt, question, hide_input=hidden, type=str)


async def _link(settings: config.Settings, user_id: int, tokens: str) -> None:
    from aiohttp import TCPConnector

    from bot import app
    from bot.accounts import link_from_tokens

    async with app.opened_store(settings) as store, app.blink_transport(TCPConnector) as transport:
        inventory = await link_from_tokens(store.accounts, transport, user_id=user_id, blink_tokens=tokens)
    click.echo(words.linked(user_id, inventory))


@main.command()
@click.argument("user_id", type=_USER_ID)
def unlink(user_id: int) -> None:
    """Delete a Discord user's link and its tokens."""
    _await(_unlink(_settings(), user_id))


async def _unlink(settings: config.Settings, user_id: int) -> None:
    from bot import app

    async with app.opened_store(settings) as store:
        click.echo(words.unlinked(user_id, known=await store.accounts.unlink(user_id)))


@main.command()
def accounts() -> None:
    """List the linked accounts, without secrets."""
    _await(_accounts(_settings()))


async def _accounts(settings: config.Settings) -> None:
    from bot import app

    async with app.opened_store(settings) as store:
        for line in words.accounts(await store.accounts.accounts()):
            click.echo(line)


@main.command()
def check() -> None:
    """Say, setting by setting and connection by connection, what is right and what is wrong."""
    from bot.check import check_all

    sys.exit(0 if asyncio.run(check_all(click.echo)) else 1)


@main.command()
def sync() -> None:
    """Register the commands at Discord now, changed or not."""
    settings = _settings(need_token=True)
    _configure_log(settings)
    from bot import app

    _await(app.sync(settings))
    click.echo(words.SYNCED)


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    settings = _settings(need_keys=False)
    from bot import store

    _await(store.migrate(settings.database_url.get_secret_value()))
    click.echo(words.MIGRATED)


@main.command("copy-database", short_help="Copy everything into another, empty database.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_database(source: str, target: str) -> None:
    """Copy everything that FROM holds into the empty database TO, while no bot runs on either.

    Each is an address as in DATABASE_URL, or env:NAME for one in that variable, which hides its password from those
    who see this machine's processes.
    """
    settings = _settings()
    _configure_log(settings)
    click.echo(words.COPYING)
    _await(_copy_database(settings, _address(source), _address(target)))


def _address(given: str) -> str:
    if (address := config.named(given)) is None:
        raise _Failure(words.no_variable(given))
    return address


async def _copy_database(settings: config.Settings, source: str, target: str) -> None:
    from bot.store import Keyring
    from bot.store.copying import copy_database

    click.echo(words.copied(await copy_database(source, target, Keyring(settings.keys()))))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file of this name.")
def backup(file: Path, force: bool) -> None:
    """Save the SQLite database into FILE, also while the bot runs."""
    _await(_backup(_settings(need_keys=False), file, force=force))


async def _backup(settings: config.Settings, file: Path, *, force: bool) -> None:
    from bot.store import NotAFile
    from bot.store.backup import backup

    try:
        await asyncio.to_thread(backup, settings.database_url.get_secret_value(), file, force=force)
    except NotAFile as error:
        raise _Failure(words.own_backup(error.address, file)) from None
    click.echo(words.backed_up(file))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the database saved in FILE in the place of the present one, while the bot is stopped."""
    _await(_restore(_settings(), file))


async def _restore(settings: config.Settings, file: Path) -> None:
    from bot.store import Keyring, NotAFile
    from bot.store.backup import restore

    address, keyring = settings.database_url.get_secret_value(), Keyring(settings.keys())
    try:
        kept = await asyncio.to_thread(restore, address, file, keyring)
    except NotAFile as error:
        raise _Failure(words.own_restore(error.address, file)) from None
    click.echo(words.restored(file, kept))


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything anew with the first key of TOKEN_KEYS, while the bot runs."""
    _await(_rotate_keys(_settings()))


async def _rotate_keys(settings: config.Settings) -> None:
    from bot import app

    async with app.opened_store(settings) as store:
        click.echo(words.rotated(await store.rotate_keys()))


@main.command()
def keygen() -> None:
    """Print a new key for TOKEN_KEYS."""
    from cryptography.fernet import Fernet

    click.echo(f"TOKEN_KEYS={Fernet.generate_key().decode()}")
