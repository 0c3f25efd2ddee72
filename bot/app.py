"""Open every room of the bot, hand it to the rooms that use it, and close all in the right order."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from bot import alerts, jobs
from bot.accounts import Linking, Sessions
from bot.blink import BlinkSignIn, Dialer, LiveRecorder, LiveTiming, RelayTrust, Transport, public_socket, utcnow
from bot.cameras import CameraFinder, Cameras, Recordings, Switches, Turns, UsbDrives
from bot.config import Settings
from bot.delivery import (
    AlertSender,
    DeliveryTimeouts,
    DiscordDisplay,
    Endings,
    MembershipChecker,
    Messenger,
    RetryPolicies,
)
from bot.discord_connection import DiscordConnection, Patience
from bot.health import Readiness
from bot.hosting import forgets
from bot.metrics import Metrics
from bot.models import End, LiveMode, StorageUnavailable
from bot.sharing import Shares
from bot.store import Keyring, Store, open_store, sqlite_file
from bot.ui import COMMANDS, Access, ClipBot, Identifies, Services
from bot.video import PyAvRemuxer, PyAvShrinker, installed, seconds_of
from bot.video_folder import video_folder
from bot.wording.shell import cli as words
from bot.wording.shell.setup import invite_lines

if TYPE_CHECKING:
    from bot.web import Pages

log = logging.getLogger("bot")

_DISCORD_KEPT = 75.0  # seconds; with aiohttp's 15, a quiet bot must open a connection before most acknowledgements


Connectors = Callable[..., aiohttp.BaseConnector]
"""Makes connectors; takes the arguments of aiohttp.TCPConnector."""


class DiskForgets(Exception):
    """The host throws the database away."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Every interval and bound of the running bot that is not a setting."""

    timing: jobs.JobTiming = field(default_factory=jobs.JobTiming)
    limits: Callable[[], jobs.ConcurrencyLimits] = jobs.ConcurrencyLimits
    alert_timing: alerts.AlertTiming = field(default_factory=alerts.AlertTiming)
    pace: DeliveryTimeouts = field(default_factory=DeliveryTimeouts)
    patience: Patience = field(default_factory=Patience)
    live_timing: LiveTiming = field(default_factory=LiveTiming)


@contextlib.asynccontextmanager
async def blink_transport(connectors: Connectors, metrics: Metrics | None = None) -> AsyncGenerator[Transport]:
    """Open the transport to Blink; it keeps no cookies, since the sessions of several people share it."""
    async with (
        aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar()) as http,
        aiohttp.ClientSession(
            connector=connectors(socket_factory=public_socket), cookie_jar=aiohttp.DummyCookieJar()
        ) as outside,
    ):
        yield Transport(http, outside=outside, observe=(metrics or Metrics()).blink)


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
    metrics: Metrics
    connection: DiscordConnection | None = None

    @property
    def client(self) -> ClipBot | None:
        """The client in use; another one replaces it if its connection is lost for good."""
        return self.connection.client if self.connection else None

    async def ready(self) -> Mapping[str, str]:
        """Check all that commands need; a bot that is stopping says so, since it begins nothing new."""
        checks = await self.readiness.checks(self.client)
        return {**checks, "bot": "stopping"} if self.services.runner.stopping else checks

    def pages(self) -> "Pages | None":
        """Return the sign-in page; None without PUBLIC_URL, the address at which people reach it."""
        from bot.web import DiscordOAuth, Pages  # here, because a bot without a PORT needs no page

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
            )
        return Pages(
            self.services.linking,
            public_url=settings.public_url,
            oauth=oauth,
            trusted_hops=settings.trusted_proxy_hops,
        )

    def connect(self) -> DiscordConnection:
        """Make and return the connection to Discord, which is not open yet."""
        assert self.settings.discord_token is not None
        self.connection = DiscordConnection(
            self._new_client,
            self.settings.discord_token.get_secret_value(),
            patience=self.tempo.patience,
            lost=self._lost,
        )
        return self.connection

    def _lost(self, client: ClipBot) -> None:
        self.readiness.lost(client)
        self.metrics.gateway("reconnect")

    def _new_client(self, identifies: Identifies) -> ClipBot:
        return ClipBot(
            self.services,
            commands=COMMANDS,
            logged_in=self._logged_in,
            shard_count=self.settings.shard_count,
            shard_ids=self.settings.shard_ids,
            identifies=identifies,
            metrics=self.metrics,
            connector=self.connectors(keepalive_timeout=_DISCORD_KEPT),
        )

    async def _logged_in(self, client: ClipBot) -> None:
        self.messenger.connect(client, client.command_ids)
        if client.application_id is not None:
            for line in invite_lines(client.application_id):
                log.info("%s", line)
        try:
            if found := await self.services.runner.resume():
                log.info("going on with %d unfinished clips", found)
        except StorageUnavailable as error:  # no reason to stay away from Discord: `keep_watch` tries again
            log.warning("unfinished clips cannot be looked for: %s", error)
        self.watch.begin()


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    *,
    connectors: Connectors,
    dialer: Dialer = asyncio.open_connection,
    tempo: Tempo | None = None,
    address: Callable[[], str] | None = None,
    shrinker: jobs.Shrinker | None = None,
) -> AsyncGenerator[App]:
    """Open every room of the bot, and close them in reverse; raises StoreError and DiskForgets."""
    live = LiveMode(settings.live_view)
    metrics = Metrics()
    tempo = tempo or Tempo(timing=jobs.JobTiming(busy_wait=settings.busy_wait_s))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(video_folder())
        opening = opened_store(settings, tempo=tempo, address=address)
        store = await stack.enter_async_context(opening)
        transport = await stack.enter_async_context(blink_transport(connectors, metrics))
        limits = tempo.limits()
        messenger, policies = Messenger(now=utcnow), RetryPolicies(tempo.pace, metrics)
        endings = Endings(messenger, store.people, policies, limits.uploads, now=utcnow)
        display = DiscordDisplay(
            messenger,
            store.people,
            policies,
            endings,
            every=tempo.pace.every,
            owned=lambda: runner.holds_lease(),
        )
        stack.push_async_callback(display.close)
        sessions = Sessions(store.accounts, transport, metrics, signed_out=display.signed_out)
        stack.push_async_callback(sessions.close)
        shares = Shares(store.shares, now=utcnow, first_used=display.first_used)
        membership = MembershipChecker(messenger, shares, policies)
        shrinker = shrinker or PyAvShrinker()
        finder = CameraFinder(sessions, shares, tempo.timing, now=utcnow)
        drives, turns = UsbDrives(tempo.timing, now=utcnow), Turns()
        context = jobs.Context(
            store.jobs,
            display,
            turns,
            drives,
            jobs.JobAccess(sessions, shares, finder, membership, tempo.timing),
            jobs.MediaTools(folder, shrinker, seconds_of),
            limits,
            tempo.timing,
            utcnow,
            metrics,
            live_views=await _live_views(live, store, dialer, tempo.live_timing),
        )
        runner = jobs.Runner(context)
        permissions = alerts.AlertPermissions(store.alerts, membership)
        sender = AlertSender(messenger, membership, shrinker, policies, limits.alert_uploads)
        delivery = alerts.AlertDelivery(
            store.alerts,
            alerts.Fetcher(sessions, tempo.alert_timing),
            sender,
            permissions,
            folder=folder,
            now=utcnow,
            timing=tempo.alert_timing,
            metrics=metrics,
        )
        watch = alerts.FeedPoller(
            store.alerts,
            alerts.FeedReader(store.alerts, sessions, tempo.alert_timing),
            alerts.Outbox(store.alerts, delivery, permissions, now=utcnow, timing=tempo.alert_timing),
            alerts.HealthWatch(store.alerts, sessions, sender, now=utcnow, timing=tempo.alert_timing),
            tempo.alert_timing,
            now=utcnow,
            metrics=metrics,
        )

        def sign_in(hardware_id: str | None) -> BlinkSignIn:
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
            Cameras(finder, folder, live=live is not LiveMode.OFF),
            Recordings(finder, drives),
            shares,
            alerts.AlertSubscriptions(store.alerts, changed=watch.changed, now=utcnow),
            store.untold,
            display.tell,
            membership.posting,
            endings.keep,
            Access(settings.allowed_guilds, settings.allowed_users),
            settings.public_url if settings.port is not None else None,  # without a port nobody serves the page
            live,
        )
        readiness = Readiness(store)
        stack.push_async_callback(readiness.close)
        yield App(services, watch, store, settings, tempo, connectors, messenger, readiness, metrics)


async def _live_views(mode: LiveMode, store: Store, dialer: Dialer, timing: LiveTiming) -> jobs.LiveViews | End:
    """Return the parts that record live views, or why none are recorded."""
    if mode is LiveMode.OFF:
        return End.LIVE_OFF
    if not installed():
        return End.LIVE_NEEDS_PYAV
    known = await store.relay_certificates()
    trust = RelayTrust(pinned=mode is LiveMode.PINNED, known=known, keep=store.keep_relay_certificate)
    return jobs.LiveViews(LiveRecorder(dialer, trust, timing), PyAvRemuxer(), sound=mode is not LiveMode.SILENT)
