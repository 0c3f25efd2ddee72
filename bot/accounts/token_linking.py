"""Link a Blink account from tokens that somebody already has."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.blink import Inventory, Refused, SignedOut, Transport, parse_blink_tokens, refresh, utcnow
from bot.metrics import Metrics
from bot.models import Account
from bot.store import AccountStore

from .linking import save_link
from .sessions import Session, Sessions


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
    except (Refused, SignedOut) as error:
        current = await store.account(account.user_id)
        if account.region is None or current is None or (isinstance(error, SignedOut) and error.final):
            raise
    session = await sessions.of(replace(current, region=None))
    return session, await session.inventory(max_age=0)
