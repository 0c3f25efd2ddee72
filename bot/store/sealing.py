"""Secrets at rest: sealed with the first key, opened with any, and only where they were put."""

import base64
import json
import re
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import BadKeys, WrongKey

_SHORTEST = 32
_INFO = b"blink-clip-bot sealing key 1"  # part of every derived key: another text opens nothing that was sealed before


class Keyring:
    """The keys that seal: each a Fernet key or any secret of 32 or more characters; spaces around one do not count."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys, the one to seal with first; raises BadKeys."""
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
