"""Linking a Blink account from tokens that somebody already has."""

import secrets
from collections.abc import Callable
from datetime import datetime

from bot.blink import Inventory, Transport, parse_blink_tokens, refresh, utcnow

from .models import Account
from .ports import AccountStore
from .sessions import Sessions


async def link_from_tokens(
    store: AccountStore,
    transport: Transport,
    *,
    user_id: int,
    blink_tokens: str,
    now: Callable[[], datetime] = utcnow,
) -> Inventory:
    """Link `user_id` with the sign-in in `blink_tokens` and return the cameras it reaches.

    Blink replaces the refresh token as it is used, so the new one is saved before anything else is asked; from then on
    BLINK_TOKENS is stale. Raises BadBlinkTokens and BlinkError; an earlier link stays as it was unless Blink accepted
    the new refresh token.
    """
    given = parse_blink_tokens(blink_tokens)
    tokens = await refresh(transport, given.grant, now=now)
    account = Account(user_id, secrets.token_hex(8), tokens, linked_at=now(), home=given.home)
    await store.link(account)
    inventory = await (await Sessions(store, transport, now=now).of(account)).inventory(max_age=0)
    await store.mark_success(account, at=now())
    return inventory
