"""What `/link` leaves behind in Discord, and how somebody who is not linked comes to it."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from simulators.blink import Account
from simulators.discord import Fault
from tests.support.house import buttons_of, text_of
from tests.support.page import Seen, Visitor, free_port
from tests.support.reading import addresses_of, answered, rows_of
from tests.support.street import Street
from tests.support.waiting import until

EPHEMERAL = 1 << 6
NEEDY: dict[str, dict[str, Any]] = {
    "clip": {"camera": "porch"},
    "snapshot": {"camera": "porch"},
    "recordings": {},
    "cameras": {},
    "account": {},
    "arm": {},
    "disarm": {},
    "motion": {"camera": "porch", "state": "on"},
    "notify": {"motion": "all"},
    "share add": {"who": "", "camera": "porch", "preset": "use"},
}


@pytest.fixture
def url(street: Street) -> str:
    """The bot's own address, at which its sign-in page is from now on."""
    port = free_port()
    street.house.settings |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    return street.house.settings["public_url"]


async def use(street: Street, user: Any, name: str, options: dict[str, Any] | None = None) -> Any:
    used = await street.house.discord.slash(user, street.house.channel, name, options or {})
    await until(lambda: answered(used))
    return used


async def linked(url: str, offer: dict[str, Any], account: Account) -> Seen:
    """Go through the page that the one button of an offer opens."""
    [address] = addresses_of(offer).values()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        visitor = Visitor(http, url)
        await visitor.open(urlsplit(address).path)
        await visitor.press("confirm")
        await visitor.press("password", username=account.email, password=account.password)
        return await visitor.press("code", code=str(account.code))


async def test_the_reply_says_what_is_linked_and_the_page_leads_back_to_it(street: Street, url: str) -> None:
    house = street.house
    bob, account = house.resident("bob")
    flat = account.add_network("Flat")
    for name in ("Porch", "Attic", "Hall"):
        flat.add_camera(name)
    async with house.bot():
        used = await use(street, bob, "link")
        seen = await linked(url, used.message, account)
        await until(lambda: "Linked: 3 cameras." in text_of(used.message))
    assert list(buttons_of(used.message)) == ["Record on Attic"]
    [back] = re.findall(r'<a class="button" href="([^"]*)">Back to Discord</a>', seen.html)
    assert back == f"https://discord.com/channels/{house.guild.id}/{house.channel.id}"


async def test_a_reply_whose_token_has_ended_breaks_nothing(
    street: Street, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = street.house
    async with house.bot():
        used = await use(street, street.alice, "link")
        over = Fault("PATCH", "/webhooks/*", None, 401, body={"code": 50027, "message": "Invalid Webhook Token"})
        house.discord.faults.append(over)
        seen = await linked(url, used.message, street.account)
        assert seen.heading == "Your Blink account is linked"
        await until(lambda: over.hits)
        house.discord.faults.clear()
        assert "is linked" in text_of((await use(street, street.alice, "account")).message)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_the_first_answer_becomes_the_link_then_the_link_that_is_made_and_then_records(
    street: Street, url: str
) -> None:
    house = street.house
    bob, account = house.resident("bob")
    flat = account.add_network("Flat")
    flat.add_camera("Attic").status = "offline"
    porch = flat.add_camera("Porch", behaviour=street.front.behaviour)
    async with house.bot():
        asked = await use(street, bob, "clip", {"camera": "porch"})
        first = asked.message
        click = await house.discord.click(bob, first["id"], buttons_of(first)["Link your account"])
        await click.acked()
        offer = await until(lambda: "for bob alone" in text_of(it := house.shown(bob, first)) and it)
        await linked(url, offer, account)
        done = await until(lambda: "Linked: 2 cameras." in text_of(it := house.shown(bob, first)) and it)
        assert list(buttons_of(done)) == ["Record on Porch"]
        clip = await house.discord.click(bob, done["id"], buttons_of(done)["Record on Porch"])
        reply = await house.finished(clip)
    assert house.discord.file(reply["attachments"][0]["url"]) == porch.videos[0].mp4


async def test_what_others_can_see_never_becomes_a_link(street: Street, url: str) -> None:
    house = street.house
    street.account.sign_out()
    async with house.bot():
        public = await house.finished(await house.clip(street.alice, street.front, public=True))
        assert list(buttons_of(public)) == ["Link again"]
        click = await house.discord.click(street.alice, public["id"], buttons_of(public)["Link again"])
        await until(lambda: "for alice alone" in text_of(click.message))
        assert click.message["flags"] & EPHEMERAL
        assert "signed this bot out" in text_of(house.shown(street.alice, public))


@pytest.mark.parametrize("page", [True, False], ids=["with a page", "without one"])
async def test_every_command_that_needs_a_link_offers_it(street: Street, url: str, page: bool) -> None:
    house, mallory = street.house, street.house.discord.add_user("mallory")
    if not page:
        house.settings["port"] = None  # nobody serves it
    async with house.bot():
        for name, options in NEEDY.items():
            given = {key: value or street.alice for key, value in options.items()}
            reply = (await use(street, mallory, name, given)).message
            wanted = {"Link your account": f"account:link:{mallory.id}"} if page else {}
            kept = {"Delete my data", "Export my data"} if name == "account" else set[str]()
            assert buttons_of(reply).keys() == wanted.keys() | kept, (name, text_of(reply))
            assert page != (f"python -m bot link {mallory.id}" in text_of(reply)), name
        if page:
            await house.discord.click(mallory, reply["id"], wanted["Link your account"])
            await until(lambda: "This link is for mallory alone" in text_of(house.shown(mallory, reply)))
        else:
            offer = (await use(street, mallory, "link")).message
            assert "the host sets `PORT` and `PUBLIC_URL`" in text_of(offer)
            assert rows_of(offer) == []
