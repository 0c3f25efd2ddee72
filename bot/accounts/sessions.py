"""Open and keep a working Blink session for each linked account."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.blink import (
    BlinkClient,
    BlinkError,
    Inventory,
    RefreshGrant,
    SignedOut,
    Transport,
    find_region,
    refresh,
    sign_out,
    utcnow,
)
from bot.caching import BoundedCache, SingleFlight
from bot.metrics import Metrics
from bot.models import Account, Region
from bot.store import AccountStore, WrongKey

from .token_refresh import LinkBearer, Shared, TokenSaver

_log = logging.getLogger(__name__)

_MARK_EVERY = 60.0
_NEVER = float("-inf")


class Session:
    """One link's Blink client, with its cameras as last seen."""

    def __init__(self, bearer: LinkBearer, client: BlinkClient, shared: Shared) -> None:
        self.client = client
        self.sure_until = _NEVER  # by the loop's clock; until then the link need not be read again
        self._bearer = bearer
        self._shared = shared
        self._inventory: Inventory | None = None
        self._seen_at: datetime | None = None
        self._fetching = SingleFlight()
        self._changes = 0  # a list that was being fetched meanwhile may be out of date
        self._marked_at = _NEVER

    @property
    def link_id(self) -> str:
        """The link of this session."""
        return self._bearer.account.link_id

    def last_inventory(self) -> Inventory | None:
        """Return the cameras as last seen, however long ago."""
        return self._inventory

    def seen_within(self, seconds: float) -> bool:
        """Return whether the cameras were seen in the last `seconds` and have not been changed since."""
        return self._seen_at is not None and 0 <= (self._shared.now() - self._seen_at).total_seconds() <= seconds

    async def inventory(self, *, max_age: float) -> Inventory:
        """Return the cameras as seen at most `max_age` seconds ago, with one request for all who wait.

        Raises BlinkError.
        """
        if self._inventory and self.seen_within(max_age):
            return self._inventory
        return await self._fetching.run(self._changes, self._fetch)

    def outdate(self) -> None:
        """Make the next caller fetch the cameras again, because something has been changed."""
        self._seen_at = None
        self._changes += 1

    async def succeeded(self) -> None:
        """Save that this link works, at most once a minute. Never raises, even if the database does."""
        now = asyncio.get_running_loop().time()
        if now - self._marked_at < _MARK_EVERY:
            return
        self._marked_at = now
        try:
            await self._shared.store.mark_success(self._bearer.account, at=self._shared.now())
        except Exception as error:
            user_id = self._bearer.account.user_id
            _log.warning("the success of user %d is not marked: %s", user_id, type(error).__name__)

    async def _fetch(self) -> Inventory:
        changes = self._changes
        inventory = await self.client.inventory()
        if changes == self._changes:
            self._inventory, self._seen_at = inventory, self._shared.now()
        return inventory


class Sessions:
    """Opens sessions for linked people, and keeps those of the `kept` people who used theirs last.

    `kept` is above the number of accounts that alerts look at every minute: a session that is opened for each look
    would forget Blink's holds and clock, failed refreshes, and the number of the first page of recordings.
    A link is read again after `sure_for` seconds: changes by this process count at once, those by another process no
    later than that. `signed_out` is called as described at `Shared`.
    """

    def __init__(
        self,
        store: AccountStore,
        transport: Transport,
        metrics: Metrics,
        *,
        now: Callable[[], datetime] = utcnow,
        kept: int = 10_000,
        sure_for: float = 2.0,
        signed_out: Callable[[int], None] = lambda user_id: None,
    ) -> None:
        calls = SingleFlight()
        saver = TokenSaver(store, calls)
        self._shared = Shared(store, transport, now, self._ended, metrics, saver, calls)
        self._sure_for = sure_for
        self._signed_out = signed_out
        self._changes = 0  # of links by this process; a link that was being read meanwhile may be out of date
        self._open = BoundedCache[int, Session](kept)
        self._beginning = SingleFlight()
        self._unlinking = set[int]()
        self._without_region: dict[int, LinkBearer] = {}  # kept, as past failures set the pace of the next try

    async def session(self, user_id: int, *, link_id: str | None = None) -> Session | None:
        """Return the session of a person. Returns None if nothing is linked. Raises BlinkError.

        The database is not asked if the session is of the link `link_id`, which the caller has read lately.
        """
        session, now, changes = self.known(user_id), asyncio.get_running_loop().time(), self._changes
        if session and (now < session.sure_until or (session.link_id == link_id and session.sure_until > _NEVER)):
            return session
        account = await self._shared.store.account(user_id)
        if account is None:
            self._open.pop(user_id)
            return None
        if account.signed_out_at:
            self._open.pop(user_id)
            raise SignedOut("marked as signed out", final=True)
        session = await self._session(account)
        if changes == self._changes:
            session.sure_until = now + self._sure_for
        return session

    async def linked(self, user_id: int) -> bool:
        """Return whether a person is linked, by the database, and not about to be unlinked by this process."""
        return user_id not in self._unlinking and await self._shared.store.is_linked(user_id)

    async def of(self, account: Account) -> Session:
        """Return the session of a new link. Raises BlinkError."""
        self.forget(account.user_id)
        return await self._session(account)

    async def _session(self, account: Account) -> Session:
        """Return the session of this very link. Raises BlinkError."""
        session = self._open.get(account.user_id)
        if session is None or session.link_id != account.link_id:
            session = await self._beginning.run(account.link_id, partial(self._begin, account))
        return session

    def known(self, user_id: int) -> Session | None:
        """Return a person's session from memory, or None; send nothing with it, since the link may be gone."""
        return self._open.get(user_id)

    def forget(self, user_id: int) -> None:
        """Forget the session of a person whose link has changed."""
        self._changes += 1
        self._open.pop(user_id)
        self._without_region.pop(user_id, None)

    def last_inventory(self, user_id: int) -> Inventory | None:
        """Return a person's cameras from memory, or None."""
        session = self.known(user_id)
        return session.last_inventory() if session else None

    async def unlink(self, user_id: int) -> tuple[bool, bool]:
        """Sign a person out at Blink, and delete all that is kept of them.

        Returns whether they were linked, and whether Blink has ended the sign-in. Whatever Blink refuses meanwhile
        finds no link, and nobody is told of that. Raises StorageUnavailable.
        """
        self._unlinking.add(user_id)
        try:
            signed_out = await self._sign_out(user_id)  # first, while the tokens are still there
            return await self._shared.store.unlink(user_id), signed_out
        finally:
            self._unlinking.discard(user_id)

    async def _sign_out(self, user_id: int) -> bool:
        """End this person's tokens at Blink; return whether that worked, or Blink had done it before."""
        try:
            account = await self._shared.store.account(user_id)
        except WrongKey:  # what no key opens can still be deleted
            account = None
        self.forget(user_id)
        if account and account.signed_out_at:
            return True
        if account is None or account.region is None:
            return False
        return await sign_out(self._shared.transport, LinkBearer(account, self._shared), account.region)

    def sign_out_earlier(self, earlier: Account, session: Session) -> None:
        """Sign out the link that `session` has replaced, in the background, unless that could end both."""
        shared = self._shared
        work = partial(_sign_out_earlier, shared.transport, earlier, session.client, now=shared.now)
        shared.calls.begin(earlier.link_id, work)

    async def close(self, *, timeout: float = 10.0) -> None:
        """Wait for refreshes under way, and try once more to save unsaved tokens, since their loss ends a sign-in."""
        self._shared.saver.stop()
        await self._shared.calls.close(patience=timeout)

    async def _begin(self, account: Account) -> Session:
        """Begin the session of a link, once for all who wait, so that the region is looked up once."""
        region, shared = account.region, self._shared
        if region:
            bearer = LinkBearer(account, shared)
        else:
            bearer = self._without_region.get(account.user_id)
            if bearer is None or bearer.account.link_id != account.link_id:
                bearer = self._without_region[account.user_id] = LinkBearer(account, shared)
            region = await self._find_region(bearer)
            await shared.store.save_region(account, region)
            self._without_region.pop(account.user_id, None)
        client = BlinkClient(shared.transport, bearer, tier=region.tier, account_id=region.account_id, now=shared.now)
        session = Session(bearer, client, shared)
        self._open.put(account.user_id, session)  # here, or who asks before the first one goes on would begin another
        return session

    def _ended(self, user_id: int) -> None:
        self.forget(user_id)
        if user_id not in self._unlinking:
            self._signed_out(user_id)

    async def _find_region(self, bearer: LinkBearer) -> Region:
        token = await bearer.token()
        try:
            return await find_region(self._shared.transport, token)
        except SignedOut:
            return await find_region(self._shared.transport, await bearer.token(rejected=token))


async def _sign_out_earlier(
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
    return await sign_out(transport, _ReplacedBearer(earlier, transport, now), earlier.region, unless=number)


class _ReplacedBearer:
    """Hands out the access token of a link that is no longer kept, to sign it out; renewed tokens are not saved."""

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
