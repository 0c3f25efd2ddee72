"""The command line: `python -m bot` and its commands."""

import asyncio
import os
import signal
import sys
import termios
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import click
from aiohttp import TCPConnector
from cryptography.fernet import Fernet

from bot import __version__, app, config, lifecycle
from bot.accounts import CodeAsked, Linked, link_from_tokens
from bot.app import Connectors
from bot.blink import Denied
from bot.check import check_all
from bot.discord_connection import BadToken, DiscordLookupFailed, find_application
from bot.doctor import NoSuchCamera, NotLinked, examined
from bot.first_start import guide
from bot.lifecycle import Failure, configure_log, load_settings, run_now
from bot.models import Account, Invited
from bot.store import Keyring, NotAFile, copying
from bot.store import backup as backups
from bot.store import migrate as upgrade
from bot.wording.shell import cli as words
from bot.wording.shell import doctor as doctor_words
from bot.wording.shell.setup import invite_lines


class _WholeNumber(click.ParamType[int]):
    """A whole number within bounds; `sentence` is the error about anything else."""

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


_USER_ID = _WholeNumber(1, 2**63 - 1, words.NO_USER_ID)


@click.version_option(__version__, prog_name="blink-clip-bot", message="%(prog)s %(version)s")
@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Record clips on Blink cameras from Discord. Without a command: run the bot."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
def run() -> None:
    """Run the bot."""
    _start()


def _start() -> None:
    settings = load_settings(need_token=True)
    configure_log(settings)
    run_now(_run(settings))


async def _run(settings: config.Settings) -> None:
    await lifecycle.run(settings, address=config.database_address)
    # Hosts send their signals more than once: from here on the process only ends, and ends with 0.
    signal.pthread_sigmask(signal.SIG_BLOCK, lifecycle.STOPS)


@main.command()
def setup() -> None:
    """Make everything ready step by step: token, key, database, first account; safe to run again."""
    guide(connectors=TCPConnector, linked=_count_linked, link=_link_here, start=_start)


def _count_linked() -> int:
    return len(run_now(_linked(load_settings())))


def _link_here(user_id: int) -> None:
    settings = load_settings()
    configure_log(settings)
    run_now(_sign_in(settings, user_id))


@main.command()
@click.option("--once", is_flag=True, help="Do the tour, print it, and exit 0 only if the right video arrived.")
@click.option(
    "--port", type=_WholeNumber(0, 65535, words.NO_PORT), default=0, help="The page's port (default: any that is free)."
)
def demo(once: bool, port: int) -> None:
    """Try the bot against a simulated Discord and Blink on this machine."""
    try:
        from simulators.demo.tour import tour
    except ImportError as error:
        raise Failure(words.no_demo(error.name or "a package")) from None
    sys.exit(asyncio.run(tour(once=once, port=port)))


@main.command()
@click.argument("user_id", type=_USER_ID)
def link(user_id: int) -> None:
    """Link a Blink account to a Discord user, from BLINK_TOKENS or by signing in."""
    settings = load_settings()
    configure_log(settings)
    tokens = os.environ.get("BLINK_TOKENS")
    if tokens is None and not sys.stdin.isatty():
        raise Failure(words.NOTHING_TO_LINK)
    run_now(_sign_in(settings, user_id) if tokens is None else _link(settings, user_id, tokens))


async def _sign_in(settings: config.Settings, user_id: int) -> None:
    """Sign in as the page does: e-mail, hidden password, and the code that Blink sends."""
    async with app.opened(settings, connectors=TCPConnector) as running:
        linking = running.services.linking
        token, _ = await linking.invite(Invited(user_id, str(user_id)))
        username = await _prompt(words.ASK_EMAIL, hidden=False)
        password = await _prompt(words.ASK_PASSWORD, hidden=True)
        step = await linking.password(token, username=username, password=password, address=None)
        while isinstance(step, CodeAsked):
            code = await _prompt(words.ask_code(step.wanted), hidden=False)
            outcome = await linking.code(token, attempt=step.attempt, code=code.strip(), address=None)
            if not (isinstance(outcome, Denied) and outcome.takes_another_code):
                step = outcome
                break
            click.echo(words.not_signed_in(outcome))
    if not isinstance(step, Linked):
        raise Failure(words.not_signed_in(step))
    click.echo(words.signed_in(user_id, step.inventory))


async def _prompt(question: str, *, hidden: bool) -> str:
    """Ask a person without holding up the loop, and without waiting for an answer after Ctrl-C.

    The loop would wait for a thread of its own. Ours is still reading then, so that it cannot show again what is typed.
    """
    answer = Future[str]()
    answer.set_running_or_notify_cancel()

    def ask() -> None:
        try:
            answer.set_result(click.prompt(question, hide_input=hidden, type=str))
        except BaseException as error:
            answer.set_exception(error)

    with _terminal_kept():
        Thread(target=ask, daemon=True).start()
        return await asyncio.wrap_future(answer)


@contextmanager
def _terminal_kept() -> Generator[None]:
    """Leave the terminal as it was, if there is one."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


async def _link(settings: config.Settings, user_id: int, tokens: str) -> None:
    async with app.opened_store(settings) as store, app.blink_transport(TCPConnector) as transport:
        inventory = await link_from_tokens(store.accounts, transport, user_id=user_id, blink_tokens=tokens)
    click.echo(words.linked(user_id, inventory))


@main.command()
@click.argument("user_id", type=_USER_ID)
def unlink(user_id: int) -> None:
    """Delete a Discord user's link, its tokens, and everything else that is kept of that person."""
    run_now(_unlink(load_settings(), user_id))


async def _unlink(settings: config.Settings, user_id: int) -> None:
    async with app.opened_store(settings) as store:
        click.echo(words.unlinked(user_id, known=await store.accounts.unlink(user_id)))


@main.command()
def accounts() -> None:
    """List the linked accounts, without secrets."""
    for line in words.accounts(run_now(_linked(load_settings()))):
        click.echo(line)


async def _linked(settings: config.Settings) -> Sequence[Account]:
    async with app.opened_store(settings) as store:
        return await store.accounts.accounts()


@main.command()
def check() -> None:
    """Say, setting by setting and connection by connection, what is right and what is wrong."""
    sys.exit(0 if asyncio.run(check_all(click.echo)) else 1)


@main.command()
@click.argument("user_id", type=_USER_ID)
@click.option("--record", metavar="CAMERA", help="Have this camera record one clip, and follow it to its video.")
def doctor(user_id: int, record: str | None) -> None:
    """Walk through one linked account, and print a report for an issue, without a name or an id."""
    settings = load_settings()
    configure_log(settings)
    report = run_now(_doctor(settings, user_id, record))
    click.echo(f"{doctor_words.PASTE}\n\n{report}")


async def _doctor(settings: config.Settings, user_id: int, record: str | None) -> str:
    def may_record(camera: str) -> bool:
        return click.confirm(doctor_words.ask_to_record(camera), default=False)

    try:
        return await examined(settings, user_id, connectors=TCPConnector, record=record, may_record=may_record)
    except (NotLinked, NoSuchCamera) as error:
        raise Failure(str(error)) from None


@main.command("invite")
def print_invite() -> None:
    """Print the addresses that add the bot to a server or to one's own account."""
    for line in asyncio.run(_invite(load_settings(need_token=True, need_keys=False))):
        click.echo(line)


async def _invite(settings: config.Settings, connectors: Connectors = TCPConnector) -> list[str]:
    assert settings.discord_token is not None
    try:
        found = await find_application(settings.discord_token.get_secret_value(), connectors)
    except BadToken as error:
        raise Failure(str(error)) from None
    except DiscordLookupFailed as error:
        raise Failure(f"Discord: {error}") from None
    return invite_lines(found.id, user_install=found.user_install)


@main.command()
def sync() -> None:
    """Register the commands at Discord now, changed or not."""
    settings = load_settings(need_token=True)
    configure_log(settings)
    run_now(lifecycle.sync(settings))
    click.echo(words.SYNCED)


@main.command()
def keygen() -> None:
    """Print a new key for TOKEN_KEYS."""
    click.echo(f"TOKEN_KEYS={Fernet.generate_key().decode()}")


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    settings = load_settings(need_keys=False)
    run_now(upgrade(settings.database_url.get_secret_value()))
    click.echo(words.MIGRATED)


@main.command("copy-database", short_help="Copy everything into another, empty database.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_database(source: str, target: str) -> None:
    """Copy everything that FROM holds into the empty database TO, while no bot runs on either.

    Each is an address as in DATABASE_URL, or env:NAME for one in that variable, which hides its password from those
    who see this machine's processes.
    """
    settings = load_settings()
    configure_log(settings)
    click.echo(words.COPYING)
    run_now(_copy_database(settings, _address(source), _address(target)))


def _address(given: str) -> str:
    if (address := config.named(given)) is None:
        raise Failure(words.no_variable(given))
    return address


async def _copy_database(settings: config.Settings, source: str, target: str) -> None:
    click.echo(words.copied(await copying.copy_database(source, target, Keyring(settings.keys()))))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file of this name.")
def backup(file: Path, force: bool) -> None:
    """Save the SQLite database into FILE, also while the bot runs."""
    run_now(_backup(load_settings(need_keys=False), file, force=force))


async def _backup(settings: config.Settings, file: Path, *, force: bool) -> None:
    try:
        await asyncio.to_thread(backups.backup, settings.database_url.get_secret_value(), file, force=force)
    except NotAFile as error:
        raise Failure(words.own_backup(error.address, file)) from None
    click.echo(words.backed_up(file))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the database saved in FILE in the place of the present one, while the bot is stopped."""
    run_now(_restore(load_settings(), file))


async def _restore(settings: config.Settings, file: Path) -> None:
    address, keyring = settings.database_url.get_secret_value(), Keyring(settings.keys())
    try:
        kept = await asyncio.to_thread(backups.restore, address, file, keyring)
    except NotAFile as error:
        raise Failure(words.own_restore(error.address, file)) from None
    click.echo(words.restored(file, kept))


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything again with the first key of TOKEN_KEYS, while the bot runs."""
    run_now(_rotate_keys(load_settings()))


async def _rotate_keys(settings: config.Settings) -> None:
    async with app.opened_store(settings) as opened:
        click.echo(words.rotated(await opened.rotate_keys()))
