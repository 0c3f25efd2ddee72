"""What people read of the motion alerts they have chosen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord

from bot.models import AlertPlace, CameraKey, CameraKind, CameraPlace, Channel, Hours, Subscription, Watcher
from bot.wording import Card, Tone
from bot.wording import notify as words
from bot.wording.cards import view

ME, ALICE, HERE, AWAY = 1, 2, 30, 31
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRONT, YARD = (CameraKey(CameraKind.CAMERA, 7, number) for number in (1, 2))
NAMES = {str(FRONT): "Front *Door* · Home", f"of.{ALICE}.{YARD}": "Yard (alice's)"}
OWN = Subscription(ME, ME, NOW)


def told(watcher: Watcher, *subscriptions: Subscription, silent: tuple[str | None, ...] = ()) -> str:
    return words.standing(words.Standing(watcher, subscriptions, NOW, here=HERE, names=NAMES, silent=silent))


def test_without_a_wish_the_next_step_is_there() -> None:
    assert told(Watcher(ME)).startswith("**Motion alerts: off.** `/notify motion: all`")
    assert "Those of your own cameras would come to <#5>." in told(Watcher(ME, channel=Channel(HERE, 5)))
    assert words.summary(Watcher(ME, channel=Channel(HERE, 5)), [], NOW) == "off"


def test_cameras_are_named_as_far_as_they_are_seen_here_and_now() -> None:
    some = frozenset({FRONT, YARD})
    shared = Subscription(ME, ALICE, NOW, HERE, some)
    assert r"• Your cameras: Front \*Door\* · Home, 1 more" in told(Watcher(ME), replace(OWN, cameras=some))
    assert "• Your cameras: all but 1 camera" in told(Watcher(ME), replace(OWN, muted=frozenset({YARD})))
    assert "• Cameras of <@2>, shared with you here: Yard (alice's), 1 more" in told(Watcher(ME), shared)
    assert "• Cameras of <@2>, shared with you in another server: 2 cameras" in told(
        Watcher(ME), replace(shared, guild_id=AWAY)
    )


def test_where_there_is_much_to_hear_of_how_it_is_told_is_still_there() -> None:
    cameras = {CameraKey(CameraKind.CAMERA, 8, number): "A long name · " * 5 for number in range(100)}
    names = {str(key): name for key, name in cameras.items()}
    subscriptions = [
        replace(OWN, cameras=frozenset(cameras)),
        *(Subscription(ME, owner, NOW, AWAY) for owner in range(100)),
    ]
    text = words.standing(
        words.Standing(Watcher(ME, muted_from=NOW, muted_until=NOW + timedelta(1)), subscriptions, NOW, names=names)
    )
    assert "90 more" in text
    assert "Muted until" in text
    assert len(text) < 3500


def test_others_cameras_never_come_to_a_channel() -> None:
    watcher, shared = Watcher(ME, channel=Channel(HERE, 5)), Subscription(ME, ALICE, NOW, HERE)
    assert "Those of your own come to <#5>." in told(watcher, OWN)
    assert "Those of your own come to <#5>, those of others' as direct messages." in told(watcher, OWN, shared)
    assert "They come as direct messages." in told(watcher, shared)
    assert words.summary(watcher, [OWN, shared], NOW) == "of your cameras and of others' cameras; yours in <#5>"
    assert words.summary(watcher, [shared], NOW) == "of others' cameras; by direct message"


def test_a_channel_reads_what_comes_there_and_not_more() -> None:
    assert "come here from now on" in words.come_here(ME, "Front").text
    assert "come here from now on" not in words.come_here(ME, begun=False).text


def test_cameras_with_a_channel_of_their_own_are_told_apart_while_blink_does_not_name_them() -> None:
    places = tuple(CameraPlace(key, AlertPlace(Channel(HERE, 5))) for key in (FRONT, YARD))
    text, menu = told(Watcher(ME, cameras=places)), words.back(places, NAMES, owner=ME)
    assert r"• Front \*Door\* · Home: to <#5>" in text
    assert "• Camera 2: to <#5>" in text
    assert [label for _, label, _ in menu.options] == ["Front *Door* · Home", "Camera 2"]


def test_who_has_too_many_channels_is_sent_to_where_one_can_be_ended() -> None:
    card = words.TOO_MANY_PLACES
    assert not card.menus
    assert "below" not in card.text
    assert "`/notify` alone" in card.text


def test_what_keeps_alerts_away_is_said_while_it_does() -> None:
    quiet = Watcher(ME, quiet=Hours(22 * 60, 0, "Europe/Berlin"))
    assert "Quiet from 22:00-24:00 (Europe/Berlin)" in told(quiet, OWN)
    muted = Watcher(ME, muted_from=NOW - timedelta(hours=1), muted_until=NOW + timedelta(minutes=5))
    assert f"Muted until <t:{int(NOW.timestamp()) + 300}:f>" in told(muted, OWN)
    assert "uted" not in told(muted.changed(muted_until=NOW), OWN)
    closed = Watcher(ME, unreachable_at=NOW)
    assert "Your direct messages were closed" in told(closed, OWN)
    assert words.summary(closed, [OWN], NOW) == (
        "of your cameras; by direct message; your direct messages are closed: alerts wait until you use `/notify`"
    )


def test_whose_recordings_blink_does_not_keep_is_said() -> None:
    text = told(Watcher(ME), OWN, silent=(None, "*alice*"))
    assert "Blink keeps no recordings of your cameras" in text
    assert r"Blink keeps no recordings of \*alice\*'s cameras" in text


def test_menus_hold_25_cameras_each_and_no_more_than_100() -> None:
    cameras = {f"camera.7.{number}": f"Camera {number}" for number in range(130)}
    menus = words.menus(cameras, frozenset({"camera.7.26", "camera.7.129"}), owner=ME)
    assert [menu.custom_id for menu in menus] == [f"alerts:some:{number}:1" for number in range(4)]
    assert [len(menu.options) for menu in menus] == [25] * 4
    assert [menu.chosen for menu in menus] == [set(), {"camera.7.26"}, set(), set()]
    assert "first 100 of 130" in words.too_many_to_choose(len(cameras))
    assert words.too_many_to_choose(100) == ""


def test_a_menu_of_several_can_be_left_empty() -> None:
    menus = words.menus({"camera.7.1": "Front", "camera.7.2": "Yard"}, frozenset({"camera.7.2"}), owner=ME)
    shown = view(Card("x", "x", Tone.GOOD, menus=menus))
    assert shown
    [select] = shown.children
    assert isinstance(select, discord.ui.Select)
    assert (select.min_values, select.max_values) == (0, 2)
    assert [option.default for option in select.options] == [False, True]
