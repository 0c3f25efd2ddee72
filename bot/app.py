"""The composition root: opens everything, hands it to whom it concerns, and closes it in the right order."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot import __version__, clips
from bot.accounts import Linking, Sessions
from bot.blink import BlinkSignIn, Transport, utcnow
from bot.config import Settings
from bot.connection import BadShards, BadToken, Connection, Patience
from bot.delivery import DiscordDisplay, Line, Pace
from bot.files import video_folder
from bot.hosts import forgets
from bot.metrics import Observer
from bot.shrink import PyAvShrinker, seconds_of
from bot.store import Keyring, Store, open_store, sqlite_file
from bot.ui import COMMANDS, ITEMS, ClipBot, Identifies, Rooms
from bot.vitals import Readiness, Reading
from bot.web import Checks, DiscordOAuth, Pages, Scrape, serve
from bot.wording import cli as words

if TYPE_CHECKING:
    from bot.metrics.prometheus import Metrics

__all__ = [
    "STOPS",
    "App",
    "BadShards",
    "BadToken",
    "DiskForgets",
    "Patience",
    "PortTaken",
    "Tempo",
    "blink_transport",
    "opened",
    "opened_store",
    "run",
    "sync",
]

log = logging.getLogger("bot")

Connectors = Callable[[], aiohttp.BaseConnector]

STOPS = (signal.SIGTERM, signal.SIGINT)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a host's proxy comes from outside


class PortTaken(Exception):
    """Another program listens on PORT."""


class DiskForgets(Exception):
    """The host throws the database away."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Every interval of the running bot that is not a setting."""

    timing: clips.Timing = field(default_factory=clips.Timing)
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)


@contextlib.asynccontextmanager
async def blink_transport(connectors: Connectors, observer: Observer | None = None) -> AsyncGenerator[Transport]:
    """Open the way to Blink: no cookie is kept, since sessions of several people share it."""
    async with aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield Transport(http, observe=(observer or Observer()).blink)


@contextlib.asynccontextmanager
async def opened_store(
    settings: Settings, *, lease: float = 10.0, address: Callable[[], str] | None = None
) -> AsyncGenerator[Store]:
    """Open the store that the settings name, or `address`, which is asked at each connection.

    Its jobs are leased for `lease` seconds. Raises StoreError, and DiskForgets where its file cannot last.
    """
    url = settings.database_url.get_secret_value()
    if found := forgets(sqlite_file(url)):
        if found.never_keeps:
            raise DiskForgets(words.never_kept(found.host, str(found.file)))
        log.warning("%s", words.not_kept(found.host, str(found.file)))
    async with open_store(address or url, Keyring(settings.keys()), lease=lease) as store:
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
    connection: Connection | None = None

    @property
    def client(self) -> ClipBot | None:
        """The client that is in use, which changes when a connection is lost for good."""
        return self.connection.client if self.connection else None

    async def ready(self) -> Checks:
        """Look at what commands need to be answered; a bot that is stopping begins nothing new."""
        checks = await self.readiness.checks(self.client)
        return {**checks, "bot": "stopping"} if self.rooms.runner.stopping else checks

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

    def connect(self) -> Connection:
        """Return the connection to Discord, which is not open yet."""
        assert self.settings.discord_token is not None
        self.connection = Connection(
            self._new_client,
            self.settings.discord_token.get_secret_value(),
            patience=self.tempo.patience,
            lost=self._lost,
        )
        return self.connection

    def _lost(self, client: ClipBot) -> None:
        self.readiness.lost(client)
        client.observer.gateway("reconnect")

    def _new_client(self, identifies: Identifies) -> ClipBot:
        return ClipBot(
            self.rooms,
            commands=COMMANDS,
            items=ITEMS,
            logged_in=self._logged_in,
            shard_count=self.settings.shard_count,
            shard_ids=self.settings.shard_ids,
            identifies=identifies,
            observer=self.observer,
            connector=self.connectors(),
        )

    async def _logged_in(self, client: ClipBot) -> None:
        self.line.connect(client)
        try:
            await self.rooms.runner.forget_old()
            if found := await self.rooms.runner.resume():
                log.info("going on with %d unfinished clips", found)
        except clips.StoreAway as error:  # no reason to stay away from Discord: the watch tries again
            log.warning("unfinished clips cannot be looked for: %s", error)


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    *,
    connectors: Connectors,
    tempo: Tempo | None = None,
    observer: Observer | None = None,
    address: Callable[[], str] | None = None,
) -> AsyncGenerator[App]:
    """Open every room of the bot, and close them in reverse; raises StoreError and DiskForgets."""
    told = observer or Observer()
    tempo = tempo or Tempo(timing=clips.Timing(busy_wait=settings.busy_wait_s))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(video_folder())
        opening = opened_store(settings, lease=tempo.timing.lease, address=address)
        store = await stack.enter_async_context(opening)
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
            shrinker=PyAvShrinker(),
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
    address: Callable[[], str] | None = None,
) -> None:
    """Run the bot until SIGTERM, SIGINT or `stop`, however often they come, its web server on `host`.

    `address` is asked for the database's at each connection, in place of the settings' one. Raises StoreError,
    DiskForgets, BadToken, BadShards and PortTaken.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        metrics = _metrics(settings)
        opening = opened(settings, connectors=connectors, tempo=tempo, observer=metrics, address=address)
        app = await stack.enter_async_context(opening)
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
        connected = asyncio.create_task(app.connect().stay(), name="discord")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        watch = asyncio.create_task(app.rooms.runner.keep_watch(), name="watch")
        await asyncio.wait({connected, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        log.info("stopping")
        try:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            # Where Discord no longer takes the token, nothing that is under way could be shown.
            await app.rooms.runner.stop(grace=0 if connected.done() else settings.stop_grace_s)
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
