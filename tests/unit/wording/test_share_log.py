"""The log of uses: equal ones in one line, and pages where there are many."""

from datetime import UTC, datetime, timedelta

from bot.cameras import LISTED
from bot.models import Right, Use
from bot.wording import shares

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _uses(count: int) -> list[Use]:
    return [Use(6, 4, 7, Right.CLIP, f"Camera {number}", NOON - timedelta(hours=number)) for number in range(count)]


def test_equal_uses_are_said_with_their_number() -> None:
    looked = Use(6, 4, 7, Right.STATUS, "Front Door", NOON, times=50, began_at=NOON - timedelta(hours=1))
    text = shares.log([looked], owner=6).text
    assert f"<@7> looked at Front Door, 50 times since <t:{int(NOON.timestamp()) - 3600}:f>" in text


def test_who_saw_only_the_list_of_recordings_has_watched_none() -> None:
    listed = Use(6, 4, 7, Right.RECENT, LISTED, NOON)
    for text in (shares.log([listed], owner=6).text, shares.first_use(listed).text):
        assert "<@7> looked at the list of recordings" in text
        assert "watched" not in text


def test_a_live_view_is_told_from_a_clip() -> None:
    clip, live = (Use(6, 4, 7, right, "Front Door", NOON) for right in (Right.CLIP, Right.LIVE))
    text = shares.log([clip, live], owner=6).text
    assert "<@7> recorded on Front Door" in text
    assert "<@7> recorded the live view of Front Door" in text
    assert "recorded the live view of Front Door for the first time" in shares.first_use(live).text
    assert shares.rights({Right.CLIP, Right.LIVE}) == "record clips and record the live view, with sound"


def test_pages_are_turned_for_their_owner_alone_and_only_where_there_are_more() -> None:
    assert shares.log(_uses(20), owner=6).buttons == ()
    first = shares.log(_uses(21), owner=6)
    assert [one.custom_id for one in first.buttons] == ["share:log:2:6"]
    assert "Camera 19" in first.text
    assert "Camera 20" not in first.text
    middle = shares.log(_uses(21), page=2, owner=6)
    assert [one.custom_id for one in middle.buttons] == ["share:log:1:6", "share:log:3:6"]
    assert "nothing older" in shares.log([], page=3, owner=6).text
