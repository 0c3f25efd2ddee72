"""Opens every room of the bot, hands it to whom it concerns, and closes it in the right order."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import aiohttp

from bot import clips
from bot.accounts import Linking, Sessions
from bot.alerts import Alerts
from bot.blink import BlinkSignIn, Transport, utcnow
from bot.config import Settings
from bot.connection import Connection, Patience
from bot.delivery import DiscordDisplay, Line, Pace
from bot.files import video_folder
from bot.grants import Grants
from bot.hosts import forgets
from bot.metrics import Observer
from bot.shrink import PyAvShrinker, seconds_of
from bot.store import Keyring, Store, open_store, sqlite_file
from bot.ui import COMMANDS, ITEMS, ClipBot, Identifies, Rooms
from bot.vitals import Readiness
from bot.web import Checks, DiscordOAuth, Pages
from bot.wording import cli as words

log = logging.getLogger("bot")

Connectors = Callable[[], aiohttp.BaseConnector]


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
    shrinker: clips.Shrinker | None = None,
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
        grants = Grants(store.grants, now=utcnow, first_used=display.first_used)
        context = clips.Context(
            store.jobs,
            sessions,
            display,
            folder,
            tempo.timing,
            utcnow,
            shrinker=shrinker or PyAvShrinker(),
            permits=grants,
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
        rooms = Rooms(
            runner,
            store.accounts,
            store.people,
            sessions,
            linking,
            store,
            clips.Switches(context),
            clips.Cameras(context),
            grants,
            Alerts(store.alerts, now=utcnow),
            settings.public_url,
        )
        readiness = Readiness(store)
        stack.push_async_callback(readiness.close)
        yield App(rooms, store, settings, tempo, connectors, line, readiness, observer)
