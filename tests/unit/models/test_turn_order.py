"""In which order queued jobs begin: a network's one at a time, a person's three at once, the oldest first."""

from __future__ import annotations

import pytest

from bot.models import Entry, HeldBack, Order, Stage

ALICE, BOB, CAROL = 1, 2, 3
RUN, WAIT, LOOK = Stage.RECORDING, Stage.QUEUED, Stage.LOOKING


def line(*entries: tuple[str, int, int, Stage], owner: dict[str, int] | None = None) -> Order:
    """A line of (name, person, network, stage), oldest first; `owner` says whose cameras some are with."""
    return Order(
        Entry(name, person, (owner or {}).get(name, person), (5, network), stage)
        for name, person, network, stage in entries
    )


def beginning(order: Order, names: str) -> str:
    return "".join(name for name in names if order.may_begin(name))


THREE = (("a", ALICE, 1, RUN), ("b", ALICE, 2, RUN), ("c", ALICE, 3, LOOK))


def test_one_at_a_time_begins_on_a_network_the_oldest_first() -> None:
    assert beginning(line(("a", ALICE, 1, WAIT), ("b", BOB, 1, WAIT), ("c", BOB, 2, WAIT)), "abc") == "ac"
    assert beginning(line(("a", ALICE, 1, RUN), ("b", BOB, 1, WAIT)), "ab") == ""
    assert beginning(line(("a", ALICE, 1, LOOK), ("b", BOB, 1, WAIT)), "ab") == "b"


def test_the_place_counts_what_waits_before_on_the_network_and_what_occupies_it() -> None:
    waiting = (("b", BOB, 1, WAIT), ("c", BOB, 2, WAIT), ("d", BOB, 1, WAIT))
    assert [line(*waiting).position(name) for name in "bcd"] == [0, 0, 1]
    assert [line(("a", ALICE, 1, RUN), *waiting).position(name) for name in "bcd"] == [1, 0, 2]
    assert line(("a", ALICE, 1, LOOK), *waiting).position("d") == 1


def test_the_fourth_of_a_person_waits_until_one_of_three_is_done() -> None:
    fourth = ("d", ALICE, 4, WAIT)
    assert beginning(line(*THREE, fourth), "d") == ""
    assert beginning(line(*THREE[:2], fourth), "d") == "d"


def test_what_waits_for_its_network_takes_nothing_from_the_persons_three() -> None:
    order = line(("a", ALICE, 1, RUN), ("b", ALICE, 1, WAIT), ("c", ALICE, 1, WAIT), ("d", ALICE, 2, WAIT))
    assert beginning(order, "abcd") == "d"
    assert order.held_back("d") is None


def test_one_free_place_is_the_older_ones() -> None:
    order = line(*THREE[:2], ("d", ALICE, 4, WAIT), ("e", ALICE, 5, WAIT))
    assert beginning(order, "de") == "d"
    occupied = line(*THREE[:2], ("d", ALICE, 1, WAIT), ("e", ALICE, 5, WAIT))
    assert beginning(occupied, "de") == "e", "the older one could not use it"


def test_who_is_held_back_by_their_own_keeps_nobody_else_waiting() -> None:
    assert beginning(line(*THREE, ("d", ALICE, 4, WAIT), ("e", BOB, 4, WAIT)), "de") == "e"


def test_with_somebody_elses_cameras_that_ones_blink_counts_too() -> None:
    shared = {"a": ALICE, "b": ALICE, "d": ALICE, "e": ALICE}
    running = (("a", BOB, 1, RUN), ("b", CAROL, 2, RUN), ("c", ALICE, 3, RUN))
    order = line(*running, ("d", BOB, 4, WAIT), ("e", BOB, 5, WAIT), ("f", ALICE, 6, WAIT), owner=shared)
    assert beginning(order, "def") == "f", "guests never lock the owner out"
    assert order.held_back("d") == HeldBack(0, of_owner=True)
    assert order.held_back("e") == HeldBack(1, of_owner=True)
    assert order.held_back("f") is None


@pytest.mark.parametrize(("name", "before"), [("d", 0), ("e", 1)])
def test_who_is_held_back_is_told_how_many_wait_before(name: str, before: int) -> None:
    order = line(*THREE, ("x", BOB, 4, WAIT), ("d", ALICE, 4, WAIT), ("e", ALICE, 5, WAIT))
    assert order.held_back(name) == HeldBack(before)


def test_what_runs_or_is_gone_is_not_held_back() -> None:
    order = line(*THREE)
    assert order.held_back("a") is order.held_back("gone") is None
    assert not order.may_begin("gone")
