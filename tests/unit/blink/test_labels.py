"""What is offered together differs, whatever people call their cameras and systems."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blink import Inventory, distinct
from bot.blink.inventory import inventory
from bot.blink.json_models import Homescreen

NAMES = st.one_of(
    st.sampled_from(["A", "A · A", "A (2)", "Z" * 80, "Z" * 79 + "!", "Z" * 66 + " (2)"]), st.text(max_size=90)
)


def listed(names: list[tuple[int, str]], networks: dict[int, str]) -> Inventory:
    """Return an account's cameras by their systems and names, with ids in the order in which they are given."""
    cameras: list[dict[str, Any]] = [
        {"id": 10 + at, "network_id": network, "name": name} for at, (network, name) in enumerate(names)
    ]
    spelt = [{"id": number, "name": name} for number, name in networks.items()]
    return inventory(Homescreen.model_validate({"networks": spelt, "cameras": cameras[::-1]}), 5001)


def test_two_cameras_of_one_name_in_one_system_have_numbers_by_their_ids() -> None:
    seen = listed([(1, "Front"), (1, "Front"), (1, "Back"), (1, "Front")], {1: "Home"})
    labels = {one.key.camera_id: one.label for one in seen.cameras}
    assert labels == {10: "Front · Home", 11: "Front · Home (2)", 12: "Back · Home", 13: "Front · Home (3)"}
    assert [one.key.camera_id for one in seen.find("front · home (2)")] == [11]
    assert [one.key.camera_id for one in seen.find("Front")] == [10, 11, 13]


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), NAMES), max_size=8), st.lists(NAMES, min_size=3, max_size=3))
@settings(max_examples=30)
def test_no_two_cameras_or_systems_of_an_account_have_one_label(
    names: list[tuple[int, str]], called: list[str]
) -> None:
    seen = listed(names, dict(enumerate(called, 1)))
    labels = [one.label for one in seen.cameras]
    assert len(set(labels)) == len(names)
    assert all(len(label) <= 70 for label in labels)
    assert len(set(seen.networks.values())) == 3


@given(st.dictionaries(st.integers(), st.lists(NAMES, min_size=1, max_size=3), max_size=8))
@settings(max_examples=30)
def test_labels_differ_and_are_the_first_name_that_is_clear(names: dict[int, list[str]]) -> None:
    labels = distinct(names)
    assert list(labels) == list(names)
    assert len(set(labels.values())) == len(names)
    assert labels == distinct(names)


def test_a_longer_name_is_shown_only_if_the_shorter_is_not_clear() -> None:
    front, shed = ("Front (alice's)", "Front · Home (alice's)"), ("Front (alice's)", "Front · Shed (alice's)")
    assert distinct({1: front}) == {1: front[0]}
    assert distinct({1: front, 2: shed, 3: ("Back (alice's)",)}) == {1: front[1], 2: shed[1], 3: "Back (alice's)"}
    assert distinct({1: front, 2: front}) == {1: front[1], 2: f"{front[1]} (2)"}


def test_thousands_of_one_name_are_told_apart_in_no_time() -> None:
    for name in ("A", "Z" * 80):
        assert len(set(distinct(dict.fromkeys(range(5000), (name,))).values())) == 5000
