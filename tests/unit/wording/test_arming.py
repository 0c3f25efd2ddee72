"""Everything that `/arm`, `/disarm` and `/motion` can say, whatever the names are."""

import re
from datetime import UTC, datetime

import pytest

from bot.blink import Busy, Camera, Inventory, SignedOut
from bot.cameras import Found, Switch, switching
from bot.cameras.switching import NotDone, Why
from bot.models import CameraKey, CameraKind
from bot.wording import Card, arming
from bot.wording.custom_ids import SWITCH
from tests.support.reading import drawn, rows_of, text_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NETWORK = Switch("network.410", "Home", "Home · Front Door", 410)
KEY = CameraKey(CameraKind.OWL, 410, 610)
CAMERA = Switch(str(KEY), "Front Door", "Front Door · Home", 410, KEY)
LONG = "*x_" * 500
STEPS = (switching.Begun(), switching.Held(), Busy(409, 307, "System is busy, please wait"), Busy(409, None, LONG))
ENDS: tuple[switching.SwitchEnd, ...] = (
    switching.Done(),
    switching.Done(none_enabled=True),
    switching.GaveUp(None),
    switching.Revoked(),
    switching.GaveUp(Busy(409, 307, "System is busy, please wait")),
    switching.Offline(),
    switching.Trouble(SignedOut("x", final=True)),
    *(NotDone(why, stands, code=5, message=LONG) for why in Why for stands in (True, False, None)),
)
WAYS = [(switch, on) for switch in (NETWORK, CAMERA) for on in (True, False)]


def _drawn(card: Card) -> str:
    assert card.title
    assert card.text
    return text_of(drawn(card))


def _ids(card: Card) -> list[str]:
    return [button["custom_id"] for row in rows_of(drawn(card)) for button in row]


@pytest.mark.parametrize(("switch", "on"), WAYS)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_what_stands_there_meanwhile_says_since_when_and_where_to_look(
    switch: Switch, on: bool, step: switching.SwitchStep
) -> None:
    text = _drawn(arming.progress(switch, step, on=on, since=NOW))
    assert f"<t:{int(NOW.timestamp())}:R>" in text
    assert "`/cameras`" in text
    assert not re.search(r"\bis (armed|disarmed|on|off)\b", text), "nothing is done yet"


@pytest.mark.parametrize(("switch", "on"), WAYS)
def test_no_two_ends_say_the_same(switch: Switch, on: bool) -> None:
    texts = [_drawn(arming.ended(switch, end, on=on, owner=6)) for end in ENDS]
    assert len(set(texts)) == len(ENDS)


@pytest.mark.parametrize(("switch", "on"), WAYS)
def test_where_it_did_not_work_the_button_does_the_same_again(switch: Switch, on: bool) -> None:
    for end in ENDS:
        card = arming.ended(switch, end, on=on, owner=6)
        if isinstance(end, switching.Done | switching.Revoked | switching.Trouble):
            assert _ids(card) == []
        else:
            assert _ids(card) == [f"sw:{'on' if on else 'off'}:{switch.choice}:6"]
            assert all(SWITCH.fullmatch(one) for one in _ids(card))
        assert ("**Retry**" in card.text) <= bool(card.buttons)


def test_the_buttons_of_the_longest_numbers_fit_and_are_read_back() -> None:
    key = CameraKey(CameraKind.DOORBELL, 10**18 - 1, 10**18 - 1)
    switch = Switch(str(key), LONG, LONG, key.network_id, key)
    cards = [
        arming.ended(switch, switching.Offline(), on=True, owner=10**20 - 1),
        arming.confirm_disarm(switch, owner=10**20 - 1),
    ]
    for one in [one for card in cards for one in _ids(card)]:
        assert len(one) <= 100
        assert SWITCH.fullmatch(one)


@pytest.mark.parametrize("asked", ["", "Home", LONG])
@pytest.mark.parametrize("motion", [False, True])
def test_a_choice_never_has_more_buttons_than_discord_takes(asked: str, motion: bool) -> None:
    many = tuple(Switch(f"network.{number}", LONG, LONG, number) for number in range(40))
    found = Found((), many, {})
    card = arming.choose(found, asked, on=False, motion=motion, owner=6)
    assert len(_ids(card)) == 25
    assert {one.split(":")[1] for one in _ids(card)} == {"off" if motion else "ask"}
    _drawn(card)


def test_networks_of_one_name_are_told_apart_by_their_cameras() -> None:
    def camera(number: int, network: int, name: str) -> Camera:
        return Camera(CameraKey(CameraKind.CAMERA, network, number), name, "Home", "Outdoor", online=True)

    names = {1: "Home", 2: "Home", 3: "Home"}
    inventory = Inventory((camera(7, 1, "Door"), camera(8, 1, "Yard"), camera(9, 2, "Door")), names)
    labels = inventory.network_labels()
    assert (labels[1], labels[2], labels[3]) == ("Home · Door, Yard", "Home · Door", "Home · no cameras")


SYSTEMS = (NETWORK, Switch("network.411", LONG, LONG, 411))


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("end", [*ENDS, switching.Already()], ids=lambda end: type(end).__name__)
def test_of_all_systems_each_is_named_with_what_came_of_it(end: switching.SwitchEnd, on: bool) -> None:
    card = arming.ended_all([*zip(SYSTEMS, (switching.Done(), end), strict=True)], on=on, shared=True, owner=6)
    text = _drawn(card)
    assert f"• Home · Front Door: {'armed' if on else 'disarmed'}" in text
    assert "Systems that others share with you are left as they are." in text
    well = isinstance(end, switching.Done | switching.Already)
    assert _ids(card) == ([] if well else [f"sw:{'on' if on else 'off'}:all:6"])
    assert all(SWITCH.fullmatch(one) for one in _ids(card))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_while_all_systems_are_turned_nothing_says_that_it_is_done(step: switching.SwitchStep) -> None:
    text = _drawn(arming.progress_of_all(SYSTEMS, {NETWORK.choice: step}, on=True, since=NOW))
    assert f"<t:{int(NOW.timestamp())}:R>" in text
    assert not re.search(r": (armed|disarmed)$", text, re.MULTILINE)
