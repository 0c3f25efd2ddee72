"""Link Blink accounts with tokens: those that somebody already has, and those that a sign-in has brought."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.blink import Inventory, NeverSent, Refused, SignedOut, Transport, parse_blink_tokens, refresh, utcnow
from bot.metrics import Metrics
from bot.models import Account
from bot.store import AccountStore

from .sessions import Session, Sessions

_log = logging.getLogger(__name__)

_PAUSES = (0.1, 0.5, 2.0, 5.0, 5.0, 5.0, 5.0)  # somebody waits, behind a proxy that gives up after a while


class LinkedUnseen(Exception):
    """The link is made and BLINK_TOKENS is used up, but `why` prevented the listing of its cameras."""

    def __init__(self, why: Exception) -> None:
        super().__init__(f"linked, but the cameras cannot be listed yet: {type(why).__name__}")
        self.why = why


async def link_from_tokens(
    store: AccountStore,
    transport: Transport,
    *,
    user_id: int,
    blink_tokens: str,
    now: Callable[[], datetime] = utcnow,
) -> Inventory:
    """Link `user_id` with the sign-in in `blink_tokens` and return the cameras it reaches.

    Blink replaces the refresh token as it is used, so the new one is saved before anything else is asked, and nothing
    is exchanged while the database takes no writes; from then on BLINK_TOKENS is stale. Raises BadBlinkTokens,
    BlinkError and the database's error; an earlier link stays as it was unless Blink accepted the new refresh token,
    and LinkedUnseen means that it did.
    """
    given = parse_blink_tokens(blink_tokens)
    await store.try_to_write()
    tokens = await refresh(transport, given.grant, now=now)
    region = given.region
    if region and tokens.account_id not in (None, region.account_id):
        region = None  # it belongs to another account, which this bearer must not be shown to
    account = Account(user_id, secrets.token_hex(8), tokens, linked_at=now(), region=region)
    _, earlier = await save_link(store, account)
    sessions = Sessions(store, transport, Metrics(), now=now)
    try:
        session, inventory = await _looked(store, sessions, account)
        if earlier:
            sessions.sign_out_earlier(earlier, session)
    except Exception as error:
        if isinstance(error, SignedOut) and error.final:
            raise
        raise LinkedUnseen(error) from error
    finally:
        await sessions.close()
    await session.succeeded()
    return inventory


async def _looked(store: AccountStore, sessions: Sessions, account: Account) -> tuple[Session, Inventory]:
    """Ask for the cameras in the region that BLINK_TOKENS names, or else in the one that Blink names."""
    try:
        session = await sessions.of(account)
        return session, await session.inventory(max_age=0)
    except (NeverSent, Refused, SignedOut) as error:  # a region that does not exist has no address
        current = await store.account(account.user_id)
        if account.region is None or current is None or (isinstance(error, SignedOut) and error.final):
            raise
    session = await sessions.of(replace(current, region=None))
    return session, await session.inventory(max_age=0)


async def save_link(
    store: AccountStore, account: Account, *, invitation: str | None = None
) -> tuple[bool, Account | None]:
    """Save a link whose tokens are nowhere else, and return whether it is saved, and the link that it replaced.

    It is not saved if `invitation` was used or is gone. Raises the database's error if that persists.
    """
    earlier = await link_of(store, account.user_id)
    for pause in _PAUSES:
        try:
            return await store.link(account, invitation=invitation), earlier
        except Exception as error:
            _log.warning("the link of user %d is not saved yet: %s", account.user_id, type(error).__name__)
        await asyncio.sleep(pause)
        kept = await link_of(store, account.user_id)
        if kept and kept.link_id == account.link_id:  # the write arrived, and only its answer was lost
            return True, earlier
        earlier = kept or earlier
    return await store.link(account, invitation=invitation), earlier


async def link_of(store: AccountStore, user_id: int) -> Account | None:
    """Return a person's link. Returns None if there is none, or if it cannot be read."""
    try:
        return await store.account(user_id)
    except Exception as error:  # the database fails, or the key of a link is lost: a new link cures that
        _log.warning("the earlier link of user %d cannot be read: %s", user_id, type(error).__name__)
        return None
