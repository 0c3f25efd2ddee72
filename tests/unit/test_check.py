"""`python -m bot check` without a bot: what it says of settings, files and connections."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import config
from bot.check import check_all
from simulators.demo import tls
from simulators.demo.network import connectors

PAGE = {
    "PUBLIC_URL": "https://clips.example.org",
    "PORT": "8080",
    "DISCORD_CLIENT_SECRET": "a-secret",
    "TRUSTED_PROXY_HOPS": "1",
}
HOSTS = ("discord.com", "gateway.discord.gg", "api.oauth.blink.com")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")


async def lines(port: int = 1) -> list[str]:
    """Return what `check` says, with everything outside at a port of this machine, by default one that is closed."""
    said: list[str] = []
    await check_all(said.append, connectors=connectors(discord=port, blink=port))
    return said


async def said_of(what: str) -> list[str]:
    return [line for line in await lines() if line[2:].startswith(f"{what}: ")]


async def test_a_page_that_lacks_nothing_needs_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PAGE.items():
        monkeypatch.setenv(name, value)
    said = [line for name in PAGE for line in await said_of(name)]
    assert [line for line in said if "does not answer from this machine" not in line] == []


@pytest.mark.parametrize(
    ("lacking", "named", "mark", "words"),
    [
        ("PORT", "PUBLIC_URL", "✗", "there is no PORT"),
        ("DISCORD_CLIENT_SECRET", "DISCORD_CLIENT_SECRET", "·", "cannot ask Discord who sits at the browser"),
        ("TRUSTED_PROXY_HOPS", "TRUSTED_PROXY_HOPS", "·", "Set it to the number of proxies"),
    ],
)
async def test_what_the_page_lacks_is_said(
    monkeypatch: pytest.MonkeyPatch, lacking: str, named: str, mark: str, words: str
) -> None:
    for name, value in PAGE.items():
        if name != lacking:
            monkeypatch.setenv(name, value)
    [line] = await said_of(named)
    assert line.startswith(mark)
    assert words in line


async def test_without_a_page_nothing_is_said_of_one() -> None:
    assert [line for name in PAGE for line in await said_of(name)] == []


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o640, True), (0o604, True), (0o600, False)])
async def test_a_dotenv_file_that_others_can_read_is_named(tmp_path: Path, mode: int, told: bool) -> None:
    (tmp_path / ".env").write_text("PORT=8080\n")
    (tmp_path / ".env").chmod(mode)
    found = await said_of(".env")
    assert bool(found) is told
    assert all(f"mode {mode:o}" in line and "chmod 600 .env" in line for line in found)


async def test_a_dotenv_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")
    (tmp_path / ".env").chmod(0o600)
    assert await said_of(".env") == ["✗ .env: it must be text in UTF-8"]


@asynccontextmanager
async def listening(context: ssl.SSLContext | None, say: bytes = b"") -> AsyncIterator[int]:
    """Listen on a port, with a certificate or without TLS; say something to whoever connects, and hang up."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(say)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


TROUBLE: dict[str, tuple[Callable[[Path], ssl.SSLContext | None], bytes, str]] = {
    "a certificate that nobody trusts": (
        lambda folder: tls.issue(folder).server,
        b"",
        "TLS certificate is not accepted (",
    ),
    "no TLS": (lambda _: None, b"HTTP/1.1 400 Bad Request\r\n\r\n", "TLS cannot be agreed on ("),
    "a connection that ends": (lambda _: None, b"", "no connection ("),
}


@pytest.mark.parametrize(("context", "say", "words"), TROUBLE.values(), ids=TROUBLE)
async def test_why_there_is_no_connection_is_said_in_words(
    tmp_path: Path, context: Callable[[Path], ssl.SSLContext | None], say: bytes, words: str
) -> None:
    async with listening(context(tmp_path), say) as port:
        said = [line for line in await lines(port) if any(host in line for host in HOSTS)]
    assert len(said) == len(HOSTS)
    assert all(words in line and "Error" not in line for line in said), said


@pytest.mark.parametrize(
    ("mode", "there", "line"),
    [
        ("on", True, "✓ live views: they are recorded if Blink keeps no videos of a camera"),
        ("silent", True, "✓ live views: they are recorded without sound"),
        ("pinned", True, "✓ live views: they are recorded, but only from Blink servers whose certificate"),
        ("off", True, "· live views: LIVE_VIEW is off, so none is recorded"),
        ("on", False, "· live views: they cannot be recorded: PyAV is missing"),
        ("off", False, "· live views: LIVE_VIEW is off, so none is recorded"),
    ],
)
async def test_whether_live_views_are_recorded_is_said(
    monkeypatch: pytest.MonkeyPatch, mode: str, there: bool, line: str
) -> None:
    monkeypatch.setenv("LIVE_VIEW", mode)
    monkeypatch.setattr("bot.check.installed", lambda: there)
    [said] = await said_of("live views")
    assert said.startswith(line)


async def test_a_closed_port_is_said_in_words() -> None:
    said = [line for line in await lines() if any(host in line for host in HOSTS)]
    assert [line for line in said if "no connection (Connection refused)" not in line] == []
