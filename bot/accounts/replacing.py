"""Saves a new link in place of an earlier one, with patience, and then ends the earlier sign-in."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.blink import BlinkClient, BlinkError, RefreshGrant, Transport, refresh, sign_out
from bot.models import Account
from bot.store import AccountStore

_log = logging.getLogger(__name__)

_PAUSES = (0.1, 0.5, 2.0, 5.0, 5.0, 5.0, 5.0)  # somebody waits, behind a proxy that gives up after a while


async def save_link(
    store: AccountStore, account: Account, *, invitation: str | None = None
) -> tuple[bool, Account | None]:
    """Save a link whose tokens are nowhere else, and return whether it is saved, and the link that it replaced.

    It is not saved if `invitation` was used or is gone. Raises the database's error if that persists.
    """
    earlier = await _kept(store, account.user_id)
    for pause in _PAUSES:
        try:
            return await store.link(account, invitation=invitation), earlier
        except Exception as error:
            _log.warning("the link of user %d is not saved yet: %s", account.user_id, type(error).__name__)
        await asyncio.sleep(pause)
        kept = await _kept(store, account.user_id)
        if kept and kept.link_id == account.link_id:  # the write arrived, and only its answer was lost
            return True, earlier
        earlier = kept or earlier
    return await store.link(account, invitation=invitation), earlier


async def _kept(store: AccountStore, user_id: int) -> Account | None:
    try:
        return await store.account(user_id)
    except Exception as error:  # the database fails, or the key of a link is lost: a new link cures that
        _log.warning("the earlier link of user %d cannot be read: %s", user_id, type(error).__name__)
        return None


async def sign_out_earlier(
    transport: Transport, earlier: Account, client: BlinkClient, *, now: Callable[[], datetime]
) -> bool:
    """Sign an earlier link out at Blink, and say whether that was done.

    It is not done if Blink does not tell the numbers of both clients, or if both are the same: linking again keeps the
    hardware id, and the new sign-in would end with the old one.
    """
    if earlier.region is None or earlier.signed_out_at:
        return False
    try:
        number = await client.client_number()
    except BlinkError as error:
        _log.info("the earlier sign-in of user %d stays: %s", earlier.user_id, type(error).__name__)
        return False
    return await sign_out(transport, _Replaced(earlier, transport, now), earlier.region, unless=number)


class _Replaced:
    """Hands out the access token of a link that is no longer kept, to sign it out; what it renews is not saved."""

    def __init__(self, account: Account, transport: Transport, now: Callable[[], datetime]) -> None:
        self._tokens = account.tokens
        self._transport = transport
        self._now = now

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that is believed good, and is not `rejected`; raises BlinkError."""
        tokens = self._tokens
        if tokens.access in ("", rejected) or tokens.expires_at <= self._now():
            grant = RefreshGrant(tokens.refresh, tokens.oauth_client, tokens.hardware_id)
            self._tokens = await refresh(self._transport, grant, now=self._now)
        return self._tokens.access
