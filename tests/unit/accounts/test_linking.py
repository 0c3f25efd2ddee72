"""From a one-time link to a linked account, and what stands in the way."""

import asyncio
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest

from bot.accounts import CodeAsked, Hurdle, Linked, Linking, Origin, Sessions, Stopped
from bot.blink import CodeWanted, Denial, Denied, SignedIn, Transport
from bot.metrics import Metrics
from bot.models import Invited, Region, Tokens
from bot.store import Keyring, Store, open_store
from tests.support.databases import with_tables
from tests.support.waiting import until

ALICE, BOB = 80351110224678912, 80351110224678913
KEY = "a secret of the tests, 32 characters or more"
HARDWARE = "2B7E1516-28AE-D2A6-ABF7-158809CF4F3C"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Door:
    """A sign-in that knows one password and one code."""

    def __init__(self, hardware_id: str | None) -> None:
        self.hardware_id = hardware_id
        self.closed = False

    async def password(self, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        if password == "broken":
            raise RuntimeError("a mistake of ours")
        return CodeWanted("sms", "+49xxxx40") if password == "right" else Denied(Denial.WRONG_PASSWORD, 401)

    async def code(self, code: str) -> SignedIn | Denied:
        if code != "123456":
            return Denied(Denial.WRONG_CODE, 400)
        ends = datetime.now(UTC) + timedelta(hours=4)
        return SignedIn(Tokens("access-1", "refresh-1", ends, "ios", HARDWARE), Region("e008", 5))

    async def close(self) -> None:
        self.closed = True


class Desk:
    """A Linking on a real store, whose sign-ins are scripted; Blink itself is out of reach."""

    def __init__(self, store: Store, transport: Transport) -> None:
        self.store, self.clock = store, Clock()
        self.doors: list[Door] = []
        sessions = Sessions(store.accounts, transport, Metrics(), now=self.clock)
        self.linking = Linking(store.accounts, store.invitations, self._door, sessions, now=self.clock)

    def _door(self, hardware_id: str | None) -> Door:
        self.doors.append(Door(hardware_id))
        return self.doors[-1]

    async def invited(self, user_id: int = ALICE) -> str:
        token, _ = await self.linking.invite(Invited(user_id, "somebody"))
        return token

    async def password(self, token: str, password: str = "right") -> object:
        return await self.linking.password(token, username="a@b.c", password=password, address="192.0.2.1")

    async def code(self, token: str, attempt: str, code: str = "123456") -> object:
        return await self.linking.code(token, attempt=attempt, code=code, address="192.0.2.1")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    from simulators.demo.network import connectors

    names = connectors(discord=1, blink=1)
    async with (
        open_store(with_tables(tmp_path / "bot.db").url, Keyring([KEY])) as store,
        aiohttp.ClientSession(connector=names()) as http,
    ):
        desk = Desk(store, Transport(http))
        yield desk
        await desk.linking.close()
        assert all(door.closed for door in desk.doors), "every attempt is forgotten in the end"


async def test_password_and_code_link_the_person_the_link_is_for(desk: Desk) -> None:
    token = await desk.invited()
    step = await desk.password(token)
    assert isinstance(step, CodeAsked)
    assert await desk.code(token, step.attempt, "000000") == Denied(Denial.WRONG_CODE, 400)
    assert await desk.code(token, step.attempt) == Linked(None)
    account = await desk.store.accounts.account(ALICE)
    assert account is not None
    assert account.tokens.hardware_id == HARDWARE
    assert await desk.password(token) == Stopped(Hurdle.LINK_GONE), "a link works once"


async def test_blink_knows_a_re_link_by_the_same_hardware_id(desk: Desk) -> None:
    for _ in range(2):
        token = await desk.invited()
        step = await desk.password(token)
        assert isinstance(step, CodeAsked)
        await desk.code(token, step.attempt)
    assert [door.hardware_id for door in desk.doors] == [None, HARDWARE]


async def test_a_new_link_ends_the_one_before(desk: Desk) -> None:
    first, second = await desk.invited(), await desk.invited()
    assert await desk.linking.invitation(first) is None
    assert await desk.linking.invitation(second) is not None


async def test_what_is_over_is_forgotten_without_another_link(desk: Desk) -> None:
    token = await desk.invited()
    await desk.password(token)
    digest = sha256(token.encode()).hexdigest()
    assert await desk.store.invitations.invitation(digest)
    desk.clock.now += timedelta(minutes=21)
    cleaning = asyncio.create_task(desk.linking.clean_up())
    await until(lambda: desk.doors[0].closed)
    cleaning.cancel()
    assert await desk.store.invitations.invitation(digest) is None


async def test_a_link_ends_after_ten_minutes(desk: Desk) -> None:
    token = await desk.invited()
    desk.clock.now += timedelta(minutes=10, seconds=1)
    assert await desk.password(token) == Stopped(Hurdle.LINK_GONE)


async def test_a_password_typed_again_ends_the_code_before(desk: Desk) -> None:
    token = await desk.invited()
    first, second = await desk.password(token), await desk.password(token)
    assert isinstance(first, CodeAsked)
    assert isinstance(second, CodeAsked)
    assert await desk.code(token, first.attempt) == Stopped(Hurdle.START_AGAIN)
    assert await desk.code(token, second.attempt) == Linked(None)


async def test_too_many_tries_stop_a_person_for_ten_minutes_and_nobody_else(desk: Desk) -> None:
    token = await desk.invited()
    for _ in range(5):
        assert await desk.password(token, "wrong") == Denied(Denial.WRONG_PASSWORD, 401)
    assert await desk.password(token, "wrong") == Stopped(Hurdle.TOO_MANY)
    assert await desk.password(await desk.invited()) == Stopped(Hurdle.TOO_MANY), "a new link gives no new tries"
    assert isinstance(await desk.password(await desk.invited(BOB)), CodeAsked)
    desk.clock.now += timedelta(minutes=11)
    assert isinstance(await desk.password(await desk.invited()), CodeAsked)


async def test_a_mistake_of_ours_leaves_no_attempt_behind(desk: Desk) -> None:
    with pytest.raises(RuntimeError):
        await desk.password(await desk.invited(), "broken")
    assert desk.doors[0].closed


async def test_a_newer_link_lets_go_of_the_reply_that_gave_out_the_one_before(desk: Desk) -> None:
    def reply() -> tuple[Origin, weakref.ref[object]]:
        def linked(_: object) -> None: ...

        return Origin("https://discord.com/channels/1/2", linked), weakref.ref(linked)

    replies = [reply() for _ in range(3)]
    for origin, _ in replies:
        await desk.linking.invite(Invited(ALICE, "somebody"), origin)
    kept = [held for _, held in replies]
    del origin, replies
    assert [held() is None for held in kept] == [True, True, False]
