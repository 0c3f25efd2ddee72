"""Long lists of shares: each kind has its place, and what there is no room for is counted."""

from datetime import UTC, datetime

from bot.models import Hours, Right, Share
from bot.wording import shares
from tests.support.reading import drawn, text_of

ALICE, BOB = 80351110224678912, 1180351110224678913


def _given(by: int, number: int) -> Share:
    return Share(
        id=f"{number:016x}",
        owner_id=by,
        owner_name="Alice",
        guild_id=14,
        guest_id=BOB,
        to_role=False,
        guest_name="Bob",
        account_id=5,
        scope=f"owl.7.{number}",
        label=f"Garden Camera North {number} · Holiday House",
        rights=frozenset(Right),
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        until=datetime(2027, 1, 31, tzinfo=UTC),
        hours=Hours(22 * 60, 6 * 60, "America/New_York"),
    )


def test_a_long_list_of_shares_hides_no_other_one() -> None:
    own = [_given(ALICE, number) for number in range(100)]
    others = [_given(BOB, number) for number in range(100)]
    shown = text_of(drawn(shares.listed(own, others[:2], others, here=1, owner=ALICE)))
    for title in ("You share", "Shared with you here", "Shared by others in this server"):
        assert f"**{title}**" in shown
    *_, last = shown.splitlines()
    assert last.startswith("… and ")
    whole = [line for line in shown.splitlines() if "Garden Camera" in line]
    assert all(line.endswith(".") for line in whole)
    assert f"… and {100 - len(whole) + 2} more" in shown, "of one's own, beside the two of another's"


def test_a_short_list_shows_all_and_counts_nothing() -> None:
    shown = text_of(drawn(shares.listed([_given(ALICE, 1), _given(ALICE, 2)], [], [], here=1, owner=ALICE)))
    assert shown.count("Garden Camera") == 2
    assert "more" not in shown
