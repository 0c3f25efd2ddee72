"""Open every room of the bot, hand it to the rooms that use it, and close all in the right order."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from bot import alerts, jobs
from bot.accounts import Linking, Sessions, SignIn
from bot.blink import Transport, public_socket, utcnow
from bot.blink.signin import BlinkSignIn
from bot.cameras import CameraFinder, Cameras, Recordings, Switches, Turns, UsbDrives
from bot.config import Settings
from bot.connection import Connection, Patience
from bot.delivery import AlertSender, DeliveryTimeouts, DiscordDisplay, MembershipChecker, Messenger, RetryPolicies
from bot.files import video_folder
from bot.health import Readiness
from bot.hosting import forgets
from bot.metrics import Observer
from bot.models import StorageUnavailable
from bot.sharing import Grants
from bot.store import Keyring, Store, open_store, sqlite_file
from bot.ui import COMMANDS, ITEMS, Access, ClipBot, Identifies, Services
from bot.video import PyAvShrinker, seconds_of
from bot.wording import cli as words
from bot.wording import invite

if TYPE_CHECKING:
    from bot.web import Checks, Pages

log = logging.getLogger("bot")


Connectors = Callable[..., aiohttp.BaseConnector]
"""Makes connectors; takes the arguments of aiohttp.TCPConnector."""


class DiskForgets(Exception):
    """The host throws the database away."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Every interval and bound of the running bot that is not a setting."""

    timing: jobs.Timing = field(default_factory=jobs.Timing)
    limits: Callable[[], jobs.ConcurrencyLimits] = jobs.ConcurrencyLimits
    alert_timing: alerts.Timing = field(default_factory=alerts.Timing)
    pace: DeliveryTimeouts = field(default_factory=DeliveryTimeouts)
    patience: Patience = field(default_factory=Patience)


@contextlib.asynccontextmanager
async def blink_transport(connectors: Connectors, observer: Observer | None = None) -> AsyncGenerator[Transport]:
    """Open the transport to Blink; it keeps no cookies, since the sessions of several people share it."""
    async with (
        aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar()) as http,
        aiohttp.ClientSession(
            connector=connectors(socket_factory=public_socket), cookie_jar=aiohttp.DummyCookieJar()
        ) as outside,
    ):
        yield Transport(http, outside=outside, observe=(observer or Observer()).blink)


@contextlib.asynccontextmanager
async def opened_store(
    settings: Settings, *, tempo: Tempo | None = None, address: Callable[[], str] | None = None
) -> AsyncGenerator[Store]:
    """Open the store at the settings' address, or at the one that `address` returns for each new connection.

    Raises StoreError, and DiskForgets if the host never keeps its file.
    """
    tempo = tempo or Tempo()
    url = settings.database_url.get_secret_value()
    if found := forgets(sqlite_file(url)):
        if found.never_keeps:
            raise DiskForgets(words.never_kept(found.host, str(found.file)))
        log.warning("%s", words.not_kept(found.host, str(found.file)))
    leases = {"lease": tempo.timing.lease, "alert_lease": tempo.alert_timing.lease}
    async with open_store(address or url, Keyring(settings.keys()), **leases) as store:
        yield store


@dataclass
class App:
    """The running bot."""

    services: Services
    watch: alerts.FeedPoller
    store: Store
    settings: Settings
    tempo: Tempo
    connectors: Connectors
    messenger: Messenger
    readiness: Readiness
    observer: Observer | None = None
    connection: Connection | None = None

    @property
    def client(self) -> ClipBot | None:
        """The client in use; another one replaces it if its connection is lost for good."""
        return self.connection.client if self.connection else None

    async def ready(self) -> "Checks":
        """Check all that commands need; a bot that is stopping says so, since it begins nothing new."""
        checks = await self.readiness.checks(self.client)
        return {**checks, "bot": "stopping"} if self.services.runner.stopping else checks

    def pages(self) -> "Pages | None":
        """Return the sign-in page; None without PUBLIC_URL, the address at which people reach it."""
        settings = self.settings
        if settings.public_url is None:
            return None
        from bot.web import DiscordOAuth, Pages  # a bot without a PORT need not load them

        secret = settings.discord_client_secret
        oauth = None
        if secret is not None:
            oauth = DiscordOAuth(
                lambda: self.client.application_id if self.client else None,
                secret.get_secret_value(),
                self.connectors,
                revoke=False,  # it could end a user install of this same application, which shares the authorization
            )
        return Pages(
            self.services.linking,
            public_url=settings.public_url,
            oauth=oauth,
            trusted_hops=settings.trusted_proxy_hops,
        )

    def connect(self) -> Connection:
        """Make and return the connection to Discord, which is not open yet."""
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
            self.services,
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
        self.messenger.connect(client)
        if client.application_id is not None:
            for line in invite.lines(client.application_id):
                log.info("%s", line)
        try:
            await self.services.runner.forget_old()
            if found := await self.services.runner.resume():
                log.info("going on with %d unfinished clips", found)
        except StorageUnavailable as error:  # no reason to stay away from Discord: the watch tries again
            log.warning("unfinished clips cannot be looked for: %s", error)
        self.watch.begin()


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    *,
    connectors: Connectors,
    tempo: Tempo | None = None,
    observer: Observer | None = None,
    address: Callable[[], str] | None = None,
    shrinker: jobs.Shrinker | None = None,
) -> AsyncGenerator[App]:
    """Open every room of the bot, and close them in reverse; raises StoreError and DiskForgets."""
    told = observer or Observer()
    tempo = tempo or Tempo(timing=jobs.Timing(busy_wait=settings.busy_wait_s))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(video_folder())
        opening = opened_store(settings, tempo=tempo, address=address)
        store = await stack.enter_async_context(opening)
        transport = await stack.enter_async_context(blink_transport(connectors, observer))
        limits = tempo.limits()
        messenger, policies = Messenger(now=utcnow), RetryPolicies(tempo.pace, told.delivery)
        display = DiscordDisplay(
            messenger,
            store.people,
            policies,
            limits.uploads,
            now=utcnow,
            every=tempo.pace.every,
            owned=lambda: runner.holds_lease(),
        )
        stack.push_async_callback(display.close)
        sessions = Sessions(store.accounts, transport, signed_out=display.signed_out, refreshed=told.token_refreshed)
        stack.push_async_callback(sessions.close)
        grants = Grants(store.grants, now=utcnow, first_used=display.first_used)
        membership = MembershipChecker(messenger, grants, policies)
        shrinker = shrinker or PyAvShrinker()
        finder = CameraFinder(sessions, grants, tempo.timing, now=utcnow)
        drives, turns = UsbDrives(tempo.timing, now=utcnow), Turns()
        context = jobs.Context(
            store.jobs,
            display,
            turns,
            drives,
            jobs.JobAccess(sessions, grants, finder, membership, tempo.timing),
            jobs.MediaTools(folder, shrinker, seconds_of),
            limits,
            tempo.timing,
            utcnow,
            ended=told.clip_ended,
        )
        runner = jobs.Runner(context)
        alert_sender = AlertSender(messenger, membership, shrinker, policies, limits.alert_uploads)
        watch = _watch(store, sessions, alert_sender, membership, folder, tempo.alert_timing, told)

        def sign_in(hardware_id: str | None) -> SignIn:
            return BlinkSignIn(transport, connectors, hardware_id=hardware_id)

        linking = Linking(store.accounts, store.invitations, sign_in, sessions)
        stack.push_async_callback(linking.close)
        services = Services(
            runner,
            store.accounts,
            store.people,
            sessions,
            linking,
            store,
            Switches(finder, store.jobs.live, turns),
            Cameras(finder, folder),
            Recordings(finder, drives),
            grants,
            alerts.Alerts(store.alerts, changed=watch.changed, now=utcnow),
            store.untold,
            display.tell,
            Access(settings.allowed_guilds, settings.allowed_users),
            settings.public_url if settings.port is not None else None,  # without a port nobody serves the page
        )
        readiness = Readiness(store)
        stack.push_async_callback(readiness.close)
        yield App(services, watch, store, settings, tempo, connectors, messenger, readiness, observer)


def _watch(
    store: Store,
    sessions: Sessions,
    teller: alerts.Teller,
    leave: alerts.Leave,
    folder: Path,
    timing: alerts.Timing,
    told: Observer,
) -> alerts.FeedPoller:
    wanted = alerts.AlertPermissions(store.alerts, leave)
    telling = alerts.AlertDelivery(
        store.alerts,
        alerts.Fetcher(sessions, timing),
        teller,
        wanted,
        folder=folder,
        now=utcnow,
        timing=timing,
        told=told.alert_told,
    )
    outbox = alerts.Outbox(store.alerts, telling, wanted, now=utcnow, timing=timing)
    reader = alerts.FeedReader(store.alerts, sessions, timing)
    return alerts.FeedPoller(store.alerts, reader, outbox, timing, now=utcnow, looked=told.feed_read)
