"""Which recordings are news, and to whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.classify import Classified, Classifier
from bot.blink import Camera, Inventory, MediaEntry
from bot.models import CameraKey, CameraKind, Commanded, Subscription, Watcher

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOOR, GARDEN = CameraKey(CameraKind.OWL, 7, 1), CameraKey(CameraKind.CAMERA, 7, 2)
HOME = Inventory(
    (Camera(DOOR, "Front Door", "Home", "Mini", online=True), Camera(GARDEN, "Garden", "Home", "Outdoor", online=True))
)
ALICE, BOB = 1, 2
WISH = Subscription(ALICE, ALICE, since=NOON)
NOTHING_COMMANDED = Commanded({}, ())


def recording(media_id: int, camera: CameraKey = DOOR, *, at: float = 60, partial: bool = False) -> MediaEntry:
    moment = NOON + timedelta(seconds=at)
    return MediaEntry(media_id, camera.network_id, camera.camera_id, moment, f"/clip/{media_id}.mp4", partial)


def classified(
    *entries: MediaEntry,
    subscriptions: Sequence[Subscription] = (WISH,),
    watcher: Watcher | None = None,
    commanded: Commanded = NOTHING_COMMANDED,
    partial_after: datetime = NOON,
) -> Classified:
    subscribing = [(subscription, watcher or Watcher(subscription.user_id)) for subscription in subscriptions]
    return Classifier(5, HOME, subscribing, commanded, partial_after).classify(entries)


def told(result: Classified) -> list[tuple[int, int]]:
    return [(alert.user_id, alert.media_id) for alert in result.news]


def test_whoever_wants_all_cameras_hears_of_each_recording_in_order() -> None:
    result = classified(recording(1), recording(2, GARDEN))
    assert told(result) == [(ALICE, 1), (ALICE, 2)]
    assert [alert.label for alert in result.news] == ["Front Door", "Garden"]
    assert result.settled == {1, 2}
    assert result.unfinished is None


def test_whoever_wants_some_cameras_hears_of_no_other() -> None:
    some = replace(WISH, cameras=frozenset({GARDEN}))
    assert told(classified(recording(1), recording(2, GARDEN), subscriptions=[some])) == [(ALICE, 2)]
    muted = replace(WISH, muted=frozenset({GARDEN}))
    assert told(classified(recording(1), recording(2, GARDEN), subscriptions=[muted])) == [(ALICE, 1)]


def test_each_person_hears_of_it() -> None:
    shared = Subscription(BOB, ALICE, since=NOON, guild_id=14)
    assert told(classified(recording(1), subscriptions=[WISH, shared])) == [(ALICE, 1), (BOB, 1)]


def test_what_was_recorded_before_the_wish_or_in_an_hour_without_alerts_is_no_news() -> None:
    assert told(classified(recording(1, at=-1), recording(2, at=0))) == [(ALICE, 2)]
    muted = Watcher(ALICE, muted_from=NOON, muted_until=NOON + timedelta(hours=1))
    assert told(classified(recording(1, at=0), recording(2, at=3599), recording(3, at=3600), watcher=muted)) == [
        (ALICE, 3)
    ]


def test_a_recording_that_blink_still_writes_is_told_and_looked_at_again() -> None:
    result = classified(recording(1, partial=True), recording(2, GARDEN, at=70))
    assert told(result) == [(ALICE, 1), (ALICE, 2)]
    assert result.news[0].path is None
    assert result.settled == {2}
    assert result.unfinished == NOON + timedelta(seconds=60)


def test_a_recording_that_is_never_finished_is_not_looked_at_for_ever() -> None:
    result = classified(recording(1, partial=True), partial_after=NOON + timedelta(seconds=61))
    assert told(result) == [(ALICE, 1)]
    assert result.settled == {1}


def test_whoever_asked_for_a_recording_hears_of_it_by_their_command_alone() -> None:
    shared = Subscription(BOB, ALICE, since=NOON, guild_id=14)
    asked = Commanded({1: frozenset({BOB})}, ())
    assert told(classified(recording(1), subscriptions=[WISH, shared], commanded=asked)) == [(ALICE, 1)]


@pytest.mark.parametrize(("began", "held"), [(60, True), (62, True), (63, False), (0, True)])
def test_what_a_running_clip_may_turn_out_to_be_waits_for_that(began: float, held: bool) -> None:
    running = Commanded({}, [(7, 1, NOON + timedelta(seconds=began))])
    result = classified(recording(1), recording(2, GARDEN), commanded=running)
    assert told(result) == ([(ALICE, 2)] if held else [(ALICE, 1), (ALICE, 2)])
    assert result.unfinished == (NOON + timedelta(seconds=60) if held else None)


def test_the_recording_of_a_camera_that_blink_does_not_list_is_told_to_who_wants_all_of_their_own() -> None:
    strange = CameraKey(CameraKind.OWL, 7, 99)
    shared, some = (
        Subscription(BOB, ALICE, since=NOON, guild_id=14),
        replace(WISH, user_id=3, cameras=frozenset({DOOR})),
    )
    result = classified(recording(1, strange), subscriptions=[WISH, shared, some])
    assert told(result) == [(ALICE, 1)]
    assert result.news[0].label == "Camera 99"
    assert result.news[0].camera is None
