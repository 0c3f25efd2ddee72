"""The shell's commands about the database: saving, moving and sealing what it keeps."""

import asyncio
from pathlib import Path

import click

from bot import app, config, store
from bot.shell_commands import Failure, configure_log, load_settings, run_now
from bot.store import Keyring, NotAFile, copying
from bot.store import backup as backups
from bot.wording.shell import cli as words


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    settings = load_settings(need_keys=False)
    run_now(store.migrate(settings.database_url.get_secret_value()))
    click.echo(words.MIGRATED)


@click.command("copy-database", short_help="Copy everything into another, empty database.")
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


@click.command()
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


@click.command()
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


@click.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything again with the first key of TOKEN_KEYS, while the bot runs."""
    run_now(_rotate_keys(load_settings()))


async def _rotate_keys(settings: config.Settings) -> None:
    async with app.opened_store(settings) as opened:
        click.echo(words.rotated(await opened.rotate_keys()))


COMMANDS = (migrate, copy_database, backup, restore, rotate_keys)
