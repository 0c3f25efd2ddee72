"""What the client asks, and what it makes of Blink's answers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blink import BlinkClient, Busy, CommandState, NoneEnabled, NotUnderstood, Refused, Started
from bot.models import CameraKey, CameraKind
from simulators.blink import Camera, Failure
from tests.support.scripted import Say, Scripted
from tests.support.waiting import until
from tests.unit.blink.conftest import ACCOUNT, CAMERA, Bearer, Home, eventually, key_of, seed

APP_DONE = f"/accounts/{ACCOUNT}/networks/1234/commands/5/done"
SEED_MOMENT = datetime(2020, 8, 23, 11, 29, 35, tzinfo=UTC)


async def test_the_seeds_success_answer_is_understood(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(seed("clip-started.json")))
    started = await client.record_clip(CAMERA)
    assert (started.command_id, started.state) == (1234567890, CommandState(condition="new", stage="rest"))
    # Its times are of 2020, which the answer's own date belies: a video of today must be found.
    assert abs(started.at - datetime.now(UTC)) < timedelta(minutes=1)
    [heard] = blink.heard
    assert (heard.method, heard.host, heard.body) == ("POST", "rest-e008.immedia-semi.com", "")
    assert heard.target == "/network/1234/camera/123456/clip"
    assert heard.headers["Content-Type"] == "application/json"


def test_the_seeds_examples_are_kept_as_they_stand() -> None:
    assert json.loads(seed("busy.json")) == json.loads(seed("busy-inline.json"))
    assert seed("clip-started.json").startswith(b'{\n  "id": 1234567890,\n')
    assert len(json.loads(seed("clip-started.json"))) == 36


PATHS = {
    CameraKind.CAMERA: "/network/1/camera/2/clip",
    CameraKind.OWL: f"/api/v1/accounts/{ACCOUNT}/networks/1/owls/2/clip",
    CameraKind.DOORBELL: f"/api/v1/accounts/{ACCOUNT}/networks/1/doorbells/2/clip",
}


@pytest.mark.parametrize("kind", CameraKind)
async def test_each_kind_of_camera_has_its_own_path(blink: Scripted, client: BlinkClient, kind: CameraKind) -> None:
    blink.says(Say({"id": 5, "network_id": 1, "command": "clip", "state": "new", "commands": [{"id": 5}]}))
    started = await client.record_clip(CameraKey(kind, 1, 2))
    assert isinstance(started, Started)
    assert (started.command_id, started.state) == (5, CommandState(condition="new"))
    assert blink.heard[0].target == PATHS[kind]


DATE = "Fri, 20 Nov 2026 12:00:07 GMT"
BY_DATE = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
STARTED = {
    "the form of newer calls": ({"command_id": "77"}, 77, BY_DATE),
    "only execute_time": ({"id": 7, "execute_time": "2026-11-20T12:00:01Z"}, 7, BY_DATE - timedelta(seconds=6)),
    "another zone, with a fraction": (
        {"id": 7, "created_at": "2026-11-20T14:00:01.9+02:00"},
        7,
        BY_DATE - timedelta(seconds=6),
    ),
    "no zone": ({"id": 7, "created_at": "2026-11-20T12:00:01"}, 7, BY_DATE - timedelta(seconds=6)),
    "no moment at all": ({"id": 7, "created_at": None}, 7, BY_DATE),
    "moments that are none": ({"id": 7, "created_at": "soon", "execute_time": []}, 7, BY_DATE),
    "a moment beyond the calendar": ({"id": 7, "created_at": "0001-01-01T00:00:00+10:00"}, 7, BY_DATE),
    "odd states": ({"id": 7, "state_condition": {"a": 1}, "state_stage": ["x"]}, 7, BY_DATE),
    "states that would move a chat": ({"id": 7, "state_condition": "\u202enew\n" + "x" * 99}, 7, BY_DATE),
}


@pytest.mark.parametrize(("body", "number", "at"), STARTED.values(), ids=STARTED.keys())
async def test_a_command_id_is_never_lost_to_an_odd_field(
    blink: Scripted, client: BlinkClient, body: dict[str, Any], number: int, at: datetime
) -> None:
    blink.says(Say(body, headers={"Date": DATE}))
    started = await client.record_clip(CAMERA)
    assert isinstance(started, Started)
    assert (started.command_id, started.at) == (number, at)
    assert len(started.state.condition or "") <= 40
    assert (started.state.condition or "").isprintable()


NO_ID = {
    "a refusal in words": ({"message": "Camera is offline", "code": 5}, Refused),
    "no words": ({"ok": True}, NotUnderstood),
    "a list": ([], NotUnderstood),
    "an id that is a truth": ({"id": True}, NotUnderstood),
    "an id that is null": ({"id": None}, NotUnderstood),
    "an id below nothing": ({"id": -1}, NotUnderstood),
    "an id beyond every database": ({"id": 10**20}, NotUnderstood),
}


@pytest.mark.parametrize(("body", "error"), NO_ID.values(), ids=NO_ID.keys())
async def test_an_answer_without_an_id_is_no_recording(
    blink: Scripted, client: BlinkClient, body: Any, error: type[Exception]
) -> None:
    blink.says(Say(body))
    with pytest.raises(error):
        await client.record_clip(CAMERA)
    assert len(blink.heard) == 1


SHORT = {"id": 5, "network_id": 1, "command": "x", "state": "new", "commands": [{"id": 5, "state": "new"}]}
MOTION = {
    CameraKind.CAMERA: ("/network/1/camera/2/enable", "/network/1/camera/2/disable", ""),
    CameraKind.OWL: (f"/api/v1/accounts/{ACCOUNT}/networks/1/owls/2/config",) * 2 + ("enabled",),
    CameraKind.DOORBELL: (
        f"/api/v1/accounts/{ACCOUNT}/networks/1/doorbells/2/enable",
        f"/api/v1/accounts/{ACCOUNT}/networks/1/doorbells/2/disable",
        "",
    ),
}


@pytest.mark.parametrize("kind", CameraKind)
@pytest.mark.parametrize("enabled", [True, False])
async def test_motion_detection_of_each_kind_has_its_own_path(
    blink: Scripted, client: BlinkClient, kind: CameraKind, enabled: bool
) -> None:
    blink.says(Say(SHORT))
    started = await client.set_motion(CameraKey(kind, 1, 2), enabled=enabled)
    assert isinstance(started, Started)
    assert (started.command_id, started.state) == (5, CommandState(condition="new"))
    on, off, field = MOTION[kind]
    [heard] = blink.heard
    assert (heard.method, heard.target) == ("POST", on if enabled else off)
    assert heard.body == (json.dumps({field: enabled}) if field else "")


@pytest.mark.parametrize("armed", [True, False])
async def test_a_network_is_armed_and_disarmed(blink: Scripted, client: BlinkClient, armed: bool) -> None:
    blink.says(Say(SHORT))
    started = await client.set_armed(1234, armed=armed)
    assert isinstance(started, Started)
    [heard] = blink.heard
    word = "arm" if armed else "disarm"
    assert (heard.method, heard.body) == ("POST", "")
    assert heard.target == f"/api/v1/accounts/{ACCOUNT}/networks/1234/state/{word}"


@pytest.mark.parametrize("status", [200, 400])
async def test_a_network_without_motion_detection_is_armed_all_the_same(
    blink: Scripted, client: BlinkClient, status: int
) -> None:
    blink.says(Say({"message": "No Cameras Enabled for Motion", "code": 304}, status))
    assert await client.set_armed(1, armed=True) == NoneEnabled()
    with pytest.raises(Refused):
        await client.set_armed(1, armed=False)


PART = {"state_condition": "running", "state_stage": "dev"}
ERROR = {"state_condition": "error", "state_stage": "sm"}
COMMANDS = {
    "running, though 908 says succeeded": (
        {"complete": False, "status": 0, "status_code": 908, "status_msg": "Command succeeded", "commands": [PART]},
        CommandState("running", "dev", False, False, 908, "Command succeeded"),
    ),
    "complete": ({"complete": True, "status": 0, "commands": [PART]}, CommandState("running", "dev", True, False)),
    "complete without a status": ({"complete": True}, CommandState(complete=True)),
    "failed": (
        {"complete": True, "status": 1, "status_msg": "Live view failed", "status_code": 523, "commands": [ERROR]},
        CommandState("error", "sm", True, True, 523, "Live view failed"),
    ),
    "an error in one of several parts": (
        {"complete": True, "status": 0, "commands": [ERROR, PART]},
        CommandState("error", "sm", True, True),
    ),
    "an error that is not complete": ({"complete": False, "commands": [ERROR]}, CommandState("error", "sm")),
    "the short form": ({"complete": False, "commands": [{"state": "new"}]}, CommandState("new")),
    "words we never heard": (
        {"complete": False, "commands": [{"state_condition": "dreaming", "state_stage": "zz"}]},
        CommandState("dreaming", "zz"),
    ),
    "no parts": ({"complete": False, "commands": None}, CommandState()),
    "odd parts": ({"complete": False, "commands": [7, "x", PART, None]}, CommandState("running", "dev")),
    "parts that are no list": ({"complete": False, "commands": {"a": 1}}, CommandState()),
    "odd words": (
        {"complete": True, "status": 0, "status_code": "x", "status_msg": ["y"]},
        CommandState(complete=True),
    ),
    "a code beyond every database": ({"complete": True, "status_code": 10**30}, CommandState(complete=True)),
}


@pytest.mark.parametrize(("body", "state"), COMMANDS.values(), ids=COMMANDS.keys())
async def test_how_far_a_command_has_come(
    blink: Scripted, client: BlinkClient, body: dict[str, Any], state: CommandState
) -> None:
    blink.says(Say(body))
    assert await client.command(1234, 5) == state
    assert (blink.heard[0].method, blink.heard[0].target) == ("GET", "/network/1234/command/5")


@pytest.mark.parametrize("body", [{}, {"complete": None}, {"message": "x", "code": 1}, [], "x"])
async def test_a_poll_that_says_nothing_is_not_understood(blink: Scripted, client: BlinkClient, body: Any) -> None:
    blink.says(Say(body))
    with pytest.raises(NotUnderstood):
        await client.command(1, 2)


async def test_a_command_can_be_ended(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say({"message": "Command 5 set to :done", "code": 902}))
    await client.end_command(1234, 5)
    assert [(heard.method, heard.target) for heard in blink.heard] == [("POST", APP_DONE)]


@pytest.mark.parametrize(
    "gone",
    [
        Say(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"}),
        Say({"message": "Endpoint no longer supported.", "code": 900}),
        Say({"message": "Endpoint no longer supported.", "code": 900}, 400),
        Say({"message": "Command not found"}, 404),
        Say(b"", 500),
        Say(b"", 403),
        Say({"message": "Unauthorized Access", "code": 101}, 401),
    ],
    ids=lambda say: f"{say.status} {say.raw[:9]!r}",
)
async def test_that_a_command_cannot_be_ended_is_nobodys_failure(
    blink: Scripted, client: BlinkClient, bearer: Bearer, gone: Say
) -> None:
    blink.says(gone)
    await client.end_command(1234, 5)
    blink.says(Say({"complete": True}))
    await client.command(1234, 5)  # nothing is on hold, and no token was renewed
    assert bearer.rejected == []
    first, *others = [heard.target for heard in blink.heard]
    assert first == APP_DONE
    assert set(others) <= {"/network/1234/command/5/done/", "/network/1234/command/5"}


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (Say(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"}), "no longer has the path"),
        (Say({"message": "Not allowed", "code": 1}, 400), "is still there"),
        (Say({"message": "Camera not found"}, 404), "is still there"),
    ],
    ids=["HTML", "JSON", "JSON 404"],
)
async def test_whether_clips_can_still_be_recorded_is_logged_once_a_day(
    blink: Scripted, client: BlinkClient, caplog: pytest.LogCaptureFixture, say: Say, words: str
) -> None:
    blink.says(say)
    for _ in range(3):
        with pytest.raises(Refused):
            await client.record_clip(CAMERA)
    assert [words in record.message for record in caplog.records] == [True]


def page(*entries: Any, limit: Any = None) -> Say:
    return Say({"limit": limit, "purge_id": 1, "refresh_count": 0, "media": list(entries)})


def entry(number: Any, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": "2026-11-20T12:00:00+00:00",
        "network_id": 1,
        "device_id": 2,
        "deleted": False,
        "partial": False,
        "type": "video",
        "media": "/api/v3/media/x.mp4",
        **changes,
    }


NOT_OURS = {
    "deleted": entry(9, deleted=True),
    "partial": entry(9, partial=True),
    "an event without a video": entry(9, type="event"),
    "no address": entry(9, media=None),
    "an empty address": entry(9, media=""),
    "an address without TLS": entry(9, media="http://example.com/x.mp4"),
    "an address with a line break": entry(9, media="/x\nHost: evil.com"),
    "an address of odd letters": entry(9, media="/\ud800.mp4"),
    "an address without end": entry(9, media="/" + "x" * 5000),
    "no id": entry(None),
    "no moment": entry(9, created_at="yesterday"),
    "a moment beyond the calendar": entry(9, created_at="0001-01-01T00:00:00+10:00"),
    "no device": entry(9, device_id=None),
    "no entry at all": "hello",
    "null": None,
}


async def test_a_recording_that_is_still_written_is_listed_where_that_is_wanted(
    blink: Scripted, client: BlinkClient
) -> None:
    blink.says(page(entry(1), entry(2, partial=True), entry(3, partial=True, media=None), limit=500))
    assert [one.media_id for one in await client.media_since(SEED_MOMENT)] == [1]
    listed = await client.media_since(SEED_MOMENT, partial=True)
    assert [(one.media_id, one.partial) for one in listed] == [(1, False), (2, True), (3, True)]


@pytest.mark.parametrize("odd", NOT_OURS.values(), ids=NOT_OURS.keys())
async def test_an_entry_that_cannot_be_fetched_hides_no_other(blink: Scripted, client: BlinkClient, odd: Any) -> None:
    blink.says(page(odd, entry(1), limit=500))
    assert [found.media_id for found in await client.media_since(SEED_MOMENT)] == [1]


OURS = {
    "ids as texts": entry("9", network_id="1", device_id="2"),
    "nothing known of its state": entry(9, deleted=None, partial=None, type=None),
    "words where truth is expected": entry(9, deleted="perhaps", partial=[], type=[7]),
    "an address of its own": entry(9, media="https://presigned.immedia-semi.com/9.mp4?signature=a%2Fb"),
    "an unknown source": entry(9, source={"x": 1}, watched="?"),
}


@pytest.mark.parametrize("usual", OURS.values(), ids=OURS.keys())
async def test_an_odd_entry_that_can_be_fetched_is_listed(blink: Scripted, client: BlinkClient, usual: Any) -> None:
    blink.says(page(usual, limit=500))
    [found] = await client.media_since(SEED_MOMENT)
    assert (found.media_id, found.network_id, found.camera_id, found.path) == (9, 1, 2, usual["media"])
    assert "signature" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "photo"),
    [
        ({"source": "snapshot"}, True),
        ({"media": "/api/v3/media/accounts/1/networks/1/catalina/2/snapshot/9.mp4"}, True),
        ({"source": "pir"}, False),
        ({"source": "something new"}, False),
        ({"source": None}, False),
        ({}, False),
    ],
)
async def test_a_photo_is_one_by_its_source_or_its_address(
    blink: Scripted, client: BlinkClient, changes: Any, photo: bool
) -> None:
    blink.says(page(entry(9, **changes), limit=500))
    [found] = await client.media_since(SEED_MOMENT)
    assert found.photo is photo


NUMBERS = list(range(1, 8))


@pytest.mark.parametrize("limit", [3, None], ids=["with a limit", "without a limit"])
@pytest.mark.parametrize("newest_first", [False, True])
async def test_every_page_is_read_and_the_oldest_comes_first(
    blink: Scripted, client: BlinkClient, limit: int | None, newest_first: bool
) -> None:
    entries = [entry(n, created_at=f"2026-11-20T12:00:0{n}+00:00") for n in NUMBERS]
    entries = entries[::-1] if newest_first else entries
    blink.says(*(page(*entries[at : at + 3], limit=limit) for at in (0, 3, 6)), page(limit=limit))
    found = await client.media_since(SEED_MOMENT)
    assert [one.media_id for one in found] == NUMBERS
    assert [heard.target.rpartition("=")[2] for heard in blink.heard] == ["1", "2", "3", *(["4"] if not limit else [])]
    assert "since=2020-08-23T11:29:35%2B00:00" in blink.heard[0].target


async def test_an_odd_entry_does_not_end_the_pages_early(blink: Scripted, client: BlinkClient) -> None:
    blink.says(page("odd", entry(1), limit=2), page(entry(2), limit=2))
    assert [one.media_id for one in await client.media_since(SEED_MOMENT)] == [1, 2]


async def test_a_page_without_end_is_cut(blink: Scripted, client: BlinkClient) -> None:
    blink.says(page(*map(entry, range(6_000)), limit=10_000))
    assert len(await client.media_since(SEED_MOMENT)) == 5_000


async def test_a_server_that_knows_no_pages_is_asked_twice_at_most(blink: Scripted, client: BlinkClient) -> None:
    blink.says(page(entry(1), entry(2)))
    assert len(await client.media_since(SEED_MOMENT)) == 2
    assert len(blink.heard) == 2


@pytest.mark.parametrize("answer", [Say({"message": "Invalid page"}, 400), Say(b"oops", 500), Say(b"<html>")])
async def test_where_there_is_no_page_0_an_empty_page_1_is_the_answer(
    blink: Scripted, client: BlinkClient, answer: Say
) -> None:
    blink.says(page(), answer)
    assert await client.media_since(SEED_MOMENT) == []
    blink.says(page(), answer)
    assert not await client.keeps_any(SEED_MOMENT)
    refused = answer.status == 400  # which says that there is none; anything else says nothing
    assert pages_asked(blink) == (["1", "0", "1"] if refused else ["1", "0"] * 2)


async def test_page_0_is_the_first_one_once_it_has_held_anything(blink: Scripted, client: BlinkClient) -> None:
    blink.says(page(), page(entry(1), limit=500), page(entry(2), limit=500))
    assert len(await client.media_since(SEED_MOMENT)) == 1
    assert [one.media_id for one in await client.media_since(SEED_MOMENT)] == [2]
    assert pages_asked(blink) == ["1", "0", "0"]


async def test_whoever_asks_again_and_again_spends_one_request_on_an_empty_list(
    blink: Scripted, client: BlinkClient
) -> None:
    blink.says(*[page() for _ in range(4)])
    for _ in range(4):
        assert await client.media_since(SEED_MOMENT, at_once=False) == []
    assert pages_asked(blink) == ["0", "1", "0", "1"]


@pytest.mark.parametrize("answer", [Say({"message": "Invalid page"}, 400), Say(b"oops", 500), Say(b"<html>")])
async def test_a_page_0_that_fails_costs_no_recording(blink: Scripted, client: BlinkClient, answer: Say) -> None:
    blink.says(answer, page(entry(1), limit=500))
    assert len(await client.media_since(SEED_MOMENT, at_once=False)) == 1
    assert pages_asked(blink) == ["0", "1"]


async def test_where_page_0_is_another_name_for_page_1_the_pages_behind_it_are_read(
    blink: Scripted, client: BlinkClient
) -> None:
    first, second = page(entry(1), entry(2), limit=2), page(entry(3), limit=2)
    blink.says(first, first, second)
    assert [one.media_id for one in await client.media_since(SEED_MOMENT, at_once=False)] == [1, 2, 3]
    blink.says(first, second)
    assert [one.media_id for one in await client.media_since(SEED_MOMENT)] == [1, 2, 3]
    assert pages_asked(blink) == ["0", "1", "2", "1", "2"]


def pages_asked(blink: Scripted) -> list[str]:
    return [heard.target.rpartition("=")[2] for heard in blink.heard]


async def test_pages_without_end_are_not_read_without_end(blink: Scripted, client: BlinkClient) -> None:
    blink.says(*(page(entry(n)) for n in range(1, 60)))
    assert len(await client.media_since(SEED_MOMENT)) == 20


@pytest.mark.parametrize("body", [{}, {"media": {}}, {"message": "x", "code": 1}, []])
async def test_an_answer_without_a_list_is_not_an_empty_list(blink: Scripted, client: BlinkClient, body: Any) -> None:
    blink.says(Say(body))
    with pytest.raises(NotUnderstood):
        await client.media_since(SEED_MOMENT)


async def test_an_empty_list_may_be_null(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say({"media": None}))
    assert await client.media_since(SEED_MOMENT) == []


async def complete(home: Home, camera: Camera, started: Started) -> CommandState:
    """Follow a command in the simulated Blink to its end."""

    async def ended() -> CommandState | None:
        state = await home.client.command(camera.network.id, started.command_id)
        return state if state.complete else None

    return await eventually(ended)


@pytest.mark.parametrize("name", ["front", "mini", "bell"])
async def test_a_clip_from_the_command_to_the_entry(home: Home, name: str, tmp_path: Any) -> None:
    camera = getattr(home, name)
    before = home.client.blink_now()
    started = await home.client.record_clip(key_of(camera))
    assert isinstance(started, Started)
    assert before <= started.at <= before + timedelta(seconds=2)
    state = await complete(home, camera, started)
    assert (state.failed, state.stage) == (False, "vs")
    await until(lambda: camera.videos)
    [media] = await eventually(lambda: home.client.media_since(started.at))
    assert (media.network_id, media.camera_id) == (camera.network.id, camera.id)
    assert media.media_id == camera.videos[0].media_id
    target = tmp_path / "x.mp4"
    size = await home.client.download(media.path, target, limit=1 << 20)
    assert target.read_bytes() == camera.videos[0].mp4
    assert size == target.stat().st_size


@pytest.mark.parametrize("shape", ["409", "307", "307-location", "200"])
async def test_a_busy_network_takes_nothing(home: Home, shape: Any) -> None:
    home.front.busy_for(60, shape)
    assert await home.client.record_clip(key_of(home.front)) == Busy(
        200 if shape == "200" else int(shape[:3]), 307, "System is busy, please wait"
    )
    assert len(home.sim.asked("clip")) == 1
    assert home.front.accepted == []


@pytest.mark.parametrize("shape", ["409", "307", "307-location", "200"])
async def test_a_busy_network_is_not_armed(home: Home, shape: Any) -> None:
    home.front.busy_for(60, shape)
    for answer in (
        await home.client.set_armed(home.front.network.id, armed=True),
        await home.client.set_motion(key_of(home.mini), enabled=False),
    ):
        assert isinstance(answer, Busy)
        assert (answer.code, answer.message) == (307, "System is busy, please wait")
    assert (home.front.network.armed, home.mini.enabled) == (False, True)


async def test_arming_and_motion_detection_are_listed_once_they_are_done(home: Home) -> None:
    number = home.front.network.id
    assert (await home.client.inventory()).armed == {number: False}
    for camera in (home.front, home.mini, home.bell):
        started = await home.client.set_motion(key_of(camera), enabled=False)
        assert isinstance(started, Started)
        assert not (await complete(home, camera, started)).failed
    assert [camera.motion for camera in (await home.client.inventory()).cameras] == [False, False, False]
    assert await home.client.set_armed(number, armed=True) == NoneEnabled()
    assert (await home.client.inventory()).armed == {number: True}
    started = await home.client.set_armed(number, armed=False)
    assert isinstance(started, Started)
    assert not (await complete(home, home.front, started)).failed
    assert (await home.client.inventory()).armed == {number: False}


async def test_a_command_that_fails(home: Home) -> None:
    home.front.behaviour = type(home.front.behaviour).quick(fail=Failure())
    started = await home.client.record_clip(key_of(home.front))
    assert isinstance(started, Started)
    state = await complete(home, home.front, started)
    assert (state.failed, state.condition, state.code, state.message) == (True, "error", 523, "Clip failed")


@pytest.mark.parametrize("skew", [timedelta(hours=5), timedelta(hours=-5), timedelta()])
async def test_blinks_clock_is_followed_whatever_ours_says(home: Home, skew: timedelta) -> None:
    home.world.skew = skew
    await home.client.inventory()
    assert abs(home.client.blink_now() - home.world.now()) <= timedelta(seconds=2)
    started = await home.client.record_clip(key_of(home.front))
    assert isinstance(started, Started)
    assert started.at == home.front.accepted[0].created_at.replace(microsecond=0)


async def test_a_presigned_address_gets_no_bearer(home: Home, tmp_path: Any) -> None:
    home.world.video_paths = "presigned"
    recording = home.front.record_motion()
    [media] = await home.client.media_since(home.world.now() - timedelta(minutes=1))
    await home.client.download(media.path, tmp_path / "x.mp4", limit=1 << 20)
    assert (tmp_path / "x.mp4").read_bytes() == recording.mp4
