"""Settings: all that is wrong is said at once, without a value."""

from pathlib import Path

import pytest

from bot import config
from bot.models import LiveMode


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_defaults_need_only_a_token_and_keys() -> None:
    settings = config.load()
    assert settings.database_url.get_secret_value() == "sqlite:///data/bot.db"
    assert (settings.port, settings.busy_wait_s, settings.log_level) == (None, 60, "INFO")


def test_keys_are_separated_by_commas_and_a_pasted_prefix_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_KEYS", " one-key , another ,")
    monkeypatch.setenv("DISCORD_TOKEN", " Bot abc.def.ghi ")
    settings = config.load()
    assert settings.keys() == ["one-key", "another"]
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "abc.def.ghi"


@pytest.mark.parametrize("pasted", ["a-client-secret", " a-client-secret\n"])
def test_blanks_around_a_client_secret_are_dropped(monkeypatch: pytest.MonkeyPatch, pasted: str) -> None:
    monkeypatch.setenv("DISCORD_CLIENT_SECRET", pasted)
    settings = config.load()
    assert settings.discord_client_secret is not None
    assert settings.discord_client_secret.get_secret_value() == "a-client-secret"


def test_a_client_secret_in_two_pieces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_CLIENT_SECRET", "a-client secret")
    with pytest.raises(config.BadSettings, match=r"^DISCORD_CLIENT_SECRET: it must be the client secret") as caught:
        config.load()
    assert "a-client" not in str(caught.value)


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BUSY_WAIT_S=5\nLOG_LEVEL=warning\nUNRELATED=1\n")
    monkeypatch.setenv("BUSY_WAIT_S", "7")
    settings = config.load()
    assert (settings.busy_wait_s, settings.log_level) == (7, "WARNING")


def test_everything_wrong_is_said_at_once_and_no_value_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "secret-1")
    monkeypatch.setenv("BUSY_WAIT_S", "secret-2")
    monkeypatch.setenv("DISCORD_TOKEN", "secret-3 with spaces")
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    assert {problem.split(":")[0] for problem in caught.value.problems} == {"PORT", "BUSY_WAIT_S", "DISCORD_TOKEN"}
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("given", "mode"), [("", "on"), (" Silent ", "silent"), ("pinned", "pinned"), ("OFF", "off")])
def test_live_views_are_recorded_unless_told(monkeypatch: pytest.MonkeyPatch, given: str, mode: str) -> None:
    monkeypatch.setenv("LIVE_VIEW", given)
    assert config.load().live_view == mode == LiveMode(mode)


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DISCORD_TOKEN", "")
    assert config.load().discord_token is None


@pytest.mark.parametrize(
    ("given", "ids"),
    [("0,1", (0, 1)), ("0-3", (0, 1, 2, 3)), (" 2 , 0-1,1 ", (0, 1, 2)), ("3", (3,)), ("", ())],
)
def test_shards_are_listed_or_ranged(monkeypatch: pytest.MonkeyPatch, given: str, ids: tuple[int, ...]) -> None:
    monkeypatch.setenv("SHARD_COUNT", "4")
    monkeypatch.setenv("SHARD_IDS", given)
    assert config.load().shard_ids == ids


@pytest.mark.parametrize(
    ("count", "ids", "words"),
    [
        ("", "0", "SHARD_IDS: it needs SHARD_COUNT"),
        ("2", "0-2", "SHARD_IDS: with SHARD_COUNT=2 the shards are 0 to 1"),
        ("2", "1-0", "SHARD_IDS: it must be numbers and ranges"),
        ("2", "a", "SHARD_IDS: it must be numbers and ranges"),
        ("2", "-1", "SHARD_IDS: it must be numbers and ranges"),
        ("0", "0", "SHARD_COUNT: it must be a whole number from 1 to 10000"),
    ],
)
def test_shards_that_cannot_be_are_said_clearly(
    monkeypatch: pytest.MonkeyPatch, count: str, ids: str, words: str
) -> None:
    monkeypatch.setenv("SHARD_COUNT", count)
    monkeypatch.setenv("SHARD_IDS", ids)
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    [problem] = caught.value.problems
    assert problem.startswith(words)


def test_settings_never_show_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "abc.def.ghi")
    monkeypatch.setenv("TOKEN_KEYS", "a-key-nobody-may-see")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@h/d")
    assert not any(secret in repr(config.load()) for secret in ("abc.def", "a-key", "hidden"))


def test_a_token_for_the_numbers_is_a_secret_and_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "a-token-of-the-tests")
    assert "a-token-of-the-tests" in config.load().secrets()
    for bad in ("short-secret", "a secret with spaces", "a-secret-ünlike-ascii"):
        monkeypatch.setenv("METRICS_TOKEN", bad)
        with pytest.raises(config.BadSettings) as caught:
            config.load()
        assert [problem.split(":")[0] for problem in caught.value.problems] == ["METRICS_TOKEN"]
        assert bad not in str(caught.value)


def test_the_password_of_the_database_is_for_the_log_to_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://bot:hidden%2Fand%40long@db.example/clips")
    assert {"hidden%2Fand%40long", "hidden/and@long"} <= set(config.load().secrets())
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data/bot.db")
    assert config.load().secrets() == []


def test_the_databases_address_is_read_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config.database_address() == "sqlite:///data/bot.db"
    for password in ("first", "second"):
        (tmp_path / ".env").write_text(f"DATABASE_URL=postgres://bot:{password}@db.example/clips\nPORT=broken\n")
        assert config.database_address() == f"postgres://bot:{password}@db.example/clips"
    monkeypatch.setenv("DATABASE_URL", "postgres://bot:third@db.example/clips")
    assert config.database_address().partition("@")[0].endswith("third")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("sqlite:///a.db", "sqlite:///a.db"), ("env:THERE", "one"), ("env:IN_FILE", "two"), ("env:NOWHERE", None)],
)
def test_a_value_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, meant: str | None) -> None:
    monkeypatch.setenv("THERE", "one")
    (tmp_path / ".env").write_text("IN_FILE=two\n")
    assert config.named(given) == meant


def test_env_example_names_every_setting() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    assert {name.upper() for name in config.Settings.model_fields} <= {
        line.lstrip("# ").split("=")[0] for line in example.splitlines()
    }


@pytest.mark.parametrize(("given", "host"), [("127.0.0.1", "127.0.0.1"), (" ::1 ", "::1"), ("", "0.0.0.0")])  # noqa: S104
def test_the_web_server_listens_everywhere_unless_told(monkeypatch: pytest.MonkeyPatch, given: str, host: str) -> None:
    monkeypatch.setenv("HOST", given)
    assert config.load().host == host


def test_a_host_is_an_address_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "clips.example.org")
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    assert caught.value.problems == ["HOST: it must be an address of this machine, for example 127.0.0.1 or 0.0.0.0"]


def test_who_may_use_the_bot_is_a_list_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not config.load().allowed_guilds
    monkeypatch.setenv("ALLOWED_GUILDS", " 123456789012345678 ,")
    monkeypatch.setenv("ALLOWED_USERS", "1,2")
    settings = config.load()
    assert (settings.allowed_guilds, settings.allowed_users) == ({123456789012345678}, {1, 2})


@pytest.mark.parametrize("value", ["alice", "<@123>", "1;2", "1 2", "-1", "0", ",", "1,2,me", "1" * 20])
def test_a_list_of_ids_that_is_none_closes_nothing_silently(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALLOWED_USERS", value)
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    [problem] = caught.value.problems
    assert problem.startswith("ALLOWED_USERS: it must be Discord ids")
