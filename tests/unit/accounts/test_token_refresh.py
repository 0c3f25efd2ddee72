"""A token that Blink has rotated while the database is away is saved once it is back, whoever else asks or stops."""

import pytest

from bot.accounts import Session, Sessions
from bot.blink import SignedOut
from tests.support.examples import eventually
from tests.support.linked import ALICE, AccountsSetup, Failing


class Gone(Exception):
    """The database does not answer."""


@pytest.fixture(autouse=True)
def at_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is told at once, and no try in the background comes within a test."""
    monkeypatch.setattr("bot.accounts.token_refresh._SAVE_SOON", (0.0, 0.0, 0.0))
    monkeypatch.setattr("bot.accounts.token_refresh._SAVE_LATER", 60.0)


async def unsaved(town: AccountsSetup, *, times: int = 4) -> tuple[Sessions, Session, Failing]:
    """Alice's token is rotated, and the database does not take it so many times."""
    await town.link()
    town.expired()
    town.sim.requests.clear()
    store = Failing(town.store.accounts, Gone, save_tokens=times)
    sessions = town.sessions(store)
    session = await opened(sessions)
    with pytest.raises(Gone):
        await session.client.inventory()
    return sessions, session, store


async def opened(sessions: Sessions) -> Session:
    session = await sessions.session(ALICE)
    assert session
    return session


async def test_it_is_saved_once_the_database_is_back_though_nobody_asks(
    town: AccountsSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.accounts.token_refresh._SAVE_LATER", 0.02)
    await unsaved(town, times=5)

    async def saved() -> bool:
        return town.alice.grant((await town.linked()).tokens.refresh) is not None

    await eventually(saved)
    assert [request.route for request in town.sim.requests] == ["token"]


async def test_it_is_saved_at_the_stop(town: AccountsSetup) -> None:
    sessions, _, _ = await unsaved(town)
    await sessions.close()
    assert (await (await opened(town.sessions())).client.inventory()).cameras


async def test_the_stop_does_not_wait_for_a_database_that_stays_away(town: AccountsSetup) -> None:
    sessions, _, store = await unsaved(town, times=10**6)
    await sessions.close()
    assert store.calls.count("save_tokens") == 5, "one more try, and no other"


async def test_a_process_without_it_marks_the_link_and_the_save_takes_the_mark_away(town: AccountsSetup) -> None:
    sessions, session, _ = await unsaved(town)
    # Stands for the end of the lease, which the database's clock would bring.
    await town.store.accounts.release_refresh(await town.linked(), owner=session._bearer._owner)
    other = town.sessions()
    theirs = await opened(other)
    with pytest.raises(SignedOut):
        await theirs.client.inventory()
    assert (await town.linked()).signed_out_at
    await sessions.close()
    assert not (await town.linked()).signed_out_at
    assert (await (await opened(other)).client.inventory()).cameras


async def test_another_session_of_the_same_process_saves_it_first(town: AccountsSetup) -> None:
    sessions, session, _ = await unsaved(town)
    sessions.forget(ALICE)
    again = await opened(sessions)
    assert again is not session
    assert (await again.client.inventory()).cameras
    assert len(town.refreshes) == 1


async def test_what_is_superseded_is_dropped(town: AccountsSetup) -> None:
    sessions, _, _ = await unsaved(town)
    await town.link()
    fresh = await town.linked()
    await sessions.close()
    assert await town.linked() == fresh
