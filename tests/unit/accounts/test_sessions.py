"""A working session per link: one refresh for all who need it, saved before it is used, and no refresh too many."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.accounts import Session, Sessions
from bot.blink import BlinkError, NeverSent, RateLimited, SignedOut, Started, Unreachable
from bot.models import Account, CameraKey, Region
from simulators.blink import Fault
from tests.support.examples import eventually
from tests.support.linked import ALICE, BOB, AccountsSetup, Failing, Held
from tests.support.waiting import until


async def opened(sessions: Sessions, user_id: int = ALICE) -> Session:
    session = await sessions.session(user_id)
    assert session is not None
    return session


@pytest.fixture
async def linked(town: AccountsSetup) -> AccountsSetup:
    """Alice is linked, and what that took is forgotten."""
    await town.link()
    town.sim.requests.clear()
    return town


async def test_nobody_linked_has_no_session(town: AccountsSetup) -> None:
    sessions = town.sessions()
    assert await sessions.session(ALICE) is None
    assert sessions.last_inventory(ALICE) is None
    assert town.sim.requests == []


async def test_a_good_token_is_used_as_it_is(linked: AccountsSetup) -> None:
    sessions = linked.sessions()
    for _ in range(3):
        await (await opened(sessions)).client.inventory()
    assert linked.refreshes == []
    assert await opened(sessions) is await opened(sessions)


NEEDS = {
    "our clock says that it is over": lambda town: town.expired(),
    "Blink says that it is over": lambda town: town.alice.expire_access_tokens(),
    "both": lambda town: (town.expired(), town.alice.expire_access_tokens()),
}


@pytest.mark.parametrize("need", NEEDS.values(), ids=NEEDS.keys())
async def test_eight_at_once_need_one_refresh(linked: AccountsSetup, need: Any) -> None:
    session = await opened(linked.sessions())
    before = await linked.linked()
    need(linked)
    await asyncio.gather(*(session.client.inventory() for _ in range(8)))
    assert len(linked.refreshes) == 1
    after = await linked.linked()
    assert after.tokens.refresh != before.tokens.refresh
    assert linked.alice.grant(after.tokens.refresh)
    assert linked.alice.lets_in(after.tokens.access)


async def test_two_processes_need_one_refresh(linked: AccountsSetup) -> None:
    linked.expired()
    linked.sim.faults.append(Fault("token", delay=0.1))
    one, other = linked.sessions(), linked.sessions((await linked.other_store()).accounts)
    sessions = [await opened(one), await opened(other)]
    await asyncio.gather(*(session.client.inventory() for session in sessions for _ in range(4)))
    assert len(linked.refreshes) == 1


async def test_a_token_that_another_process_has_refreshed_is_taken_over(linked: AccountsSetup) -> None:
    one, other = linked.sessions(), linked.sessions((await linked.other_store()).accounts)
    mine, theirs = await opened(one), await opened(other)
    linked.alice.expire_access_tokens()
    await theirs.client.inventory()
    await mine.client.inventory()
    assert len(linked.refreshes) == 1


async def test_who_waits_for_anothers_refresh_gives_up_when_the_link_is_gone(linked: AccountsSetup) -> None:
    account = await linked.linked()
    store = Failing(linked.store.accounts, OSError)
    session = await opened(linked.sessions(store))
    linked.expired()
    assert await linked.store.accounts.claim_refresh(account, owner="somebody else", seconds=60)
    asking = asyncio.create_task(session.client.inventory())
    await until(lambda: store.calls.count("claim_refresh") > 1)
    await linked.store.accounts.unlink(ALICE)
    with pytest.raises(SignedOut) as caught:
        await asking
    assert not caught.value.final
    assert linked.refreshes == []


async def test_a_lease_whose_holder_died_is_taken_when_it_runs_out(linked: AccountsSetup) -> None:
    account = await linked.linked()
    session = await opened(linked.sessions())
    linked.expired()
    assert await linked.store.accounts.claim_refresh(account, owner="a dead process", seconds=0.2)
    await session.client.inventory()
    assert len(linked.refreshes) == 1


async def test_a_clip_after_a_401_is_recorded_once(linked: AccountsSetup) -> None:
    [camera] = linked.alice.cameras
    session = await opened(linked.sessions())
    linked.alice.expire_access_tokens()
    started = await session.client.record_clip(CameraKey.parse(f"camera.{camera.network.id}.{camera.id}"))
    assert isinstance(started, Started)
    assert [request.status for request in linked.sim.asked("clip")] == [401, 200]
    assert len(linked.refreshes) == 1
    assert len(camera.accepted) == 1


@pytest.mark.parametrize("rotation", ["same", "absent"])
async def test_a_refresh_token_that_is_not_replaced_is_kept(linked: AccountsSetup, rotation: Any) -> None:
    before = await linked.linked()
    linked.world.rotation = rotation
    session = await opened(linked.sessions())
    for _ in range(2):
        linked.expired()
        linked.alice.expire_access_tokens()
        await session.client.inventory()
    assert len(linked.refreshes) == 2
    after = await linked.linked()
    assert (after.tokens.refresh, after.tokens.access != before.tokens.access) == (before.tokens.refresh, True)


async def test_a_short_lived_token_is_not_refreshed_before_every_request(linked: AccountsSetup) -> None:
    linked.world.expires_in = 5
    linked.expired()
    session = await opened(linked.sessions())
    for _ in range(5):
        await session.client.inventory()
    assert len(linked.refreshes) == 1


# ── what goes wrong ──


async def test_a_refresh_whose_answer_is_lost_is_tried_again_and_works_within_blinks_grace(
    linked: AccountsSetup,
) -> None:
    linked.world.rotation_grace = 60.0
    linked.expired()
    session = await opened(linked.sessions())
    linked.sim.faults.append(Fault("token", action="apply-then-reset"))
    with pytest.raises(NeverSent):
        await session.client.inventory()
    await session.client.inventory()
    assert len(linked.refreshes) == 2
    assert not (await linked.linked()).signed_out_at


async def test_a_refresh_whose_answer_is_lost_without_grace_signs_out_and_says_so_at_once(
    linked: AccountsSetup,
) -> None:
    linked.expired()
    sessions = linked.sessions()
    session = await opened(sessions)
    linked.sim.faults.append(Fault("token", action="apply-then-reset"))
    with pytest.raises(NeverSent):
        await session.client.inventory()
    for _ in range(3):
        with pytest.raises(SignedOut) as caught:
            await session.client.inventory()
        assert caught.value.final
    assert len(linked.refreshes) == 2
    assert (await linked.linked()).signed_out_at
    with pytest.raises(SignedOut):
        await sessions.session(ALICE)


async def test_a_process_that_finds_the_link_signed_out_asks_blink_nothing(linked: AccountsSetup) -> None:
    session = await opened(linked.sessions())
    linked.expired()
    await linked.store.accounts.mark_signed_out(await linked.linked(), at=linked.clock())
    with pytest.raises(SignedOut) as caught:
        await session.client.inventory()
    assert caught.value.final
    assert linked.sim.requests == []


HARMLESS = {
    "in trouble": (Fault("token", status=503), NeverSent),
    "cut": (Fault("token", action="reset"), NeverSent),
    "half an answer": (Fault("token", action="half"), NeverSent),
    "a web page": (Fault("token", body="<html>hello</html>"), NeverSent),
    "another OAuth error": (Fault("token", status=400, body={"error": "invalid_request"}), SignedOut),
    "an app that is too old": (Fault("token", status=426, body={"message": "An app update is required"}), SignedOut),
    "a blocked client": (Fault("token", status=401, body={"error": "invalid_client"}, times=2), SignedOut),
    "too often": (Fault("token", status=429, headers={"Retry-After": "1"}), RateLimited),
}


@pytest.mark.parametrize(("fault", "error"), HARMLESS.values(), ids=HARMLESS.keys())
async def test_other_failures_sign_nobody_out_and_pass(
    linked: AccountsSetup, fault: Fault, error: type[BlinkError]
) -> None:
    linked.world.rotation_grace = 60.0
    linked.expired()
    session = await opened(linked.sessions())
    linked.sim.faults.append(fault)
    with pytest.raises(error) as caught:
        await session.client.inventory()
    assert type(caught.value) is error
    assert not (await linked.linked()).signed_out_at
    if isinstance(caught.value, RateLimited):
        await asyncio.sleep(caught.value.retry_after)
    await session.client.inventory()
    assert not (await linked.linked()).signed_out_at


@pytest.mark.parametrize("fault", [Fault("token", status=429, times=None), Fault("token", status=503, times=None)])
async def test_eight_who_wait_for_a_refresh_that_fails_ask_once(linked: AccountsSetup, fault: Fault) -> None:
    linked.expired()
    session = await opened(linked.sessions())
    linked.sim.faults.append(fault)
    failures = await asyncio.gather(*(session.client.inventory() for _ in range(8)), return_exceptions=True)
    assert all(isinstance(failure, BlinkError) for failure in failures)
    assert len(linked.refreshes) == 1


async def test_refreshes_that_go_on_failing_become_rare(linked: AccountsSetup) -> None:
    linked.expired()
    session = await opened(linked.sessions())
    linked.sim.faults.append(Fault("token", status=503, times=None))
    for _ in range(20):
        with pytest.raises(NeverSent):
            await session.client.inventory()
    assert len(linked.refreshes) == 2  # the first repeat is free, the next one a second away


async def test_the_other_oauth_client_is_remembered(linked: AccountsSetup) -> None:
    await linked.link(user_id=BOB, client_id="android", refresh_token=quoted(linked.alice.sign_in("ios").refresh))
    assert [request.body["client_id"] for request in linked.refreshes] == ["android", "ios"]  # type: ignore[index,call-overload]
    assert (await linked.linked(BOB)).tokens.oauth_client == "ios"
    linked.sim.requests.clear()
    linked.expired()
    await (await opened(linked.sessions(), BOB)).client.inventory()
    [request] = linked.refreshes
    assert isinstance(request.body, dict)
    assert request.body["client_id"] == "ios"


async def test_an_own_hardware_id_is_remembered(linked: AccountsSetup) -> None:
    linked.expired()
    linked.sim.faults.append(Fault("token", status=406, body="Not Acceptable"))
    session = await opened(linked.sessions())
    await session.client.inventory()
    kept = (await linked.linked()).tokens.hardware_id
    assert kept
    linked.expired()
    linked.alice.expire_access_tokens()
    await session.client.inventory()
    assert [request.body.get("hardware_id") for request in linked.refreshes] == [None, kept, kept]  # type: ignore[union-attr]


def _held(something: object) -> str:
    """What an object holds, as a careless log line would show it."""
    return repr(vars(something))


def quoted(token: str | None) -> str:
    assert token
    return token.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


# ── saving before using ──


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a save that failed be repeated at once."""
    monkeypatch.setattr("bot.accounts.token_refresh._SAVE_SOON", (0.01, 0.01, 0.01))


@pytest.mark.usefixtures("soon")
async def test_a_save_that_fails_for_a_moment_is_repeated(linked: AccountsSetup) -> None:
    store = Failing(linked.store.accounts, lambda: OSError("database is locked"), save_tokens=2)
    linked.expired()
    session = await opened(linked.sessions(store))
    await session.client.inventory()
    assert store.calls.count("save_tokens") == 3
    assert len(linked.refreshes) == 1
    assert linked.alice.grant((await linked.linked()).tokens.refresh)


@pytest.mark.usefixtures("soon")
async def test_a_token_that_cannot_be_saved_is_not_used_but_saved_before_anything_else(
    linked: AccountsSetup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = await linked.linked()
    store = Failing(linked.store.accounts, lambda: OSError("disk full"), save_tokens=4)
    linked.expired()
    session = await opened(linked.sessions(store))
    with pytest.raises(OSError, match="disk full"):
        await session.client.inventory()
    assert [request.route for request in linked.sim.requests] == ["token"]
    assert (await linked.linked()).tokens == before.tokens
    await session.client.inventory()
    assert [request.route for request in linked.sim.requests] == ["token", "homescreen"]
    kept = (await linked.linked()).tokens
    assert linked.alice.grant(kept.refresh)
    for secret in (kept.access, kept.refresh, before.tokens.access, before.tokens.refresh):
        assert secret not in caplog.text


@pytest.mark.usefixtures("soon")
async def test_a_kill_between_refresh_and_save_leaves_the_old_token_to_the_next_process(linked: AccountsSetup) -> None:
    linked.world.rotation_grace = 60.0
    before = await linked.linked()
    linked.expired()
    store = Failing(linked.store.accounts, lambda: OSError("killed"), save_tokens=100, release_refresh=100)
    with pytest.raises(OSError, match="killed"):
        await (await opened(linked.sessions(store))).client.inventory()
    assert await linked.linked() == before
    [owner] = {call["owner"] for call in store.asked if "owner" in call}
    asking = asyncio.create_task((await opened(linked.sessions())).client.inventory())
    assert not await linked.store.accounts.claim_refresh(before, owner="the next process", seconds=1)
    await linked.store.accounts.release_refresh(before, owner=owner)  # stands for the end of the dead one's lease
    assert (await asking).cameras
    assert len(linked.refreshes) == 2


async def test_a_refresh_goes_on_when_whoever_asked_is_gone(linked: AccountsSetup) -> None:
    linked.expired()
    sessions = linked.sessions()
    session = await opened(sessions)
    linked.sim.faults.append(Fault("token", delay=0.1))
    asking = asyncio.create_task(session.client.inventory())
    await until(lambda: linked.refreshes)
    asking.cancel()
    await sessions.close()
    assert linked.alice.grant((await linked.linked()).tokens.refresh)


async def test_stopping_does_not_wait_for_ever(linked: AccountsSetup) -> None:
    linked.expired()
    store = Failing(linked.store.accounts, OSError)
    sessions = linked.sessions(store)
    session = await opened(sessions)
    assert await linked.store.accounts.claim_refresh(await linked.linked(), owner="somebody else", seconds=60)
    asking = asyncio.create_task(session.client.inventory())
    await until(lambda: store.calls.count("claim_refresh") > 1)
    async with asyncio.timeout(20):
        await sessions.close(timeout=0.1)
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_dead_token_that_another_process_has_replaced_signs_nobody_out(linked: AccountsSetup) -> None:
    """The lease of a slow process ran out, and another one refreshed: the slow one's refusal means nothing."""
    account = await linked.linked()
    session = await opened(linked.sessions())
    linked.expired()
    go_on = asyncio.Event()
    linked.sim.faults.append(Fault("token", delay=go_on))
    asking = asyncio.create_task(session.client.inventory())
    await until(lambda: linked.refreshes)
    other = (await linked.other_store()).accounts
    tokens = linked.alice.refresh(account.tokens.refresh, "android")
    assert tokens.refresh
    fresh = type(account.tokens)(tokens.access, tokens.refresh, linked.clock() + timedelta(hours=4), "android")
    await other.link(type(account)(ALICE, account.link_id, fresh, account.linked_at, account.region))
    go_on.set()
    with pytest.raises(NeverSent):
        await asking
    assert not (await linked.linked()).signed_out_at
    await session.client.inventory()


# ── several people, several links ──


async def test_nobodys_bearer_is_ever_in_anothers_request(linked: AccountsSetup) -> None:
    bob = linked.world.add_account(email="bob@example.com", tier="u008")
    bob.add_network("Cabin").add_camera("Barn")
    await linked.link(bob, BOB)
    sessions = linked.sessions()
    for _ in range(3):
        linked.expired()
        linked.alice.expire_access_tokens()
        both = [await opened(sessions), await opened(sessions, BOB)]
        await asyncio.gather(*(session.client.inventory() for session in both for _ in range(3)))
    seen = Counter[str]()
    for request in linked.sim.requests:
        if request.route == "token":
            continue
        owner = linked.world.owner(request.headers["Authorization"].removeprefix("Bearer "))
        assert owner is not None
        assert f"/accounts/{owner.id}/" in request.path
        assert request.host == f"rest-{owner.tier}.immedia-semi.com"
        seen[owner.email] += 1
    assert set(seen) == {"alice@example.com", "bob@example.com"}


async def test_one_persons_rate_limit_holds_nobody_else(linked: AccountsSetup) -> None:
    bob = linked.world.add_account(email="bob@example.com")
    await linked.link(bob, BOB)
    sessions = linked.sessions()
    linked.sim.faults.append(Fault("homescreen", status=429, times=None, account=linked.alice.id))
    with pytest.raises(RateLimited):
        await (await opened(sessions)).client.inventory()
    await (await opened(sessions, BOB)).client.inventory()


async def test_a_new_link_gets_a_new_session_and_the_old_one_stops(linked: AccountsSetup) -> None:
    sessions = linked.sessions(sure_for=0.0)
    old = await opened(sessions)
    await old.inventory(max_age=0)
    assert sessions.last_inventory(ALICE)
    await linked.link()
    new = await opened(sessions)
    assert new is not old
    assert new.last_inventory() is None
    linked.expired()
    with pytest.raises(SignedOut):
        await old.client.inventory()
    await new.client.inventory()
    await linked.store.accounts.unlink(ALICE)
    assert await sessions.session(ALICE) is None
    assert sessions.last_inventory(ALICE) is None


async def test_a_link_is_read_again_only_after_a_while_but_at_once_where_it_is_changed_here(
    linked: AccountsSetup,
) -> None:
    store = Failing(linked.store.accounts, OSError)
    sessions = linked.sessions(store, sure_for=60.0)
    session = await opened(sessions)
    assert await opened(sessions) is session
    assert store.calls.count("account") == 1
    await linked.store.accounts.unlink(ALICE)
    assert await sessions.session(ALICE) is session, "another process has unlinked"
    assert not await sessions.linked(ALICE)
    sessions.forget(ALICE)
    assert await sessions.session(ALICE) is None


async def test_a_link_that_the_caller_has_just_read_is_not_read_again_unless_it_changed(linked: AccountsSetup) -> None:
    store = Failing(linked.store.accounts, OSError)
    sessions = linked.sessions(store, sure_for=0.0)
    session = await opened(sessions)
    assert await sessions.session(ALICE, link_id=session.link_id) is session
    assert store.calls.count("account") == 1
    assert await sessions.session(ALICE, link_id="another") is session
    assert store.calls.count("account") == 2
    await linked.store.accounts.unlink(ALICE)
    sessions.forget(ALICE)
    assert await sessions.session(ALICE, link_id=session.link_id) is None, "this process has unlinked"


async def test_who_is_unlinked_while_their_link_is_being_read_is_so_for_a_caller_that_knows_the_link(
    linked: AccountsSetup,
) -> None:
    store = Held(linked.store.accounts)
    sessions = linked.sessions(store, sure_for=60.0)
    reading = asyncio.create_task(sessions.session(ALICE))
    await store.read.wait()
    await linked.store.accounts.unlink(ALICE)
    sessions.forget(ALICE)
    store.go_on.set()
    late = await reading
    assert late
    assert await sessions.session(ALICE, link_id=late.link_id) is None


async def test_what_another_process_changes_of_a_link_is_seen_after_a_while(linked: AccountsSetup) -> None:
    sessions = linked.sessions(sure_for=0.1)
    await opened(sessions)
    await (await linked.other_store()).accounts.unlink(ALICE)

    async def unlinked() -> bool:
        return await sessions.session(ALICE) is None

    await eventually(unlinked)


async def test_who_is_unlinked_while_their_link_is_being_read_is_unlinked_at_the_next_use(
    linked: AccountsSetup,
) -> None:
    store = Held(linked.store.accounts)
    sessions = linked.sessions(store, sure_for=60.0)
    reading = asyncio.create_task(sessions.session(ALICE))
    await store.read.wait()
    await linked.store.accounts.unlink(ALICE)
    sessions.forget(ALICE)
    store.go_on.set()
    assert await reading
    assert await sessions.session(ALICE) is None


async def test_a_link_that_is_made_here_is_used_at_once(linked: AccountsSetup) -> None:
    sessions = linked.sessions(sure_for=60.0)
    old = await opened(sessions)
    await linked.link()
    new = await sessions.of(await linked.linked())
    assert new is not old
    assert await opened(sessions) is new


async def test_whom_blink_signs_out_here_is_signed_out_at_once(linked: AccountsSetup) -> None:
    sessions = linked.sessions(sure_for=60.0)
    session = await opened(sessions)
    linked.alice.sign_out()
    with pytest.raises(SignedOut):
        await session.client.inventory()
    with pytest.raises(SignedOut):
        await sessions.session(ALICE)


async def test_blink_need_not_be_told_of_a_link_that_it_has_ended_itself(linked: AccountsSetup) -> None:
    await linked.store.accounts.mark_signed_out(await linked.linked(), at=linked.clock())
    assert await linked.sessions().unlink(ALICE) == (True, True)
    assert linked.sim.requests == []


async def test_whatever_blink_refuses_while_somebody_unlinks_finds_no_link_and_is_no_news(
    linked: AccountsSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    sessions = linked.sessions(signed_out=told.append)
    session = await opened(sessions)
    during: list[bool] = []
    deleted = linked.store.accounts.unlink

    async def unlink(user_id: int) -> bool:
        with pytest.raises(SignedOut):
            await session.client.inventory()
        during.append(await sessions.linked(ALICE))
        return await deleted(user_id)

    monkeypatch.setattr(linked.store.accounts, "unlink", unlink)
    assert await sessions.unlink(ALICE) == (True, True)
    assert (during, told) == ([False], [])


async def test_only_so_many_sessions_are_kept(linked: AccountsSetup) -> None:
    bob = linked.world.add_account(email="bob@example.com")
    await linked.link(bob, BOB)
    sessions = linked.sessions(kept=1)
    first = await opened(sessions)
    await opened(sessions, BOB)
    assert await opened(sessions) is not first


# ── the region ──


async def test_who_asks_at_the_moment_when_a_session_has_begun_gets_it_too(
    linked: AccountsSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    await forget_home(linked)
    sessions, waits, begun = linked.sessions(), asyncio.Event(), asyncio.Event()
    account, save_region = linked.store.accounts.account, linked.store.accounts.save_region

    async def late(user_id: int) -> Account | None:
        found = await account(user_id)
        waits.set()
        await begun.wait()
        return found

    async def last_step(linked_account: Account, region: Region) -> None:
        await save_region(linked_account, region)
        await waits.wait()
        begun.set()  # the other goes on before the first one does

    monkeypatch.setattr(linked.store.accounts, "save_region", last_step)
    first = asyncio.create_task(opened(sessions))
    await until(lambda: linked.sim.asked("tier"))
    monkeypatch.setattr(linked.store.accounts, "account", late)
    second = asyncio.create_task(opened(sessions))
    assert await first is await second


async def test_the_region_is_asked_once_for_all_and_remembered(linked: AccountsSetup) -> None:
    await forget_home(linked)
    sessions = linked.sessions()
    found = await asyncio.gather(*(opened(sessions) for _ in range(5)))
    assert len({id(session) for session in found}) == 1
    assert len(linked.sim.asked("tier")) == 1
    home = (await linked.linked()).region
    assert home is not None
    assert (home.tier, home.account_id) == ("e008", linked.alice.id)


async def test_the_region_is_asked_again_after_a_401(linked: AccountsSetup) -> None:
    await forget_home(linked)
    linked.alice.expire_access_tokens()
    await opened(linked.sessions())
    assert [request.route for request in linked.sim.requests] == ["tier", "token", "tier"]


async def forget_home(town: AccountsSetup) -> None:
    account = await town.linked()
    await town.store.accounts.link(type(account)(ALICE, account.link_id, account.tokens, account.linked_at))


# ── the cameras, and the mark of success ──


async def test_all_who_ask_for_the_cameras_wait_for_one_question(linked: AccountsSetup) -> None:
    session = await opened(linked.sessions())
    seen = await asyncio.gather(*(session.inventory(max_age=0) for _ in range(6)))
    assert len(linked.sim.asked("homescreen")) == 1
    assert {camera.name for inventory in seen for camera in inventory.cameras} == {"Front Door"}
    await session.inventory(max_age=30)
    assert len(linked.sim.asked("homescreen")) == 1
    await session.inventory(max_age=0)
    assert len(linked.sim.asked("homescreen")) == 2


async def test_cameras_seen_by_a_clock_that_was_wrong_are_asked_for_again(linked: AccountsSetup) -> None:
    linked.clock.ahead = timedelta(hours=1)
    session = await opened(linked.sessions())
    await session.inventory(max_age=30)
    linked.clock.ahead = timedelta()
    await session.inventory(max_age=30)
    assert len(linked.sim.asked("homescreen")) == 2


async def test_a_list_that_was_under_way_during_a_change_is_not_kept(linked: AccountsSetup) -> None:
    session = await opened(linked.sessions())
    network = linked.alice.networks[0]
    linked.sim.faults.append(Fault("homescreen", delay=0.1))
    before = asyncio.create_task(session.inventory(max_age=0))
    await until(lambda: linked.sim.asked("homescreen"))
    network.armed = not network.armed
    session.outdate()
    assert (await session.inventory(max_age=30)).armed == {network.id: network.armed}
    await before
    assert (await session.inventory(max_age=30)).armed == {network.id: network.armed}
    assert len(linked.sim.asked("homescreen")) == 2


async def test_whoever_gives_up_waiting_stops_nobody_else(linked: AccountsSetup) -> None:
    linked.sim.faults.append(Fault("homescreen", delay=0.1))
    session = await opened(linked.sessions())
    first = asyncio.create_task(session.inventory(max_age=0))
    await until(lambda: linked.sim.asked("homescreen"))
    second = asyncio.create_task(session.inventory(max_age=0))
    first.cancel()
    assert (await second).cameras
    assert len(linked.sim.asked("homescreen")) == 1


async def test_success_is_marked_at_most_once_a_minute_and_never_fails(linked: AccountsSetup) -> None:
    store = Failing(linked.store.accounts, lambda: OSError("disk full"), mark_success=1)
    await (await opened(linked.sessions(store))).succeeded()
    before = (await linked.linked()).last_success_at
    session = await opened(linked.sessions())
    linked.clock.ahead += timedelta(minutes=5)
    for _ in range(3):
        await session.succeeded()
        linked.clock.ahead += timedelta(minutes=5)
    after = (await linked.linked()).last_success_at
    assert before is not None
    assert after is not None
    assert timedelta(minutes=5) <= after - before < timedelta(minutes=6)


async def test_nothing_that_is_shown_or_logged_holds_a_secret(
    linked: AccountsSetup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = await linked.linked()
    session = await opened(linked.sessions())
    linked.alice.sign_out()
    with pytest.raises(SignedOut) as caught:
        await session.client.inventory()
    shown = f"{account!r}{account.tokens!r}{session!r}{_held(session)}{caught.value!r}{caplog.text}"
    shown += _held(session.client) + repr(session.client._transport._bearer)
    assert "signed out user" in caplog.text
    for secret in (account.tokens.access, account.tokens.refresh, linked.alice.password):
        assert secret not in shown


async def test_a_kept_session_holds_no_refresh_token(linked: AccountsSetup) -> None:
    session = await opened(linked.sessions())
    assert session._bearer.account.tokens.refresh == ""
    linked.expired()
    linked.alice.expire_access_tokens()
    await session.client.inventory()
    assert session._bearer.account.tokens.access == (await linked.linked()).tokens.access
    assert session._bearer.account.tokens.refresh == ""
    assert (await linked.linked()).tokens.refresh


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 401}], ids=["away", "refused"])
async def test_neither_does_one_whose_renewal_has_failed(linked: AccountsSetup, fault: dict[str, Any]) -> None:
    session = await opened(linked.sessions())
    linked.expired()
    linked.sim.faults.append(Fault("token", times=9, **fault))
    with pytest.raises(BlinkError):
        await session.client.inventory()
    assert session._bearer.account.tokens.refresh == ""
    linked.sim.faults.clear()
    await session.client.inventory()
    assert (await linked.linked()).tokens.refresh


async def test_a_lease_that_never_ends_is_not_waited_for_without_end(
    linked: AccountsSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.accounts.token_refresh._LEASE", 0.1)
    assert await linked.store.accounts.claim_refresh(await linked.linked(), owner="somebody else", seconds=60)
    linked.expired()
    session = await opened(linked.sessions())
    with pytest.raises(Unreachable):
        await session.client.inventory()
    assert linked.sim.requests == []
