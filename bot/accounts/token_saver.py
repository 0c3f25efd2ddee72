"""Saves rotated tokens: Blink has ended the earlier ones, so a token that is not saved is a lost sign-in."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from bot.models import Account, Tokens
from bot.store import AccountStore
from bot.util import SingleFlight

_log = logging.getLogger(__name__)

_SOON = (0.1, 0.5, 2.0)  # while somebody waits
_LATER, _LONGEST = 2.0, 30.0  # afterwards


@dataclass(eq=False, slots=True)
class _Unsaved:
    account: Account  # with the refresh token that was used
    owner: str
    tokens: Tokens
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    saved: bool | None = None  # False if it was superseded


class TokenSaver:
    """Tries until fresh tokens are saved or superseded, and once more at the stop; until then nobody uses them.

    `calls` has the tries in the background.
    """

    def __init__(self, store: AccountStore, calls: SingleFlight) -> None:
        self._store = store
        self._calls = calls
        self._unsaved: dict[str, _Unsaved] = {}  # by link
        self._stopping = asyncio.Event()

    async def save(self, account: Account, *, owner: str, tokens: Tokens) -> bool:
        """Save the tokens that replace the refresh token of `account`; return False if it was superseded.

        Raises the database's error if it persists for some seconds, and goes on trying in the background.
        """
        unsaved = self._unsaved[account.link_id] = _Unsaved(account, owner, tokens)
        for pause in _SOON:
            try:
                return await self._try(unsaved)
            except Exception as error:
                _log.warning("fresh tokens of user %d not saved: %s", account.user_id, type(error).__name__)
                await asyncio.sleep(pause)
        try:
            return await self._try(unsaved)
        except Exception:
            self._calls.begin(unsaved, partial(self._go_on, unsaved))
            raise

    async def settle(self, link_id: str) -> None:
        """Try now to save the unsaved tokens of a link; raises the database's error."""
        if unsaved := self._unsaved.get(link_id):
            await self._try(unsaved)

    def stop(self) -> None:
        """Make every try that is still to come now, as the last one."""
        self._stopping.set()

    async def _try(self, unsaved: _Unsaved) -> bool:
        async with unsaved.turn:
            if unsaved.saved is None:
                account = unsaved.account
                unsaved.saved = await self._store.save_tokens(account, owner=unsaved.owner, tokens=unsaved.tokens)
                if self._unsaved.get(account.link_id) is unsaved:
                    del self._unsaved[account.link_id]
            return unsaved.saved

    async def _go_on(self, unsaved: _Unsaved) -> None:
        pause, last, user_id = _LATER, False, unsaved.account.user_id
        while not last:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    last = await self._stopping.wait()
            pause = min(pause * 2, _LONGEST)
            try:
                saved = await self._try(unsaved)
            except Exception as error:
                _log.warning("fresh tokens of user %d still not saved: %s", user_id, type(error).__name__)
            else:
                _log.info("fresh tokens of user %d are %s", user_id, "saved" if saved else "superseded")
                return
