"""Names that somebody types loosely: words in any order, without blanks, accents and case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink import resembles

_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("frontdoor", "Front Door"),
        ("door front", "Front Door"),
        ("FRONT-DOOR", "front door"),
        ("tur", "Tür"),
        ("TÜR", "Tu\N{COMBINING DIAERESIS}r"),
        ("strasse", "Straße"),
        ("garage home", "Garage · Home"),
        ("ﬁsh", "Fish pond"),
        ("カメラ", "ｶﾒﾗ 1"),
        ("🚪", "🚪 Front"),
    ],
)
def test_what_somebody_types_finds_the_name(asked: str, name: str) -> None:
    assert resembles(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [("", "Front Door"), (" ", "Front Door"), ("?!", "Front Door"), ("back door", "Front Door"), ("turm", "Tür")],
)
def test_what_has_another_word_or_none_finds_nothing(asked: str, name: str) -> None:
    assert not resembles(asked, name)


@given(_NAMES, st.randoms(use_true_random=False))
def test_order_blanks_and_case_never_matter(name: str, chance: object) -> None:
    words = name.split()
    chance.shuffle(words)  # type: ignore[attr-defined]
    if not resembles(name, name):  # a name of punctuation alone
        return
    assert resembles(" ".join(words), name)
    assert resembles(name.casefold(), name)
