"""The parts that all shell commands share: the settings, the log, and one clear line for each failure."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

from bot import config, log
from bot.accounts import LinkedUnseen
from bot.app import DiskForgets
from bot.blink import BadBlinkTokens, BlinkError
from bot.discord_connection import BadShards, BadToken
from bot.jobs import current_job
from bot.lifecycle import PortTaken
from bot.store import StoreError
from bot.wording.shell import cli as words

T = TypeVar("T")


class Failure(click.ClickException):
    """Ends a command with one clear line."""

    def show(self, file: Any = None) -> None:
        click.echo(f"✗ {self.message}", err=True)


def load_settings(*, need_token: bool = False, need_keys: bool = True) -> config.Settings:
    """Read the settings; raises Failure with every problem."""
    try:
        settings = config.load()
    except config.BadSettings as error:
        raise Failure("\n✗ ".join(error.problems)) from None
    missing = [words.NO_DISCORD_TOKEN] if need_token and settings.discord_token is None else []
    if need_keys and not settings.token_keys:
        missing.append(words.NO_TOKEN_KEYS)
    if missing:
        raise Failure("\n✗ ".join(missing))
    return settings


def configure_log(settings: config.Settings) -> None:
    """Set up the log so that no secret of the settings gets into it."""
    log.configure(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
        reference=current_job.get,
    )


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; raises Failure with one line for an expected error."""

    def said(why: Exception) -> str:
        if isinstance(why, BlinkError):
            return words.blink_failed(why)
        return str(why) if isinstance(why, StoreError) else type(why).__name__

    try:
        return asyncio.run(work)
    except (StoreError, DiskForgets, BadToken, BadShards, PortTaken) as error:
        raise Failure(str(error)) from None
    except LinkedUnseen as error:
        raise Failure(words.linked_unseen(said(error.why))) from None
    except BadBlinkTokens as error:
        raise Failure(f"BLINK_TOKENS: {error}") from None
    except BlinkError as error:
        raise Failure(words.blink_failed(error)) from None
