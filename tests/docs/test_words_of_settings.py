"""A setting or an argument that cannot be is told in our words: which it is, and what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import config
from bot.cli import main

NO_ADDRESS = "it must be the bot's own address without a path or a space, for example https://clips.example.org"
NO_PORT = "its port must be a number from 1 to 65535"
NO_NAME = "it must not hold a user name or a password: it is shown to everybody who uses /link"
WRONG = [
    ("PORT", "http", "it must be a whole number from 0 to 65535"),
    ("PORT", "70000", "it must be a whole number from 0 to 65535"),
    ("BUSY_WAIT_S", "a minute", "it must be a number from 0 to 600"),
    ("BUSY_WAIT_S", "nan", "it must be a number from 0 to 600"),
    ("STOP_GRACE_S", "-1", "it must be a number from 0 to 300"),
    ("TRUSTED_PROXY_HOPS", "one", "it must be a whole number from 0 to 5"),
    ("LOG_LEVEL", "loud", "it must be one of DEBUG, INFO, WARNING, ERROR"),
    ("LIVE_VIEW", "loud", "it must be one of on, silent, pinned, off"),
    ("LOG_FORMAT", "xml", "it must be one of text, json"),
    ("PUBLIC_URL", "clips.example.org", NO_ADDRESS),
    ("PUBLIC_URL", "https://clips example.org", NO_ADDRESS),
    ("PUBLIC_URL", "https://clips.exam\tple.org", NO_ADDRESS),
    ("PUBLIC_URL", "https://clips.example.org\\x", NO_ADDRESS),
    ("PUBLIC_URL", "https://clips.example.org/link", NO_ADDRESS),
    ("PUBLIC_URL", "https://[::zz]", NO_ADDRESS),
    ("PUBLIC_URL", "https://bot@clips.example.org", NO_NAME),
    ("PUBLIC_URL", "https://bot:hunter2@clips.example.org", NO_NAME),
    ("PUBLIC_URL", "https://clips.example.org:https", NO_PORT),
    ("PUBLIC_URL", "https://clips.example.org:70000", NO_PORT),
    ("PUBLIC_URL", "https://clips.example.org:0", NO_PORT),
    ("PUBLIC_URL", "https://clips.example.org:", NO_PORT),
]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_what_a_setting_may_be_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    assert caught.value.problems == [f"{name}: {words}"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (" https://clips.example.org/ ", "https://clips.example.org"),
        ("https://clips.example.org:8443", "https://clips.example.org:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://kameras.münchen.example", "https://kameras.münchen.example"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_address_that_can_be_is_taken(monkeypatch: pytest.MonkeyPatch, given: str, meant: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", given)
    assert config.load().public_url == meant


@pytest.mark.parametrize("command", ["link", "unlink"])
@pytest.mark.parametrize("given", ["alice", "0", "12.5", "9" * 30, "<@80351110224678912>"])
def test_what_a_user_id_is_is_said(command: str, given: str) -> None:
    done = CliRunner().invoke(main, [command, given])
    assert done.exit_code == 2
    assert "a Discord user id is a number of 17 to 20 digits" in done.output
    assert "range" not in done.output


@pytest.mark.parametrize("given", ["http", "70000", "-1"])
def test_what_a_port_is_is_said(given: str) -> None:
    done = CliRunner().invoke(main, ["demo", f"--port={given}"])
    assert done.exit_code == 2
    assert "a port is a number from 0 to 65535" in done.output
