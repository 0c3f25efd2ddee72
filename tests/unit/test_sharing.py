"""What is offered while somebody types, remembered for a moment; and how often a guest may have a Blink asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blink import utcnow
from bot.models import Guest, Right, Share, StorageUnavailable
from bot.sharing import Budget, ShareCache, Shares
from bot.store import Store, open_store
from tests.support.databases import with_tables
from tests.support.examples import ALICE, BOB, KEYRING, NOON, a_share, eventually
from tests.support.waiting import until

HERE, ELSEWHERE, FARTHER, CAROL = 14, 15, 16, 42
LONG = 60.0


@dataclass
class Watched:
    """A database that counts the looks at a server, holds their answers back, or is away."""

    store: Any
    looks: int = 0
    read: int = 0
    away: bool = False
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.held.set()

    async def given_in(self, guild_id: int) -> list[Share]:
        self.looks += 1
        if self.away:
            raise StorageUnavailable
        found = await self.store.given_in(guild_id)
        self.read += 1
        await self.held.wait()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return with_tables(tmp_path / "bot.db").url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, KEYRING) as store:
        yield store


@pytest.fixture
def watched(store: Store) -> Watched:
    return Watched(store.shares)


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def offered(shares: Shares, guest: Guest | None = None) -> list[Share]:
    found = await shares.offered_to(guest or Guest(BOB, HERE), until=soon())
    return [one for one in found if Right.CLIP in one.rights]


async def known(known: ShareCache, guild_id: int = HERE) -> list[Share]:
    return await known.in_reach_of(Guest(BOB, guild_id), until=soon())


async def test_what_is_given_changed_and_revoked_here_is_so_at_once(store: Store) -> None:
    shares = Shares(store.shares, now=utcnow)
    assert await offered(shares) == []
    given = await shares.give(a_share())
    assert given
    assert await offered(shares) == [given]
    assert await offered(shares, Guest(CAROL, HERE)) == []
    assert await offered(shares, Guest(BOB, ELSEWHERE)) == []
    await shares.give(a_share(rights=frozenset({Right.STATUS})))
    assert await offered(shares) == []
    await shares.give(a_share())
    assert await shares.revoke(given.id, by=Guest(ALICE, HERE))
    assert await offered(shares) == []


async def test_a_share_of_clips_is_none_of_live_views(store: Store) -> None:
    shares, guest = Shares(store.shares, now=utcnow), Guest(BOB, HERE)
    given = await shares.give(a_share(rights=frozenset({Right.CLIP})))
    assert given
    assert await shares.still([given.id], Right.CLIP)
    assert not await shares.still([given.id], Right.LIVE)
    assert await shares.open_to(guest, Right.LIVE) == []
    changed = await shares.give(a_share(rights=frozenset({Right.CLIP, Right.LIVE})))
    assert changed
    assert await shares.still([changed.id], Right.LIVE) == [changed]


async def test_what_somebody_gave_who_is_unlinked_is_offered_no_more(store: Store) -> None:
    shares = Shares(store.shares, now=utcnow)
    await shares.give(a_share())
    assert await offered(shares)
    await store.accounts.unlink(ALICE)
    shares.outdate()
    assert await offered(shares) == []


async def test_what_ends_by_the_clock_is_offered_no_more(watched: Watched) -> None:
    ahead = timedelta()
    shares = Shares(watched, now=lambda: utcnow() + ahead)  # type: ignore[arg-type]
    await shares.give(a_share(until=utcnow() + timedelta(hours=1)))
    assert await offered(shares)
    ahead = timedelta(hours=2)
    assert await offered(shares) == []
    assert watched.looks == 1


async def test_everybody_who_types_in_a_server_costs_one_look(watched: Watched) -> None:
    shares = Shares(watched, now=utcnow)  # type: ignore[arg-type]
    watched.held.clear()
    asking = [asyncio.create_task(offered(shares, Guest(number, HERE))) for number in range(20)]
    await until(lambda: watched.read)
    watched.held.set()
    assert await asyncio.gather(*asking) == [[]] * 20
    for _ in range(20):
        assert await offered(shares) == []
    assert watched.looks == 1
    assert await offered(shares, Guest(BOB)) == [], "in direct messages there is no server"
    assert watched.looks == 1


async def test_what_another_process_changes_is_seen_after_some_seconds(url: str, store: Store) -> None:
    long, short = ShareCache(store.shares, seconds=LONG), ShareCache(store.shares, seconds=0.05)
    assert await known(long) == await known(short) == []
    async with open_store(url, KEYRING) as other:
        assert await other.shares.give(a_share(), most=9)

    async def seen() -> bool:
        return bool(await known(short))

    await eventually(seen)
    assert await known(long) == []


async def test_what_was_seen_before_it_was_revoked_is_not_believed(watched: Watched) -> None:
    shares = Shares(watched, now=utcnow)  # type: ignore[arg-type]
    given = await shares.give(a_share())
    assert given
    watched.held.clear()
    asking = asyncio.create_task(offered(shares))
    await until(lambda: watched.read)
    assert await shares.revoke(given.id, by=Guest(ALICE, HERE))
    watched.held.set()
    await asking
    assert await offered(shares) == []


async def test_only_the_servers_of_late_are_remembered(watched: Watched) -> None:
    few = ShareCache(watched, seconds=LONG, most_servers=2)  # type: ignore[arg-type]
    for guild_id in (HERE, ELSEWHERE, HERE, FARTHER, HERE, FARTHER):
        await known(few, guild_id)
    assert watched.looks == 3
    await known(few, ELSEWHERE)
    assert watched.looks == 4


async def test_where_too_much_is_shared_each_person_is_looked_up(watched: Watched) -> None:
    few = ShareCache(watched, seconds=LONG, most_shares=1)  # type: ignore[arg-type]
    mine = a_share()
    for one in (mine, a_share(guest_id=CAROL)):
        await watched.give(one, most=9)
    assert await known(few) == [mine]
    await watched.revoke(mine.id)
    assert await known(few) == []
    assert watched.looks == 1


async def test_what_is_not_known_in_time_is_known_a_moment_later(watched: Watched) -> None:
    mine = a_share()
    await watched.give(mine, most=9)
    late = ShareCache(watched, seconds=LONG)  # type: ignore[arg-type]
    watched.held.clear()
    with pytest.raises(TimeoutError):
        await late.in_reach_of(Guest(BOB, HERE), until=soon(0.05))
    watched.held.set()
    assert await known(late) == [mine]
    assert watched.looks == 1


async def test_a_look_that_failed_is_not_remembered(watched: Watched) -> None:
    later = ShareCache(watched, seconds=LONG)  # type: ignore[arg-type]
    watched.away = True
    with pytest.raises(StorageUnavailable):
        await known(later)
    watched.away = False
    assert await known(later) == []


def test_what_is_spent_comes_back_an_hour_later() -> None:
    budget = Budget(most=2)
    assert budget.spend(BOB, ALICE, now=NOON) is None
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(minutes=10)) is None
    later = NOON + timedelta(minutes=20)
    assert budget.spend(BOB, ALICE, now=later) == NOON + timedelta(hours=1)
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(hours=1)) is None
    assert budget.spend(BOB, ALICE, now=NOON + timedelta(hours=1)) == NOON + timedelta(minutes=70)


def test_each_guest_has_their_own_with_each_owner() -> None:
    budget = Budget(most=1)
    for guest, owner in ((BOB, ALICE), (CAROL, ALICE), (BOB, CAROL)):
        assert budget.spend(guest, owner, now=NOON) is None
    assert budget.spend(BOB, ALICE, now=NOON)
