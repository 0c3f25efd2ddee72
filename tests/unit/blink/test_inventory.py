"""Homescreen as cameras: whatever people call them, and however odd one entry is."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink import BlinkClient, Inventory, NotUnderstood
from bot.blink.inventory import inventory
from bot.blink.json_models import Homescreen
from bot.blink.labels import clean, fold
from bot.models import CameraKey, CameraKind
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import ACCOUNT, Home


def device(number: Any, name: Any = "Front", **changes: Any) -> dict[str, Any]:
    return {"id": number, "network_id": 1, "name": name, "type": "catalina", "status": "done", **changes}


def read(**lists: Any) -> Inventory:
    return listed({"networks": [{"id": 1, "name": "Home", "armed": True}], **lists})


def listed(homescreen: dict[str, Any]) -> Inventory:
    return inventory(Homescreen.model_validate(homescreen), ACCOUNT)


async def test_a_household_as_blink_lists_it(home: Home) -> None:
    cabin = home.account.add_network("Cabin", usb="active")
    cabin.add_camera("Front Door", "floodlight", status="offline")
    seen = await home.client.inventory()
    assert [(camera.label, camera.key.kind, camera.model, camera.online) for camera in seen.cameras] == [
        ("Front Door · Cabin", CameraKind.OWL, "Wired Floodlight", False),
        ("Doorbell · Home", CameraKind.DOORBELL, "Video Doorbell", True),
        ("Front Door · Home", CameraKind.CAMERA, "Outdoor", True),
        ("Kitchen · Home", CameraKind.OWL, "Mini", True),
    ]
    front, kitchen = seen.cameras[2], seen.cameras[3]
    assert (front.battery, front.temperature, front.wifi, front.armed) == ("ok", 68, 4, False)
    assert (kitchen.battery, kitchen.temperature) == (None, None)
    assert seen.networks == {front.key.network_id: "Home", cabin.id: "Cabin"}
    states = {number: module.state for number, module in seen.usb.items()}
    assert states == {front.key.network_id: "none", cabin.id: "active"}
    assert seen.usb[cabin.id].module_id == cabin.sync_id


ODD_FIELDS: dict[str, dict[str, Any]] = {
    "no name": {"name": None},
    "a name that is a list": {"name": ["x"]},
    "no state": {"status": None, "type": None, "enabled": None},
    "states of another type": {"status": 7, "type": {}, "enabled": "perhaps"},
    "readings of another type": {"signals": "strong", "battery": ["ok"], "thumbnail": 7},
    "readings that are no numbers": {"signals": {"temp": "warm", "wifi": None}},
    "ids as texts": {"id": "2", "network_id": "1"},
}


@pytest.mark.parametrize("odd", ODD_FIELDS.values(), ids=ODD_FIELDS.keys())
def test_an_odd_field_hides_neither_its_camera_nor_the_others(odd: dict[str, Any]) -> None:
    seen = read(cameras=[{**device(2), **odd}, device(3, "Other")])
    assert {camera.key.camera_id for camera in seen.cameras} == {2, 3}
    assert all(camera.name and camera.online for camera in seen.cameras)


def test_networks_of_one_name_are_numbered_so_that_their_cameras_can_be_told_apart() -> None:
    networks = [{"id": number, "name": name} for number, name in ((3, "Home"), (1, "Home"), (2, "Cabin"))]
    cameras = [device(number + 10, network_id=number) for number in (1, 2, 3)]
    for listing in (networks, networks[::-1]):
        seen = listed({"networks": listing, "cameras": cameras})
        assert seen.networks == {1: "Home", 2: "Cabin", 3: "Home (2)"}
        labels = {camera.key.camera_id: camera.label for camera in seen.cameras}
        assert labels == {11: "Front · Home", 12: "Front · Cabin", 13: "Front · Home (2)"}
        assert [camera.key.camera_id for camera in seen.find("Front · Home (2)")] == [13]


ODD_ENTRIES = [None, 7, "camera", [], {}, device(None), device("x"), device(-1), device(True), device(10**20)]


@pytest.mark.parametrize("odd", [*ODD_ENTRIES, device(2, network_id=None)])
def test_an_entry_that_cannot_be_read_hides_no_other(odd: Any) -> None:
    assert [camera.key.camera_id for camera in read(cameras=[odd, device(3)]).cameras] == [3]
    assert [camera.key.camera_id for camera in read(owls=[odd], cameras=[device(3)]).cameras] == [3]


@pytest.mark.parametrize("odd", [None, {}, "none", 7])
def test_a_list_that_is_none_hides_no_other(odd: Any) -> None:
    seen = listed({"networks": odd, "sync_modules": odd, "owls": odd, "cameras": [device(3)]})
    assert [(camera.name, camera.network) for camera in seen.cameras] == [("Front", "Network 1")]


@pytest.mark.parametrize("body", [{}, [], "x", {"message": "hello", "code": 103}])
async def test_something_else_is_not_an_account_without_cameras(
    blink: Scripted, client: BlinkClient, body: Any
) -> None:
    blink.says(Say(body))
    with pytest.raises(NotUnderstood):
        await client.inventory()


async def test_an_account_may_have_no_cameras(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say({"networks": [], "cameras": [], "owls": []}))
    assert await client.inventory() == Inventory()


async def test_a_reading_that_is_not_a_number(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(b'{"cameras": [{"id": 2, "network_id": 1, "signals": {"temp": NaN, "wifi": 1e999}}]}'))
    [camera] = (await client.inventory()).cameras
    assert (camera.temperature, camera.wifi) == (None, None)


@pytest.mark.parametrize(
    ("said", "serial"),
    [("G8T1000000000007", "G8T1000000000007"), (17, "17"), (None, ""), ("", ""), ("S" * 17, ""), ("S é", ""), ([], "")],
)
def test_a_serial_number_fits_into_a_live_views_header(said: Any, serial: str) -> None:
    camera = read(cameras=[device(2, serial=said)]).cameras[0]
    assert camera.serial == serial
    assert "serial" not in repr(camera)


def test_a_list_without_end_is_cut() -> None:
    seen = read(cameras=[device(number, f"Camera {number}") for number in range(2_000)])
    assert {camera.key.camera_id for camera in seen.cameras} == set(range(500))


def test_one_camera_listed_twice_is_one() -> None:
    assert len(read(cameras=[device(2), device(2)]).cameras) == 1


PICTURES = {
    "its path": ("/api/v3/media/x/thumbnail.jpg?ts=17&ext=", "/api/v3/media/x/thumbnail.jpg?ts=17&ext="),
    "a path without its end": ("/media/e008/account/1/thumbnail_2", "/media/e008/account/1/thumbnail_2.jpg"),
    "only when it was taken": (
        "1764000000",
        f"/api/v3/media/accounts/{ACCOUNT}/networks/1/catalina/2/thumbnail/thumbnail.jpg?ts=1764000000&ext=",
    ),
    "none": (None, None),
    "nonsense": ("a picture\nof a cat", None),
}


@pytest.mark.parametrize(("said", "path"), PICTURES.values(), ids=PICTURES.keys())
def test_where_the_latest_picture_is(said: str | None, path: str | None) -> None:
    assert read(cameras=[device(2, thumbnail=said)]).cameras[0].picture == path


AGES = {
    "its path": ("/api/v3/media/x/thumbnail.jpg?ts=1764000000&ext=", datetime(2025, 11, 24, 16, 0, tzinfo=UTC)),
    "its path, the moment last": ("/x/thumbnail.jpg?ext=&ts=1764000000", datetime(2025, 11, 24, 16, 0, tzinfo=UTC)),
    "only when it was taken": ("1764000000", datetime(2025, 11, 24, 16, 0, tzinfo=UTC)),
    "an old name": ("/media/production/x/clip_HIwo6g_2020_10_02__00_28AM", datetime(2020, 10, 2, 0, 28, tzinfo=UTC)),
    "an old name with its end": ("/x/clip_2020_10_02__15_05pm.jpg", datetime(2020, 10, 2, 15, 5, tzinfo=UTC)),
    "an old name in hours of twelve": ("/x/clip_2020_10_02__03_28PM", None),
    "an old name with no such day": ("/x/clip_2020_02_30__03_28AM", None),
    "a name without a moment": ("/media/e008/account/1/thumbnail_2", None),
    "seconds that are none": ("/x/thumbnail.jpg?ts=17&ext=", None),
    "seconds of another calendar": ("9" * 400, None),
    "other digits": ("/x/thumbnail.jpg?its=1764000000", None),
    "none": (None, None),
}


@pytest.mark.parametrize(("said", "taken"), AGES.values(), ids=AGES.keys())
def test_when_the_latest_picture_was_taken(said: str | None, taken: datetime | None) -> None:
    assert read(cameras=[device(2, thumbnail=said)]).cameras[0].pictured_at == taken


def test_the_name_of_an_old_picture_tells_only_the_minute() -> None:
    said = ["1764000000", "/x/thumbnail.jpg?ts=1764000000&ext=", "/x/clip_2020_10_02__00_28AM"]
    cameras = read(cameras=[device(number, thumbnail=path) for number, path in enumerate(said)]).cameras
    assert [one.pictured_to for one in sorted(cameras, key=lambda one: one.key.camera_id)] == [1, 1, 60]


MODULES = {
    "none": ([], None),
    "switched off": (
        [{"network_id": 1, "local_storage_enabled": False, "local_storage_status": "unavailable"}],
        "none",
    ),
    "working": ([{"network_id": 1, "local_storage_enabled": True, "local_storage_status": "active"}], "active"),
    "full": ([{"network_id": 1, "local_storage_enabled": True, "local_storage_status": "memory_full"}], "memory_full"),
    "full, but not switched on": (
        [{"network_id": 1, "local_storage_enabled": False, "local_storage_status": "memory_full"}],
        "memory_full",
    ),
    "no word": ([{"network_id": 1, "local_storage_enabled": True}], "active"),
    "two, the first working": (
        [
            {"network_id": 1, "local_storage_enabled": True, "local_storage_status": "active"},
            {"network_id": 1, "local_storage_enabled": True, "local_storage_status": "unmounted"},
        ],
        "active",
    ),
    "two, the second known": (
        [{"network_id": 1}, {"network_id": 1, "local_storage_enabled": True, "local_storage_status": "unmounted"}],
        "unmounted",
    ),
}


@pytest.mark.parametrize(("modules", "state"), MODULES.values(), ids=MODULES.keys())
def test_where_clips_can_be_kept(modules: list[dict[str, Any]], state: str | None) -> None:
    found = read(sync_modules=modules).usb.get(1)
    assert (found.state if found else None) == state


NAMES = {
    "as it is": ("Front Door", "Front Door"),
    "blanks": ("  Front \t\r\n  Door\u00a0", "Front Door"),
    "a second line": ("Front\n@everyone", "Front @everyone"),
    "another language": ("Haustür 玄関 حديقة", "Haustür 玄関 حديقة"),
    "composed": ("Cafe\u0301", "Café"),
    "turned around": ("\u202egnp.exe\u202c\u2066x\u2069", "gnp.exe x"),
    "control characters": ("a\x00b\x1b[31mc\x7f\x9b", "a b [31mc"),
    "invisible": ("\u200b\u2060\ufeff\u00ad", ""),
    "letters that look like nothing": ("\u3164\u115f\u2800", ""),
    "empty": ("", ""),
    "only blanks": (" \u3000 ", ""),
    "lone surrogates": ("Front\ud83d Door", "Front Door"),
    "private letters": ("\ue000Gate", "Gate"),
    "a family": ("👨\u200d👩\u200d👧 Room", "👨\u200d👩\u200d👧 Room"),
    "joiners that join nothing": ("\u200dFront\u200d \u200c\u200dDoor\u200c", "Front Door"),
    "a picture with its variant": ("❤\ufe0f Door", "❤\ufe0f Door"),
    "marks without end": ("Z" + "\u0336" * 500 + "algo", "Z" + "\u0336" * 4 + "algo"),
    "marks alone": ("\u0336\u0336", ""),
    "markdown, which is for those who write": ("**Front** `x` <@1> ||y||", "**Front** `x` <@1> ||y||"),
    "no character at all": ("Front\ufffe\uffff", "Front"),
    "very long": ("x" * 100_000, "x" * 80),
    "very long, of many bytes": ("ü" * 1000, "ü" * 80),
}


@pytest.mark.parametrize(("given_name", "shown"), NAMES.values(), ids=NAMES.keys())
def test_what_a_name_may_contain(given_name: str, shown: str) -> None:
    seen = read(cameras=[device(2, given_name)])
    assert seen.cameras[0].name == (shown or "Camera 2")
    named = listed({"networks": [{"id": 1, "name": given_name}], "cameras": [device(2)]})
    assert named.networks[1] == named.cameras[0].network == (shown or "Network 1")
    assert seen.find(given_name if len(given_name) <= 80 else shown) == (seen.cameras if shown else ())


@given(st.text(max_size=300), st.integers(1, 100))
def test_a_clean_text_is_one_harmless_line(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert shown == shown.strip()
    assert not any(
        unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") or (unicodedata.category(char) == "Cf")
        for char in shown.replace("\u200c", "").replace("\u200d", "")
    )
    shown.encode()


@given(st.text(max_size=60))
def test_a_name_is_found_as_it_is_shown(text: str) -> None:
    if clean(text, 80):
        assert fold(clean(text, 80)) == fold(clean(clean(text, 80), 80))
        assert read(cameras=[device(2, text)]).find(clean(text, 80))


HOUSES = listed(
    {
        "networks": [{"id": 1, "name": "Home"}, {"id": 2, "name": "Cabin"}],
        "cameras": [device(11, "Front Door"), device(12, "Straße"), device(21, "Front door", network_id=2)],
        "owls": [device(11, "Mini")],
        "doorbells": [device(31, "camera.1.12")],
    }
)
FOUND = {
    "by key": ("camera.1.11", ["camera.1.11"]),
    "by the key of another family with the same number": ("owl.1.11", ["owl.1.11"]),
    "by a key that is not there": ("doorbell.1.11", []),
    "by a key of another network": ("camera.2.11", []),
    "by a key, whatever else bears its name": ("camera.1.12", ["camera.1.12"]),
    "by name": ("Mini", ["owl.1.11"]),
    "in other letters": ("mINI", ["owl.1.11"]),
    "with blanks": ("  mini \n", ["owl.1.11"]),
    "by casefold": ("STRASSE", ["camera.1.12"]),
    "in full width": ("\uff2d\uff49\uff4e\uff49", ["owl.1.11"]),
    "two of one name": ("front door", ["camera.2.21", "camera.1.11"]),
    "by its label": ("Front Door · Home", ["camera.1.11"]),
    "by its label in brackets": ("front door (cabin)", ["camera.2.21"]),
    "network first": ("cabin front door", ["camera.2.21"]),
    "by half a name": ("Front", []),
    "nothing": ("", []),
    "blanks alone": (" \u200b ", []),
    "a key with other digits": ("camera.1.\u0661\u0661", []),
    "a key with a line break": ("camera.1.11\n", []),
    "a key with too many digits": ("camera.1." + "1" * 19, []),
    "something endless": ("x" * 100_000, []),
}


@pytest.mark.parametrize(("asked", "keys"), FOUND.values(), ids=FOUND.keys())
def test_finding_a_camera(asked: str, keys: list[str]) -> None:
    assert [str(camera.key) for camera in HOUSES.find(asked)] == keys


@pytest.mark.parametrize("kind", CameraKind)
def test_a_key_survives_being_written_down(kind: CameraKind) -> None:
    key = CameraKey(kind, 10**17, 0)
    assert CameraKey.parse(str(key)) == key
