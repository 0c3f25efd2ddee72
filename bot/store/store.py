"""The whole store: opening it, bringing its tables up to date, and closing it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from .accounts import AccountStore
from .alerts import AlertMessageStore, FeedStore, Process
from .camera_health import HealthStore
from .engine import Database, DatabaseAddress, connect
from .errors import WrongKey
from .jobs import JobStore
from .migrate import bring_up_to_date, is_current
from .people import InvitationStore, PeopleStore, UntoldStore
from .secrets import CANARY, Keyring, rotate
from .shares import ShareStore
from .store_part import StorePart, reads, writes
from .subscriptions import SubscriptionStore
from .tables import meta
from .transaction import Transaction

_CANARY_PLACE = {"table": "meta", "column": "value", "row": CANARY}
_RELAY = "relay certificate "  # with its fingerprint, the key under which its host is remembered


@dataclass(frozen=True, slots=True)
class AlertStore:
    """Everything that is kept for alerts."""

    subscriptions: SubscriptionStore
    feeds: FeedStore
    alert_messages: AlertMessageStore
    health: HealthStore


class Store(StorePart):
    """Everything the bot keeps."""

    def __init__(self, database: Database, keyring: Keyring, *, lease: float, alert_lease: float) -> None:
        super().__init__(database)
        self._keyring = keyring
        self.accounts = AccountStore(database, keyring)
        self.people = PeopleStore(database)
        self.invitations = InvitationStore(database)
        self.shares = ShareStore(database)
        self.jobs = JobStore(database, keyring, lease=lease)
        self.untold = UntoldStore(database)
        process = Process(lease=alert_lease)
        self.alerts = AlertStore(
            SubscriptionStore(database),
            FeedStore(database, process),
            AlertMessageStore(database, process),
            HealthStore(database, process),
        )

    @reads
    def meta(self, transaction: Transaction, key: str) -> str | None:
        """Return a remembered value."""
        return transaction.scalar(select(meta.c.value).where(meta.c.key == key))

    @writes
    def set_meta(self, transaction: Transaction, key: str, value: str) -> None:
        """Remember a value."""
        transaction.put(meta, {"key": key, "value": value}, unique=["key"])

    @reads
    def relay_certificates(self, transaction: Transaction) -> frozenset[str]:
        """Return the fingerprints of the relays' certificates that this installation has accepted."""
        kept = select(meta.c.key).where(meta.c.key.startswith(_RELAY))
        return frozenset(key.removeprefix(_RELAY) for key in transaction.scalars(kept))

    async def keep_relay_certificate(self, fingerprint: str, host: str) -> None:
        """Remember a relay's certificate, and the host that first showed it."""
        await self.set_meta(_RELAY + fingerprint, host)

    async def rotate_keys(self) -> int:
        """Seal every secret with the first key, and return their number; raises StoreError."""
        return await rotate(self.database, self._keyring)

    async def check(self) -> None:
        """Read one row; raises StoreError if that fails."""
        await self.meta(CANARY)

    async def is_current(self) -> bool:
        """Say whether the tables have the version that this code needs; raises StoreError."""
        return await is_current(self.database)


@asynccontextmanager
async def open_store(
    address: DatabaseAddress,
    keyring: Keyring,
    *,
    busy_timeout: float = 5.0,
    lease: float = 10.0,
    alert_lease: float = 60.0,
) -> AsyncGenerator[Store]:
    """Open the store at `address` and bring its tables up to date; raises StoreError.

    A write waits `busy_timeout` seconds for another program's. The lease of a job lasts `lease` seconds, that of a
    process for its feeds and alert messages `alert_lease`.
    """
    database = connect(address, busy_timeout=busy_timeout)
    try:
        await bring_up_to_date(database)
        await _check_keys(database, keyring)
        yield Store(database, keyring, lease=lease, alert_lease=alert_lease)
    finally:
        await database.close()


async def _check_keys(database: Database, keyring: Keyring) -> None:
    stored = select(meta.c.value).where(meta.c.key == CANARY)

    def known(transaction: Transaction) -> str | None:
        return transaction.scalar(stored)

    def make(transaction: Transaction) -> str | None:
        fresh = {"key": CANARY, "value": keyring.seal(CANARY, **_CANARY_PLACE)}
        transaction.insert_new(meta, fresh, unique=["key"])
        return known(transaction)  # perhaps that of another process with other keys

    canary = await database.read(known) or await database.write(make)
    assert canary is not None
    try:
        keyring.open(canary, **_CANARY_PLACE)
    except WrongKey:
        raise WrongKey(
            f"None of the keys in TOKEN_KEYS opens the database {database.name}: give the key it was made with as well."
        ) from None
