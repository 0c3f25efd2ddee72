"""`python -m bot setup`: from nothing to a linked account, and safe to run again."""

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dotenv import dotenv_values

from bot import cli
from bot.config import Settings
from bot.wording.shell import setup as words
from simulators.demo.network import connectors
from simulators.discord import Fault
from tests.support.house import BOT_TOKEN, KEY
from tests.support.street import Street

SECRET = "client-secret-of-the-tests"


class Shell:
    """A person in an empty folder, who runs `setup` and types these lines; starting the bot is only noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / ".env"
        self.starts = 0

    async def setup(self, *typed: str) -> Result:
        text = "".join(f"{line}\n" for line in typed)
        result = await asyncio.to_thread(CliRunner().invoke, cli.main, ["setup"], input=text)
        assert result.exit_code == 0, result.output
        for secret in filter(None, self.secrets()):
            assert secret not in result.output
        return result

    def secrets(self) -> list[str | None]:
        values = dotenv_values(self.file)
        return [values.get(name) for name in ("DISCORD_TOKEN", "TOKEN_KEYS", "DISCORD_CLIENT_SECRET")]


@pytest.fixture
def shell(street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    folder = tmp_path / "clone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(cli, "TCPConnector", connectors(**street.house.ports))
    monkeypatch.setattr(cli, "configure_log", lambda settings: None)  # its output would outlive the test
    shell = Shell(folder)

    def start() -> None:
        shell.starts += 1

    monkeypatch.setattr(cli, "_start", start)
    return shell


async def test_from_nothing_to_a_linked_account_and_a_start(street: Street, shell: Shell) -> None:
    bob, account = street.house.resident("bob", two_factor=None)
    account.add_network("Flat").add_camera("Porch")
    (shell.folder / ".env.example").write_text("# A remark.\nDISCORD_TOKEN=\nTOKEN_KEYS=\n# PORT=8080\n")
    typed = [BOT_TOKEN, "", "", "", str(bob.id), account.email, account.password, "y"]
    said = (await shell.setup(*typed)).output
    for line in (words.HELLO, words.DEVELOPER_PORTAL, words.TOKEN_FINE, words.KEY_MADE, words.WHERE_TO_KEEP):
        assert line in said
    for line in (words.ABOUT_THE_PAGE, words.INVITE, words.LINK, words.START, "reaches 1 cameras", "Porch"):
        assert line in said
    assert words.server_invite(street.house.discord.application_id) in said
    assert account.password not in said
    assert shell.starts == 1
    assert stat.S_IMODE(shell.file.stat().st_mode) == 0o600
    lines = shell.file.read_text().splitlines()
    assert lines[:2] == ["# A remark.", f"DISCORD_TOKEN={BOT_TOKEN}"]
    assert lines[3] == "# PORT=8080"
    assert (shell.folder / "data" / "bot.db").exists()


async def test_run_again_it_changes_nothing(shell: Shell, street: Street) -> None:
    bob, account = street.house.resident("bob", two_factor=None)
    await shell.setup(BOT_TOKEN, "", "", "y", str(bob.id), account.email, account.password, "n")
    before = shell.file.read_bytes()
    shell.file.chmod(0o644)
    said = (await shell.setup("", "", "", "n")).output
    assert shell.file.read_bytes() == before
    for line in (words.TOKEN_KEPT, words.KEY_KEPT, words.linked_already(1), words.HOW_TO_START):
        assert line in said
    assert shell.starts == 0


async def test_a_token_is_replaced_only_if_that_is_said(shell: Shell) -> None:
    shell.file.write_text(f"DISCORD_TOKEN=an-old-token\nTOKEN_KEYS={KEY}\nDATABASE_URL=sqlite:///my.db\n")
    said = (await shell.setup("y", BOT_TOKEN, "", "n", "n")).output
    values = dotenv_values(shell.file)
    assert values == {"DISCORD_TOKEN": BOT_TOKEN, "TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:///my.db"}
    assert words.REPLACE_TOKEN in said
    assert words.DATABASE_KEPT in said
    assert stat.S_IMODE(shell.file.stat().st_mode) == 0o600


async def test_a_refused_token_is_asked_for_again_and_never_written(shell: Shell) -> None:
    said = (await shell.setup("wrong-token", "two words", BOT_TOKEN, "", "", "n", "n")).output
    assert words.TOKEN_REFUSED in said
    assert words.not_for_the_file("DISCORD_TOKEN") in said
    assert "wrong-token" not in shell.file.read_text() + said
    assert dotenv_values(shell.file)["DISCORD_TOKEN"] == BOT_TOKEN


async def test_a_kept_token_that_is_refused_is_asked_for(shell: Shell) -> None:
    shell.file.write_text("DISCORD_TOKEN=an-old-token\n")
    await shell.setup("n", BOT_TOKEN, "", "", "n", "n")
    assert dotenv_values(shell.file)["DISCORD_TOKEN"] == BOT_TOKEN


async def test_without_discord_the_token_is_written_unchecked(street: Street, shell: Shell) -> None:
    street.house.discord.faults.append(Fault("GET", "/applications/@me", status=503))
    said = (await shell.setup(BOT_TOKEN, "", "", "n", "n")).output
    assert words.unchecked("it answers HTTP 503; try again later") in said
    assert words.INVITE not in said
    assert dotenv_values(shell.file)["DISCORD_TOKEN"] == BOT_TOKEN


async def test_the_page_is_set_up_for_a_proxy_on_this_machine(shell: Shell) -> None:
    typed = [BOT_TOKEN, "", "y", "http://clips.example.org", "https://clips.example.org/", "port", "8081", "", SECRET]
    said = (await shell.setup(*typed, "n", "n")).output
    values = dotenv_values(shell.file)
    assert values | {"DISCORD_TOKEN": "", "TOKEN_KEYS": ""} == {
        "DISCORD_TOKEN": "",
        "TOKEN_KEYS": "",
        "PUBLIC_URL": "https://clips.example.org",
        "PORT": "8081",
        "HOST": "127.0.0.1",
        "TRUSTED_PROXY_HOPS": "1",
        "DISCORD_CLIENT_SECRET": SECRET,
    }
    assert words.redirect("https://clips.example.org") in said
    assert words.not_usable("PUBLIC_URL: it must begin with https://, since passwords are typed there") in said
    assert words.not_usable("PORT: it must be a whole number from 0 to 65535") in said
    assert words.PAGE_KEPT in (await shell.setup("", "", "n", "n")).output


async def test_a_database_elsewhere_is_written_if_its_address_is_one(shell: Shell, tmp_path: Path) -> None:
    said = (
        await shell.setup(BOT_TOKEN, "mysql://u:hunter2-hunter2@h/d", f"sqlite:///{tmp_path}/x.db", "", "n", "n")
    ).output
    assert "✗ DATABASE_URL" in said
    assert "hunter2" not in said
    assert dotenv_values(shell.file)["DATABASE_URL"] == f"sqlite:///{tmp_path}/x.db"
    assert (tmp_path / "x.db").exists()


async def test_what_the_environment_sets_is_left_to_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", BOT_TOKEN)
    said = (await shell.setup("", "", "n", "n")).output
    assert words.from_outside("DISCORD_TOKEN") in said
    assert "DISCORD_TOKEN" not in dotenv_values(shell.file)


async def test_a_sign_in_that_fails_leaves_the_rest_done(street: Street, shell: Shell) -> None:
    bob, account = street.house.resident("bob")
    said = await shell.setup(BOT_TOKEN, "", "", "y", str(bob.id), account.email, "not-the-password", "y")
    assert "✗ not signed in: " in said.output
    assert words.LINK_FAILED in said.output
    assert "not-the-password" not in said.output
    assert shell.starts == 1


@pytest.mark.parametrize("count", [1, 2])
def test_it_counts_as_people_do(count: int) -> None:
    says: Callable[[int], str] = words.linked_already
    assert says(count).endswith(
        {1: "1 Blink account is linked already.", 2: "2 Blink accounts are linked already."}[count]
    )
