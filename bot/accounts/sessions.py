"""A working Blink session per linked account: the token is refreshed once at a time, whoever asks for it."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.blink import (
    BlinkClient,
    BlinkError,
    Grant,
    Inventory,
    SignedOut,
    Transport,
    Unreachable,
    find_home,
    refresh,
    utcnow,
)

from .models import Account
from .ports import AccountStore

_log = logging.getLogger(__name__)

_EARLY = timedelta(seconds=60)
_LEASE = 45.0  # longer than any refresh may take, so that a lease only runs out when its holder is gone


class Session:
    """One link's Blink client and its cameras, as last seen."""

    def __init__(self, client: BlinkClient, *, now: Callable[[], datetime]) -> None:
        self.client = client
        self._now = now
        self._inventory: Inventory | None = None
        self._seen_at: datetime | None = None
        self._fetching: asyncio.Task[Inventory] | None = None

    @property
    def last_inventory(self) -> Inventory | None:
        """The cameras as last seen, however long ago."""
        return self._inventory

    async def inventory(self, *, max_age: float) -> Inventory:
        """Return the cameras as seen at most `max_age` seconds ago, asking Blink once for all who wait."""
        if self._inventory and self._seen_at and (self._now() - self._seen_at).total_seconds() <= max_age:
            return self._inventory
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch(), name="cameras")
            self._fetching.add_done_callback(_seen)
        return await asyncio.shield(self._fetching)

    async def _fetch(self) -> Inventory:
        inventory = await self.client.inventory()
        self._inventory, self._seen_at = inventory, self._now()
        return inventory


def _seen(task: asyncio.Task[Any]) -> None:
    """Read the outcome, so that a failure nobody waited for is not reported as unheard."""
    if not task.cancelled():
        task.exception()


class Sessions:
    """Opens sessions for linked people; one per link is kept while it is used."""

    def __init__(
        self,
        store: AccountStore,
        transport: Transport,
        *,
        now: Callable[[], datetime] = utcnow,
        wait_for_other: float = 0.2,
        kept: int = 10_000,
    ) -> None:
        self._store = store
        self._transport = transport
        self._now = now
        self._wait_for_other = wait_for_other
        self._kept = kept
        self._open: dict[int, tuple[str, Session]] = {}
        self._renewals: set[asyncio.Task[None]] = set()

    async def session(self, user_id: int) -> Session | None:
        """Return the session of a person, or None where nothing is linked; raises BlinkError."""
        account = await self._store.account(user_id)
        if account is None:
            self._open.pop(user_id, None)
            return None
        if account.signed_out_at:
            raise SignedOut("marked as signed out", final=True)
        return await self.of(account)

    async def of(self, account: Account) -> Session:
        """Return the session that belongs to this very link; raises BlinkError."""
        link_id, session = self._open.pop(account.user_id, ("", None))
        if session is None or link_id != account.link_id:
            session = await self._begin(account)
        self._open[account.user_id] = (account.link_id, session)  # youngest last
        while len(self._open) > self._kept:
            self._open.pop(next(iter(self._open)))
        return session

    def last_inventory(self, user_id: int) -> Inventory | None:
        """Return a person's cameras from memory alone, or None."""
        _, session = self._open.get(user_id, ("", None))
        return session.last_inventory if session else None

    async def close(self, *, timeout: float = 10.0) -> None:
        """Wait for refreshes under way: an answer that nobody saves is a sign-in lost."""
        if self._renewals:
            await asyncio.wait(self._renewals, timeout=timeout)

    async def _begin(self, account: Account) -> Session:
        bearer = _LinkBearer(account, self._store, self._transport, self._now, self._wait_for_other, self._renewals)
        home = account.home
        if home is None:
            home = await find_home(self._transport, await bearer.token())
            await self._store.save_home(account, home)
        client = BlinkClient(self._transport, bearer, tier=home.tier, account_id=home.account_id, now=self._now)
        return Session(client, now=self._now)


@dataclass
class _LinkBearer:
    """The access token of one link, refreshed under a lock here and a lease in the database."""

    account: Account
    store: AccountStore
    transport: Transport
    now: Callable[[], datetime]
    wait_for_other: float
    renewals: set[asyncio.Task[None]]

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that has a minute left and is not `rejected`; raises BlinkError."""
        if not self._good(rejected):
            async with self._lock:
                if not self._good(rejected):
                    await self._renew(rejected)
        return self.account.tokens.access

    def _good(self, rejected: str | None) -> bool:
        tokens = self.account.tokens
        return bool(tokens.access) and tokens.access != rejected and tokens.expires_at - _EARLY > self.now()

    async def _renew(self, rejected: str | None) -> None:
        owner = secrets.token_hex(8)
        deadline = asyncio.get_running_loop().time() + _LEASE
        while not await self.store.claim_refresh(self.account, owner=owner, seconds=_LEASE):
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable("the sign-in: it is being renewed elsewhere and does not come to an end")
            await asyncio.sleep(self.wait_for_other)
            if await self._reload(rejected):
                return
        if await self._reload(rejected):
            await self.store.release_refresh(self.account, owner=owner)
            return
        # It finishes even if the asker goes away: a rotated token must never be lost.
        task = asyncio.create_task(self._refresh(owner), name="refresh")
        self.renewals.add(task)
        task.add_done_callback(self.renewals.discard)
        task.add_done_callback(_seen)
        await asyncio.shield(task)

    async def _reload(self, rejected: str | None) -> bool:
        """Read the link again and say whether its token is good now."""
        current = await self.store.account(self.account.user_id)
        if current is None or current.link_id != self.account.link_id:
            raise SignedOut("this link has been replaced or removed", final=False)
        self.account = current
        return self._good(rejected)

    async def _refresh(self, owner: str) -> None:
        account, tokens = self.account, self.account.tokens
        grant = Grant(tokens.refresh, tokens.oauth_client, tokens.hardware_id)
        try:
            fresh = await refresh(self.transport, grant, now=self.now)
        except BlinkError as error:
            if isinstance(error, SignedOut) and error.final:
                await self.store.mark_signed_out(account, at=self.now())
                _log.warning("Blink signed out user %d", account.user_id)
            await self.store.release_refresh(account, owner=owner)
            raise
        if not await self.store.save_tokens(account, owner=owner, tokens=fresh):
            raise SignedOut("this link has been replaced or removed", final=False)
        self.account = replace(account, tokens=fresh)
