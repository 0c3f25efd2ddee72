"""Limits slow down who guesses, and keep nobody out who does not."""

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.blink import Denial, Denied
from bot.models import Invited
from bot.web.rate_limits import client_address
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, Visitor, signed_in
from tests.support.waiting import until


class Transport:
    """A socket whose other end is at an address."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._peer, 1) if name == "peername" else default


@pytest.mark.parametrize(
    ("hops", "forwarded", "peer", "address"),
    [
        (0, [], "203.0.113.5", "203.0.113.5"),
        (0, ["198.51.100.1"], "203.0.113.5", "203.0.113.5"),
        (1, ["198.51.100.1"], "203.0.113.5", "198.51.100.1"),
        (1, ["192.0.2.66, 198.51.100.1"], "203.0.113.5", "198.51.100.1"),
        (2, ["192.0.2.66, 198.51.100.1, 10.0.0.1"], "203.0.113.5", "198.51.100.1"),
        (2, ["192.0.2.66", "198.51.100.1", "10.0.0.1"], "203.0.113.5", "198.51.100.1"),
        (2, ["198.51.100.1"], "203.0.113.5", "203.0.113.5"),
        (1, [], "203.0.113.5", "203.0.113.5"),
        (1, ["nonsense"], "203.0.113.5", "203.0.113.5"),
        (1, ["198.51.100.1:4711"], "203.0.113.5", "198.51.100.1"),
        (1, ["[2001:db8:1:2:3::4]:4711"], "203.0.113.5", "2001:db8:1:2::"),
        (1, ["2001:db8:1:2:ffff::1"], "203.0.113.5", "2001:db8:1:2::"),
        (1, ["::ffff:198.51.100.1"], "203.0.113.5", "198.51.100.1"),
        (0, [], "2001:db8::1", "2001:db8::"),
    ],
)
def test_an_address_is_what_the_trusted_proxies_saw(hops: int, forwarded: list[str], peer: str, address: str) -> None:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    request = make_mocked_request("GET", "/", headers, transport=Transport(peer))  # type: ignore[arg-type]
    assert client_address(request, hops) == address


async def wrong_links(visitor: Visitor, count: int) -> list[int]:
    return [(await visitor.open(f"/link/{number:043d}")).status for number in range(count)]


async def test_many_wrong_links_keep_no_neighbour_out(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    assert set(await wrong_links(visitor, 40)) == {404}
    assert (await stage.visitor().sign_in(await stage.invite())).heading == "Your Blink account is linked"


async def test_after_many_wrong_links_an_address_looks_up_one_at_a_time(stage: PageSetup, visitor: Visitor) -> None:
    path = await stage.invite()
    confirmed = stage.visitor()
    await confirmed.open(path)
    await confirmed.press("confirm")
    await wrong_links(visitor, 30)
    stage.memory.gate.clear()
    looked = stage.memory.looked
    slow = asyncio.create_task(visitor.open("/link/" + "x" * 43))
    await until(lambda: stage.memory.looked > looked)
    answer = await asyncio.wait_for(stage.visitor().open("/link/" + "y" * 43), 5)
    assert (answer.status, answer.heading, answer.headers["Retry-After"]) == (429, "Too many wrong links", "1")
    mine = asyncio.create_task(confirmed.open(path))  # who is in the middle of it is not counted
    await until(lambda: stage.memory.looked == looked + 2)
    stage.memory.gate.set()
    assert (await slow).status == 404
    assert (await mine).heading == "Sign in to Blink"


async def test_wrong_links_are_forgotten_in_time(stage: PageSetup, visitor: Visitor) -> None:
    await wrong_links(visitor, 30)
    stage.clock.pass_by(minutes=11)
    stage.memory.gate.clear()
    looked = stage.memory.looked
    both = [asyncio.create_task(stage.visitor().open("/link/" + letter * 43)) for letter in "xy"]
    await until(lambda: stage.memory.looked == looked + 2)
    stage.memory.gate.set()
    assert [answer.status for answer in await asyncio.gather(*both)] == [404, 404]


async def test_links_that_cannot_be_are_not_even_looked_up(stage: PageSetup, visitor: Visitor) -> None:
    for path in ("/link/x", "/link/" + "x" * 500, "/link/%00" + "x" * 43, "/link/" + "x" * 42 + "!"):
        assert (await visitor.open(path)).status == 404
    assert stage.memory.looked == 0


async def test_too_many_passwords_for_one_link_stop_that_link_only(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(Denied(Denial.WRONG_PASSWORD))
    await visitor.sign_in(await stage.invite())
    for _ in range(4):
        await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert len(stage.blink.heard) == 5
    seen = await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert "Too many attempts in a short time." in seen.text
    assert seen.page.values["username"] == EMAIL
    assert len(stage.blink.heard) == 5
    stage.blink.says(signed_in())
    other = await stage.invite(Invited(4712, "Bob"))
    assert (await stage.visitor().sign_in(other)).heading == "Your Blink account is linked"


async def test_addresses_behind_a_trusted_proxy_are_counted_apart(stage: PageSetup) -> None:
    await stage.restart(trusted_hops=1)
    stage.blink.says(Denied(Denial.WRONG_PASSWORD))

    async def tries(address: str, people: range) -> list[bool]:
        refused: list[bool] = []
        for person in people:
            visitor = stage.visitor()
            asked = visitor.ask

            async def through_the_proxy(method: str, path: str, **request: object) -> object:
                return await asked(method, path, headers={"X-Forwarded-For": f"1.1.1.1, {address}"}, **request)  # noqa: B023

            visitor.ask = through_the_proxy  # type: ignore[method-assign, assignment]
            seen = await visitor.sign_in(await stage.invite(Invited(person, "somebody")))
            refused.append("Too many attempts" in seen.text)
        return refused

    assert await tries("198.51.100.1", range(16)) == [False] * 15 + [True]
    assert await tries("198.51.100.2", range(20, 22)) == [False, False]


async def test_a_proxy_that_nobody_trusts_is_told_to_the_host_once(
    stage: PageSetup, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    path = await stage.invite()
    for _ in range(3):
        await visitor.ask("GET", path, headers={"X-Forwarded-For": "198.51.100.1"})
    assert [record.message for record in caplog.records].count(
        "a proxy stands before the page, but none is trusted: all who come through it count as one"
    ) == 1


async def test_too_many_codes_keep_the_code_page(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS, Denied(Denial.WRONG_CODE))
    await visitor.sign_in(await stage.invite())
    seen = [await visitor.press("code", code=CODE) for _ in range(6)]
    assert "Blink does not accept this code" in seen[4].text
    assert "Too many attempts" in seen[5].text
    assert seen[5].heading == "Enter the code from Blink"
