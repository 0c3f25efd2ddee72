"""A strict front door: what no client may send on its way through the sign-in is refused and remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from simulators.blink import SimBlink
from tests.simulators.blink.browser import CALLBACK, EMAIL, PASSWORD, VERIFIER, Browser, Door, Fields
from tests.simulators.blink.phone import OAUTH, Heard


@pytest.fixture
async def browser(door: Door) -> Browser:
    """A browser of somebody whose account asks for no code."""
    door.account.two_factor = None
    return door.browser()


def only(surprise: str | None, sim: SimBlink) -> None:
    """The simulator was surprised by this and by nothing else."""
    assert len(sim.surprises) == (surprise is not None), sim.surprises
    assert surprise is None or surprise in sim.surprises[0]


ASKED: dict[str, tuple[Fields, int, str | None]] = {
    "nothing of the device": ({"device_model": None, "app_version": ""}, 400, "app_version, device_model is missing"),
    "a field that nobody sends": ({"prompt": "login"}, 400, "unknown query field prompt"),
    "an unknown client": ({"client_id": "web"}, 400, "client web"),
    "the number that is called client_id": ({"client_id": "3100001"}, 400, "client 3100001"),
    "another client's address": ({"redirect_uri": CALLBACK["android"]}, 400, "client ios with redirect_uri https"),
    "an address of one's own": ({"redirect_uri": "https://example.com/"}, 400, "redirect_uri https://example.com/"),
    "plain PKCE": ({"code_challenge_method": "plain"}, 400, "code_challenge_method=plain"),
    "a challenge that is no digest": ({"code_challenge": "abc="}, 400, "code_challenge is not"),
    "tokens at once": ({"response_type": "token"}, 400, "response_type=token"),
    "another scope": ({"scope": "admin"}, 400, "scope=admin"),
    "no hardware_id": ({"hardware_id": None}, 400, "hardware_id is missing"),
    "the hardware_id of blinkpy": ({"hardware_id": "Blinkpy"}, 406, None),
    "the hardware_id of Home Assistant": ({"hardware_id": "Home Assistant"}, 406, None),
    "a hardware_id of one's own": ({"hardware_id": "AAAAAAA"}, 302, None),
}


@pytest.mark.parametrize(("changes", "status", "surprise"), ASKED.values(), ids=ASKED)
async def test_authorize(door: Door, browser: Browser, changes: Fields, status: int, surprise: str | None) -> None:
    heard = await browser.authorize(changes)
    assert heard.status == status
    only(surprise, door.sim)
    if status == 406:
        assert (heard.raw, heard.headers["Content-Type"]) == (b"Not Acceptable", "text/plain; charset=utf-8")
    if status != 302:
        assert heard.headers["cookies"] == ""


Step = Callable[[Browser], Awaitable[Heard]]
SENT: dict[str, tuple[Step, int, str]] = {
    "no user name": (lambda b: b.password(EMAIL, PASSWORD, {"username": None}), 400, "username is missing"),
    "a password field too many": (lambda b: b.password(EMAIL, PASSWORD, {"pin": "1"}), 400, "unknown body field pin"),
    "another CSRF token": (lambda b: b.password(EMAIL, PASSWORD, {"csrf-token": "x"}), 403, "CSRF token"),
    "from another site": (lambda b: b.password(EMAIL, PASSWORD, origin="https://example.com"), 403, "example.com"),
    "from another page": (lambda b: b.password(EMAIL, PASSWORD, referer="https://example.com/"), 403, "example.com"),
    "from nowhere": (lambda b: b.password(EMAIL, PASSWORD, origin=None), 403, "nowhere"),
    "JSON": (lambda b: b.send("POST", "/oauth/v2/signin", json={"username": EMAIL}), 400, "unexpected body"),
    "nothing at all": (lambda b: b.send("POST", "/oauth/v2/signin"), 400, "csrf-token, password, username is missing"),
    "a code before the password": (lambda b: b.code("123456"), 400, "no code was asked for"),
    "a code and a wish": (lambda b: b.code("123456", {"remember_me": "maybe"}), 400, "remember_me=maybe"),
    "a code without a wish": (lambda b: b.code("123456", {"remember_me": None}), 400, "remember_me is missing"),
    "a page with a query": (lambda b: b.send("GET", "/oauth/v2/signin?x=1"), 400, "unknown query field x"),
}


@pytest.mark.parametrize(("step", "status", "surprise"), SENT.values(), ids=SENT)
async def test_the_forms(door: Door, browser: Browser, step: Step, status: int, surprise: str) -> None:
    await browser.begin()
    assert (await step(browser)).status == status
    only(surprise, door.sim)
    assert (await browser.password(EMAIL, PASSWORD, origin=None, referer=f"https://{OAUTH}/")).status == 302


async def test_whoever_loses_the_cookies_starts_again(door: Door, browser: Browser) -> None:
    await browser.begin()
    for step in (
        lambda: browser.page(),
        lambda: browser.password(EMAIL, PASSWORD),
        lambda: browser.code("123456"),
        lambda: browser.send("GET", "/oauth/v2/authorize"),
    ):
        browser.session.cookie_jar.clear()
        heard = await step()
        assert (heard.status, heard.json["error_cause"]) == (400, "empty_cookies")
    assert [one.endswith("the cookies are lost") for one in door.sim.surprises] == [True] * 4
    # a session that has merely lasted too long is nobody's mistake
    await browser.begin()
    door.world.attempts.forget()
    assert (await browser.password(EMAIL, PASSWORD)).json["error_cause"] == "empty_cookies"
    assert len(door.sim.surprises) == 4


async def test_following_the_redirect_of_the_password_is_noticed(door: Door, browser: Browser) -> None:
    await browser.begin()
    heard = await browser.password(EMAIL, PASSWORD)
    assert (await browser.send("GET", heard.headers["Location"])).status == 400
    assert door.sim.surprises == ["authorize: unknown query field followed"]


@pytest.mark.parametrize("two_factor", ["412", "202"])
async def test_without_the_code_there_is_no_way_in(door: Door, browser: Browser, two_factor: str) -> None:
    door.account.two_factor = two_factor  # type: ignore[assignment]
    await browser.begin()
    await browser.password(EMAIL, PASSWORD)
    await browser.code("guess")
    heard = await browser.send("GET", "/oauth/v2/authorize")
    assert (heard.status, heard.headers["Location"]) == (302, "/oauth/v2/signin")


async def test_a_wrong_password_takes_back_what_the_right_one_gave(browser: Browser) -> None:
    await browser.begin()
    assert (await browser.password(EMAIL, PASSWORD)).status == 302
    heard = await browser.password(EMAIL, "guess")
    assert (heard.status, heard.json["error_cause"]) == (401, "invalid_user_credentials")
    assert (await browser.password("nobody@example.com", PASSWORD)).json == heard.json
    assert (await browser.send("GET", "/oauth/v2/authorize")).headers["Location"] == "/oauth/v2/signin"


EXCHANGED: dict[str, tuple[Fields, int, str, str | None]] = {
    "a made-up code": ({"code": "made up"}, 400, "invalid_grant", None),
    "another verifier": ({"code_verifier": VERIFIER[:-1] + "x"}, 400, "invalid_grant", "code_verifier is not that"),
    "no verifier": ({"code_verifier": None}, 400, "invalid_request", "['code_verifier'] for ios"),
    "another address": ({"redirect_uri": CALLBACK["android"]}, 400, "invalid_grant", "redirect_uri is not that"),
    "another device": ({"hardware_id": "AAAAAAA"}, 400, "invalid_grant", "hardware_id is not that"),
    "another scope": ({"scope": "admin"}, 400, "invalid_grant", "scope is not that"),
    "a field of a refresh": ({"refresh_token": "x"}, 400, "invalid_request", "['refresh_token'] for ios"),
    "an unknown client": ({"client_id": "web"}, 401, "invalid_client", None),
    "the other client": (
        {"client_id": "android", "app_brand": None, "hardware_id": None, "scope": None},
        401,
        "invalid_client",
        "android exchanges a code of ios",
    ),
    "the other client with this one's fields": (
        {"client_id": "android"},
        400,
        "invalid_request",
        "['app_brand', 'hardware_id', 'scope'] for android",
    ),
}


@pytest.mark.parametrize(("changes", "status", "error", "surprise"), EXCHANGED.values(), ids=EXCHANGED)
async def test_the_exchange(
    door: Door, browser: Browser, changes: Fields, status: int, error: str, surprise: str | None
) -> None:
    await browser.begin()
    await browser.password(EMAIL, PASSWORD)
    authorization = await browser.authorization()
    heard = await browser.exchange(authorization, changes)
    assert (heard.status, heard.json["error"]) == (status, error)
    only(surprise, door.sim)
    assert (await browser.exchange(await browser.authorization())).status == 200


@pytest.mark.parametrize("name", ["Blinkpy", "Home Assistant"])
async def test_a_shared_hardware_id_is_not_exchanged_either(browser: Browser, name: str) -> None:
    assert (await browser.exchange("any", {"hardware_id": name})).status == 406
