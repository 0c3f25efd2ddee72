"""What is said fits somebody who uses others' cameras and has linked none of their own."""

from dataclasses import replace

import pytest

from bot.models import End, Kind, Owner, Right, Stage
from bot.wording import account, clip, share_refusals
from tests.support.jobs import NOW, a_job

ALICE = Owner(7, "Alice_", "0" * 16)


def test_who_was_shared_something_reads_what_they_may_do() -> None:
    text = account.not_linked(frozenset({Right.CLIP, Right.SNAPSHOT})).text
    assert "Nothing shared with you here and now covers this." in text
    assert "You may take pictures and record clips" in text
    assert "No Blink account is linked" not in text


def test_who_was_shared_nothing_reads_both_ways_to_cameras() -> None:
    text = account.not_linked().text
    assert "Link yours" in text
    assert "`/share add`" in text


def test_a_guest_can_take_home_and_delete_what_is_kept_of_them() -> None:
    card = account.guest(frozenset({Right.CLIP}), 6)
    assert "You use other people's cameras here." in card.text
    assert [one.label for one in card.buttons] == ["Export my data", "Delete my data"]
    question = account.confirm_unlink(6, linked=False)
    assert "which people you refuse" in question.text
    assert "signs me out" not in question.text


@pytest.mark.parametrize("end", [End.FAILED, End.VIDEO_LOST, End.UNCONFIRMED, End.TOO_LARGE])
def test_a_guest_is_told_whose_blink_app_it_is(end: End) -> None:
    own = a_job(stage=Stage.ENDED, end=end, command_id=5, media_path="/clip.mp4")
    shared = replace(own, owner=ALICE)
    assert ("Blink app" in clip.card(own).text) == (r"Only Alice\_ has this camera" in clip.card(shared).text)
    assert "Only" not in clip.card(own).text


def test_a_direct_message_to_a_guest_says_where_to_ask_again_in_place_of_a_button_that_it_has_not() -> None:
    job = a_job(stage=Stage.ENDED, end=End.UNREACHABLE, kind=Kind.RECENT, owner=ALICE)
    assert "**Retry**" in clip.card(job).text
    card = clip.dm_card(job, introduce=False, late=True)
    assert [one.label for one in card.buttons] == ["Remove"]
    assert "There is no **Retry** here" in card.text
    assert "`/recordings` there" in card.text
    own = clip.dm_card(replace(job, owner=None), introduce=False, late=True)
    assert "Retry" in [one.label for one in own.buttons]
    assert "no **Retry**" not in own.text


def test_the_original_of_a_smaller_video_is_in_its_owners_app() -> None:
    job = a_job(stage=Stage.ENDED, end=End.DELIVERED, size=1000, shrunk_from=2000, owner=ALICE)
    assert r"in Alice\_'s Blink app" in clip.card(job).small


def test_who_has_asked_too_often_reads_when_they_may_again() -> None:
    assert f"again <t:{int(NOW.timestamp())}:R>" in share_refusals.too_often("Alice", NOW)
    job = a_job(stage=Stage.ENDED, end=End.TOO_OFTEN, owner=ALICE, retry_at=NOW)
    assert f"Press **Retry** <t:{int(NOW.timestamp())}:R>" in clip.card(job).text
