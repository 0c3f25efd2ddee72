"""Linking while the database is in trouble: what Blink gave is not lost, and what is linked is said to be."""

from datetime import timedelta
from typing import Any

import pytest

from bot.accounts import CodeAsked, Hurdle, Linked, LinkedUnseen, Linking, LinkStep, Stopped
from bot.accounts import link_from_tokens as link
from bot.blink import CodeWanted, Denied, SignedIn
from bot.models import Invited, Region, Tokens
from tests.support.linked import ALICE, AccountsSetup, Failing


class Gone(Exception):
    """The database does not answer."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.saved_links._PAUSES", (0.0, 0.0, 0.0))


class AnswerLost:
    """A store whose first link is saved though it says otherwise; after it, `unread` reads fail."""

    def __init__(self, store: Any, *, unread: int = 0) -> None:
        self._store = store
        self._unread = unread
        self.links = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def link(self, *args: Any, **kwargs: Any) -> bool:
        self.links += 1
        saved = await self._store.link(*args, **kwargs)
        if self.links == 1:
            raise Gone
        return saved

    async def account(self, user_id: int) -> Any:
        if self.links and self._unread:
            self._unread -= 1
            raise Gone
        return await self._store.account(user_id)


# ── from BLINK_TOKENS ──


async def from_tokens(town: AccountsSetup, store: Any, text: str | None = None) -> Any:
    text = text or town.alice.blink_tokens()
    return await link(store, town.transport, user_id=ALICE, blink_tokens=text, now=town.clock)


async def test_nothing_is_exchanged_while_nothing_can_be_written(town: AccountsSetup) -> None:
    text = town.alice.blink_tokens()
    with pytest.raises(Gone):
        await from_tokens(town, Failing(town.store.accounts, Gone, try_to_write=1), text)
    assert town.sim.requests == []
    assert (await from_tokens(town, town.store.accounts, text)).cameras, "the tokens are as good as before"


async def test_what_was_exchanged_is_saved_at_a_later_try(town: AccountsSetup) -> None:
    store = Failing(town.store.accounts, Gone, link=3)
    assert (await from_tokens(town, store)).cameras
    assert town.alice.grant((await town.linked()).tokens.refresh)


async def test_a_link_whose_answer_was_lost_is_not_written_over(town: AccountsSetup) -> None:
    store = AnswerLost(town.store.accounts)
    assert (await from_tokens(town, store)).cameras
    assert store.links == 1


async def test_a_database_that_goes_while_the_cameras_are_looked_at_does_not_deny_the_link(town: AccountsSetup) -> None:
    parts = [part for part in town.alice.blink_tokens().split("|") if not part.startswith("host=")]
    with pytest.raises(LinkedUnseen) as caught:
        await from_tokens(town, Failing(town.store.accounts, Gone, save_region=1), "|".join(parts))
    assert isinstance(caught.value.why, Gone)
    assert town.alice.grant((await town.linked()).tokens.refresh)


# ── on the page ──


class Door:
    """A sign-in that anybody passes who has the code."""

    def __init__(self, town: AccountsSetup) -> None:
        self._town = town
        self.codes = 0

    async def password(self, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        return CodeWanted()

    async def code(self, code: str) -> SignedIn | Denied:
        self.codes += 1
        given = self._town.alice.sign_in("ios", hardware_id="the bot's")
        assert given.refresh
        ends = self._town.clock() + timedelta(hours=4)
        return SignedIn(
            Tokens(given.access, given.refresh, ends, "ios", "the bot's"), Region("e008", self._town.alice.id)
        )

    async def close(self) -> None:
        pass


class Desk:
    """The page behind Alice's one-time link, on a store in trouble."""

    def __init__(self, town: AccountsSetup, store: Any) -> None:
        self.town, self.door = town, Door(town)
        sessions = town.sessions(store)
        self.linking = Linking(store, town.store.invitations, lambda _: self.door, sessions, now=town.clock)
        town.stack.push_async_callback(self.linking.close)

    async def invited(self) -> str:
        token, _ = await self.linking.invite(Invited(ALICE, "alice"))
        return token

    async def password(self, token: str) -> LinkStep:
        return await self.linking.password(token, username="a@b.c", password="right", address="192.0.2.1")

    async def code(self, token: str, attempt: str) -> LinkStep:
        return await self.linking.code(token, attempt=attempt, code="123456", address="192.0.2.1")

    async def signed_in(self) -> tuple[str, LinkStep]:
        token = await self.invited()
        asked = await self.password(token)
        assert isinstance(asked, CodeAsked)
        return token, await self.code(token, asked.attempt)


async def test_blink_sends_no_code_while_nothing_can_be_written(town: AccountsSetup) -> None:
    desk = Desk(town, Failing(town.store.accounts, Gone, try_to_write=1))
    token = await desk.invited()
    assert await desk.password(token) == Stopped(Hurdle.NOT_SAVED)
    assert isinstance(await desk.password(token), CodeAsked)


async def test_a_code_is_kept_for_when_it_can_be_written_what_comes_of_it(town: AccountsSetup) -> None:
    store = Failing(town.store.accounts, Gone)
    desk = Desk(town, store)
    token = await desk.invited()
    asked = await desk.password(token)
    assert isinstance(asked, CodeAsked)
    store.times["try_to_write"] = tries = 6  # more than wrong codes are allowed
    for _ in range(tries):
        assert await desk.code(token, asked.attempt) == Stopped(Hurdle.NOT_SAVED)
    assert desk.door.codes == 0
    assert isinstance(await desk.code(token, asked.attempt), Linked)


async def test_a_sign_in_is_saved_at_a_later_try_and_the_invitation_with_it(town: AccountsSetup) -> None:
    desk = Desk(town, Failing(town.store.accounts, Gone, link=3))
    token, step = await desk.signed_in()
    assert isinstance(step, Linked)
    assert step.inventory
    assert town.alice.grant((await town.linked()).tokens.refresh)
    assert await desk.linking.invitation(token) is None


async def test_an_invitation_is_not_used_up_by_a_sign_in_that_cannot_be_saved(town: AccountsSetup) -> None:
    desk = Desk(town, Failing(town.store.accounts, Gone, link=100))
    token, step = await desk.signed_in()
    assert step == Stopped(Hurdle.NOT_SAVED)
    assert await desk.linking.invitation(token)


@pytest.mark.parametrize("unread", [0, 1, 2], ids=["looked up", "not at once", "not at first"])
async def test_a_sign_in_whose_answer_was_lost_is_linked(town: AccountsSetup, unread: int) -> None:
    _, step = await Desk(town, AnswerLost(town.store.accounts, unread=unread)).signed_in()
    assert isinstance(step, Linked)


async def test_a_database_that_goes_while_the_cameras_are_looked_at_is_no_mistake_on_the_page(
    town: AccountsSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(town, town.store.accounts)

    async def gone(*_: Any) -> None:
        raise Gone

    monkeypatch.setattr("bot.accounts.sessions.Session.inventory", gone)
    _, step = await desk.signed_in()
    assert step == Linked(None)
    assert await town.linked()
