"""What is said of sharing: rights, ends, hours and uses in words, long lists, and menus within Discord's limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cameras import LISTED
from bot.models import Ending, Hours, Preset, Right, Share, Use, possible_hours, read_until, usual_ends
from bot.wording import Card, share_refusals, shares
from bot.wording.custom_ids import SHARE_UNTIL, SHARE_WHAT
from tests.support.reading import drawn, text_of

NOW = datetime(2026, 11, 28, 19, 15, tzinfo=UTC)  # Saturday, 20:15 in Berlin
BERLIN = "Europe/Berlin"
LONGEST_ID = 10**20 - 1
ALICE, BOB = 80351110224678912, 1180351110224678913
LONGEST_SCOPE = f"doorbell.{10**18 - 1}.{10**18 - 1}"
SHARE = Share(
    "f" * 16,
    1,
    "Alice",
    14,
    2,
    False,
    "Bob",
    5,
    "owl.7.1",
    "Front_Door",
    Preset.USE.rights,
    NOW,
    NOW,
    Hours(0, 0, BERLIN),
)


def within_limits(card: Card) -> bool:
    """Say whether Discord takes all menus of a card as they are."""
    return all(
        len(menu.custom_id) <= 100
        and len(menu.placeholder) <= 150
        and 1 <= len(menu.options) <= 25
        and all(len(text) <= 100 for option in menu.options for text in option)
        and len({value for value, _, _ in menu.options}) == len(menu.options)
        for menu in card.menus
    )


def test_the_answer_names_what_they_may_do_and_marks_it_in_the_menu() -> None:
    card = shares.shared(SHARE, here=14)
    assert card.text.startswith(
        r"**<@2> may now use Front\_Door:** see how it is, take pictures, record clips and watch earlier recordings."
    )
    [menu] = card.menus
    assert menu.chosen == {"status", "snapshot", "clip", "recent"}
    assert menu.most == len(Right)
    assert within_limits(card)
    assert [button.label for button in card.buttons] == ["Stop sharing"]


@pytest.mark.parametrize(("here", "said"), [(14, "<@&2>"), (15, "The role Family of another server")])
def test_a_role_of_another_server_is_named_since_discord_does_not_know_it_there(here: int, said: str) -> None:
    given = replace(SHARE, to_role=True, guest_name="Family")
    assert f"**{said} may now use" in shares.shared(given, here=here).text
    assert f"{said} · Front" in shares.listed([given], [], [], here=here, owner=1).text
    stopped = shares.stopped(given, here=here, own=True).text
    assert f"is no longer shared with {said.replace('The', 'the')}.**" in stopped


def test_every_preset_says_what_it_includes() -> None:
    assert set(shares.PRESETS) == set(Preset)
    assert all(len(words) <= 100 for words in shares.PRESETS.values())
    assert "sound" in shares.PRESETS[Preset.EVERYTHING]
    assert not any("sound" in shares.PRESETS[one] or "arm" in shares.PRESETS[one] for one in (Preset.LOOK, Preset.USE))


def test_the_menus_of_ends_are_found_again_and_short_enough_with_the_longest_ids() -> None:
    ends = usual_ends(now=NOW - timedelta(days=3), zone=BERLIN)
    card = shares.how_much(LONGEST_SCOPE, "x" * 300, LONGEST_ID, ends, BERLIN, now=NOW, owner=LONGEST_ID)
    assert within_limits(card)
    assert [menu.options[0][1] for menu in card.menus] == ["Until I stop it"] * 3
    matches = [SHARE_UNTIL.fullmatch(menu.custom_id) for menu in card.menus]
    assert [match and match["preset"] for match in matches] == ["l", "u", "e"]
    assert all(match and match["scope"] == LONGEST_SCOPE for match in matches)


@pytest.mark.parametrize(("count", "menus"), [(1, 1), (25, 1), (26, 2), (100, 4), (150, 4)])
def test_many_cameras_stand_in_menus_of_25(count: int, menus: int) -> None:
    scopes = [(f"owl.7.{number}", f"Camera {number}") for number in range(count)]
    card = shares.which_camera(scopes, LONGEST_ID, owner=LONGEST_ID)
    assert len(card.menus) == menus
    assert within_limits(card)
    assert all(SHARE_WHAT.fullmatch(menu.custom_id) for menu in card.menus)
    assert ("`/share add`" in card.small) is (count > 100)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("tomorrow", "Sunday 29 November, end of day"),
        ("2027-01-31", "Sunday 31 January 2027, end of day"),
        ("6pm", "Sunday 29 November, 18:00"),
    ],
)
def test_an_end_is_said_with_its_day(end: str, said: str) -> None:
    until = read_until(end, now=NOW, zone=BERLIN)
    assert until
    assert shares.when(until, BERLIN, now=NOW) == said
    assert shares.until_choice(Ending("tomorrow", until), BERLIN, now=NOW) == f"tomorrow, {said}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("22-7", "10 PM to 7 AM (22:00-07:00)"),
        ("0:30-12:00", "12:30 AM to noon (00:30-12:00)"),
        ("6pm-midnight", "6 PM to midnight (18:00-24:00)"),
    ],
)
def test_hours_are_offered_by_both_clocks(typed: str, said: str) -> None:
    [hours] = possible_hours(typed, zone=BERLIN)
    assert shares.hours_choice(hours) == said


def test_what_somebody_else_typed_is_shown_as_it_is() -> None:
    for card in (share_refusals.bad_until("*x*"), share_refusals.bad_hours("*x*")):
        assert r"“\*x\*”" in card.text
        assert "Nothing was shared." in card.text


def _uses(count: int) -> list[Use]:
    return [Use(6, 4, 7, Right.CLIP, f"Camera {number}", NOW - timedelta(hours=number)) for number in range(count)]


def test_equal_uses_are_said_with_their_number() -> None:
    looked = Use(6, 4, 7, Right.STATUS, "Front Door", NOW, times=50, began_at=NOW - timedelta(hours=1))
    text = shares.log([looked], owner=6).text
    assert f"<@7> looked at Front Door, 50 times since <t:{int(NOW.timestamp()) - 3600}:f>" in text


def test_who_saw_only_the_list_of_recordings_has_watched_none() -> None:
    listed = Use(6, 4, 7, Right.RECENT, LISTED, NOW)
    for text in (shares.log([listed], owner=6).text, shares.first_use(listed).text):
        assert "<@7> looked at the list of recordings" in text
        assert "watched" not in text


def test_a_live_view_is_told_from_a_clip() -> None:
    clip, live = (Use(6, 4, 7, right, "Front Door", NOW) for right in (Right.CLIP, Right.LIVE))
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
