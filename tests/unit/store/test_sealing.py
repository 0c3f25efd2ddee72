"""A sealed value opens with any of the keys, in its own place, and nowhere else."""

import base64
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.store import Keyring, WrongKey
from bot.store.errors import BadKeys
from tests.support.examples import KEY, KEYRING

PLACE: dict[str, Any] = {"table": "accounts", "column": "access_token", "row": 1}
SECRET = "the plaintext that nobody may see"

names = st.text(max_size=20)
places = st.fixed_dictionaries({"table": names, "column": names, "row": names | st.integers()})


@given(plaintext=st.text(), place=places)
def test_what_was_sealed_opens_in_its_place(plaintext: str, place: dict[str, Any]) -> None:
    sealed = KEYRING.seal(plaintext, **place)
    assert KEYRING.open(sealed, **place) == plaintext


@given(one=places, two=places)
def test_a_value_moved_to_another_place_is_refused(one: dict[str, Any], two: dict[str, Any]) -> None:
    assume({**one, "row": str(one["row"])} != {**two, "row": str(two["row"])})
    sealed = KEYRING.seal(SECRET, **one)
    with pytest.raises(WrongKey, match="another place") as refused:
        KEYRING.open(sealed, **two)
    assert SECRET not in _all_texts(refused.value)


@given(data=st.data())
def test_a_changed_value_is_refused(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(KEYRING.seal(SECRET, **PLACE)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WrongKey) as refused:
        KEYRING.open(base64.urlsafe_b64encode(raw).decode(), **PLACE)
    assert SECRET not in _all_texts(refused.value)


@given(rubbish=st.text())
def test_rubbish_is_refused(rubbish: str) -> None:
    with pytest.raises(WrongKey):
        KEYRING.open(rubbish, **PLACE)


def test_something_else_sealed_with_our_key_is_refused() -> None:
    key = Fernet.generate_key().decode()
    for plaintext in (b"not JSON", b"3", b"[]", b'["x"]', b'{"a": 1}', b"\xff"):
        with pytest.raises(WrongKey):
            Keyring([key]).open(Fernet(key).encrypt(plaintext).decode(), **PLACE)


def test_the_same_value_looks_different_each_time() -> None:
    assert KEYRING.seal(SECRET, **PLACE) != KEYRING.seal(SECRET, **PLACE)


def test_a_new_first_key_seals_and_the_old_one_still_opens() -> None:
    new = Fernet.generate_key().decode()
    both = Keyring([new, KEY])
    assert both.open(KEYRING.seal(SECRET, **PLACE), **PLACE) == SECRET
    assert Keyring([new]).open(both.seal(SECRET, **PLACE), **PLACE) == SECRET
    with pytest.raises(WrongKey):
        KEYRING.open(both.seal(SECRET, **PLACE), **PLACE)


@pytest.mark.parametrize(
    "key",
    [Fernet.generate_key().decode(), "x" * 32, "ein Geheimnis mit Umlauten: äöü, lang genug", "\udc80" * 32],
    ids=["a Fernet key", "letters", "umlauts", "undecodable bytes"],
)
def test_a_fernet_key_or_any_long_secret_will_do(key: str) -> None:
    assert Keyring([f" {key}\n"]).open(Keyring([key]).seal(SECRET, **PLACE), **PLACE) == SECRET


def test_a_fernet_key_is_used_as_it_is() -> None:
    key = Fernet.generate_key()
    assert SECRET in Fernet(key).decrypt(Keyring([key.decode()]).seal(SECRET, **PLACE)).decode()


def test_what_an_earlier_release_sealed_still_opens() -> None:
    sealed = (
        "gAAAAABrA6E_qdH0QW03PkRqoRPP08EOWsYBRMwWYCJe9vvMA3bARJa2LspzknMUHW31kx"
        "Z36Z-iljYwZQZpeHKHf0QEeBP6u6AoUVwFp0_UjB4kIManfTcXPLFEeMrNgtXroa7yMObR"
    )
    assert Keyring(["a secret of the first release, 2026"]).open(sealed, **PLACE) == "kept"


@pytest.mark.parametrize("keys", [[], [""], ["   "], ["short but secret"], [KEY, "short but secret"], [" " * 40]])
def test_no_key_or_a_short_one_is_said_without_showing_it(keys: list[str]) -> None:
    with pytest.raises(BadKeys) as refused:
        Keyring(keys)
    assert "short but secret" not in _all_texts(refused.value)


def test_neither_a_keyring_nor_an_error_shows_a_key() -> None:
    with pytest.raises(WrongKey) as refused:
        Keyring(["y" * 32]).open(KEYRING.seal(SECRET, **PLACE), **PLACE)
    shown = _all_texts(refused.value) + repr(KEYRING) + str(KEYRING)
    assert KEY not in shown
    assert SECRET not in shown


def _all_texts(error: BaseException | None) -> str:
    """Everything a traceback would print of an error and of what it came from."""
    texts = ""
    while error is not None:
        texts += repr(error) + str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return texts
