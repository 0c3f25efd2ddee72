"""The shell's commands, as a person types them."""

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from bot import __version__
from bot.cli import main
from tests.support.databases import with_tables

KEY = "a-secret-of-the-tests-with-32-characters"


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in this process, in an empty folder with only the given settings."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def start(*arguments: str, **settings: str) -> Ran:
        with monkeypatch.context() as patched:
            patched.chdir(tmp_path)
            patched.setattr(os, "environ", _environment(tmp_path) | settings)
            result = CliRunner().invoke(main, arguments, prog_name="python -m bot", catch_exceptions=False)
        return Ran(result.exit_code, result.stdout, result.stderr)

    yield start
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def tables(tmp_path: Path) -> None:
    """Let the default database have its tables: to make them takes longer than most commands."""
    with_tables(tmp_path / "data" / "bot.db")


@pytest.fixture
def shell(tmp_path: Path) -> Run:
    """Run `python -m bot` as a shell does, which takes a hundred times as long."""

    def start(*arguments: str, **settings: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=_environment(tmp_path) | settings,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return start


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}


def test_keygen_prints_a_line_for_the_dotenv_file_that_works(shell: Run) -> None:
    line = shell("keygen").stdout.strip()
    name, _, key = line.partition("=")
    assert name == "TOKEN_KEYS"
    assert shell("accounts", TOKEN_KEYS=key).returncode == 0


def test_a_bad_setting_is_one_clear_line_in_the_shell_too(shell: Run) -> None:
    done = shell()
    assert (done.returncode, done.stdout) == (1, "")
    assert [line[:1] for line in done.stderr.splitlines()] == ["✗", "✗"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "DISCORD_TOKEN is not set"),
        ({"DISCORD_TOKEN": "a.b.c"}, "TOKEN_KEYS is not set"),
        ({"DISCORD_TOKEN": "a.b.c", "TOKEN_KEYS": "short"}, "32"),
        ({"DISCORD_TOKEN": "a.b.c", "TOKEN_KEYS": KEY, "DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"DISCORD_TOKEN": "a.b.c", "TOKEN_KEYS": KEY, "PORT": "abc"}, "PORT"),
        ({"DISCORD_TOKEN": "a.b.c", "TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:////proc/x/bot.db"}, "/proc/x"),
    ],
    ids=["nothing set", "no keys", "short key", "no such database", "bad port", "no such folder"],
)
def test_a_bad_setting_ends_the_start_with_one_clear_line(run: Run, settings: dict[str, str], words: str) -> None:
    done = run(**settings)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert all(line.startswith("✗ ") for line in done.stderr.strip().splitlines())


@pytest.mark.usefixtures("tables")
def test_accounts_and_unlink_say_that_nothing_is_linked(run: Run) -> None:
    assert "No Blink account is linked yet" in run("accounts", TOKEN_KEYS=KEY).stdout
    said = run("unlink", "42", TOKEN_KEYS=KEY).stdout
    assert "has no link. All else that was kept about them is deleted." in said


def test_the_database_is_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    run("accounts", TOKEN_KEYS=KEY)
    assert stat.S_IMODE((tmp_path / "data" / "bot.db").stat().st_mode) == 0o600


@pytest.mark.usefixtures("tables")
def test_another_key_is_a_clear_error(run: Run) -> None:
    run("accounts", TOKEN_KEYS=KEY)
    done = run("accounts", TOKEN_KEYS=KEY[::-1])
    assert done.returncode != 0
    assert "TOKEN_KEYS" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY[::-1] not in done.stderr


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    "tokens",
    ["", "nonsense", "host=e008.immedia-semi.com", "refresh_token=abcdefghijkl|host=evil.example"],
)
def test_link_refuses_what_are_no_tokens_without_repeating_them(run: Run, tokens: str) -> None:
    done = run("link", "42", TOKEN_KEYS=KEY, BLINK_TOKENS=tokens or " ")
    assert done.returncode != 0
    assert "BLINK_TOKENS" in done.stderr
    assert "abcdefghijkl" not in done.stderr
    assert "evil" not in done.stderr


def test_migrate_needs_no_key(run: Run) -> None:
    assert "up to date" in run("migrate").stdout


def test_the_database_of_a_dotenv_file_is_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"TOKEN_KEYS={KEY}\nDATABASE_URL=sqlite:///elsewhere.db\n")
    assert run("accounts").returncode == 0
    assert (tmp_path / "elsewhere.db").exists()


@pytest.mark.usefixtures("tables")
def test_a_backup_is_restored(run: Run, tmp_path: Path) -> None:
    run("accounts", TOKEN_KEYS=KEY)
    saved = run("backup", "saved.db")
    assert (saved.returncode, saved.stdout.partition(".")[0]) == (0, "✓ The database is saved in saved")
    assert stat.S_IMODE((tmp_path / "saved.db").stat().st_mode) == 0o600
    again = run("backup", "saved.db")
    assert again.returncode == 1
    assert again.stderr == "✗ saved.db exists already: name another file, or write over it with --force.\n"
    assert run("backup", "--force", "saved.db").returncode == 0
    restored = run("restore", "saved.db", TOKEN_KEYS=KEY)
    assert restored.returncode == 0, restored.stderr
    assert "What was there before is kept as" in restored.stdout


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("backup", "pg_dump --format=custom --file='my backup' 'postgresql://bot@db.example/clips?sslmode=require'"),
        ("restore", "--dbname='postgresql://bot@db.example/clips?sslmode=require' 'my backup'"),
    ],
)
def test_for_postgresql_its_own_command_is_said_without_the_password(run: Run, command: str, words: str) -> None:
    url = "postgres://bot:hunter2-hunter2@db.example/clips?sslmode=require"
    done = run(command, "my backup", TOKEN_KEYS=KEY, DATABASE_URL=url)
    assert done.returncode == 1
    assert words in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.usefixtures("tables")
def test_a_database_is_copied_and_the_addresses_come_from_the_environment(run: Run, tmp_path: Path) -> None:
    run("accounts", TOKEN_KEYS=KEY)
    (tmp_path / ".env").write_text("OLD=sqlite:///data/bot.db\n")
    done = run("copy-database", "env:OLD", "env:NEW", TOKEN_KEYS=KEY, NEW="sqlite:///new.db")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Copying. Run no bot on either database")
    assert "Everything is copied" in done.stdout
    assert run("accounts", TOKEN_KEYS=KEY, DATABASE_URL="sqlite:///new.db").returncode == 0


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("env:NOWHERE", "sqlite:///new.db", "NOWHERE is set neither in the environment nor in .env"),
        ("sqlite:///nothing.db", "sqlite:///new.db", "There is nothing to copy"),
        ("postgresql://bot:hunter2-hunter2@127.0.0.1:1/bot", "sqlite:///new.db", "127.0.0.1/bot cannot be reached"),
        (
            "sqlite:///data/bot.db",
            "postgresql://bot:hunter2-hunter2@127.0.0.1:1/bot",
            "127.0.0.1/bot cannot be reached",
        ),
        ("sqlite:///data/bot.db", "hunter2-hunter2", "DATABASE_URL is not understood"),
    ],
)
def test_why_nothing_is_copied_is_said_without_an_address(run: Run, source: str, target: str, words: str) -> None:
    run("accounts", TOKEN_KEYS=KEY)
    done = run("copy-database", source, target, TOKEN_KEYS=KEY)
    assert done.returncode == 1
    assert words in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("copy-database", "sqlite:///a.db", "sqlite:///b.db"), ("restore", "saved.db")])
def test_a_short_key_is_said_there_too(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, TOKEN_KEYS="short")
    assert done.returncode == 1
    assert "it needs 32 or more" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").stdout == f"blink-clip-bot {__version__}\n"


def test_an_invite_needs_the_token_alone(run: Run) -> None:
    done = run("invite")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ DISCORD_TOKEN is not set")
    assert "TOKEN_KEYS" not in done.stderr
