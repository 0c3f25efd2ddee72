"""Every way in which an answer can fail to be one, and the typed error that each becomes."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp
import pytest

from bot import app
from bot.blink import (
    BlinkClient,
    BlinkError,
    Busy,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    Request,
    SignedOut,
    Transport,
    Unreachable,
)
from bot.blink.errors import BusyAnswer
from simulators.demo.network import connectors
from tests.support.scripted import Say, Scripted
from tests.support.waiting import until
from tests.unit.blink.conftest import CAMERA, SECRETS, Bearer, Home, key_of, seed, without_secrets

TOKEN = SECRETS[0]
REGION = "rest-e008.immedia-semi.com"
UNAUTHORIZED = {"message": "Unauthorized Access", "error": None, "code": 101}


def ask(method: str = "GET", path: str = "/anything", **changes: Any) -> Request:
    return Request(**{"what": "it", "method": method, "host": REGION, "path": path, "bearer": TOKEN, **changes})


def oauth() -> Request:
    form = {"grant_type": "refresh_token", "refresh_token": SECRETS[2]}
    return Request("the sign-in", "POST", "api.oauth.blink.com", "/oauth/token", form=form)


NO_ANSWER = {
    "cut before the answer": (Say(how="reset"), Unreachable),
    "silence": (Say(how="hang"), Unreachable),
    "half a body": (Say({"a": "b" * 100}, how="half"), Unreachable),
    "half a body and then silence": (Say({"a": "b" * 100}, how="stall"), Unreachable),
    "no HTTP at all": (Say(b"SSH-2.0-OpenSSH\r\n\r\n", how="raw"), Unreachable),
    "a header that never ends": (Say(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, how="raw"), Unreachable),
    "a length that is none": (Say(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}", how="raw"), Unreachable),
    "no length and cut short": (Say(b'HTTP/1.1 200 OK\r\n\r\n{"a": "b', how="raw"), NotUnderstood),
    "gzip that is none": (Say(b"no gzip", headers={"Content-Encoding": "gzip"}), Unreachable),
    "500": (Say(b"oops", 500), Unreachable),
    "502 with a page": (Say(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}), Unreachable),
    "503 with Retry-After": (Say({}, 503, {"Retry-After": "7"}), Unreachable),
    "504": (Say(b"", 504), Unreachable),
    "HTML": (Say(b"<html>hello</html>", headers={"Content-Type": "text/html"}), NotUnderstood),
    "nothing": (Say(b""), NotUnderstood),
    "null": (Say(None), NotUnderstood),
    "bytes that are no text": (Say(b"\xff\xfe\x00"), NotUnderstood),
    "too deep": (Say(b"[" * 200_000), NotUnderstood),
    "too deep and closed": (Say(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), NotUnderstood),
    "too large": (Say(b'"' + b"x" * (5 << 20) + b'"', how="chunked"), NotUnderstood),
    "a number of ten thousand digits": (Say(b"1" * 10_000), NotUnderstood),
    "401": (Say(UNAUTHORIZED, 401), SignedOut),
    "401 without words": (Say(b"", 401), SignedOut),
    "code 101 under 200": (Say(UNAUTHORIZED), SignedOut),
    "code 101 as a text": (Say({**UNAUTHORIZED, "code": "101"}), SignedOut),
    "403": (Say(b"", 403), RateLimited),
    "403 in words": (Say({"message": "Forbidden", "error": "forbidden"}, 403), RateLimited),
    "429": (Say(b"slow down", 429), RateLimited),
    "400": (Say({"message": "Unknown parameter"}, 400), Refused),
    "404": (Say({"message": "Media not found", "code": 700}, 404), Refused),
    "406": (Say(b"Not Acceptable", 406, {"Content-Type": "text/plain"}), Refused),
    "426": (Say({"message": "An app update is required", "code": 105}, 426), Refused),
    "3xx without a way": (Say(b"", 302), Refused),
    "an error that is no word": (Say({"message": ["?"], "error": {"a": 1}, "code": [1]}, 400), Refused),
    "a code too large for a database": (Say({"code": 10**30}, 400), Refused),
    "the body is a list": (Say([1], 400), Refused),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("say", "error"), NO_ANSWER.values(), ids=NO_ANSWER.keys())
async def test_every_failure_is_one_typed_error_and_is_not_repeated(
    blink: Scripted, transport: Transport, say: Say, error: type[BlinkError], method: str
) -> None:
    blink.says(say)
    with pytest.raises(error) as caught:
        await transport.request(ask(method))
    assert type(caught.value) is error
    assert without_secrets(f"{caught.value!r} {caught.value}")
    if isinstance(caught.value, Refused):
        assert caught.value.code in (None, 700, 105)
    assert len(blink.heard) == 1 or (method == "GET" and len(blink.heard) == 2)  # aiohttp asks a cut GET once more


async def test_what_never_left_is_told_apart_from_what_may_have_arrived(blink: Scripted) -> None:
    async with blink.session() as http:
        with pytest.raises(NeverSent):
            await Transport(http).request(ask(host="rest-e008.example.com"))  # the simulated names know it not
    async with aiohttp.ClientSession(connector=connectors(discord=0, blink=1)()) as http:
        with pytest.raises(NeverSent):
            await Transport(http).request(ask("POST"))  # refused
    assert blink.heard == []


async def test_a_certificate_that_does_not_fit_means_that_nothing_was_sent(blink: Scripted) -> None:
    blink.says(Say({}))
    async with blink.session() as http:
        with pytest.raises(NeverSent):
            await Transport(http).request(ask("POST", host="deep.er.immedia-semi.com"))
    assert blink.heard == []


async def test_a_connection_that_does_not_open_in_time_was_never_used() -> None:
    gone: list[bool] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # it takes the connection, and never says a word of TLS
        writer.close()
        await writer.wait_closed()
        gone.append(True)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession(connector=connectors(discord=0, blink=port)()) as http:
        with pytest.raises(NeverSent):
            await Transport(http, timeout=0.2).request(ask("POST"))
        await until(lambda: gone)


async def test_a_connection_kept_open_and_then_cut_does_not_repeat_a_post(
    blink: Scripted, transport: Transport
) -> None:
    blink.says(Say({}), Say(how="reset"), Say({}))
    await transport.request(ask())
    with pytest.raises(Unreachable) as caught:
        await transport.request(ask("POST"))
    assert not isinstance(caught.value, NeverSent)
    assert [heard.method for heard in blink.heard] == ["GET", "POST"]


async def test_the_status_of_a_5xx_is_kept(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(b"", 503))
    with pytest.raises(Unreachable) as caught:
        await transport.request(ask())
    assert caught.value.status == 503


BUSY_SHAPES = {
    "409": (409, {}),
    "307 without Location": (307, {}),
    "307 with Location": (307, {"Location": f"https://{REGION}/network/1234/camera/123456/clip"}),
    "307 to another host": (307, {"Location": "https://rest-prod.immedia-semi.com/"}),
    "200": (200, {}),
    "400": (400, {}),
    "500": (500, {}),
    "503": (503, {}),
    "429": (429, {}),
    "401": (401, {}),
}


@pytest.mark.parametrize("name", ["busy.json", "busy-inline.json"])
@pytest.mark.parametrize(("status", "headers"), BUSY_SHAPES.values(), ids=BUSY_SHAPES.keys())
async def test_the_seeds_busy_answer_is_busy_under_every_status(
    blink: Scripted, client: BlinkClient, name: str, status: int, headers: dict[str, str]
) -> None:
    blink.says(Say(seed(name), status, headers))
    assert await client.record_clip(CAMERA) == Busy(status, 307, "System is busy, please wait")
    assert len(blink.heard) == 1


ALSO_BUSY = {
    "409 without words": (Say(b"", 409), Busy(409, None, "")),
    "307 without words": (Say(b"", 307), Busy(307, None, "")),
    "words alone": (Say({"message": "The Sync Module is BUSY"}), Busy(200, None, "The Sync Module is BUSY")),
    "the code alone": (Say({"code": 307}), Busy(200, 307, "")),
    "the code as a text": (Say({"code": "307", "message": None}), Busy(200, 307, "")),
}


@pytest.mark.parametrize(("say", "busy"), ALSO_BUSY.values(), ids=ALSO_BUSY.keys())
async def test_any_sign_of_busy_is_enough(blink: Scripted, client: BlinkClient, say: Say, busy: Busy) -> None:
    blink.says(say)
    assert await client.record_clip(CAMERA) == busy


async def test_busy_where_nothing_is_recorded_is_a_refusal(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(seed("busy.json"), 409))
    with pytest.raises(BusyAnswer):
        await transport.request(ask())


@pytest.mark.parametrize("status", [301, 302, 303, 308])
async def test_a_post_follows_no_redirect(blink: Scripted, client: BlinkClient, status: int) -> None:
    blink.says(Say(b"", status, {"Location": f"https://{REGION}/elsewhere"}), Say(seed("clip-started.json")))
    with pytest.raises(Refused):
        await client.record_clip(CAMERA)
    assert len(blink.heard) == 1


async def test_a_get_goes_where_it_is_sent_and_leaves_the_bearer_behind(blink: Scripted, transport: Transport) -> None:
    there = "https://presigned.immedia-semi.com/x.json?signature=a%2Fb%3D"
    blink.says(Say(b"", 302, {"Location": there}), Say(b"", 302, {"Location": f"https://{REGION}/back"}), Say({"a": 1}))
    assert (await transport.request(ask())).body == {"a": 1}
    first, second, third = blink.heard
    assert (first.bearer, second.bearer, third.bearer) == (TOKEN, None, TOKEN)
    assert second.host == "presigned.immedia-semi.com"
    assert third.target == "/back"


BAD_REDIRECTS = {
    "to http": f"http://{REGION}/x",
    "to http on another host": "http://example.com/x",
    "to a file": "file:///etc/passwd",
    "to data": "data:text/plain,hello",
    "nowhere": "https://[::1",
    "to an impossible port": "https://rest-e008.immedia-semi.com:99999/",
    "with somebody's password": f"https://user:password@{REGION}/x",
    "for ever": f"https://{REGION}/anything",
}


@pytest.mark.parametrize("target", BAD_REDIRECTS.values(), ids=BAD_REDIRECTS.keys())
async def test_a_redirect_that_is_not_to_be_followed(blink: Scripted, transport: Transport, target: str) -> None:
    blink.says(Say(b"", 302, {"Location": target}))
    with pytest.raises(NotUnderstood):
        await transport.request(ask())
    assert len(blink.heard) == (3 if target.endswith("/anything") else 1)
    assert all(heard.bearer in (TOKEN, None) for heard in blink.heard)


@pytest.mark.parametrize("target", ["https://" + "a" * 70 + ".immedia-semi.com/", "https://a..b.immedia-semi.com/"])
async def test_a_redirect_to_a_name_that_cannot_be(blink: Scripted, transport: Transport, target: str) -> None:
    blink.says(Say(b"", 302, {"Location": target}))
    with pytest.raises(NotUnderstood):
        await transport.request(ask())
    assert len(blink.heard) == 1


async def test_another_port_is_another_host(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(b"", 302, {"Location": f"https://{REGION}:8443/x"}), Say({}))
    await transport.request(ask())
    assert [heard.bearer for heard in blink.heard] == [TOKEN, None]


async def test_no_cookie_is_kept_for_the_next_person(blink: Scripted) -> None:
    blink.says(Say({}, headers={"Set-Cookie": "session=alice; Path=/; Domain=immedia-semi.com"}))
    async with app.blink_transport(connectors(discord=0, blink=blink.port)) as transport:
        await transport.request(ask())
        await transport.request(ask(host="rest-prod.immedia-semi.com"))
    assert all("Cookie" not in heard.headers for heard in blink.heard)


async def test_a_path_arrives_as_blink_wrote_it(blink: Scripted, transport: Transport) -> None:
    blink.says(Say({}))
    for path in ("/api/v3/media/a%2Fb/thumbnail.jpg?ts=12&ext=", "//evil.com/x.mp4", "/@evil.com/x", "/\\evil.com"):
        await transport.request(ask(path=path))
    await transport.request(ask(path="/media", query={"since": "2026-11-20T12:00:00+00:00", "page": "1"}))
    assert [heard.target for heard in blink.heard] == [
        "/api/v3/media/a%2Fb/thumbnail.jpg?ts=12&ext=",
        "//evil.com/x.mp4",
        "/@evil.com/x",
        "/%5Cevil.com",
        "/media?since=2026-11-20T12:00:00%2B00:00&page=1",
    ]
    assert {heard.host for heard in blink.heard} == {REGION}


async def test_what_blink_says_never_repeats_a_secret_and_fits_on_one_line(
    blink: Scripted, transport: Transport
) -> None:
    blink.says(Say({"error": "invalid_request", "error_description": f"bad token {SECRETS[2]}\n\u202eBoo"}, 400))
    with pytest.raises(Refused) as caught:
        await transport.request(oauth())
    assert caught.value.message == "bad token … Boo"
    blink.says(Say({"message": f"who is {TOKEN}? " + "x" * 500}, 404))
    with pytest.raises(Refused) as caught:
        await transport.request(ask())
    assert caught.value.message.startswith("who is …? xxx")
    assert len(caught.value.message) == 200


async def test_what_blink_says_in_a_200_never_repeats_a_secret_either(blink: Scripted, client: BlinkClient) -> None:
    words = f"who is {TOKEN}?"
    blink.says(Say({"message": words, "code": 5}))
    for ask_blink in (client.record_clip, client.start_live_view, lambda _: client.delete_media(9)):
        with pytest.raises(Refused) as caught:
            await ask_blink(CAMERA)
        assert caught.value.message == "who is …?"


async def test_how_far_a_command_is_never_repeats_a_secret(blink: Scripted, client: BlinkClient) -> None:
    part = {"id": 3, "state_condition": f"in {TOKEN}", "state_stage": TOKEN}
    blink.says(Say({"complete": False, "status_msg": f"who is {TOKEN}?", "commands": [part]}))
    state = await client.command(7, 3)
    assert (state.message, state.condition, state.stage) == ("who is …?", "in …", "…")


NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
BACK_OFFS = {
    "seconds": ({"Retry-After": "17"}, 17),
    "none": ({}, 30),
    "nothing in it": ({"Retry-After": ""}, 30),
    "words": ({"Retry-After": "later"}, 30),
    "nan": ({"Retry-After": "nan"}, 30),
    "infinite": ({"Retry-After": "inf"}, 30),
    "negative": ({"Retry-After": "-5"}, 30),
    "a fraction": ({"Retry-After": "1.5"}, 30),
    "zero": ({"Retry-After": "0"}, 1),
    "a year": ({"Retry-After": "31536000"}, 900),
    "more digits than a year has seconds": ({"Retry-After": "9" * 400}, 30),
    "a date": (
        {"Date": format_datetime(NOW, True), "Retry-After": format_datetime(NOW + timedelta(minutes=2), True)},
        120,
    ),
    "a date gone by": (
        {"Date": format_datetime(NOW, True), "Retry-After": format_datetime(NOW - timedelta(1), True)},
        1,
    ),
    "a date that is none": ({"Retry-After": "Mon, 99 Foo 2026 00:00:00 GMT"}, 30),
    "a date beyond the calendar": ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359"}, 30),
}


@pytest.mark.parametrize(("headers", "seconds"), BACK_OFFS.values(), ids=BACK_OFFS.keys())
@pytest.mark.parametrize("status", [403, 429])
async def test_a_rate_limit_says_how_long_to_wait(
    blink: Scripted, transport: Transport, headers: dict[str, str], seconds: float, status: int
) -> None:
    blink.says(Say(b"", status, headers))
    with pytest.raises(RateLimited) as caught:
        await transport.request(ask())
    assert (caught.value.retry_after, caught.value.status) == (seconds, status)


async def test_nothing_is_sent_for_this_account_while_it_is_held_and_others_go_on(
    blink: Scripted, client: BlinkClient, transport: Transport
) -> None:
    blink.says(Say(b"", 429, {"Retry-After": "60"}), Say({"cameras": []}))
    with pytest.raises(RateLimited) as first:
        await client.inventory()
    for work in (client.inventory(), client.record_clip(CAMERA), client.command(1, 2)):
        with pytest.raises(RateLimited) as held:
            await work
        assert 55 < held.value.retry_after <= 60
    assert first.value.retry_after == pytest.approx(60, abs=0.1)
    assert len(blink.heard) == 1
    await BlinkClient(transport, Bearer("another-token"), tier="e008", account_id=7).inventory()
    assert len(blink.heard) == 2


async def test_a_burst_that_is_refused_counts_as_one_refusal(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(b"", 429, {"Retry-After": "20"}))
    refusals = await asyncio.gather(*(client.inventory() for _ in range(8)), return_exceptions=True)
    assert len(blink.heard) == 8
    assert all(isinstance(one, RateLimited) and one.retry_after < 21 for one in refusals)
    with pytest.raises(RateLimited) as held:
        await client.inventory()
    assert held.value.retry_after < 21


async def test_the_hold_doubles_with_each_refusal_and_ends_with_a_success(blink: Scripted, client: BlinkClient) -> None:
    blink.says(*[Say(b"", 429, {"Retry-After": "9"})] * 3, Say({"cameras": []}), Say(b"", 429, {"Retry-After": "9"}))
    waits: list[float] = []
    for _ in range(5):
        try:
            await client.inventory()
        except RateLimited as limited:
            waits.append(limited.retry_after)
        client._transport._hold.until = 0.0  # stands for the time that passes
    assert waits == pytest.approx([9, 18, 36, 9], abs=0.1)


async def test_the_hold_never_grows_beyond_a_quarter_of_an_hour(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(b"", 429))
    for _ in range(30):
        with pytest.raises(RateLimited) as caught:
            await client.inventory()
        client._transport._hold.until = 0.0
    assert caught.value.retry_after == pytest.approx(900, abs=0.1)


@pytest.mark.parametrize("refusal", [Say(UNAUTHORIZED, 401), Say(UNAUTHORIZED), Say(b"", 401)])
async def test_a_rejected_token_is_renewed_once_and_the_clip_asked_once_more(
    blink: Scripted, client: BlinkClient, bearer: Bearer, refusal: Say
) -> None:
    blink.says(refusal, Say(seed("clip-started.json")))
    started = await client.record_clip(CAMERA)
    assert not isinstance(started, Busy)
    assert started.command_id == 1234567890
    assert [heard.bearer for heard in blink.heard] == list(SECRETS[:2])
    assert bearer.rejected == [SECRETS[0]]


async def test_a_clip_is_asked_no_third_time(blink: Scripted, client: BlinkClient, bearer: Bearer) -> None:
    blink.says(Say(UNAUTHORIZED, 401))
    with pytest.raises(SignedOut) as caught:
        await client.record_clip(CAMERA)
    assert not caught.value.final
    assert len(blink.heard) == 2
    assert len(bearer.rejected) == 1


@pytest.mark.parametrize(
    "say",
    [Say(how="reset"), Say(how="half", body=seed("clip-started.json")), Say(b"", 500), Say(b"{", 200), Say(how="hang")],
    ids=["reset", "half", "500", "no JSON", "silence"],
)
async def test_an_unclear_answer_to_a_clip_is_never_followed_by_a_repeat(
    blink: Scripted, client: BlinkClient, say: Say
) -> None:
    blink.says(say)
    with pytest.raises((Unreachable, NotUnderstood)) as caught:
        await client.record_clip(CAMERA)
    assert not isinstance(caught.value, NeverSent)
    assert len(blink.heard) == 1


@pytest.mark.parametrize(
    "trouble", [Unreachable("the sign-in: HTTP 503", status=503), NotUnderstood("the sign-in")], ids=["down", "odd"]
)
async def test_a_renewal_that_fails_means_that_the_clip_was_not_asked(
    blink: Scripted, client: BlinkClient, bearer: Bearer, trouble: BlinkError
) -> None:
    bearer.trouble = trouble
    blink.says(Say(UNAUTHORIZED, 401))
    with pytest.raises(NeverSent) as caught:
        await client.record_clip(CAMERA)
    assert caught.value.status == getattr(trouble, "status", None)
    assert len(blink.heard) == 1


async def test_nobodys_bearer_is_ever_in_anothers_request(home: Home) -> None:
    bob = home.world.add_account(email="bob@example.com", tier="u008")
    barn = bob.add_network("Cabin").add_camera("Barn")
    clients = (home.client, home.client_of(bob))
    await asyncio.gather(*(one.inventory() for one in clients for _ in range(5)))
    await asyncio.gather(home.client.record_clip(key_of(home.front)), clients[1].record_clip(key_of(barn)))
    for request in home.sim.requests:
        owner = home.world.owner(request.headers["Authorization"].removeprefix("Bearer "))
        assert owner in (home.account, bob)
        assert request.host == f"rest-{owner.tier}.immedia-semi.com"
        assert request.status == 200


async def test_no_secret_is_logged_or_shown(
    blink: Scripted, client: BlinkClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    blink.says(Say(UNAUTHORIZED, 401), Say({"message": f"no {SECRETS[1]}"}, 400))
    with pytest.raises(Refused) as caught:
        await client.record_clip(CAMERA)
    assert without_secrets(f"{caught.value!r}{caught.value.message}")
    assert without_secrets(repr(ask()) + repr(oauth()))
    assert without_secrets(caplog.text)


async def test_the_clock_of_an_answer_may_be_nonsense(blink: Scripted, client: BlinkClient) -> None:
    before = client.blink_now()
    beyond = [f"{day} 00:00:00 GMT" for day in ("Thu, 01 Jan 1970", "Fri, 31 Dec 9999", "Mon, 99 Foo 2026")]
    for date in ("yesterday", "Fri, 31 Dec 9999 23:59:59 -2359", "", *beyond):
        blink.says(Say({"cameras": []}, headers={"Date": date}))
        await client.inventory()
    assert abs(client.blink_now() - before) < timedelta(seconds=5)
    blink.says(Say({"cameras": []}, headers={"Date": format_datetime(NOW, True)}))
    await client.inventory()
    assert abs(client.blink_now() - NOW) < timedelta(seconds=2)
