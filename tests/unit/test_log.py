"""No secret reaches the log, whatever the level."""

import errno
import io
import json
import logging

import pytest

from bot import log

SECRET = "MTIz.bot-token.abcdefghijkl"


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]):
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in ("discord", "sqlalchemy")}
    yield lambda **options: log.configure(
        **({"level": "DEBUG", "as_json": False, "secrets": [SECRET], "reference": lambda: "job42"} | options)
    )
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    "message",
    [
        f"token {SECRET} here",
        "PATCH https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246-secret_part/messages/@original",
        "POST https://discord.com/api/v10/interactions/123/aW50ZXJhY3Rpb246-secret_part/callback failed",
        "Authorization: Bearer secret_part.secret_part.secret_part",
        '{"access_token": "secret_part", "expires_in": 1}',
        "refresh_token=secret_part&scope=client",
        "eyJhbGciOiJIUzI1NiJ9.secret_part.secret_part",
        "password='secret_part'",
        "could not open postgresql://bot:secret_part@db.example/clips",
    ],
)
def test_secrets_are_left_out(configured, capsys: pytest.CaptureFixture[str], message: str) -> None:
    configured()
    logging.getLogger("bot.test").debug("said: %s", message)
    line = capsys.readouterr().out
    assert "[secret]" in line
    assert "secret_part" not in line
    assert SECRET not in line
    assert "job42" in line


def test_an_exceptions_text_is_redacted_too(configured, capsys: pytest.CaptureFixture[str]) -> None:
    configured()
    try:
        raise ValueError(f"refused {SECRET}")
    except ValueError:
        logging.getLogger("bot.test").exception("it broke")
    out = capsys.readouterr().out
    assert "ValueError" in out
    assert SECRET not in out


def test_a_secret_that_begins_another_hides_no_less_of_it(configured, capsys: pytest.CaptureFixture[str]) -> None:
    configured(secrets=["correct-horse", "correct-horse-battery"])
    logging.getLogger("bot.test").info("said correct-horse-battery")
    assert capsys.readouterr().out.endswith(" said [secret]\n")


class Full(io.StringIO):
    """A disk without room."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_is_not_quoted_elsewhere(
    configured, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", Full())
    configured()
    logging.getLogger("bot.test").warning("token %s", SECRET)
    assert capsys.readouterr().err == "a line of bot.test cannot be logged: OSError\n"


def test_a_letter_that_stdout_does_not_know_loses_no_line(configured, monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr("sys.stdout", stdout)
    configured()
    logging.getLogger("bot.test").warning("a “camera”, half a \ud83d")
    stdout.seek(0)
    assert stdout.read().endswith(r" a \u201ccamera\u201d, half a \ud83d" + "\n")


def test_libraries_never_speak_below_info(configured, capsys: pytest.CaptureFixture[str]) -> None:
    configured()
    logging.getLogger("discord.gateway").debug("every payload")
    logging.getLogger("aiohttp.client").debug("every request")
    logging.getLogger("sqlalchemy.engine").info("every parameter")
    assert capsys.readouterr().out == ""


def test_a_secret_that_json_would_write_otherwise_is_left_out_too(
    configured, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = 'quo"te-and-back\\slash'
    configured(as_json=True, secrets=[secret])
    try:
        raise ValueError(f"refused {secret}")
    except ValueError:
        logging.getLogger("bot.test").exception("said %s", secret)
    entry = json.loads(capsys.readouterr().out)
    assert entry["message"] == "said [secret]"
    assert entry["exception"].endswith("ValueError: refused [secret]")


def test_json_is_one_object_a_line(configured, capsys: pytest.CaptureFixture[str]) -> None:
    configured(as_json=True)
    logging.getLogger("bot.test").info("two\nlines")
    entry = json.loads(capsys.readouterr().out)
    assert (entry["level"], entry["job"], entry["message"]) == ("INFO", "job42", "two\nlines")


def test_files_that_cannot_be_opened_are_told_of_once_a_minute(configured, capsys: pytest.CaptureFixture[str]) -> None:
    configured()
    for _ in range(100):
        try:
            raise OSError(errno.EMFILE, "Too many open files")
        except OSError:
            logging.getLogger("asyncio").exception("socket.accept() out of system resource\nsocket: <socket>")
    [line] = capsys.readouterr().out.splitlines()
    assert "no more files can be opened" in line
