"""Logging to stdout, one record a line, with the job's reference, and without secrets at any level."""

import contextlib
import errno
import json
import logging
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import TextIO, cast

# discord.py at DEBUG logs payloads and webhook addresses, that is interaction tokens; aiohttp and others log requests.
_NOT_BELOW_INFO = ("discord", "aiohttp", "asyncio")
_NOT_BELOW_WARNING = ("sqlalchemy", "alembic", "aiosqlite", "blinkpy")
_A_MINUTE = 60.0
_PATTERNS = (
    re.compile(r"(?<=/webhooks/)(\d+/)[\w%.-]+"),
    re.compile(r"(?<=/interactions/)(\d+/)[\w%.-]+"),
    re.compile(r"(?i)((?:bearer|bot)\s+)[\w.~+/=-]{12,}"),
    re.compile(
        r"(?i)((?:access_token|refresh_token|token|password|hardware_id|2fa_code|code_verifier)"
        r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&|,;)}]{4,}"
    ),
    re.compile(r"(://[^\s:/@]*:)[^\s@]+(?=@)"),
    re.compile(r"()eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
)


def _worth_saying(record: logging.LogRecord) -> bool:
    """Drop discord.py's warning at each start that there is no guilds intent: the bot needs none."""
    return "Guilds intent seems to be disabled" not in str(record.msg)


class _OncePerMinute:
    """Passes one record a minute about too many open files: asyncio makes dozens of them each second.

    https://github.com/python/cpython/blob/3.11/Lib/asyncio/selector_events.py#L163
    """

    def __init__(self) -> None:
        self._until = 0.0

    def __call__(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            return True
        if record.created < self._until:
            return False
        self._until = record.created + _A_MINUTE
        record.msg = f"no more files can be opened, see `ulimit -n`: {record.getMessage().partition(chr(10))[0]}"
        record.args = record.exc_info = None
        return True


class Redactor:
    """Replaces secrets in a text: given ones by their value, others by patterns."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        # The longest first: one of them can begin another, whose rest would stay.
        self._secrets = sorted((secret for secret in secrets if len(secret) >= 8), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        for pattern in _PATTERNS:
            text = pattern.sub(r"\1[secret]", text)
        return text


class _Formatter(logging.Formatter):
    """Formats a record whole, exception included, and redacts the result."""

    def __init__(self, redact: Redactor, reference: Callable[[], str], *, as_json: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s [%(job)s] %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._redact = redact
        self._reference = reference
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        record.job = self._reference()
        return self._json(record) if self._as_json else self._redact(super().format(record))

    def _json(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "job": self._reference(),
            "message": self._redact(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = self._redact(self.formatException(record.exc_info))
        # Secrets are replaced before the JSON is escaped: an escaped one with a quote in it would not be found.
        return json.dumps(entry, ensure_ascii=False)


class _Stdout(logging.StreamHandler[TextIO]):
    """Writes to stdout; a record that cannot be written is not quoted on stderr, where nothing is redacted."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say on stderr that a record is lost, and why."""
        why = sys.exc_info()[0]
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"a line of {record.name} cannot be logged: {why.__name__ if why else 'unknown'}\n")


def configure(*, level: str, as_json: bool, secrets: Sequence[str], reference: Callable[[], str]) -> None:
    """Send all logging to stdout; `reference` names the job that a record belongs to."""
    if hasattr(sys.stdout, "reconfigure"):
        stdout = cast("TextIOWrapper", sys.stdout)
        stdout.reconfigure(errors="backslashreplace")  # no line is lost if stdout is not in UTF-8
    handler = _Stdout(sys.stdout)
    handler.addFilter(_OncePerMinute())
    handler.setFormatter(_Formatter(Redactor(secrets), reference, as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    wanted = logging.getLevelNamesMapping()[level]
    for name in _NOT_BELOW_INFO:
        logging.getLogger(name).setLevel(max(wanted, logging.INFO))
    logging.getLogger("discord.state").addFilter(_worth_saying)
    for name in _NOT_BELOW_WARNING:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
