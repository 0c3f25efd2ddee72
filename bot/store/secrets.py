"""Secrets at rest: sealed with the first key, opened with any key, and only in the place that they were sealed for."""

import base64
import json
import re
from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, and_, select, update

from .engine import Database
from .errors import BadKeys, WrongKey
from .tables import accounts, clip_jobs, meta
from .transaction import Transaction

CANARY = "canary"  # sealed when the database is new: if it does not open, nothing else will

_SHORTEST = 32
_INFO = b"blink-clip-bot sealing key 1"  # part of every derived key: another text opens nothing that was sealed before

_SEALED: tuple[tuple[Column[Any], tuple[Column[str], ...]], ...] = (
    (accounts.c.user_id, (accounts.c.access_token, accounts.c.refresh_token)),
    (clip_jobs.c.id, (clip_jobs.c.reply_token,)),
    (meta.c.key, (meta.c.value,)),
)


class Keyring:
    """The keys that seal: each is a Fernet key or any secret of 32 or more characters, without spaces around it."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys, first the one to seal with; raises BadKeys."""
        if not keys:
            raise BadKeys("No key is given to seal tokens with: make one with `python -m bot keygen`.")
        self._fernet = MultiFernet([_fernet(key.strip(), place) for place, key in enumerate(keys, start=1)])

    def seal(self, plaintext: str, *, table: str, column: str, row: int | str) -> str:
        """Return `plaintext` sealed for this one place."""
        return self._fernet.encrypt(json.dumps([plaintext, table, column, str(row)]).encode()).decode()

    def open(self, sealed: str, *, table: str, column: str, row: int | str) -> str:
        """Return what was sealed for this place; raises WrongKey."""
        try:
            opened = json.loads(self._fernet.decrypt(sealed))
        except (InvalidToken, ValueError):
            # `from None`: what a half-opened value holds must not reach a traceback.
            raise WrongKey(f"A sealed value in {table}.{column} opens with none of the keys in TOKEN_KEYS.") from None
        match opened:
            case [str() as plaintext, *place] if place == [table, column, str(row)]:
                return plaintext
            case _:
                pass
        raise WrongKey(f"A sealed value in {table}.{column} was made for another place.")

    def __repr__(self) -> str:
        return "<Keyring>"


def _fernet(key: str, place: int) -> Fernet:
    if re.fullmatch(r"[A-Za-z0-9_-]{43}=", key, re.ASCII):
        return Fernet(key)
    if len(key) < _SHORTEST:
        raise BadKeys(f"Key {place} of TOKEN_KEYS has {len(key)} characters; it needs {_SHORTEST} or more.")
    # A secret of this length is no password to be guessed, so that a plain derivation is enough.
    secret = key.encode("utf-8", "surrogatepass")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))


async def rotate(database: Database, keyring: Keyring) -> int:
    """Seal every secret with the first key and return how many there were; raises WrongKey.

    A value that changes meanwhile is left: that write has sealed it with the first key already.
    """
    found = await database.read(lambda transaction: list(_all_sealed(transaction)))
    for key, column, row, sealed in found:
        place: dict[str, Any] = {"table": key.table.name, "column": column.name, "row": row}
        resealed = keyring.seal(keyring.open(sealed, **place), **place)
        sealing = update(key.table).where(key == row, column == sealed).values({column: resealed})
        await database.write(partial(Transaction.change, statement=sealing))
    return len(found)


def open_all(transaction: Transaction, keyring: Keyring) -> None:
    """Open every secret; raises WrongKey."""
    for key, column, row, sealed in _all_sealed(transaction):
        keyring.open(sealed, table=key.table.name, column=column.name, row=row)


def _all_sealed(transaction: Transaction) -> Generator[tuple[Column[Any], Column[str], Any, str]]:
    """Yield every secret: the key and the column that hold it, and their values."""
    for key, columns in _SEALED:
        for column in columns:
            wanted = and_(column.is_not(None), *([key == CANARY] if key is meta.c.key else []))
            for row, sealed in transaction.tuples(select(key, column).where(wanted)):
                yield key, column, row, sealed
