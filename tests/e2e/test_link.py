"""`/link`, `/unlink` and the buttons of `/account`: from no account to a linked one, signed out, and back."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from simulators import discord
from simulators.blink import Account, Behaviour, Fault
from tests.support.house import BOT_TOKEN, KEY, buttons_of, session, text_of
from tests.support.linking import press, use
from tests.support.page import Seen, Visitor
from tests.support.ports import free_port
from tests.support.reading import addresses_of, rows_of, titles_of
from tests.support.street import Street
from tests.support.waiting import until

EPHEMERAL = 1 << 6
TABLES = ("accounts", "people", "invitations", "clip_jobs")


@pytest.fixture
def url(street: Street) -> str:
    """The bot's own address, at which its sign-in page is from now on."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    street.house.settings |= {"port": port, "public_url": url}
    return url


def link_of(message: dict[str, Any]) -> str:
    """Return the path behind the one button of an offer."""
    [address] = addresses_of(message).values()
    return urlsplit(address).path


async def look(url: str, path: str) -> Seen:
    """Open a link in a new browser."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        return await Visitor(http, url).open(path)


async def sign_in(url: str, path: str, account: Account) -> Seen:
    """Go through the page from the link to its end."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        visitor = Visitor(http, url)
        await visitor.open(path)
        await visitor.press("confirm")
        await visitor.press("password", username=account.email, password=account.password)
        return await visitor.press("code", code=str(account.code))


async def test_without_an_address_link_says_how_the_host_links(street: Street) -> None:
    async with street.house.bot():
        reply = await use(street, street.alice, "link")
    assert f"python -m bot link {street.alice.id}" in text_of(reply)
    assert addresses_of(reply) == buttons_of(reply) == {}


async def test_a_person_links_alone_and_can_record_at_once(street: Street, url: str) -> None:
    bob, account = street.house.resident("bob")
    porch = account.add_network("Flat").add_camera("Porch", behaviour=street.front.behaviour)
    async with street.house.bot():
        reply = await use(street, bob, "link")
        assert "This link is for bob alone" in text_of(reply)
        assert reply["flags"] & EPHEMERAL
        seen = await sign_in(url, link_of(reply), account)
        assert seen.heading == "Your Blink account is linked"
        assert "Porch" in seen.text
        clip = await street.house.finished(await street.house.clip(bob, porch))
    assert street.house.discord.file(clip["attachments"][0]["url"]) == porch.videos[0].mp4


async def test_a_second_link_ends_the_first(street: Street, url: str) -> None:
    async with street.house.bot():
        first, second = [link_of(await use(street, street.alice, "link")) for _ in range(2)]
        assert (await look(url, first)).heading == "This link cannot be used"
        assert (await look(url, second)).heading == "Is this your Discord account?"


async def test_account_offers_to_export_and_to_unlink(street: Street) -> None:
    async with street.house.bot():
        card = await use(street, street.alice, "account")
        assert list(buttons_of(card)) == ["Export my data", "Unlink"]
        question = await press(street.house, street.alice, card, "Unlink")
        assert "Unlink your Blink account?" in text_of(question)
        await press(street.house, street.alice, question, "Do not delete")
        kept = street.house.shown(street.alice, question)
        assert "Nothing was changed" in text_of(kept)
        assert buttons_of(kept) == {}
    assert street.house.rows("SELECT user_id FROM accounts") == [(street.alice.id,)]
    assert street.house.blink.asked("logout") == []


async def test_the_export_has_everything_but_secrets(street: Street) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
        handed = await press(street.house, street.alice, await use(street, street.alice, "account"), "Export my data")
    assert handed["flags"] & EPHEMERAL
    [file] = handed["attachments"]
    text = street.house.discord.file(file["url"]).decode()
    data = json.loads(text)
    assert data["account"]["user_id"] == street.alice.id
    assert data["account"]["region"] == {"tier": "e008", "account_id": street.account.id}
    assert [one["target"]["name"] for one in data["clips"]] == ["Front Door"]
    assert data["choices"]["user_id"] == street.alice.id
    tokens = [
        *street.account._access,
        *street.account._refresh,
        *(one.token for one in street.house.discord.interactions),
    ]
    assert not [secret for secret in (BOT_TOKEN, KEY, *tokens) if secret in text]


async def test_the_export_is_acknowledged_before_its_file_is_uploaded(street: Street) -> None:
    house, uploaded = street.house, asyncio.Event()
    house.discord.faults.append(discord.Fault("*", "*", action="delay", delay=uploaded, from_bytes=1))
    async with house.bot():
        card = await use(street, street.alice, "account")
        click = await house.discord.click(street.alice, card["id"], buttons_of(card)["Export my data"])
        await click.acked()
        assert not (click.message or {}).get("attachments")
        uploaded.set()
        await until(lambda: (click.message or {}).get("attachments"))


async def test_unlink_signs_out_at_blink_and_deletes_everything(street: Street, url: str) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
        await use(street, street.alice, "link")
        question = await use(street, street.alice, "unlink")
        await press(street.house, street.alice, question, "Yes, delete everything")
        said = await until(lambda: "Unlinked" in text_of(it := street.house.shown(street.alice, question)) and it)
        assert "I am signed out at Blink too." in text_of(said)
        [asked] = [one for one in street.house.discord.interactions if one.name == "unlink"]
        drawn = [(*titles_of(one), len(buttons_of(one))) for _, one in asked.history if titles_of(one)]
        assert drawn == [("Unlink your Blink account?", 2), ("Unlinking", 0), ("Unlinked", 0)]
        assert "No Blink account is linked" in text_of(await use(street, street.alice, "account"))
    assert {table: street.house.rows(f"SELECT * FROM {table}") for table in TABLES} == {table: [] for table in TABLES}  # noqa: S608
    assert [one.status for one in street.house.blink.asked("logout")] == [200]
    assert not any(map(street.account.lets_in, street.account._access))
    assert not any(map(street.account.grant, street.account._refresh))


async def key_is_lost(street: Street) -> None:
    """Let what is sealed of Alice open with no key that the bot has."""
    await street.house.execute("UPDATE accounts SET access_token = 'gAAAAAlost', refresh_token = 'gAAAAAlost'")


async def test_a_new_link_cures_one_whose_key_is_lost(street: Street, url: str) -> None:
    await key_is_lost(street)
    async with street.house.bot():
        seen = await sign_in(url, link_of(await use(street, street.alice, "link")), street.account)
        assert seen.heading == "Your Blink account is linked"
        assert "Front Door" in text_of(await use(street, street.alice, "cameras"))


@pytest.mark.parametrize("command", ["account", "cameras", "recordings", "arm", "help"])
async def test_what_needs_a_key_that_is_lost_says_so_and_what_to_do(street: Street, command: str) -> None:
    await key_is_lost(street)
    async with street.house.bot():
        said = text_of(await use(street, street.alice, command))
    assert "I have lost the key to a linked Blink account" in said
    assert "to link it again" in said


async def test_unlink_deletes_also_what_no_key_opens(street: Street) -> None:
    await key_is_lost(street)
    async with street.house.bot():
        question = await use(street, street.alice, "unlink")
        await press(street.house, street.alice, question, "Yes, delete everything")
        said = await until(lambda: "Unlinked" in text_of(it := street.house.shown(street.alice, question)) and it)
    assert "I could not tell Blink" in text_of(said)
    assert street.house.rows("SELECT * FROM accounts") == []


@pytest.mark.parametrize("stage", ["recording", "looking"])
async def test_unlinking_during_ones_own_clip_ends_it_and_neither_asks_nor_keeps_anything(
    street: Street, stage: str
) -> None:
    stages = (("dev", "running", 60.0 if stage == "recording" else 0.1), ("vs", "done", 0.0))
    street.front.behaviour = Behaviour.quick(stages=stages, upload_delay=60.0)
    street.house.waits(command_deadline=60.0, look_for=60.0)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == stage)
        question = await use(street, street.alice, "unlink")
        await press(street.house, street.alice, question, "Yes, delete everything")
        await until(lambda: "Unlinked" in text_of(street.house.shown(street.alice, question)))
        asked = len(street.house.blink.requests)
        assert "No Blink account is linked" in text_of(await street.house.finished(clip))
        await until(lambda: not street.house.known(clip))
    assert [one.route for one in street.house.blink.requests[asked:] if one.status == 200] == []


async def test_unlink_deletes_also_while_blink_is_away_and_says_so(street: Street) -> None:
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.front))
        street.house.blink.faults.append(Fault("*", times=None, status=503))
        question = await use(street, street.alice, "unlink")
        await press(street.house, street.alice, question, "Yes, delete everything")
        said = await until(lambda: "Unlinked" in text_of(it := street.house.shown(street.alice, question)) and it)
    assert "I could not tell Blink" in text_of(said)
    assert street.house.rows("SELECT * FROM accounts") == []


async def test_a_link_that_nobody_used_is_forgotten(street: Street, url: str) -> None:
    house = street.house
    async with house.bot():
        await use(street, street.alice, "link")
    assert len(house.rows("SELECT * FROM invitations")) == 1
    await house.execute("UPDATE invitations SET expires_at = '2020-01-01 00:00:00.000000'")
    async with house.bot():
        await until(lambda: house.rows("SELECT * FROM invitations") == [])


@pytest.mark.parametrize("act", ["link", "ask", "unlink", "keep", "export"])
async def test_nobody_else_can_press_the_buttons(street: Street, url: str, act: str) -> None:
    house, mallory = street.house, street.house.discord.add_user("mallory")
    button = {"type": 2, "style": 2, "label": "Press", "custom_id": f"account:{act}:{street.alice.id}"}
    body = {"content": "a copy", "components": [{"type": 1, "components": [button]}]}
    async with house.bot(), session(house) as http:
        address = f"https://discord.com/api/v10/channels/{house.channel.id}/messages"
        async with http.post(address, json=body, headers={"Authorization": f"Bot {BOT_TOKEN}"}) as response:
            sent = await response.json()
        answer = await press(house, mallory, sent, "Press")
    assert "Not yours" in text_of(answer)
    assert answer["flags"] & EPHEMERAL
    assert rows_of(answer) == answer["attachments"] == []
    assert house.rows("SELECT user_id FROM accounts") == [(street.alice.id,)]
    assert house.rows("SELECT * FROM invitations") == []


async def test_somebody_signed_out_hears_it_once_and_can_link_again(street: Street, url: str) -> None:
    house, alice = street.house, street.alice
    async with house.bot():
        used = await house.clip(alice, street.front)
        clip = await house.finished(used)
        await until(lambda: not house.live(used))
    street.account.sign_out()
    refreshes = len(house.blink.asked("token"))
    async with house.bot():
        assert "signed this bot out" in text_of(await use(street, alice, "cameras"))
        told = await until(lambda: len(house.dms(alice)) == 2 and house.dms(alice)[1])
        assert list(buttons_of(told)) == ["Link again"]
        asked = len(house.blink.requests)
        assert len(house.blink.asked("token")) == refreshes + 1
    async with house.bot():
        for name in ("cameras", "account"):
            signed_out = await use(street, alice, name)
            assert "signed this bot out" in text_of(signed_out)
            assert "Link again" in buttons_of(signed_out)
        refused = await house.finished(await house.clip(alice, street.front))
        assert "signed this bot out" in text_of(refused)
        assert list(buttons_of(refused)) == ["Link again"]
        again = await press(house, alice, clip, "Record again")
        assert "signed this bot out" in text_of(again)
        await house.discord.autocomplete(alice, house.channel, "clip", {"camera": ""}, focused="camera")
        assert len(house.blink.requests) == asked, "Blink is left alone until the person links again"
        assert len(house.dms(alice)) == 2
        offer = await press(house, alice, told, "Link again")
        seen = await sign_in(url, link_of(offer), street.account)
        assert seen.heading == "Your Blink account is linked"
        assert "Front Door" in text_of(await use(street, alice, "cameras"))
        new = await house.finished(await house.clip(alice, street.front))
    assert house.discord.file(new["attachments"][0]["url"]) == street.front.videos[1].mp4
    assert [one for one in house.dms(alice) if "Link again" in buttons_of(one)] == [told]
