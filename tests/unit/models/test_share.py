"""For whom, for what, and when a share is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.models import CameraKey, CameraKind, Guest, Hours, Preset, Right, Share

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
OWNER, FRIEND, ROLE, HERE, ELSEWHERE = 1, 2, 3, 14, 15
CAMERA = CameraKey(CameraKind.OWL, 7, 1)
BESIDE = CameraKey(CameraKind.OWL, 7, 2)
SHARE = Share(
    "f" * 16, OWNER, "Alice", HERE, FRIEND, False, "Bob", 5, str(CAMERA), "Front", frozenset({Right.CLIP}), NOW
)
TO_ROLE = replace(SHARE, guest_id=ROLE, to_role=True)


@pytest.mark.parametrize(
    ("share", "guest", "theirs"),
    [
        (SHARE, Guest(FRIEND, HERE), True),
        (SHARE, Guest(FRIEND, ELSEWHERE), False),
        (SHARE, Guest(FRIEND), False),
        (SHARE, Guest(9, HERE), False),
        (SHARE, Guest(9, HERE, frozenset({FRIEND})), False),
        (TO_ROLE, Guest(9, HERE, frozenset({ROLE})), True),
        (TO_ROLE, Guest(9, HERE), False),
        (TO_ROLE, Guest(ROLE, HERE), False),
        (TO_ROLE, Guest(9, ELSEWHERE, frozenset({ROLE})), False),
        (TO_ROLE, Guest(OWNER, HERE, frozenset({ROLE})), False),
    ],
)
def test_it_is_for_one_person_or_role_of_one_server(share: Share, guest: Guest, theirs: bool) -> None:
    assert share.is_for(guest) is theirs


def test_it_covers_one_camera_or_a_whole_network_of_one_account() -> None:
    assert SHARE.covers(5, CAMERA)
    assert not SHARE.covers(5, BESIDE)
    assert not SHARE.covers(6, CAMERA)
    assert not SHARE.covers_network(5, 7), "arming a network is for all of its cameras"
    network = replace(SHARE, scope="network.7")
    assert network.covers(5, CAMERA)
    assert network.covers(5, BESIDE)
    assert not network.covers(5, CameraKey(CameraKind.OWL, 8, 1))
    assert not network.covers(6, CAMERA)
    assert network.covers_network(5, 7)
    assert not network.covers_network(6, 7)
    assert not network.covers_network(5, 8)


def test_it_ends_at_its_end_and_begins_nothing_outside_its_hours() -> None:
    ends = replace(SHARE, until=NOW)
    assert ends.is_open(NOW - timedelta(seconds=1))
    assert not ends.holds(NOW)
    hours = replace(SHARE, hours=Hours(13 * 60, 14 * 60, "Europe/Berlin"))  # 13:30 there
    assert hours.is_open(NOW)
    assert not hours.is_open(NOW + timedelta(minutes=30))
    assert hours.holds(NOW + timedelta(minutes=30)), "what has begun goes on"


def test_hours_may_go_over_midnight() -> None:
    night = Hours(22 * 60, 6 * 60, "UTC")
    at = [hour for hour in range(24) if night.include(NOW.replace(hour=hour, minute=0))]
    assert at == [0, 1, 2, 3, 4, 5, 22, 23]


@pytest.mark.parametrize("zone", ["../../etc/passwd", "No/Where", "", "x" * 500])
def test_an_unknown_time_zone_is_utc(zone: str) -> None:
    assert Hours(12 * 60, 13 * 60, zone).include(NOW)


def test_each_preset_has_the_rights_of_the_smaller_and_sound_arming_and_alerts_are_only_in_the_largest() -> None:
    look, use, everything = (preset.rights for preset in Preset)
    assert look == {Right.STATUS, Right.SNAPSHOT}
    assert use - look == {Right.CLIP, Right.RECENT}
    assert everything - use == {Right.LIVE, Right.ARM, Right.ALERTS}
