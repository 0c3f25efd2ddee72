"""`python -m bot check`, before anything is started."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.check import check_all
from simulators.blink import Fault
from simulators.demo.network import connectors
from tests.support.house import BOT_TOKEN, KEY
from tests.support.street import Street


@pytest.fixture
def configured(street: Street, monkeypatch: pytest.MonkeyPatch) -> Street:
    monkeypatch.chdir(street.house.folder)
    monkeypatch.setenv("DISCORD_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("TOKEN_KEYS", KEY)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///bot.db")
    return street


async def _check(street: Street) -> tuple[bool, list[str]]:
    lines: list[str] = []
    fine = await check_all(lines.append, connectors=connectors(**street.house.ports))
    return fine, lines


async def test_everything_is_right(configured: Street) -> None:
    fine, lines = await _check(configured)
    assert fine, lines
    assert not [line for line in lines if line.startswith("✗")]
    for words in (
        "large videos: videos that are too large for Discord are made smaller",
        "DISCORD_TOKEN: Discord accepts it",
        "TOKEN_KEYS",
        "DATABASE_URL",
        "accounts: 1 linked",
        "Blink",
    ):
        assert any(words in line for line in lines), words


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DISCORD_TOKEN": "wrong.bot.token"}, "✗ DISCORD_TOKEN: Discord does not accept it"),
        ({"DISCORD_TOKEN": ""}, "✗ DISCORD_TOKEN: DISCORD_TOKEN is not set"),
        ({"TOKEN_KEYS": ""}, "✗ TOKEN_KEYS"),
        ({"TOKEN_KEYS": "short"}, "✗ TOKEN_KEYS"),
        ({"TOKEN_KEYS": KEY[::-1]}, "✗ DATABASE_URL"),
        ({"PORT": "abc"}, "✗ PORT"),
        ({"DATABASE_URL": "mysql://x"}, "✗ DATABASE_URL"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_wrong_is_named(
    configured: Street, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], words: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith(words) for line in lines), lines


async def test_a_database_is_neither_made_nor_brought_up_to_date(
    configured: Street, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house = configured.house
    await house.execute("UPDATE alembic_version SET version_num = '0001'")
    fine, lines = await _check(configured)
    assert fine, lines
    assert "· DATABASE_URL: it is from an older version: the bot brings it up to date when it starts" in lines
    assert await asyncio.to_thread(house.rows, "SELECT version_num FROM alembic_version") == [("0001",)]
    await house.execute("UPDATE alembic_version SET version_num = '9999'")
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith("✗ DATABASE_URL") and "newer version" in line for line in lines), lines
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new/bot.db")
    fine, lines = await _check(configured)
    assert fine, lines
    assert "· DATABASE_URL: nothing is there yet: the bot makes it when it starts" in lines
    assert not (tmp_path / "new").exists()


async def test_a_database_that_cannot_be_made_is_named(configured: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/self/bot.db")
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith("✗ DATABASE_URL") and "cannot write into" in line for line in lines), lines


async def test_a_host_that_throws_the_database_away_is_named(
    configured: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNO", "worker.1")
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith("✗ DATABASE_URL: Heroku deletes every file") for line in lines), lines
    monkeypatch.delenv("DYNO")
    monkeypatch.setenv("RAILWAY_ENVIRONMENT", "production")
    monkeypatch.setenv("RAILWAY_VOLUME_MOUNT_PATH", str(configured.house.folder))
    fine, lines = await _check(configured)
    assert fine, "the folder is a volume"
    assert not [line for line in lines if "does not lie on a volume" in line]


async def test_a_blink_that_is_away_is_named(configured: Street) -> None:
    configured.house.blink.faults.append(Fault("token", times=None, status=503))
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith("✗ Blink") for line in lines)


async def test_a_discord_that_is_away_is_named(configured: Street) -> None:
    await configured.house.discord.close()
    fine, lines = await _check(configured)
    assert not fine
    assert any(line.startswith("✗ Discord: discord.com cannot be reached") for line in lines)


async def test_who_may_use_the_bot_is_said(configured: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    fine, lines = await _check(configured)
    assert fine
    assert "· access: everybody can install this app" in "\n".join(lines)
    monkeypatch.setenv("ALLOWED_USERS", "1")
    fine, lines = await _check(configured)
    assert fine
    assert "✓ access: 1 person everywhere may use it, and nobody else" in lines
    assert any("1 linked person is not in ALLOWED_USERS" in line and str(configured.alice.id) in line for line in lines)
