"""The settings, read from the environment and `.env`; all errors in them are reported at once."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo

_DATABASE = "sqlite:///data/bot.db"
_ID = re.compile(r"[1-9][0-9]{0,18}")
_NUMBER = re.compile(r"[0-9]{1,4}")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST_NAME = re.compile(r"[\w.-]+")
_NO_ORIGIN = "it must be the bot's own address without a path or a space, for example https://clips.example.org"


class BadSettings(Exception):
    """Some settings cannot be used; `problems` has one sentence for each, and no value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _keys(value: object) -> object:
    return tuple(_parts(value)) if isinstance(value, str) else value


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = _parts(value)
    if not parts or not all(_ID.fullmatch(part) for part in parts):
        raise ValueError("it must be Discord ids with commas between them, for example 123456789012345678")
    return frozenset(map(int, parts))


def _numbers(value: object) -> object:
    """Return the numbers of a list like `0,2-4`, each once and in order. Raises ValueError."""
    if not isinstance(value, str):
        return value
    found: set[int] = set()
    for part in _parts(value):
        first, dash, last = (number.strip() for number in part.partition("-"))
        last = last if dash else first
        if not (_NUMBER.fullmatch(first) and _NUMBER.fullmatch(last) and int(first) <= int(last)):
            raise ValueError("it must be numbers and ranges, for example 0,1 or 0-3")
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def _among_all(value: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
    if "shard_count" not in info.data:
        return value  # its own error is reported already
    count = info.data["shard_count"]
    if value and count is None:
        raise ValueError("it needs SHARD_COUNT: how many shards there are over all processes")
    if value and value[-1] >= count:
        raise ValueError(f"with SHARD_COUNT={count} the shards are 0 to {count - 1}")
    return value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _bot_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if token.lower().startswith("bot "):
        token = token[4:].strip()
    if not token or any(letter.isspace() for letter in token):
        raise ValueError("it must be the bot's token from the Developer Portal, in one piece")
    return SecretStr(token)


def _client_secret(value: SecretStr | None) -> SecretStr | None:
    secret = value.get_secret_value().strip() if value else ""
    if any(letter.isspace() for letter in secret):
        raise ValueError("it must be the client secret from OAuth2 in the Developer Portal, in one piece")
    return SecretStr(secret) if secret else None


def _long(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]{16,}", value.get_secret_value()):
        raise ValueError("it must be 16 or more letters, digits or signs without a space, since it is a password")
    return value


def _origin(value: str) -> str:
    """Return the address of a page. Raises ValueError if it is not just a scheme, a host and perhaps a port."""
    text = value.strip().rstrip("/")
    try:
        url = urlsplit(text)
    except ValueError:  # a wrong IPv6 address
        raise ValueError(_NO_ORIGIN) from None
    if "@" in url.netloc:
        raise ValueError("it must not hold a user name or a password: it is shown to everybody who uses /link")
    host = url.hostname or ""
    bare = url.scheme in ("https", "http") and not (url.path or url.query or url.fragment)
    if not bare or _BLANK.search(text) or not (_HOST_NAME.fullmatch(host) or ":" in host):
        raise ValueError(_NO_ORIGIN)
    try:
        numbered = url.port != 0 and not url.netloc.endswith(":")
    except ValueError:
        numbered = False
    if not numbered:
        raise ValueError("its port must be a number from 1 to 65535")
    if url.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("it must begin with https://, since passwords are typed there")
    return url.geturl()


def _listening(value: str) -> str:
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        raise ValueError("it must be an address of this machine, for example 127.0.0.1 or 0.0.0.0") from None


class Settings(BaseModel):
    """Everything that can be set from outside."""

    discord_token: Annotated[SecretStr, AfterValidator(_bot_token)] | None = None
    database_url: SecretStr = SecretStr(_DATABASE)
    backup_dir: Path | None = None
    token_keys: Annotated[tuple[SecretStr, ...], BeforeValidator(_keys)] = ()
    public_url: Annotated[str, AfterValidator(_origin)] | None = None
    discord_client_secret: Annotated[SecretStr | None, AfterValidator(_client_secret)] = None
    trusted_proxy_hops: int = Field(default=0, ge=0, le=5)
    port: int | None = Field(default=None, ge=0, le=65535)
    host: Annotated[str, AfterValidator(_listening)] = "0.0.0.0"  # noqa: S104 - a host's proxy comes from outside
    metrics_token: Annotated[SecretStr, AfterValidator(_long)] | None = None
    busy_wait_s: float = Field(default=60.0, ge=0, le=600)
    stop_grace_s: float = Field(default=8.0, ge=0, le=300)
    live_view: Annotated[Literal["on", "silent", "pinned", "off"], BeforeValidator(_lower)] = "on"
    allowed_guilds: Annotated[frozenset[int], BeforeValidator(_ids)] = frozenset()
    allowed_users: Annotated[frozenset[int], BeforeValidator(_ids)] = frozenset()
    shard_count: int | None = Field(default=None, ge=1, le=10_000)
    shard_ids: Annotated[tuple[int, ...], BeforeValidator(_numbers), AfterValidator(_among_all)] = ()
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    log_format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = "text"

    def keys(self) -> list[str]:
        """Return the keys that seal secrets; the first one seals new secrets."""
        return [key.get_secret_value() for key in self.token_keys]

    def secrets(self) -> list[str]:
        """Return every secret value, for the log to leave out."""
        given = (self.discord_token, self.discord_client_secret, self.metrics_token)
        return [*(secret.get_secret_value() for secret in given if secret), *self.keys(), *self._database_password()]

    def _database_password(self) -> list[str]:
        """Return the password in the database's address, as it is written and percent-decoded."""
        before, at, _ = self.database_url.get_secret_value().rpartition("@")
        password = before.partition("://")[2].partition(":")[2] if at else ""
        return [password, unquote(password)] if password else []


def _given() -> dict[str, str]:
    """Return what the environment says, else `.env`; names in any case, and what is empty is not set."""
    found: dict[str, str] = {}
    for source in (dotenv_values(".env"), os.environ):
        found |= {name.lower(): value for name, value in source.items() if value}
    return found


def database_address() -> str:
    """Read the database's address again: hosts change its password while the bot runs."""
    return _given().get("database_url", _DATABASE)


def named(value: str) -> str | None:
    """Return `value`, or for `env:NAME` the value of NAME in the environment or `.env`; None if it has none."""
    prefix, _, name = value.partition(":")
    return variable(name) if prefix == "env" else value


def variable(name: str) -> str | None:
    """Return a variable of the environment, else of `.env`; None if neither sets it."""
    return os.environ.get(name) or dotenv_values(".env").get(name)


def load() -> Settings:
    """Read the settings; raises BadSettings."""
    try:
        return Settings.model_validate(_given())
    except ValidationError as error:
        raise BadSettings([sentence(detail["loc"], detail["msg"]) for detail in error.errors()]) from None
    except UnicodeDecodeError:
        raise BadSettings([".env: it must be text in UTF-8"]) from None
    except OSError as error:
        raise BadSettings([f".env: it cannot be read ({error.strerror})"]) from None


def sentence(where: tuple[int | str, ...], what: str) -> str:
    """Return what is wrong with a setting: a validator's own words, or else the values that it may have."""
    name = str(where[0]) if where else "settings"
    said = what.removeprefix("Value error, ")
    return f"{name.upper()}: {said if said != what else _allowed(name) or what}"


def _allowed(name: str) -> str | None:
    """Return in words which values a number or a choice can have; None for any other setting."""
    field = Settings.model_fields.get(name)
    if field is None:
        return None
    lowest = next((one.ge for one in field.metadata if hasattr(one, "ge")), None)
    highest = next((one.le for one in field.metadata if hasattr(one, "le")), None)
    if lowest is not None and highest is not None:
        number = "a number" if field.annotation is float else "a whole number"
        return f"it must be {number} from {lowest} to {highest}"
    if get_origin(field.annotation) is Literal:
        return f"it must be one of {', '.join(get_args(field.annotation))}"
    return None
