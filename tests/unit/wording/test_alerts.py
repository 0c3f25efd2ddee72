"""What a person reads when a camera has seen motion, whatever the cameras are called and however many they are."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.models import Alert, CameraKey, CameraKind, CameraNews, Event, Footage, HealthChange, HealthMessage
from bot.wording import Card, alerts
from bot.wording.custom_ids import ALERT_CAMERA, ALERT_HEALTH, ALERT_HOUR, CAMERA
from tests.support.alerts import an_alert, an_alert_message
from tests.support.jobs import NOW
from tests.support.reading import buttons_of, sent

LONG = "x" * 5000
HOSTILE = "[click](https://evil.example) **@everyone** <@1> `code` \n# title ||spoiler||"
SHARED = {"owner_id": 9, "guild_id": 4, "label": "Front Door (alice's)"}
WITHOUT = [footage for footage in Footage if footage is not Footage.HERE]


def _buttons(card: Card) -> dict[str, str | None]:
    return {button.label: button.custom_id for button in card.buttons}


def _of(label: str, *, count: int, first: int) -> list[Alert]:
    return [an_alert(first + number, label=label) for number in range(count)]


def test_it_names_the_camera_and_the_moment() -> None:
    at = int((NOW + timedelta(minutes=1)).timestamp())
    card = alerts.card(an_alert_message(), Footage.HERE)
    assert card.title == f"Motion at Front Door · Home, <t:{at}:t>", "without a time zone, as the reader's app has it"
    assert card.text == ""
    assert card.small.startswith(f"<t:{at}:f>. ")


@pytest.mark.parametrize(
    ("zone", "locale", "time"),
    [
        ("Europe/Berlin", "en-US", "1:01 PM"),
        ("America/New_York", "en-US", "7:01 AM"),
        ("Asia/Tokyo", "en-GB", "21:01"),
        ("Asia/Tokyo", "ko", "9:01 PM"),
        ("Europe/London", "en-US", "12:01 PM"),
        ("Europe/Berlin", None, "13:01"),
    ],
)
def test_the_time_is_that_of_the_system_in_the_way_of_the_reader(zone: str, locale: str | None, time: str) -> None:
    noon = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    ring = an_alert(zone=zone, event=Event.RING, happened_at=noon, label="Front Door")
    assert (
        alerts.card(an_alert_message(ring), Footage.HERE, locale=locale).title == f"Somebody rang at Front Door, {time}"
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 5000, "\0"])
def test_a_zone_that_is_none_is_left_to_the_readers_app(zone: str) -> None:
    assert alerts.card(an_alert_message(an_alert(zone=zone)), Footage.HERE).title.endswith(":t>")


def test_further_motion_is_counted_by_camera_up_to_the_last_moment() -> None:
    several = [an_alert(), *_of("Garden", count=4, first=2), *_of("Front Door", count=3, first=6)]
    last = int((NOW + timedelta(minutes=8)).timestamp())
    text = alerts.card(an_alert_message(*several), Footage.HERE).text
    assert text.endswith(f"and 7 more: Garden 4, Front Door 3, until <t:{last}:f>")


def test_of_many_cameras_the_quietest_are_counted_together() -> None:
    several = [an_alert()]
    for name, count in zip("ABCDEFG", (8, 7, 6, 5, 4, 3, 2), strict=True):
        several += _of(name, count=count, first=len(several) + 1)
    text = alerts.card(an_alert_message(*several), Footage.HERE).text
    assert "and 35 more: A 8, B 7, C 6, D 5, E 4, others 5, until" in text


@pytest.mark.parametrize("footage", WITHOUT)
def test_without_a_video_it_says_why(footage: Footage) -> None:
    there, card = alerts.card(an_alert_message(), Footage.HERE), alerts.card(an_alert_message(), footage)
    why = card.text.removeprefix(there.text).strip()
    assert why.endswith(".")
    assert card.tone is not there.tone


def test_no_two_reasons_are_the_same() -> None:
    for message in (an_alert_message(), an_alert_message(an_alert(**SHARED))):
        assert len({alerts.card(message, footage).text for footage in Footage}) == len(Footage)


@pytest.mark.parametrize("footage", [Footage.UNFINISHED, Footage.AWAY, Footage.TOO_LARGE])
def test_what_blink_still_has_can_be_fetched_by_a_command_where_that_works(footage: Footage) -> None:
    own, shared = (
        alerts.card(an_alert_message(), footage).text,
        alerts.card(an_alert_message(an_alert(**SHARED)), footage).text,
    )
    assert "`/recordings`" in own
    assert "`/recordings` in the server where it is shared with you" in shared
    assert "your Blink app" not in shared
    assert "your link" not in shared


def test_a_camera_of_ones_own_can_record_at_once_and_be_muted() -> None:
    found = _buttons(alerts.card(an_alert_message(), Footage.HERE))
    assert found == {
        "Record now": "cam:clip:camera.410.610:6",
        "Mute 1 h": "alerts:hour:fedcba9876543210fedcba98:6",
        "Mute this camera": "alerts:camera:camera.410.610:6",
    }


def test_a_shared_camera_can_be_muted_but_not_be_asked_from_a_direct_message() -> None:
    found = _buttons(alerts.card(an_alert_message(an_alert(**SHARED)), Footage.HERE))
    assert list(found) == ["Mute 1 h", "Mute this camera"]
    match = ALERT_CAMERA.fullmatch(found["Mute this camera"] or "")
    assert match
    assert match["choice"] == "of.9.camera.410.610"
    assert match["owner"] == "6"


def test_a_camera_that_blink_does_not_list_can_be_neither_asked_nor_muted() -> None:
    assert list(_buttons(alerts.card(an_alert_message(an_alert(camera=None)), Footage.HERE))) == ["Mute 1 h"]


@pytest.mark.parametrize("footage", Footage)
def test_every_message_can_be_found_again(footage: Footage) -> None:
    message = an_alert_message(an_alert(camera=None, **SHARED))
    match = ALERT_HOUR.fullmatch(alerts.marker(message))
    assert match
    assert match["alert_message"] == message.id
    assert alerts.marker(message) in _buttons(alerts.card(message, footage)).values()


@pytest.mark.parametrize("shared", [False, True])
def test_buttons_of_the_longest_numbers_keep_discords_limit_and_are_read_back(shared: bool) -> None:
    most, person = 10**18 - 1, 10**20 - 1
    key = CameraKey(CameraKind.DOORBELL, most, most)
    head = an_alert(camera=key, user_id=person, owner_id=person if shared else 6, guild_id=int(shared))
    card = alerts.card(an_alert_message(head, id="f" * 25), Footage.HERE)
    for custom_id in _buttons(card).values():
        assert custom_id
        assert len(custom_id) <= 100
        assert any(one.fullmatch(custom_id) for one in (ALERT_HOUR, ALERT_CAMERA, CAMERA))


@pytest.mark.parametrize("footage", Footage)
@pytest.mark.parametrize("label", [LONG, HOSTILE, ""], ids=["long", "hostile", "empty"])
def test_it_keeps_discords_limits_and_shows_hostile_names_as_they_are(footage: Footage, label: str) -> None:
    several = [an_alert(number, label=f"{label}{number % 9}") for number in range(1, 60)]
    card = alerts.card(an_alert_message(*several), footage, pictured=True, shrunk_from=2**40, diverted=True)
    spoken = sent(card)["content"]
    assert len(spoken) <= 2000
    assert buttons_of(sent(card))
    assert "<@1>" not in spoken.replace(r"\<@1>", "")
    assert "[click](" not in spoken.replace(r"\[click](", "")


def test_the_small_print_says_how_to_steer_it_and_what_is_unusual() -> None:
    plain = alerts.card(an_alert_message(), Footage.HERE).small
    unusual = alerts.card(an_alert_message(), Footage.HERE, shrunk_from=12 * 2**20, diverted=True).small
    assert "`/notify`" in plain
    assert "channel" not in plain
    assert "12.0 MiB" in unusual
    assert "It comes here because" in unusual
    assert "`/notify`" in unusual


def test_a_picture_stands_in_the_card_until_the_video_comes() -> None:
    message = an_alert_message()
    assert alerts.card(message, Footage.COMING).images == ()
    pictured = alerts.card(message, Footage.COMING, pictured=True)
    assert pictured.images == (alerts.picture_name(message),)


def test_downloads_are_named_by_camera_time_and_message_in_letters_that_every_system_takes() -> None:
    message = an_alert_message(an_alert(label="Café/../Door · Home"))
    assert alerts.filename(message) == "caf-door-home-20261123-120100-fedcba98.mp4"
    assert alerts.picture_name(message) == "caf-door-home-20261123-120100-fedcba98.jpg"


def test_a_screen_reader_hears_the_camera() -> None:
    assert alerts.caption(an_alert_message()) == "Motion at Front Door · Home"
    assert len(alerts.caption(an_alert_message(an_alert(label=LONG)))) <= 200


def test_what_is_wrong_with_a_camera_is_one_sentence() -> None:
    said = {
        CameraNews("Front Door", HealthChange.OFFLINE): "Front Door is offline.",
        CameraNews("Front Door", HealthChange.OFFLINE, 1): "Front Door has been offline for over an hour.",
        CameraNews("Front Door", HealthChange.OFFLINE, 9): "Front Door has been offline for over 9 hours.",
        CameraNews("Front Door", HealthChange.ONLINE): "Front Door is online again.",
        CameraNews("Front *Door*", HealthChange.LOW_BATTERY): r"The battery of Front \*Door\* is low.",
    }
    for news, sentence in said.items():
        card = alerts.health(HealthMessage("0" * 16, 6, NOW, (news,)))
        assert (card.title, card.text) == (sentence, "")
    together = alerts.health(HealthMessage("0" * 16, 6, NOW, tuple(said)))
    assert [together.title, *together.text.split("\n")] == list(said.values())


@pytest.mark.parametrize("label", [LONG, HOSTILE], ids=["long", "hostile"])
def test_many_cameras_in_trouble_keep_discords_limits(label: str) -> None:
    news = tuple(CameraNews(label, HealthChange.OFFLINE, number) for number in range(100))
    message = HealthMessage("f" * 25, 10**20 - 1, NOW, news)
    card = alerts.health(message)
    assert card.text.endswith("And 80 more: `/cameras` shows them.")
    assert len(card.title) + len(card.text) < 4000
    assert ALERT_HEALTH.fullmatch(alerts.health_marker(message))
    assert alerts.health_marker(message) in _buttons(card).values()
