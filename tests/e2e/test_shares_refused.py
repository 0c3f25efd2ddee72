"""People who do not want another's cameras in their lists, and the owner who reads who used them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from simulators.demo.tls import Authority
from tests.support.house import built, buttons_of, text_of
from tests.support.lending import SHARED, Lending, Person
from tests.support.reading import menus_of
from tests.support.waiting import until


@pytest.fixture
async def lending(tmp_path: Path, authority: Authority) -> AsyncIterator[Lending]:
    async with built(tmp_path, authority) as house:
        lending = Lending(house)
        await house.link(lending.alice, lending.account)
        yield lending


async def offered(lending: Lending, person: Person) -> list[str]:
    choices = await lending.discord.autocomplete(person.user, person.place, "clip", {"camera": ""}, focused="camera")
    return [one["name"] for one in choices]


async def sees(lending: Lending, person: Person) -> bool:
    """Say whether a camera of the owner's is offered, once it is known whether it is."""
    for _ in range(50):
        names = await offered(lending, person)
        if not any("Still asking" in name for name in names):
            return any(SHARED in name for name in names)
    return False


def menu_of(message: dict[str, Any]) -> tuple[str, str]:
    """Return the custom_id and the first value of the last menu of a message."""
    *_, menu = menus_of(message)
    return menu["custom_id"], menu["options"][0]["value"]


async def test_who_refuses_somebody_gets_nothing_of_theirs_until_they_take_it_back(lending: Lending) -> None:
    role, bob = lending.discord.add_role(lending.house.guild, "Keyholders"), lending.person("bob")
    lending.discord.give_role(bob.user, role)
    async with lending.house.bot():
        await lending.share(role)
        assert await sees(lending, bob)
        refused = await lending.use(bob, "share refuse", who=lending.alice)
        assert "You refuse what" in text_of(refused)
        assert not await sees(lending, bob)
        assert "not shared with you here and now" in text_of(await lending.use(bob, "clip", camera=lending.camera(bob)))
        told = await lending.use(lending.owner, "share add", who=bob.user, camera=SHARED, preset="use")
        assert "does not want to see your cameras" in text_of(told)
        undo = buttons_of(refused)["Undo"]
        other = lending.person("carol")
        assert "This button is for" in text_of(await lending.press(other, undo))
        assert not await sees(lending, bob)
        custom_id, value = menu_of(await lending.use(bob, "share list"))
        assert "can share cameras with you again" in text_of(await lending.press(bob, custom_id, value))
        assert await sees(lending, bob)
    assert lending.zebra.accepted == []


async def test_who_leaves_a_share_of_a_role_no_longer_has_it_in_their_lists(lending: Lending) -> None:
    role, bob = lending.discord.add_role(lending.house.guild, "Keyholders"), lending.person("bob")
    lending.discord.give_role(bob.user, role)
    async with lending.house.bot():
        share = await lending.share(role)
        assert "Nothing like that" in text_of(await lending.use(lending.owner, "share leave", share=share))
        assert "You have left" in text_of(await lending.use(bob, "share leave", share=share))
        assert not await sees(lending, bob)
        assert "a camera that you have left" in text_of(await lending.use(bob, "share list"))


async def test_after_one_clip_and_many_looks_the_owner_still_reads_of_the_clip(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        await lending.use(bob, "clip", camera=lending.camera(bob))
        for _ in range(3):
            await lending.use(bob, "cameras")
        await until(lambda: lending.house.rows("SELECT 1 FROM grant_uses WHERE times = 3"))
        log = text_of(await lending.use(lending.owner, "share log"))
    assert f"looked at {SHARED}, 3 times since" in log
    assert f"recorded on {SHARED}" in log
