"""The composition root: opens everything, hands it to whom it concerns, and closes it in the right order."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot import __version__, clips
from bot.accounts import Linking, Sessions
from bot.blink import BlinkSignIn, Transport, utcnow
from bot.config import Settings
from bot.delivery import DiscordDisplay, Line, Pace
from bot.files import video_folder
from bot.metrics import Observer
from bot.shrink import PyAvShrinker, seconds_of
from bot.store import Keyring, Store, open_store
from bot.ui import COMMANDS, ITEMS, ClipBot, Rooms
from bot.vitals import Readiness, Reading
from bot.web import Checks, DiscordOAuth, Pages, Scrape, serve
from bot.wording import cli as words

if TYPE_CHECKING:
    from bot.metrics.prometheus import Metrics

log = logging.getLogger("bot")

Connectors = Callable[[], aiohttp.BaseConnector]

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a host's proxy comes from outside
_AUTHENTICATION_FAILED = 4004
RECONNECT = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0)


class PortTaken(Exception):
    """Another program listens on PORT."""


class BadToken(Exception):
    """Discord does not accept DISCORD_TOKEN."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Every interval of the running bot that is not a setting."""

    timing: clips.Timing = field(default_factory=clips.Timing)
    pace: Pace = field(default_factory=Pace)
    reconnect: Sequence[float] = RECONNECT


@contextlib.asynccontextmanager
async def blink_transport(connectors: Connectors, observer: Observer | None = None) -> AsyncGenerator[Transport]:
    """Open the way to Blink: no cookie is kept, since sessions of several people share it."""
    async with aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield Transport(http, observe=(observer or Observer()).blink)


@contextlib.asynccontextmanager
async def opened_store(settings: Settings) -> AsyncGenerator[Store]:
    """Open the store that the settings name; raises StoreError."""
    async with open_store(settings.database_url.get_secret_value(), Keyring(settings.keys())) as store:
        yield store


@dataclass
class App:
    """The running bot."""

    rooms: Rooms
    store: Store
    settings: Settings
    tempo: Tempo
    connectors: Connectors
    line: Line
    readiness: Readiness
    observer: Observer | None = None
    client: ClipBot | None = None

    async def ready(self) -> Checks:
        """Look at what commands need to be answered."""
        return await self.readiness.checks(self.client)

    def pages(self) -> Pages | None:
        """Return the sign-in page, where PUBLIC_URL says under which address people reach it."""
        settings = self.settings
        if settings.public_url is None:
            return None
        secret = settings.discord_client_secret
        oauth = None
        if secret is not None:
            oauth = DiscordOAuth(
                lambda: self.client.application_id if self.client else None,
                secret.get_secret_value(),
                self.connectors,
                revoke=False,  # it may end a user install of this very application, whose authorization it shares
            )
        return Pages(
            self.rooms.linking,
            public_url=settings.public_url,
            oauth=oauth,
            trusted_hops=settings.trusted_proxy_hops,
        )

    async def stay_connected(self) -> None:
        """Log in and stay; what goes wrong is tried again with a new client. Raises BadToken."""
        assert self.settings.discord_token is not None
        attempt = 0
        while True:
            self.client = ClipBot(
                self.rooms,
                commands=COMMANDS,
                items=ITEMS,
                logged_in=self._logged_in,
                observer=self.observer,
                connector=self.connectors(),
            )
            try:
                async with self.client:
                    await self.client.start(self.settings.discord_token.get_secret_value())
            except discord.LoginFailure:
                raise BadToken(f"DISCORD_TOKEN: {words.BAD_DISCORD_TOKEN}") from None
            except discord.ConnectionClosed as error:
                if error.code == _AUTHENTICATION_FAILED:
                    raise BadToken(f"DISCORD_TOKEN: {words.BAD_DISCORD_TOKEN}") from None
                log.warning("the gateway closed the connection with %s", error.code)
            except Exception as error:
                # discord.py does not retry its first connect: it fails in many ways, AttributeError among them
                # (Rapptz/discord.py issue 10520), and an event it cannot parse ends the client too.
                log.warning("the connection to Discord ended: %s", type(error).__name__, exc_info=_unexpected(error))
            self.readiness.lost(self.client)
            self.client.observer.gateway("reconnect")
            if self.client.ws is not None:  # pyright: ignore[reportUnnecessaryComparison] - None until it has connected
                attempt = 0
            pause = self.tempo.reconnect[min(attempt, len(self.tempo.reconnect) - 1)]
            attempt += 1
            log.info("connecting again in %.0f s", pause)
            await asyncio.sleep(pause)

    async def _logged_in(self, client: ClipBot) -> None:
        self.line.connect(client)
        await self.rooms.runner.forget_old()
        if found := await self.rooms.runner.resume():
            log.info("going on with %d unfinished clips", found)


def _unexpected(error: Exception) -> Exception | None:
    """Return the error where its traceback helps: not for a network or a Discord that is simply away."""
    return None if isinstance(error, (OSError, aiohttp.ClientError, discord.DiscordException)) else error


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    *,
    connectors: Connectors,
    tempo: Tempo | None = None,
    observer: Observer | None = None,
    shrinker: clips.Shrinker | None = None,
) -> AsyncGenerator[App]:
    """Open every room of the bot, and close them in reverse; raises StoreError."""
    told = observer or Observer()
    tempo = tempo or Tempo(timing=clips.Timing(busy_wait=settings.busy_wait_s))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(video_folder())
        store = await stack.enter_async_context(opened_store(settings))
        transport = await stack.enter_async_context(blink_transport(connectors, observer))
        line = Line(now=utcnow)
        display = DiscordDisplay(line, store.people, now=utcnow, pace=tempo.pace, observe=told.delivery)
        stack.push_async_callback(display.close)
        sessions = Sessions(store.accounts, transport, signed_out=display.signed_out, refreshed=told.token_refreshed)
        stack.push_async_callback(sessions.close)
        context = clips.Context(
            store.jobs,
            sessions,
            display,
            folder,
            tempo.timing,
            utcnow,
            shrinker=shrinker or PyAvShrinker(),
            seconds_of=seconds_of,
            ended=told.clip_ended,
        )
        runner = clips.Runner(context)
        linking = Linking(
            store.accounts,
            store.invitations,
            lambda hardware_id: BlinkSignIn(transport, connectors, hardware_id=hardware_id),
            sessions,
        )
        stack.push_async_callback(linking.close)
        rooms = Rooms(runner, store.accounts, store.people, sessions, linking, store, settings.public_url)
        readiness = Readiness(store)
        stack.push_async_callback(readiness.close)
        yield App(rooms, store, settings, tempo, connectors, line, readiness, observer)


async def run(
    settings: Settings,
    *,
    connectors: Connectors = aiohttp.TCPConnector,
    tempo: Tempo | None = None,
    stop: asyncio.Event | None = None,
    host: str = EVERYWHERE,
    shrinker: clips.Shrinker | None = None,
) -> None:
    """Run the bot until SIGTERM, SIGINT or `stop`, its web server on `host`; raises StoreError, BadToken, PortTaken."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        metrics = _metrics(settings)
        app = await stack.enter_async_context(
            opened(settings, connectors=connectors, tempo=tempo, observer=metrics, shrinker=shrinker)
        )
        scrape = None
        if metrics and settings.metrics_token:
            reading = Reading(metrics, app.store.unfinished, lambda: app.client)
            stack.push_async_callback(reading.close)
            scrape = Scrape(settings.metrics_token.get_secret_value(), reading.read)
        if settings.port is not None:
            try:
                await stack.enter_async_context(
                    serve(settings.port, ready=app.ready, scrape=scrape, pages=app.pages(), host=host)
                )
            except OSError as error:
                raise PortTaken(words.port_taken(settings.port, error.strerror or type(error).__name__)) from None
        elif settings.public_url is not None:
            log.warning("PUBLIC_URL is set without PORT: nobody can reach the sign-in page")
        elif settings.metrics_token is not None:
            log.warning("METRICS_TOKEN is set without PORT: nobody can read the numbers")
        connected = asyncio.create_task(app.stay_connected(), name="discord")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({connected, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        log.info("stopping")
        try:
            if not connected.done():
                await app.rooms.runner.stop(grace=settings.stop_grace_s)
        finally:
            await _cancelled(connected)
    log.info("stopped")


def _metrics(settings: Settings) -> "Metrics | None":
    """Return what keeps the numbers, where somebody may read them."""
    if settings.port is None or settings.metrics_token is None:
        return None
    from bot.metrics.prometheus import Metrics  # costs memory that most bots need not spend

    return Metrics(version=__version__, discord_py=discord.__version__)


async def _cancelled(connected: asyncio.Task[None]) -> None:
    """End the connection to Discord: cancelling start() closes the gateway with 1000, which close() alone does not.

    Cancelled more than once, since Python 3.11's asyncio.wait_for, which discord.py reconnects in, can swallow one.
    """
    while not connected.done():
        connected.cancel()
        await asyncio.wait({connected}, timeout=0.5)
    with contextlib.suppress(asyncio.CancelledError):
        connected.result()


async def sync(settings: Settings, *, connectors: Connectors = aiohttp.TCPConnector) -> None:
    """Register the commands at Discord, changed or not, without opening the gateway; raises BadToken."""
    assert settings.discord_token is not None

    async def nothing_else(_: ClipBot) -> None:
        """Leave unfinished clips to the running bot."""

    async with opened(settings, connectors=connectors) as app:
        client = ClipBot(
            app.rooms, commands=COMMANDS, items=(), logged_in=nothing_else, force_sync=True, connector=connectors()
        )
        async with client:
            try:
                await client.login(settings.discord_token.get_secret_value())
            except discord.LoginFailure:
                raise BadToken(f"DISCORD_TOKEN: {words.BAD_DISCORD_TOKEN}") from None
