"""`python -m bot check`: check every setting and every connection before anything is started."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot import config
from bot.app import Connectors
from bot.blink import (
    BlinkError,
    RateLimited,
    RefreshGrant,
    Refused,
    SignedOut,
    Transport,
    network_reason,
    refresh,
    utcnow,
)
from bot.discord_connection import BadToken, DiscordLookupFailed, find_application
from bot.hosting import forgets, network_disk
from bot.models import LiveMode
from bot.store import Keyring, StoreError, open_store, sqlite_file, versions
from bot.video import installed
from bot.wording.shell import cli as words
from bot.wording.shell.setup import invite_lines

_GATEWAY = "https://gateway.discord.gg/"
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `fine` is None if it is worth knowing, but not wrong."""

    what: str
    fine: bool | None
    detail: str


async def check_all(say: Callable[[str], None], *, connectors: Connectors = aiohttp.TCPConnector) -> bool:
    """Check everything, say each finding on a line, and return whether the bot can be started."""
    fine = True
    async for finding in _findings(connectors):
        say(words.finding(finding.what, finding.detail, fine=finding.fine))
        fine = fine and finding.fine is not False
    say(words.verdict(fine=fine))
    return fine


async def _findings(connectors: Connectors) -> AsyncIterator[Finding]:
    if (found := _dotenv()) is not None:
        yield found
    try:
        settings = config.load()
    except config.BadSettings as error:
        for problem in error.problems:
            what, _, detail = problem.partition(": ")
            yield Finding(what, False, detail)
        return
    yield Finding("settings", True, "all of them can be read")
    for finding in _page_settings(settings):
        yield finding
    yield _access(settings)
    async for finding in _database(settings):
        yield finding
    shrinks = installed()
    yield Finding("large videos", True if shrinks else None, words.SHRINKS if shrinks else words.NO_SHRINKING)
    yield _live_views(LiveMode(settings.live_view))
    async for finding in _discord(settings, connectors):
        yield finding
    async with aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield await _gateway(http)
        yield await _blink(http)
        if settings.public_url is not None and settings.port is not None:
            yield await _page_answers(http, settings.public_url)


def _dotenv() -> Finding | None:
    """Return a finding if others on this machine can read or change `.env`."""
    try:
        mode = stat.S_IMODE(Path(".env").stat().st_mode)
    except OSError:
        return None  # there is none, or loading the settings reports it
    if os.name != "posix" or not mode & 0o077:
        return None
    return Finding(".env", None, words.open_to_others(mode))


def _page_settings(settings: config.Settings) -> Iterator[Finding]:
    """Yield the settings that the sign-in page lacks, if the bot is to have one."""
    if settings.public_url is None:
        return
    if settings.port is None:
        yield Finding("PUBLIC_URL", False, words.NO_PORT_FOR_PAGE)
    if settings.discord_client_secret is None:
        yield Finding("DISCORD_CLIENT_SECRET", None, words.NO_CLIENT_SECRET)
    if settings.trusted_proxy_hops == 0 and settings.public_url.startswith("https://"):
        yield Finding("TRUSTED_PROXY_HOPS", None, words.NO_TRUSTED_PROXY)


def _access(settings: config.Settings) -> Finding:
    guilds, users = settings.allowed_guilds, settings.allowed_users
    if not guilds and not users:
        return Finding("access", None, words.OPEN_TO_ALL)
    return Finding("access", True, words.open_to(len(guilds), len(users)))


async def _database(settings: config.Settings) -> AsyncIterator[Finding]:
    if not settings.token_keys:
        yield Finding("TOKEN_KEYS", False, words.NO_TOKEN_KEYS)
        return
    try:
        keyring = Keyring(settings.keys())
    except StoreError as error:
        yield Finding("TOKEN_KEYS", False, str(error))
        return
    yield Finding("TOKEN_KEYS", True, f"{len(settings.token_keys)} usable")
    address = settings.database_url.get_secret_value()
    try:
        file = sqlite_file(address)
        if (found := _forgetful(file)) is not None:
            yield found
            if found.fine is False:
                return
        if kind := network_disk(file):
            yield Finding("DATABASE_URL", None, words.on_network_disk(kind))
        if (found := await _not_opened(address, file)) is not None:
            yield found
            return
        async with open_store(address, keyring) as store:
            await store.set_meta("checked", utcnow().isoformat(timespec="seconds"))
            linked = await store.accounts.accounts()
    except StoreError as error:
        yield Finding("DATABASE_URL", False, str(error))
        return
    yield Finding("DATABASE_URL", True, "the database opens, can be written, and its keys fit")
    if settings.backup_dir:
        yield _backups(settings.backup_dir, file)
    signed_out = sum(1 for account in linked if account.signed_out_at)
    detail = f"{len(linked)} linked, {signed_out} of them signed out by Blink"
    yield Finding("accounts", None if not linked or signed_out else True, detail)
    if settings.allowed_users and not settings.allowed_guilds:
        others = [str(account.user_id) for account in linked if account.user_id not in settings.allowed_users]
        if others:
            yield Finding("access", None, words.linked_before(others))


async def _not_opened(address: str, file: Path | None) -> Finding | None:
    """Return a finding if opening the database would make or change it: a bot may be at work on it."""
    there = await versions(address)
    if there.behind:
        return Finding("DATABASE_URL", None, words.OLDER_DATABASE)
    if there.stored is not None:
        return None
    if file is not None:
        nearest = next(path for path in (file, *file.parents) if path.exists())
        if not os.access(nearest, os.W_OK):
            return Finding("DATABASE_URL", False, words.not_makeable(str(file), str(nearest)))
    return Finding("DATABASE_URL", None, words.NEW_DATABASE)


def _backups(folder: Path, file: Path | None) -> Finding:
    if file is None:
        return Finding("BACKUP_DIR", None, words.NO_BACKUPS)
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Finding("BACKUP_DIR", False, words.not_makeable(str(folder), str(nearest)))
    return Finding("BACKUP_DIR", True, words.backups_into(str(folder)))


def _live_views(mode: LiveMode) -> Finding:
    if mode is not LiveMode.OFF and not installed():
        return Finding("live views", None, words.NO_LIVE_VIEWS)
    return Finding("live views", None if mode is LiveMode.OFF else True, words.LIVE_VIEWS[mode])


def _forgetful(file: Path | None) -> Finding | None:
    """Return a finding if the host throws the database's file away."""
    found = forgets(file)
    if found is None:
        return None
    say = words.never_kept if found.never_keeps else words.not_kept
    what, _, detail = say(found.host, str(found.file)).partition(": ")
    return Finding(what, False if found.never_keeps else None, detail)


async def _discord(settings: config.Settings, connectors: Connectors) -> AsyncIterator[Finding]:
    if settings.discord_token is None:
        yield Finding("DISCORD_TOKEN", False, words.NO_DISCORD_TOKEN)
        return
    try:
        found = await find_application(settings.discord_token.get_secret_value(), connectors)
    except BadToken:
        yield Finding("DISCORD_TOKEN", False, words.BAD_DISCORD_TOKEN)
        return
    except DiscordLookupFailed as error:
        yield Finding("Discord", False, str(error))
        return
    yield Finding("DISCORD_TOKEN", True, "Discord accepts it")
    if found.servers == 0:
        yield Finding("servers", None, words.NO_SERVER)
    for line in invite_lines(found.id, user_install=found.user_install):
        yield Finding("invite", True, line)


async def _gateway(http: aiohttp.ClientSession) -> Finding:
    """Open TLS to the gateway's host; any HTTP answer shows that it can be reached."""
    try:
        async with asyncio.timeout(_TIMEOUT), http.get(_GATEWAY, allow_redirects=False):
            return Finding("Discord gateway", True, "gateway.discord.gg can be reached")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding("Discord gateway", False, f"gateway.discord.gg cannot be reached: {network_reason(error)}")


async def _blink(http: aiohttp.ClientSession) -> Finding:
    """Send Blink an impossible refresh token: its refusal proves that it can be reached."""
    try:
        await refresh(Transport(http, timeout=_TIMEOUT), RefreshGrant("python-m-bot-check"), now=utcnow)
    except (SignedOut, Refused, RateLimited):
        return Finding("Blink", True, "api.oauth.blink.com answers")
    except BlinkError as error:
        return Finding("Blink", False, f"api.oauth.blink.com: {error}")
    return Finding("Blink", None, "api.oauth.blink.com answers, strangely")


async def _page_answers(http: aiohttp.ClientSession, url: str) -> Finding:
    """Check whether a bot answers at the sign-in page's address; it does only while it runs."""
    try:
        async with asyncio.timeout(_TIMEOUT), http.get(f"{url}/livez", allow_redirects=False) as response:
            if response.status == 200:
                return Finding("PUBLIC_URL", True, words.PAGE_ANSWERS)
            return Finding("PUBLIC_URL", None, words.page_answers_strangely(response.status))
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding("PUBLIC_URL", None, words.page_silent(type(error).__name__))
