"""The real bot in this process, over TLS, between a simulated Discord and a simulated Blink."""

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot import alerts, app, lifecycle
from bot.blink import LiveTiming
from bot.config import Settings
from bot.delivery import DeliveryTimeouts
from bot.discord_connection import Patience
from bot.jobs import ConcurrencyLimits, JobTiming, Shrinker
from bot.models import Account, Region, Tokens
from simulators import blink as simulated_blink
from simulators import discord as simulated_discord
from simulators.demo import tls
from simulators.demo.network import connectors, dialer

from .databases import Outside, with_tables
from .presets import LIVE_PACE, PATIENT, QUICK, SELDOM
from .reading import buttons_of as buttons_of
from .reading import ended as ended
from .reading import text_of as text_of
from .waiting import until

BOT_TOKEN = "bot-token-of-the-tests"
CALLBACK = re.compile(r"/interactions/.*/callback")  # where Discord is answered, and where a reply is edited
REPLY = re.compile(r"/webhooks/")
KEY = "a-secret-of-the-tests-with-32-characters"
DISCORDS = 3.0  # seconds in which Discord wants an answer
_PATIENT = 4 * DISCORDS  # so that a busy machine is not taken for a bot that is late


@dataclass
class House:
    """The town's Discord, Blink's cloud, and what it takes to start the bot between them."""

    folder: Path
    database: Outside
    discord: simulated_discord.SimDiscord
    blink: simulated_blink.SimBlink
    world: simulated_blink.World
    guild: Any
    channel: Any
    timing: JobTiming = PATIENT
    limits: Callable[[], ConcurrencyLimits] = ConcurrencyLimits
    alert_timing: alerts.AlertTiming = SELDOM
    pace: DeliveryTimeouts = QUICK.pace
    patience: Patience = QUICK.patience
    live_timing: LiveTiming = QUICK.live_timing
    shrinker: Shrinker | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    running: list[app.App] = field(default_factory=list)

    @property
    def ports(self) -> dict[str, int]:
        """Where the simulators listen."""
        return {"discord": self.discord_port, "blink": self.blink_port}

    discord_port: int = 0
    blink_port: int = 0

    def waits(self, **seconds: Any) -> None:
        """Let the bot wait so long for something, in place of what the preset says."""
        self.timing = replace(self.timing, **seconds)

    def quick(self) -> None:
        """Let every clip come while its person still looks, so that no copy follows by itself."""
        self.pace = replace(self.pace, slow=1000.0)

    def configured(self) -> Settings:
        """Return the bot's settings; only what a test says differs from the defaults."""
        given: dict[str, Any] = {
            "discord_token": SecretStr(BOT_TOKEN),
            "database_url": SecretStr(self.database.url),
            "token_keys": (SecretStr(KEY),),
            "stop_grace_s": 0.0,
            "live_view": "off",  # the tests of live views switch it on
        }
        return Settings.model_validate(given | self.settings)  # which reads neither .env nor the environment

    def resident(self, name: str, **account: Any) -> tuple[Any, simulated_blink.Account]:
        """Add a person with a Blink account (not linked yet)."""
        blink = self.world.add_account(email=f"{name}@example.com", **account)
        return self.discord.add_user(name), blink

    async def link(self, user: Any, account: simulated_blink.Account) -> None:
        """Link them, as `python -m bot link` leaves them; the tests of links go through Blink."""
        given, now = account.sign_in(), datetime.now(UTC)
        assert given.refresh
        tokens = Tokens(given.access, given.refresh, now + timedelta(seconds=given.expires_in), "android")
        region = Region(account.tier, account.id)
        link = Account(user.id, secrets.token_hex(8), tokens, linked_at=now, region=region, last_success_at=now)
        async with app.opened_store(self.configured()) as store:
            await store.accounts.link(link)

    @contextlib.asynccontextmanager
    async def bot(self, *, ready: bool = True) -> AsyncIterator[asyncio.Task[None]]:
        """Run the bot while the context is open; leaving it is a SIGTERM without grace."""
        stop = asyncio.Event()
        tempo = app.Tempo(self.timing, self.limits, self.alert_timing, self.pace, self.patience, self.live_timing)
        identified = self.discord.identifies
        running = asyncio.create_task(
            lifecycle.run(
                self.configured(),
                connectors=connectors(**self.ports),
                dialer=dialer(relay=self.blink.relay.port, relay_host=self.world.relay_host),
                tempo=tempo,
                stop=stop,
                shrinker=self.shrinker,
            )
        )
        try:
            if ready:
                await until(lambda: self.discord.identifies > identified or running.done(), timeout=15)
                await until(lambda: self.discord.commands or running.done())
            yield running
        finally:
            stop.set()
            await running

    async def closed_with(self, code: int) -> None:
        """Run the bot until Discord closes its gateway with `code`."""
        async with self.bot() as running:
            self.discord.drop_gateway(code)
            await until(running.done)

    async def clip(self, user: Any, camera: Any, **options: Any) -> Any:
        """Use `/clip` in the channel; a camera object stands for the choice that autocomplete gives it."""
        asked = camera if isinstance(camera, str) else key_of(camera)
        return await self.discord.slash(user, self.channel, "clip", {"camera": asked, **options})

    def motion(self, camera: simulated_blink.Camera, **times: float) -> simulated_blink.Recording:
        """Arm a camera's network and let something move there; the times are those of `Camera.detect_motion`."""
        camera.network.armed = True
        filmed = camera.detect_motion(**times)
        assert filmed, f"{camera.name} is off or offline"
        return filmed

    def live(self, interaction: Any) -> bool:
        """Say whether the bot still has something to do for this interaction."""
        rows = self.rows("SELECT told_at FROM clip_jobs WHERE interaction_id = ?", int(interaction.id))
        return any(told_at is None for (told_at,) in rows)

    def known(self, interaction: Any) -> bool:
        """Say whether the bot has a row for this interaction."""
        return bool(self.rows("SELECT 1 FROM clip_jobs WHERE interaction_id = ?", int(interaction.id)))

    def stage(self, interaction: Any) -> str | None:
        """Return the stage in which this interaction's row stands."""
        rows = self.rows("SELECT stage FROM clip_jobs WHERE interaction_id = ?", int(interaction.id))
        return rows[0][0] if rows else None

    async def age(self, interaction: Any, *, seconds: int) -> None:
        """Let so much time have passed since the command, and its token be over."""
        created = datetime.now(UTC) - timedelta(seconds=seconds)
        await self.execute(
            "UPDATE clip_jobs SET created_at = ?, reply_expires_at = ? WHERE interaction_id = ?",
            created,
            created,
            int(interaction.id),
        )

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.database.rows(query, *values)

    async def execute(self, statement: str, *values: Any) -> None:
        """Change the database behind the bot's back, which goes on meanwhile: it may be in the middle of a write."""
        await asyncio.to_thread(self.database.execute, statement, *values)

    def dms(self, user: Any) -> list[dict[str, Any]]:
        """Return what the bot has written to a person directly."""
        return self.discord.messages(user.dm, user) if user.dm else []

    def shown(self, user: Any, message: dict[str, Any]) -> dict[str, Any] | None:
        """Return a message as this person sees it now."""
        place = self.discord.channel(message["channel_id"])
        stored = self.discord.world.find_message(int(message["id"]))
        seen = stored is not None and stored.channel_id == place.id and stored.visible_to(user.id)
        return self.discord.world.wire(stored) if seen else None

    async def finished(self, interaction: Any, timeout: float = 10.0) -> dict[str, Any]:
        """Wait for a clip's end and return the reply."""
        return await until(lambda: ended(interaction.message), timeout=timeout)


def key_of(camera: simulated_blink.Camera) -> str:
    """Return the option value that stands for a simulated camera."""
    kind = {"camera": "camera", "mini": "owl", "floodlight": "owl", "doorbell": "doorbell"}[camera.kind]
    return f"{kind}.{camera.network.id}.{camera.id}"


def video_in(message: dict[str, Any] | None) -> bool:
    """Say whether a message holds a video; the picture beside the progress is none."""
    return any(file["filename"].endswith(".mp4") for file in (message or {}).get("attachments", []))


@contextlib.asynccontextmanager
async def built(
    folder: Path, authority: tls.Authority, database: Outside | None = None, *, ack_deadline: float = _PATIENT
) -> AsyncIterator[House]:
    """Start both simulators, and see at the end that nothing surprised them; the bot's database is a file otherwise."""
    discord = simulated_discord.SimDiscord(bot_token=BOT_TOKEN, application_name="Clip bot", ack_deadline=ack_deadline)
    world = simulated_blink.World(
        tiny_videos=True,
        setting_seconds=0.0,
        manifest_seconds=0.05,
        usb_upload_seconds=0.05,
        manifest_pace=0.15,  # half of what the bot leaves between two: a request may come late
        live_pace=LIVE_PACE,
    )
    blink = simulated_blink.SimBlink(world)
    guild = discord.add_guild("The Willows")
    with contextlib.nullcontext(database) if database else with_tables(folder / "bot.db").kept() as database:
        house = House(folder, database, discord, blink, world, guild, guild.add_channel("general"))
        house.discord_port = await discord.start(authority.server)
        house.blink_port = await blink.start(authority.server)
        try:
            yield house
        finally:
            await discord.close()
            await blink.close()
    assert discord.surprises == [], discord.surprises
    assert blink.surprises == [], blink.surprises


def session(house: House) -> aiohttp.ClientSession:
    """Open a session that reaches the simulators under their real names."""
    return aiohttp.ClientSession(connector=connectors(**house.ports)())
