"""How a call to Discord can fail, and how it is repeated. Errors of discord.py become one of these:

    DeliveryError
    ├── DiscordUnavailable   temporary: the network, Discord's own trouble, a rate limit, a block of Cloudflare's, no
    │                        client that is logged in
    ├── DeliveryRefused      permanent: a repeat would not change it; `code` is Discord's
    │   ├── FileTooLarge     this place takes only smaller files
    │   └── DmsClosed        this person takes no direct messages from the bot
    ├── DoesNotFit           no version of a video or picture is small enough for the place; `why`
    └── ShareRevoked         the owner of a camera no longer lets this person see it

The rules cannot import this room, so the errors that they handle are theirs: `bot.alerts.NoDirectMessages` if an alert
meets DmsClosed, and `bot.alerts.Unsure` if Discord or the database does not say who may see a camera.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import aiohttp
import discord

from bot.metrics import Metrics
from bot.models import NotShrunk

log = logging.getLogger("bot.delivery")

T = TypeVar("T")

DMS_OPENED_TOO_FAST = 40003
_TOO_LARGE = {40005, 50045}
_DMS_CLOSED = {50007, 50278}
_BLOCKED = 40333
_NO_CODE = 0
_NOT_LET_IN = {401, 403}


class DeliveryError(Exception):
    """Something is not shown in Discord."""


class DiscordUnavailable(DeliveryError):
    """Discord does not answer, or does not answer now; later it may."""


class DeliveryRefused(DeliveryError):
    """Discord does not allow it; `code` is Discord's, or None if Discord was not asked."""

    def __init__(self, reason: str = "", *, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class FileTooLarge(DeliveryRefused):
    """Discord takes no file of this size in this place."""


class DmsClosed(DeliveryRefused):
    """This person takes no direct messages from the bot."""


class DoesNotFit(DeliveryError):
    """No version of the file fits the place; `why` it could not be made smaller."""

    def __init__(self, why: NotShrunk) -> None:
        super().__init__(why)
        self.why = why


class ShareRevoked(DeliveryError):
    """The owner of a camera no longer lets this person see it."""


@contextlib.contextmanager
def translate_errors() -> Generator[None]:
    """Raise DiscordUnavailable or a DeliveryRefused in place of the errors of a call to discord.py."""
    try:
        yield
    except discord.HTTPException as error:
        raise _translated(error) from None
    except discord.InvalidData:  # for example a channel that belongs to another server
        raise DeliveryRefused("this is not what was asked for") from None
    except (aiohttp.ClientError, OSError, TimeoutError, discord.RateLimited) as error:
        raise _unavailable(type(error).__name__) from None
    except RuntimeError:  # discord.py repeats a call on a session that was closed meanwhile
        raise _unavailable("the client was closed meanwhile") from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        log.warning("Discord's answer is not understood: %s", type(error).__name__)
        raise _unavailable("its answer is not understood") from None


def _translated(error: discord.HTTPException) -> DeliveryError:
    if isinstance(error, discord.DiscordServerError):
        return _unavailable(f"HTTP {error.status}")
    if error.status == 429 and error.code != DMS_OPENED_TOO_FAST:
        return _unavailable("rate limit")
    # Cloudflare stands before Discord and blocks an address for a while, with a page or with a code of its own. Nobody
    # at Discord has then looked at the call, so it says nothing about its person or place:
    # https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
    if error.code == _BLOCKED or (error.status in _NOT_LET_IN and error.code == _NO_CODE):
        return _unavailable(f"HTTP {error.status} without a reason")
    log.info("Discord refused: HTTP %s, code %s", error.status, error.code)
    if error.status == 413 or error.code in _TOO_LARGE:
        return FileTooLarge()
    if error.code in _DMS_CLOSED:
        return DmsClosed()
    return DeliveryRefused(code=error.code)


def _unavailable(reason: str) -> DiscordUnavailable:
    log.info("Discord failed: %s", reason)
    return DiscordUnavailable(reason)


@dataclass(frozen=True, slots=True)
class DeliveryTimeouts:
    """How often a reply is edited, and how long a call is repeated; seconds."""

    every: float = 2.0
    gaps: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    patience: float = 900.0
    progress_timeout: float = 10.0
    upload_timeout: float = 120.0
    slow: float = 30.0  # from the command to its end; after that its person has perhaps looked away


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules for trying a failed call again; times are seconds.

    `gaps` are the pauses between tries; the last one repeats until `patience` is over. Each try has `timeout`.
    `observe` gets the outcome (ok, retried, away, refused) and the seconds of each try.
    """

    gaps: Sequence[float]
    patience: float
    timeout: float
    observe: Callable[[str, float], None]


class RetryPolicies:
    """How each kind of call to Discord is repeated, and `slow`: after that, an end is also told directly."""

    def __init__(self, timeouts: DeliveryTimeouts, metrics: Metrics) -> None:
        brief = timeouts.progress_timeout
        self.slow = timedelta(seconds=timeouts.slow)

        def policy(kind: str, *, timeout: float, patience: float) -> RetryPolicy:
            return RetryPolicy(timeouts.gaps, patience, timeout, partial(metrics.delivery, kind))

        self.progress = policy("progress", timeout=brief, patience=0.0)  # one try: the next edit makes up for it
        self.question = policy("text", timeout=brief, patience=brief)  # somebody waits, and can do without an answer
        self.text = policy("text", timeout=brief, patience=timeouts.patience)
        self.keep = policy("video", timeout=timeouts.upload_timeout, patience=brief)  # somebody waits, and can retry
        self.upload = policy("video", timeout=timeouts.upload_timeout, patience=timeouts.patience)


async def retry(call: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Make an idempotent call until it succeeds.

    Raises DiscordUnavailable if the call still fails when its time is over. Raises other errors at once.
    """
    clock = asyncio.get_running_loop().time
    deadline, tries = clock() + policy.patience, 0
    while True:
        began = clock()
        try:
            async with asyncio.timeout(policy.timeout):
                answer = await call()
        except (TimeoutError, DiscordUnavailable):
            gap = policy.gaps[min(tries, len(policy.gaps) - 1)]
            tries += 1
            over = clock() + gap > deadline
            policy.observe("away" if over else "retried", clock() - began)
            if over:
                raise DiscordUnavailable from None
        except Exception:
            policy.observe("refused", clock() - began)
            raise
        else:
            policy.observe("ok", clock() - began)
            return answer
        await asyncio.sleep(gap)
