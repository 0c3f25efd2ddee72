"""Signing in at the simulated Blink: over TLS, under its own host names, through blinkpy's steps."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import uuid
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blink import BlinkSignIn, CodeWanted, Denial, Denied, SignedIn
from bot.models import Region
from simulators.blink import Fault, Says
from simulators.demo.tls import Authority
from tests.support.waiting import until
from tests.unit.blink.signing import EMAIL, OWN, PASSWORD, SESSION, Door, cookies, front_door, said

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
BEFORE = ["authorize", "signin_page", "signin_page", "signin"]  # blinkpy asks for the page that it was sent to again
AFTER = ["authorize", "token", "tier"]
HTML = "<html><body>Something went wrong</body></html>"


@pytest.fixture
async def door(authority: Authority, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Door]:
    caplog.set_level(logging.DEBUG)
    async with front_door(authority) as door:
        yield door
        assert [secret for secret in door.secrets() if secret in said(caplog.records)] == []


async def code_wanted(sign_in: BlinkSignIn, **typed: str) -> CodeWanted:
    outcome = await sign_in.password(typed.get("username", EMAIL), typed.get("password", PASSWORD))
    assert isinstance(outcome, CodeWanted)
    return outcome


@pytest.mark.parametrize("two_factor", [None, "412", "202"])
async def test_in_by_every_way(door: Door, two_factor: Any) -> None:
    door.account.two_factor = two_factor
    sign_in = door.sign_in(hardware_id=OWN, now=lambda: NOW)
    outcome = await sign_in.password(EMAIL, PASSWORD)
    if two_factor:
        assert outcome == (CodeWanted("sms", "+49xxxxxxxx17") if two_factor == "202" else CodeWanted())
        outcome = await sign_in.code(door.code)
    assert isinstance(outcome, SignedIn)
    assert outcome.region == Region("u011", door.account.id)
    tokens = outcome.tokens
    assert door.account.grant(tokens.refresh)
    assert door.account.client_of(tokens.access) != door.account.client_number
    assert (tokens.oauth_client, tokens.hardware_id, tokens.account_id) == ("ios", OWN, door.account.id)
    assert tokens.expires_at == NOW + timedelta(hours=4)
    assert door.routes() == [*BEFORE, *(["verify"] if two_factor else []), *AFTER]
    assert [request.headers.get("Cookie") for request in door.sim.asked("tier")] == [None]
    assert all(secret not in f"{outcome!r} {outcome}" for secret in door.secrets())
    assert await sign_in.code("123456") == Denied(Denial.START_AGAIN)  # it is over


WHERE = {
    "sms": CodeWanted("sms", "+49xxxxxxxx17"),
    "voice": CodeWanted("voice", "+49xxxxxxxx17"),
    "whatsapp": CodeWanted("whatsapp", "+49xxxxxxxx17"),
    "email": CodeWanted("email"),
}


@pytest.mark.parametrize(("method", "wanted"), WHERE.items(), ids=WHERE)
async def test_where_the_code_went(door: Door, method: Any, wanted: CodeWanted) -> None:
    door.account.code_method = method
    assert await code_wanted(door.sign_in()) == wanted


async def test_a_hardware_id_of_its_own(door: Door) -> None:
    door.account.two_factor = None
    made: set[str] = set()
    for given in (None, "Blinkpy", "Home Assistant", ""):
        outcome = await door.sign_in(hardware_id=given).password(EMAIL, PASSWORD)
        assert isinstance(outcome, SignedIn)
        made.add(str(uuid.UUID(outcome.tokens.hardware_id)))
    assert len(made) == 4
    sign_in = door.sign_in(hardware_id=OWN.lower())
    for _ in range(2):
        outcome = await sign_in.password(EMAIL, PASSWORD)
        assert isinstance(outcome, SignedIn)
        assert outcome.tokens.hardware_id == OWN.lower()


async def test_a_wrong_password(door: Door) -> None:
    sign_in = door.sign_in()
    assert await sign_in.password(EMAIL, "guess") == Denied(Denial.WRONG_PASSWORD, 401)
    assert await sign_in.password("nobody@example.com", PASSWORD) == Denied(Denial.WRONG_PASSWORD, 401)
    assert await sign_in.code("123456") == Denied(Denial.START_AGAIN)
    await code_wanted(sign_in)
    assert isinstance(await sign_in.code(door.code), SignedIn)


async def test_a_wrong_code_may_be_followed_by_the_right_one(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    for wrong in ("000000x", " ", "☃"):
        assert await sign_in.code(wrong) == Denied(Denial.WRONG_CODE, 400)
    assert isinstance(await sign_in.code(door.code), SignedIn)


@pytest.mark.parametrize(
    "says",
    [Says(400, {"error_cause": "invalid"}), Says(401, []), Says(403, None), Says(412, {"valid_seconds": 60})],
    ids=lambda says: str(says.status),
)
async def test_every_way_to_say_that_a_code_is_wrong(door: Door, says: Says) -> None:
    door.world.sign_ins.wrong_code = says
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    assert await sign_in.code("guess") == Denied(Denial.WRONG_CODE, says.status)
    assert isinstance(await sign_in.code(door.code), SignedIn)


async def test_a_code_that_is_too_old(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.account.expire_codes()
    assert await sign_in.code(door.code) == Denied(Denial.CODE_EXPIRED, 400)
    assert await sign_in.code(door.code) == Denied(Denial.START_AGAIN)


@pytest.mark.parametrize("says", [None, Says(423, None), Says(401, {"error_cause": "account_locked"}), Says(403, [])])
async def test_a_locked_account(door: Door, says: Says | None) -> None:
    if says:
        door.world.sign_ins.locked = says
    door.account.lock()
    locked = Denied(Denial.LOCKED, says.status if says else 429)
    assert await door.sign_in().password(EMAIL, PASSWORD) == locked


async def test_an_account_that_is_locked_by_codes(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    for _ in range(5):
        assert await sign_in.code("guess") == Denied(Denial.WRONG_CODE, 400)
    assert await sign_in.code(door.code) == Denied(Denial.LOCKED, 429)
    assert await sign_in.code(door.code) == Denied(Denial.START_AGAIN)


async def test_cookies_that_blink_forgot(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.world.attempts.forget()
    assert await sign_in.code(door.code) == Denied(Denial.START_AGAIN, 400)


NOT_HERE = (503, Denied(Denial.UNREACHABLE, 503))
BARRED = (406, Denied(Denial.BLOCKED, 406))
STEPS = ("authorize", "signin_page", "signin", "verify", "token")
TROUBLE: dict[str, tuple[Fault, Denied]] = {
    **{
        f"{step}: HTTP {status}": (Fault(step, status=status, body="Not here"), denied)  # type: ignore[arg-type]
        for step in STEPS
        for status, denied in (NOT_HERE, BARRED)
    },
    **{
        # twice, as aiohttp asks again by itself where that does no harm
        f"{step}: {how}": (Fault(step, 2, action=how), Denied(Denial.UNREACHABLE))  # type: ignore[arg-type]
        for step in STEPS
        for how in ("hang", "reset", "half", "stall")
        # a redirect has no body to halve; and of a code that Blink has taken, see below
        if (step, how) not in {("authorize", "half"), ("verify", "half"), ("verify", "stall")}
    },
    "authorize: too often": (Fault("authorize", status=429), Denied(Denial.LOCKED, 429)),
    "authorize: no robots": (Fault("authorize", status=403, body=HTML), Denied(Denial.BLOCKED, 403)),
    "authorize: an old app": (Fault("authorize", status=426), Denied(Denial.NOT_UNDERSTOOD, 426)),
    "authorize: an odd yes": (Fault("authorize", status=204, body=""), Denied(Denial.NOT_UNDERSTOOD, 204)),
    "signin_page: no token": (Fault("signin_page", times=2, body=HTML, status=200), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "signin: 400": (Fault("signin", status=400, body=HTML), Denied(Denial.WRONG_PASSWORD, 400)),
    "signin: a page": (Fault("signin", status=200, body=HTML), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "signin: a 202 of another kind": (
        Fault("signin", status=202, body={"phone": "+4915123456789"}),
        Denied(Denial.NOT_UNDERSTOOD, 202),
    ),
    "signin: a 202 that is a list": (Fault("signin", status=202, body=[1]), Denied(Denial.NOT_UNDERSTOOD, 202)),
    "signin: a 202 that is a page": (Fault("signin", status=202, body=HTML), Denied(Denial.NOT_UNDERSTOOD, 202)),
    "signin: stale": (
        Fault("signin", status=403, body={"error_cause": "invalid_csrf_token"}),
        Denied(Denial.START_AGAIN, 403),
    ),
    "verify: a redirect": (
        Fault("verify", status=307, headers={"Location": "https://rest-prod.immedia-semi.com/"}),
        Denied(Denial.NOT_UNDERSTOOD, 307),
    ),
    "verify: gone": (Fault("verify", status=410), Denied(Denial.CODE_EXPIRED, 410)),
    "verify: locked": (Fault("verify", status=403, body={"message": "Account is LOCKED"}), Denied(Denial.LOCKED, 403)),
    "verify: not locked yet": (
        Fault("verify", status=400, body={"message": "Wrong. It will be locked."}),
        Denied(Denial.WRONG_CODE, 400),
    ),
    "verify: lost": (Fault("verify", status=404), Denied(Denial.NOT_UNDERSTOOD, 404)),
    "authorization: none": (
        Fault("authorize", skip=1, status=302, headers={"Location": "/oauth/v2/signin"}),
        Denied(Denial.START_AGAIN, 302),
    ),
    "authorization: an error": (
        Fault("authorize", skip=1, status=302, headers={"Location": "immedia-blink://x?error=access_denied"}),
        Denied(Denial.NOT_UNDERSTOOD, 302),
    ),
    "token: a page": (Fault("token", status=200, body=HTML), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "token: a list": (Fault("token", status=200, body=[]), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "token: none": (Fault("token", status=200, body={"expires_in": 5}), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "token: no way to go on": (
        Fault("token", status=200, body={"access_token": "only-access-token"}),
        Denied(Denial.NOT_UNDERSTOOD, 200),
    ),
    "token: too late": (Fault("token", status=400, body={"error": "invalid_grant"}), Denied(Denial.START_AGAIN, 400)),
    "token: another no": (
        Fault("token", status=401, body={"error": "invalid_client"}),
        Denied(Denial.NOT_UNDERSTOOD, 401),
    ),
}


@pytest.mark.parametrize(("fault", "denied"), TROUBLE.values(), ids=TROUBLE)
async def test_trouble_at_every_step(door: Door, fault: Fault, denied: Denied) -> None:
    door.sim.faults.append(fault)
    sign_in = door.sign_in(timeout=1.0 if fault.action in ("hang", "stall") else 20.0)
    outcome = await sign_in.password(EMAIL, PASSWORD)
    if isinstance(outcome, CodeWanted):
        outcome = await sign_in.code(door.code)
    assert outcome == denied

    # whatever it was, the person gets in once Blink is itself again
    door.sim.faults.clear()
    await code_wanted(sign_in)
    assert isinstance(await sign_in.code(door.code), SignedIn)


@pytest.mark.parametrize("how", ["apply-then-reset", "apply-then-status", "half", "stall"])
async def test_a_code_is_not_asked_for_twice_when_only_the_answer_was_lost(door: Door, how: Any) -> None:
    sign_in = door.sign_in(timeout=1.0 if how == "stall" else 20.0)
    await code_wanted(sign_in)
    door.sim.faults.append(Fault("verify", action=how))
    outcome = await sign_in.code(door.code)
    assert isinstance(outcome, Denied)
    assert outcome.why is Denial.UNREACHABLE
    assert isinstance(await sign_in.code(door.code), SignedIn)
    assert door.routes().count("verify") == 1


async def test_a_code_that_never_arrived_is_shown_again(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.sim.faults += [Fault("verify", action="reset"), Fault("authorize", status=503)]
    assert await sign_in.code("guess") == Denied(Denial.UNREACHABLE)
    assert await sign_in.code("guess") == Denied(Denial.UNREACHABLE, 503)
    assert await sign_in.code("guess") == Denied(Denial.WRONG_CODE, 400)
    assert isinstance(await sign_in.code(door.code), SignedIn)


@pytest.mark.parametrize("fault", [Fault("token", action="apply-then-reset"), Fault("authorize", status=502)])
async def test_tokens_that_were_lost_need_no_new_code(door: Door, fault: Fault) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.sim.faults.append(fault)
    assert (await sign_in.code(door.code)) in (Denied(Denial.UNREACHABLE), Denied(Denial.UNREACHABLE, 502))
    assert isinstance(await sign_in.code("whatever is typed now"), SignedIn)
    assert door.routes().count("verify") == 1


async def test_a_200_is_a_yes_to_a_code_too(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.sim.faults.append(Fault("verify", action="apply-then-status", status=200, body={}))
    assert isinstance(await sign_in.code(door.code), SignedIn)


@pytest.mark.parametrize("fault", [Fault("tier", status=500), Fault("tier", body=HTML), Fault("tier", status=406)])
async def test_in_without_knowing_the_region(door: Door, fault: Fault) -> None:
    door.account.two_factor = None
    door.sim.faults.append(fault)
    outcome = await door.sign_in().password(EMAIL, PASSWORD)
    assert isinstance(outcome, SignedIn)
    assert outcome.region is None


async def test_two_at_the_same_time_share_nothing(door: Door) -> None:
    other = door.world.add_account(email="bob@example.com")
    alice, bob = door.sign_in(), door.sign_in()
    await asyncio.gather(
        code_wanted(alice), code_wanted(bob, username=other.email, password=other.password), code_wanted(door.sign_in())
    )
    # the code of one is no good to the other, and a newer one of the same person neither
    assert await bob.code(door.code) == Denied(Denial.WRONG_CODE, 400)
    outcomes = [await alice.code(code.text) for code in door.account.codes]
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    in_ = await bob.code(other.code or "")
    assert isinstance(in_, SignedIn)
    assert in_.region == Region(other.tier, other.id)

    seen = [cookies(request).get(SESSION) for request in door.sim.asked("authorize", "signin_page", "signin", "verify")]
    assert len({cookie for cookie in seen if cookie}) == 3
    owners: dict[str, set[int | None]] = {}
    for request in door.sim.asked("verify", "token"):
        owners.setdefault(cookies(request)[SESSION], set()).add(request.account_id)
    assert sorted(map(len, owners.values())) == [1, 1]


async def test_codes_take_turns(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    outcomes = await asyncio.gather(*(sign_in.code(code) for code in ("guess", door.code, door.code)))
    assert isinstance(outcomes[1], SignedIn)
    assert (outcomes[0], outcomes[2]) == (Denied(Denial.WRONG_CODE, 400), Denied(Denial.START_AGAIN))
    assert door.routes().count("verify") == 2


async def test_a_second_password_starts_afresh(door: Door) -> None:
    other = door.world.add_account(email="bob@example.com")
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    await code_wanted(sign_in, username=other.email, password=other.password)
    begun = [request for request in door.sim.asked("authorize") if request.query]
    assert ["Cookie" in request.headers for request in begun] == [False, False]
    assert begun[0].query["code_challenge"] != begun[1].query["code_challenge"]
    assert begun[0].query["hardware_id"] == begun[1].query["hardware_id"]
    assert await sign_in.code(door.code) == Denied(Denial.WRONG_CODE, 400)
    outcome = await sign_in.code(other.code or "")
    assert isinstance(outcome, SignedIn)
    assert door.world.owner(outcome.tokens.refresh) is other


async def test_closing_forgets_everything(door: Door) -> None:
    sign_in = door.sign_in()
    await sign_in.close()
    await code_wanted(sign_in)
    assert sign_in._attempt
    session = weakref.ref(sign_in._attempt.session)
    await sign_in.close()
    await sign_in.close()
    gc.collect()
    assert session() is None
    assert await sign_in.code(door.code) == Denied(Denial.START_AGAIN)


async def test_closing_ends_what_is_under_way(door: Door) -> None:
    sign_in = door.sign_in()
    await code_wanted(sign_in)
    door.sim.faults.append(Fault("verify", action="hang"))
    waiting = asyncio.create_task(sign_in.code(door.code))
    await until(lambda: door.sim.asked("verify"))
    await sign_in.close()
    assert await waiting == Denied(Denial.START_AGAIN)


async def test_giving_up_leaves_nothing_open(door: Door) -> None:
    sign_in = door.sign_in()
    door.sim.faults.append(Fault("signin", action="hang"))
    waiting = asyncio.create_task(sign_in.password(EMAIL, PASSWORD))
    await until(lambda: door.sim.asked("signin"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sign_in._attempt is None


async def test_what_cannot_be_sent(door: Door) -> None:
    assert await door.sign_in().password(EMAIL, "\ud800") == Denied(Denial.NOT_UNDERSTOOD)


async def test_a_blinkpy_that_cannot_be_used(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "blinkpy.api", None)
    assert await door.sign_in().password(EMAIL, PASSWORD) == Denied(Denial.NOT_UNDERSTOOD)
    assert door.sim.requests == []


async def test_a_log_at_its_most_talkative(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.get_running_loop().set_debug(True)
    caplog.set_level(logging.DEBUG, "blinkpy.api")  # which logs the body of a 202 that it does not know
    door.sim.faults.append(Fault("signin", status=202, body={"phone": "+4915123456789"}))
    sign_in = door.sign_in()
    await sign_in.password(EMAIL, PASSWORD)
    await code_wanted(sign_in)
    await sign_in.code(door.code)
    assert "was not understood: HTTP 202" in caplog.text
    assert "+4915123456789" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("blinkpy")]


def test_the_bot_starts_without_blinkpy() -> None:
    code = "import sys, bot.blink.sign_in, bot.app; sys.exit('blinkpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
