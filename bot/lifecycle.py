"""Start the bot, run it until somebody stops it, and stop it in order.

Every command begins here as well: with the settings, the log, and one clear line for each failure.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
import click
import discord

from bot import config, jobs
from bot.accounts import LinkedUnseen
from bot.app import App, Connectors, DiskForgets, Tempo, opened
from bot.blink import BadBlinkTokens, BlinkError, Dialer, network_reason, utcnow
from bot.config import Settings
from bot.discord_connection import BadShards, BadToken
from bot.health import MetricsReader
from bot.log import configure
from bot.store import StoreError
from bot.store.backup import DailyBackups
from bot.ui import COMMANDS, ClipBot
from bot.wording.shell import cli as words

log = logging.getLogger("bot")

STOPS = (signal.SIGTERM, signal.SIGINT)

T = TypeVar("T")


class PortTaken(Exception):
    """Another program listens on PORT."""


class Failure(click.ClickException):
    """Ends a command with one clear line."""

    def show(self, file: Any = None) -> None:
        click.echo(f"✗ {self.message}", err=True)


def load_settings(*, need_token: bool = False, need_keys: bool = True) -> Settings:
    """Read the settings; raises Failure with every problem."""
    try:
        settings = config.load()
    except config.BadSettings as error:
        raise Failure("\n✗ ".join(error.problems)) from None
    missing = [words.NO_DISCORD_TOKEN] if need_token and settings.discord_token is None else []
    if need_keys and not settings.token_keys:
        missing.append(words.NO_TOKEN_KEYS)
    if missing:
        raise Failure("\n✗ ".join(missing))
    return settings


def configure_log(settings: Settings) -> None:
    """Set up the log so that no secret of the settings gets into it."""
    configure(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
        reference=jobs.current_job.get,
    )


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; raises Failure with one line for an expected error."""

    def said(why: Exception) -> str:
        if isinstance(why, BlinkError):
            return words.blink_failed(why)
        return str(why) if isinstance(why, StoreError) else type(why).__name__

    try:
        return asyncio.run(work)
    except (StoreError, DiskForgets, BadToken, BadShards, PortTaken) as error:
        raise Failure(str(error)) from None
    except LinkedUnseen as error:
        raise Failure(words.linked_unseen(said(error.why))) from None
    except BadBlinkTokens as error:
        raise Failure(f"BLINK_TOKENS: {error}") from None
    except BlinkError as error:
        raise Failure(words.blink_failed(error)) from None


async def run(
    settings: Settings,
    *,
    connectors: Connectors = aiohttp.TCPConnector,
    dialer: Dialer = asyncio.open_connection,
    tempo: Tempo | None = None,
    stop: asyncio.Event | None = None,
    address: Callable[[], str] | None = None,
    shrinker: jobs.Shrinker | None = None,
) -> None:
    """Run the bot until SIGTERM, SIGINT or `stop`; further signals change nothing.

    `address` returns the database's address for each new connection, instead of the settings. Raises StoreError,
    DiskForgets, BadToken, BadShards and PortTaken.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        opening = opened(
            settings, connectors=connectors, dialer=dialer, tempo=tempo, address=address, shrinker=shrinker
        )
        app = await stack.enter_async_context(opening)
        if settings.port is not None:
            await _serve(app, settings.port, stack)
        elif settings.public_url is not None:
            log.warning("PUBLIC_URL is set without PORT: nobody can reach the sign-in page")
        elif settings.metrics_token is not None:
            log.warning("METRICS_TOKEN is set without PORT: nobody can read the numbers")
        connected = asyncio.create_task(app.connect().stay(), name="discord")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        watches = [
            asyncio.create_task(app.services.runner.keep_watch(), name="watch"),
            asyncio.create_task(app.services.runner.clean_up(), name="clean-up"),
            asyncio.create_task(app.services.linking.clean_up(), name="old links"),
            asyncio.create_task(app.watch.run(), name="alerts"),
        ]
        if settings.backup_dir:
            url = address or settings.database_url.get_secret_value
            daily = DailyBackups(url, settings.backup_dir, now=utcnow)
            watches.append(asyncio.create_task(daily.run(), name="backups"))
        await asyncio.wait({connected, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        log.info("stopping")
        try:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
            await app.watch.stop()
            # If Discord no longer takes the token, no job that is under way could show anything.
            await app.services.runner.stop(grace=0 if connected.done() else settings.stop_grace_s)
        finally:
            await _cancelled(connected)
    log.info("stopped")


async def _serve(app: App, port: int, stack: contextlib.AsyncExitStack) -> None:
    """Serve what `app` shows over HTTP until `stack` closes; raises PortTaken."""
    from bot.web import Scrape, serve  # here, because only a bot with a PORT needs it

    scrape = None
    if app.settings.metrics_token:
        reader = MetricsReader(app.metrics, app.store.jobs.unfinished, lambda: app.client)
        stack.push_async_callback(reader.close)
        scrape = Scrape(app.settings.metrics_token.get_secret_value(), reader.read)
    try:
        serving = serve(port, ready=app.ready, scrape=scrape, pages=app.pages(), host=app.settings.host)
        await stack.enter_async_context(serving)
    except OSError as error:
        raise PortTaken(words.port_taken(app.settings.host, port, error.strerror or type(error).__name__)) from None


async def _cancelled(connected: asyncio.Task[None]) -> None:
    """End the connection to Discord by cancelling it: that closes the gateway with 1000, which close() alone does not.

    Cancel until it ends: discord.py reconnects in asyncio.wait_for, which can swallow a cancellation in Python 3.11.
    """
    while not connected.done():
        connected.cancel()
        await asyncio.wait({connected}, timeout=0.5)
    with contextlib.suppress(asyncio.CancelledError):
        connected.result()


async def sync(settings: Settings, *, connectors: Connectors = aiohttp.TCPConnector) -> None:
    """Register the commands at Discord, changed or not, without opening the gateway; raises BadToken and Failure."""
    assert settings.discord_token is not None

    async def nothing_else(_: ClipBot) -> None:
        """Leave unfinished clips to the running bot."""

    async with opened(settings, connectors=connectors) as app:
        client = ClipBot(
            app.services,
            commands=COMMANDS,
            logged_in=nothing_else,
            metrics=app.metrics,
            force_sync=True,
            connector=connectors(),
        )
        async with client:
            try:
                await client.login(settings.discord_token.get_secret_value())
            except discord.LoginFailure:
                raise BadToken from None
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                raise Failure(_not_synced(error)) from None


def _not_synced(error: Exception) -> str:
    match error:
        case discord.RateLimited(retry_after=seconds):
            return words.not_synced_yet(seconds)
        case discord.HTTPException(status=status, code=code):
            return words.not_synced(status, code)
        case _:
            return words.not_synced_offline(network_reason(error))
