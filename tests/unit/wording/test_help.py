"""`/help` names what somebody can do, and nothing else."""

import pytest

from bot.models import LiveMode, Right
from bot.wording.help import card

COMMANDS = {
    "/cameras": Right.STATUS,
    "/clip`": Right.CLIP,
    "/clip seconds:": Right.LIVE,
    "/snapshot": Right.SNAPSHOT,
    "/recordings": Right.RECENT,
    "/arm": Right.ARM,
    "/notify motion": Right.ALERTS,
}


@pytest.mark.parametrize("right", Right)
def test_with_one_shared_thing_only_its_command_is_there(right: Right) -> None:
    text = card(1, linked=False, shared=frozenset({right}), owners=("Alice_",), can_share=True).text
    uses = text.partition("**Next:**")[0]
    assert {command for command in COMMANDS if command in uses} == {
        command for command, needed in COMMANDS.items() if needed is right
    }
    assert r"Alice\_" in text
    assert "/unlink" not in text


@pytest.mark.parametrize(
    ("live", "said", "unsaid"),
    [
        (LiveMode.ON, "records sound and everybody who passes, and lights the camera's LED", "without sound"),
        (LiveMode.PINNED, "records sound and everybody who passes, and lights the camera's LED", "without sound"),
        (LiveMode.SILENT, "everybody who passes, without sound, and lights the camera's LED", "records sound"),
        (LiveMode.OFF, "`/clip` records", "live view"),
    ],
)
def test_it_says_what_a_live_view_records_if_the_host_lets_it(live: LiveMode, said: str, unsaid: str) -> None:
    for shown in (
        card(1, linked=True, live=live),
        card(1, linked=False, shared=frozenset(Right), owners=("Alice",), live=live),
    ):
        assert said in shown.text
        assert unsaid not in shown.text


def test_whoever_can_do_nothing_reads_both_ways_to_change_that() -> None:
    here = card(1, linked=False, can_share=True)
    assert "/clip" not in here.text
    assert "link your Blink account" in here.text
    assert "/share add" in here.text
    assert [button.label for button in here.buttons] == ["Link your account"]
    assert "/share add" not in card(1, linked=False).text


def test_somebody_linked_reads_all_of_it_and_no_button_to_link() -> None:
    shown = card(1, linked=True, can_share=True)
    assert all(command in shown.text for command in COMMANDS)
    assert "/share" in shown.text
    assert shown.buttons == ()
    assert "/share" not in card(1, linked=True).text


def test_whom_blink_signed_out_links_again() -> None:
    shown = card(1, linked=True, signed_out=True)
    assert "/snapshot" not in shown.text
    assert [button.label for button in shown.buttons] == ["Link again"]


def test_an_administrator_reads_what_only_they_can() -> None:
    assert "administrator" in card(1, linked=False, can_share=True, administrator=True).text
    assert "administrator" not in card(1, linked=False, can_share=True).text
