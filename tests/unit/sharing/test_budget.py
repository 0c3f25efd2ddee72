"""How often a guest may have an owner's Blink asked."""

from datetime import UTC, datetime, timedelta

from bot.sharing.shares import Budget

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ALICE, BOB, CAROL = 1, 2, 3


def test_what_is_spent_comes_back_an_hour_later() -> None:
    budget = Budget(most=2)
    assert budget.spend(BOB, ALICE, now=NOON) is None
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(minutes=10)) is None
    later = NOON + timedelta(minutes=20)
    assert budget.spend(BOB, ALICE, now=later) == NOON + timedelta(hours=1)
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(hours=1)) is None
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(hours=1)) == NOON + timedelta(minutes=70)


def test_each_guest_has_their_own_with_each_owner() -> None:
    budget = Budget(most=1)
    for guest, owner in ((BOB, ALICE), (CAROL, ALICE), (BOB, CAROL)):
        assert budget.spend(guest, owner, now=NOON) is None
    assert budget.spend(BOB, ALICE, now=NOON)
