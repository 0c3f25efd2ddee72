"""Starting a live view and ending it, and the address in between."""

import json
import logging
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink import BlinkClient, Busy, LiveSession, NoLiveView, NotUnderstood, RateLimited, Refused, Unreachable
from bot.blink.models import RelayAddress
from bot.blink.routes import relay_address
from bot.models import CameraKey, CameraKind, StorageUnavailable
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import ACCOUNT, CAMERA, Bearer

SERVER = "immis://3.122.0.9:443/AbCd_fGhIjKlMnOp__IMDS_841406296?client_id=173"
ANSWER = {
    "command_id": 1123,
    "parent_command_id": None,
    "join_available": True,
    "join_state": "available",
    "server": SERVER,
    "duration": None,
    "extended_duration": 5400,
    "continue_interval": 30,
    "continue_warning": 10,
    "polling_interval": 15,
    "submit_logs": True,
    "new_command": True,
    "media_id": None,
    "video_id": None,
    "options": {"poor_connection": False},
    "liveview_token": "a-live-view-token-0123",
    "type": "lv",
    "first_joiner": True,
    "is_mclv": True,
}
DATE = {"Date": "Sat, 28 Nov 2026 12:00:07 GMT"}
DONE = f"/accounts/{ACCOUNT}/networks/1234/commands/1123/done"
PATHS = {
    CameraKind.CAMERA: f"/api/v6/accounts/{ACCOUNT}/networks/1/cameras/2/liveview",
    CameraKind.OWL: f"/api/v2/accounts/{ACCOUNT}/networks/1/owls/2/liveview",
    CameraKind.DOORBELL: f"/api/v2/accounts/{ACCOUNT}/networks/1/doorbells/2/liveview",
}


async def test_an_answer_becomes_a_session(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(ANSWER, headers=DATE))
    assert await client.start_live_view(CAMERA) == LiveSession(
        command_id=1123,
        network_id=CAMERA.network_id,
        at=datetime(2026, 11, 28, 12, 0, 7, tzinfo=UTC),
        poll_every=15.0,
        relay=RelayAddress("3.122.0.9", 443, "AbCd_fGhIjKlMnOp", 173),
        token="a-live-view-token-0123",
    )


@pytest.mark.parametrize("kind", CameraKind)
async def test_each_kind_of_camera_has_its_own_path(blink: Scripted, client: BlinkClient, kind: CameraKind) -> None:
    blink.says(Say(ANSWER))
    await client.start_live_view(CameraKey(kind, 1, 2))
    [heard] = blink.heard
    assert (heard.method, heard.target) == ("POST", PATHS[kind])
    assert json.loads(heard.body) == {"intent": "liveview", "motion_event_start_time": None}


async def test_a_session_shows_no_secret(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(ANSWER))
    session = await client.start_live_view(CAMERA)
    assert "a-live-view-token" not in repr(session)
    assert "AbCd_fGhIjKlMnOp" not in repr(session)


@pytest.mark.parametrize(
    ("interval", "seconds"), [(None, 1.0), (0, 1.0), (-5, 1.0), (2.5, 2.5), (10**9, 30.0), ("soon", 1.0), (True, 1.0)]
)
async def test_the_command_is_polled_neither_hastily_nor_never(
    blink: Scripted, client: BlinkClient, interval: Any, seconds: float
) -> None:
    blink.says(Say(ANSWER | {"polling_interval": interval}))
    session = await client.start_live_view(CAMERA)
    assert isinstance(session, LiveSession)
    assert session.poll_every == seconds


@pytest.mark.parametrize("token", [None, "", 5.5, ["x"], "with space", "é"])
async def test_a_token_that_is_none_is_left_out(blink: Scripted, client: BlinkClient, token: Any) -> None:
    blink.says(Say(ANSWER | {"liveview_token": token}))
    session = await client.start_live_view(CAMERA)
    assert isinstance(session, LiveSession)
    assert session.token in ("", "5.5")


OLD = "rtsps://lv2-app-u012.immedia-semi.com:443/x?client_id=3&blinkRTSP=true"


@pytest.mark.parametrize(
    ("server", "why"),
    [
        (OLD, NoLiveView.UNSUPPORTED),
        (None, NoLiveView.NO_SERVER),
        (7.5, NoLiveView.UNSUPPORTED),
        ([], NoLiveView.NO_SERVER),
    ],
)
async def test_a_session_that_cannot_be_watched_is_ended(
    blink: Scripted, client: BlinkClient, server: Any, why: NoLiveView
) -> None:
    blink.says(Say(ANSWER | {"server": server}), Say({"code": 902, "message": "set to :done"}))
    assert await client.start_live_view(CAMERA) is why
    assert [(heard.method, heard.target) for heard in blink.heard[1:]] == [("POST", DONE)]


async def test_busy_is_a_value(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say({"message": "System is busy, please wait", "code": 307}, 409))
    assert await client.start_live_view(CAMERA) == Busy(409, 307, "System is busy, please wait")
    blink.says(Say({"message": "System is busy, please wait", "code": 307}, 200))
    assert isinstance(await client.start_live_view(CAMERA), Busy)


TROUBLE = {
    "a refusal": (Say({"message": "Camera is offline", "code": 5}, 400), Refused),
    "a refusal in a 200": (Say({"message": "Camera is offline", "code": 5}), Refused),
    "the wrong list": (Say(b"<html>", 404, {"Content-Type": "text/html"}), Refused),
    "a redirect": (Say({}, 307, {"Location": "https://rest-e008.immedia-semi.com/x"}), (Busy, Refused)),
    "neither id nor words": (Say({"server": SERVER}), NotUnderstood),
    "no JSON": (Say(b"<html>"), NotUnderstood),
    "an error of Blink's": (Say({}, 500), Unreachable),
    "a connection that breaks": (Say(how="reset"), Unreachable),
    "no answer": (Say(how="hang"), Unreachable),
    "too many": (Say({}, 429), RateLimited),
}


@pytest.mark.parametrize(("say", "error"), TROUBLE.values(), ids=TROUBLE.keys())
async def test_a_start_is_sent_once(blink: Scripted, client: BlinkClient, say: Say, error: Any) -> None:
    blink.says(say)
    try:
        outcome = await client.start_live_view(CAMERA)
    except (Refused, NotUnderstood, Unreachable, RateLimited) as raised:
        outcome = raised  # type: ignore[assignment]
    assert isinstance(outcome, error)
    assert len(blink.heard) == 1


async def test_after_a_401_it_is_sent_once_more(blink: Scripted, client: BlinkClient, bearer: Bearer) -> None:
    blink.says(Say({"message": "Unauthorized Access", "code": 101}, 401), Say(ANSWER))
    assert isinstance(await client.start_live_view(CAMERA), LiveSession)
    assert [heard.bearer for heard in blink.heard] == ["first-access-token", "second-access-token"]


END = {
    "taken": Say({"code": 902, "message": "Command 1123 set to :done"}),
    "no longer supported": Say({"code": 900, "message": "Endpoint no longer supported."}),
    "refused as no longer supported": Say({"code": 900, "message": "Endpoint no longer supported."}, 400),
    "over already": Say({"message": "not found"}, 404),
    "signed out": Say({"message": "Unauthorized Access", "code": 101}, 401),
    "forbidden": Say({}, 403),
    "too many": Say({}, 429),
    "an error of Blink's": Say({}, 500),
    "no JSON": Say(b"ok"),
    "a connection that breaks": Say(how="reset"),
}


@pytest.mark.parametrize("say", END.values(), ids=END.keys())
async def test_an_end_is_told_once_and_never_fails(
    blink: Scripted, client: BlinkClient, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    blink.says(say)
    await client.end_live_view(1234, 1123)
    assert [(heard.method, heard.target) for heard in blink.heard] == [("POST", DONE)]
    assert "first-access-token" not in caplog.text


async def test_an_end_that_the_database_prevents_does_not_fail_either(
    blink: Scripted, client: BlinkClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot_be_saved(**_: object) -> str:
        raise StorageUnavailable

    monkeypatch.setattr(bearer, "token", cannot_be_saved)
    await client.end_live_view(1234, 1123)
    await client.end_command(1234, 1123)
    assert blink.heard == []


GOOD = {
    SERVER: RelayAddress("3.122.0.9", 443, "AbCd_fGhIjKlMnOp", 173),
    "immis://3.122.0.9/abc__IMDS_1?client_id=0": RelayAddress("3.122.0.9", 443, "abc", 0),
    "IMMIS://3.122.0.9/a/b/abc__IMDS_1?client_id=4294967295": RelayAddress("3.122.0.9", 443, "abc", 2**32 - 1),
    "immis://LV7.Immedia-Semi.com:8443/a__b___IMDS_1?x=1&client_id=5": RelayAddress(
        "lv7.immedia-semi.com", 8443, "a__b_", 5
    ),
    "immis://3.122.0.9/abcd__x__y?client_id=5": RelayAddress("3.122.0.9", 443, "abcd", 5),
    "immis://3.122.0.9/abcd?client_id=5": RelayAddress("3.122.0.9", 443, "abcd", 5),
}


@pytest.mark.parametrize(("server", "address"), GOOD.items())
def test_addresses_that_are_read(server: str, address: RelayAddress) -> None:
    assert relay_address(server) == address


@pytest.mark.parametrize("scheme", ["rtsps", "immi", "https", "wss", ""])
def test_another_scheme_is_not_supported(scheme: str) -> None:
    assert relay_address(SERVER.replace("immis", scheme)) is None


HOSTS = (
    *("10.0.0.1", "127.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1"),
    *("3.122.0", "3.122.0.256", "03.122.0.9", "0x3.122.0.9", "50987017", "[2a05:d014::1]", "[::ffff:3.122.0.9]", ""),
    *("example.com", "immedia-semi.com.example.com", "immedia-semi.com", "ximmedia-semi.com", "localhost"),
    *(
        "lv.immedia-semi.com.",
        "lv..immedia-semi.com",
        ".immedia-semi.com",
        "l_v.immedia-semi.com",
        "3.122.0.9@10.0.0.1",
    ),
    *(
        "user:word@3.122.0.9",
        "lv.immedia-semi.com@3.122.0.9",
        f"{'a' * 64}.immedia-semi.com",
        "a." * 130 + "immedia-semi.com",
    ),
)


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_that_are_neither_public_addresses_nor_blinks_are_refused(host: str) -> None:
    assert relay_address(SERVER.replace("3.122.0.9", host)) is None


@pytest.mark.parametrize(
    "server",
    [
        SERVER.replace(":443", ":0"),
        SERVER.replace(":443", ":65536"),
        SERVER.replace(":443", ":x"),
        SERVER.replace("client_id=173", ""),
        SERVER.replace("=173", "="),
        SERVER.replace("=173", "=4294967296"),
        SERVER.replace("=173", "=-1"),
        SERVER.replace("=173", "=1e3"),
        SERVER.replace("=173", "=%D9%A1"),
        SERVER + "&client_id=174",
        SERVER + "&x=1" * 20,
        SERVER.replace("AbCd_fGhIjKlMnOp", "AbCd_fGhIjKlMnOpQ"),
        SERVER.replace("AbCd_fGhIjKlMnOp", ""),
        SERVER.replace("AbCd_fGhIjKlMnOp", "Äbc"),
        "immis://3.122.0.9:443?client_id=1",
        "immis://[3.122.0.9/a__IMDS_1?client_id=1",
        "immis",
        "",
    ],
)
def test_odd_addresses_are_refused(server: str) -> None:
    assert relay_address(server) is None


PART = st.sampled_from(["immis:", "//", *"/:@?&#[]%", "__IMDS_", "__", "client_id=", "443"])
HOST = st.sampled_from(["3.122.0.9", "10.0.0.1", "lv.immedia-semi.com", "example.com", "\uff0e", "\u2488"])


@given(st.lists(PART | HOST | st.text(max_size=4), max_size=14).map("".join) | st.text().map(SERVER.__add__))
def test_any_text_is_an_address_of_blinks_or_none(text: str) -> None:
    found = relay_address(text)
    if found:
        assert found.host.endswith(".immedia-semi.com") or IPv4Address(found.host).is_global
        assert 0 < found.port < 2**16
        assert 0 <= found.client_id < 2**32
        assert 0 < len(found.connection.encode("ascii")) <= 16
