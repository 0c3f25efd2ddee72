"""Names while somebody types, and `/clip` of whoever may not: what they cost, and what they never decide."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from simulators.blink import Fault
from tests.support.house import buttons_of, text_of, video_in
from tests.support.sharing import Shared
from tests.support.street import Street
from tests.support.waiting import until

_PEOPLES = ("accounts", "grant", "people")


@pytest.fixture
def reads() -> Iterator[list[str]]:
    """What is read of people while the test runs."""
    texts: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT") and statement.partition("FROM ")[2].startswith(_PEOPLES):
            texts.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield texts
    event.remove(Engine, "before_cursor_execute", note)


async def offered(street: Street, user: Any, typed: str = "fro") -> list[str]:
    choices = await street.house.discord.autocomplete(
        user, street.house.channel, "clip", {"camera": typed}, focused="camera"
    )
    return [one["name"] for one in choices]


async def offered_once_known(street: Street, user: Any) -> list[str]:
    names = ["Still asking"]
    for _ in range(20):
        names = await offered(street, user)
        if not names or "Still asking" not in names[0]:
            break
    return names


async def offered_once_linked(street: Street, user: Any) -> list[str]:
    """Type until it is known that an account was linked by another process, which may take some seconds."""
    async with asyncio.timeout(40):
        while "No Blink account is linked" in (names := await offered_once_known(street, user))[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return names


async def test_a_letter_costs_no_read_and_no_question_to_blink(shared: Shared, reads: list[str]) -> None:
    street = shared.street
    async with street.house.bot():
        await shared.share()
        assert await offered_once_known(street, street.alice) == ["Front Door · Home"]
        assert await offered_once_known(street, shared.bob) == ["Front Door (alice's)"]
        asked = len(street.house.blink.asked("homescreen"))
        reads.clear()
        for _ in range(10):
            assert await offered(street, street.alice) == ["Front Door · Home"]
        assert len(reads) <= 1, "what is granted in the server is looked at anew each few seconds"
        for _ in range(10):
            assert await offered(street, shared.bob) == ["Front Door (alice's)"]
    assert len(street.house.blink.asked("homescreen")) == asked


async def test_the_camera_used_last_comes_first_also_in_a_restarted_bot_and_one_offline_last(street: Street) -> None:
    house = street.house
    street.bell.status = "offline"
    async with house.bot():
        await house.finished(await house.clip(street.alice, street.mini))
        await house.finished(await house.clip(street.alice, street.front))
    wanted = ["Front Door · Home", "Kitchen · Home", "Doorbell · Home (offline)"]
    async with house.bot():
        await offered_once_known(street, street.alice)
        assert await offered(street, street.alice, "") == wanted
        assert await offered(street, street.alice, "doorfront") == []
        assert await offered(street, street.alice, "home door") == [wanted[0], wanted[2]]


@pytest.mark.parametrize("typed", ["frontdoor", "DÖOR front"])
async def test_a_name_typed_loosely_is_enough_if_it_is_the_only_one_alike(street: Street, typed: str) -> None:
    house = street.house
    async with house.bot():
        assert video_in(await house.finished(await house.clip(street.alice, typed)))
        asked = await house.finished(await house.clip(street.alice, "door"))
        assert sorted(buttons_of(asked)) == ["Doorbell · Home", "Front Door · Home"], "which of the two is asked"
    assert (len(street.front.accepted), len(street.bell.accepted)) == (1, 0)


async def test_what_is_revoked_is_offered_no_more_at_once(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    async with house.bot():
        await shared.share()
        assert await offered_once_known(street, shared.bob) == ["Front Door (alice's)"]
        [(share,)] = house.rows("SELECT id FROM grants")
        assert "no longer shared" in text_of(await shared.use("share remove", street.alice, share=share))
        assert "No Blink account is linked" in (await offered(street, shared.bob))[0]


async def test_what_is_unlinked_is_offered_no_more_at_once(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    go_on = asyncio.Event()
    house.blink.faults.append(Fault("logout", delay=go_on))
    async with house.bot():
        await shared.share()
        question = await shared.use("unlink", street.alice)
        await house.discord.click(street.alice, question["id"], buttons_of(question)["Yes, delete everything"])
        await until(lambda: house.blink.asked("logout"))
        for person, name in ((shared.bob, "Front Door (alice's)"), (street.alice, "Front Door · Home")):
            assert await offered_once_known(street, person) == [name], "while the bot signs out at Blink"
        go_on.set()
        await until(lambda: "Unlinked" in text_of(house.shown(street.alice, question)))
        for person in (shared.bob, street.alice):
            assert "No Blink account is linked" in (await offered(street, person))[0]
        await house.link(street.alice, street.account)
        await until(lambda: house.rows("SELECT 1 FROM accounts"))
        assert "Front Door · Home" in await offered_once_linked(street, street.alice)
        assert "No Blink account is linked" in (await offered(street, shared.bob))[0], "what was granted before is gone"


async def test_what_another_process_has_revoked_may_be_offered_but_not_used(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    async with house.bot():
        await shared.share()
        assert await offered_once_known(street, shared.bob) == ["Front Door (alice's)"]
        await house.execute("DELETE FROM grants")
        asked = await house.clip(shared.bob, shared.shared(street.front))
        assert "not shared with you here and now" in text_of(await house.finished(asked))
        assert not house.known(asked)
    assert street.front.accepted == []


async def test_somebody_whom_blink_signed_out_reads_what_to_do(shared: Shared) -> None:
    street = shared.street
    await shared.sign_out(street.alice)
    asked = len(street.house.blink.requests)
    async with street.house.bot():
        assert await offered(street, street.alice) == ["Blink has signed this bot out: use /link"]
    assert len(street.house.blink.requests) == asked


async def test_a_owner_whose_blink_is_down_hides_nobody_elses_camera(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    dan, account = house.resident("dan")
    shed = account.add_network("Garden").add_camera("Front Shed")
    await house.link(dan, account)
    async with house.bot():
        await shared.share()
        await shared.use("share add", dan, who=shared.bob, camera=f"camera.{shed.network.id}.{shed.id}", preset="use")
    house.blink.faults.append(Fault("homescreen", status=500, times=None, account=account.id))
    async with house.bot():
        assert await offered_once_known(street, shared.bob) == ["Front Door (alice's)"]
