"""A camera's name without a choice from the list: an exact name always wins, and a loose one must be the only one."""

import unicodedata
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink import Camera, Inventory
from bot.cameras.finder import AccessibleCamera, Reach
from bot.models import CameraKey, CameraKind
from tests.support.examples import a_share

ALICE, BOB = 1, 2
# Few letters, so that names meet; two spell an accent, and one word stands in several names.
_WORD = st.sampled_from(["a", "A", "ä", "a\N{COMBINING DIAERESIS}", "b", "ab", "ba", "door", "Tür", "tur"])
_NAME = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
WHOLE = a_share(owner_id=BOB, owner_name="bob", account_id=BOB, scope="network.2")
_NAMES = st.lists(_NAME, max_size=4)


def inventory(network: int, names: list[str]) -> Inventory:
    cameras = (
        Camera(CameraKey(CameraKind.CAMERA, network, number), name, "Home", "Mini", online=True)
        for number, name in enumerate(names, 1)
    )
    return Inventory(tuple(cameras), {network: "Home"})


def finder(cameras: dict[int, Inventory]) -> Any:
    """Return what a reach asks for accounts, with the cameras of each owner."""

    async def session(user_id: int) -> Any:
        return SimpleNamespace(client=SimpleNamespace(account_id=user_id), owner=user_id)

    async def look(session: Any, _: Any = None) -> Inventory:
        return cameras[session.owner]

    async def read(_user: int, owner: int, *_: Any, **__: Any) -> tuple[Inventory, None]:
        return cameras[owner], None

    return SimpleNamespace(
        sessions=SimpleNamespace(session=session), inventory=look, reads=SimpleNamespace(cameras=read)
    )


async def found(asked: str, own: list[str], shared: list[str], **how: Any) -> list[AccessibleCamera]:
    cameras = {ALICE: inventory(1, own), BOB: inventory(2, shared)}
    reach = Reach(finder(cameras), ALICE, [WHOLE])
    return await reach.find(asked, max_age=0, **how)


@given(_NAME, _NAMES, _NAMES)
async def test_a_loose_name_never_beats_an_exact_one_and_never_stands_for_two(
    asked: str, own: list[str], shared: list[str]
) -> None:
    loose = await found(asked, own, shared, loosely=True)
    every = await found_all(own, shared)
    exact = [one for one in every if spelt(one.camera.name) == spelt(asked)]
    if exact:
        assert loose == ([one for one in exact if not one.share] or exact)
    else:
        alike = [one for one in every if has_words(one, asked)]
        assert loose == alike, "all of them, so that the person is asked which one is meant"


async def found_all(own: list[str], shared: list[str]) -> list[AccessibleCamera]:
    cameras = {ALICE: inventory(1, own), BOB: inventory(2, shared)}
    accounts = await Reach(finder(cameras), ALICE, [WHOLE]).accounts(max_age=0)
    return [one for account in accounts for one in account.cameras()]


def spelt(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def has_words(one: AccessibleCamera, asked: str) -> bool:
    """Say the same as the bot in the test's own words."""
    plain = str.maketrans({"ä": "a", "ü": "u", "\N{COMBINING DIAERESIS}": None})
    parts = [one.camera.name, one.camera.network, *(["bobs"] if one.share else [])]
    letters = ["".join(part.casefold().translate(plain).split()) for part in parts]
    return all(any(word in part for part in letters) for word in asked.casefold().translate(plain).split())


@pytest.mark.parametrize("asked", ["frontdoor", "door front", "FRONT", "front home"])
async def test_the_only_camera_alike_is_meant(asked: str) -> None:
    [one] = await found(asked, ["Front Door", "Garage"], ["Shed"], loosely=True)
    assert one.camera.name == "Front Door"
    assert not await found(asked, ["Front Door", "Garage"], ["Shed"]), "a list that may be old is not read loosely"


async def test_an_exact_name_of_a_shared_camera_beats_a_loose_one_of_an_own() -> None:
    [one] = await found("Garden", ["Garden Shed"], ["Garden"], loosely=True)
    assert one.share


@pytest.mark.parametrize("asked", ["camera.1.9", "of.2.camera.2.9", "", "·"])
async def test_a_choice_that_is_gone_and_no_words_at_all_mean_no_camera(asked: str) -> None:
    assert await found(asked, ["Camera 1 9"], ["Of 2 camera 2 9"], loosely=True) == []
