"""Owners and those who use their cameras, side by side: what owners hear, the limits, and cameras of one name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from simulators.blink import Account, Behaviour, Camera
from simulators.demo.tls import Authority
from tests.support.house import House, built, buttons_of, ended, key_of, text_of
from tests.support.lending import EPHEMERAL, QUICK, SHARED, SHARED_HOME, Lending, Person
from tests.support.lodgers import cleared, lodging
from tests.support.street import HELD, let_go
from tests.support.waiting import at_rest, until

__all__ = ["cleared", "lodging"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

BERLIN = ZoneInfo("Europe/Berlin")
SLOW = Behaviour.quick(stages=(("rest", "new", 0.05), ("dev", "running", 60.0)))
FIRST = "for the first time"


@pytest.fixture(scope="module")
def arranged() -> Callable[[House], None]:
    return lambda house: house.waits(command_deadline=60.0)  # whoever is held goes on when a test says so


@pytest_asyncio.fixture(loop_scope="module")
async def lending(cleared: House) -> Lending:
    return await _linked(cleared)


@pytest_asyncio.fixture(loop_scope="module")
async def alone(tmp_path: Path, authority: Authority, arranged: Callable[[House], None]) -> AsyncIterator[Lending]:
    """The same in a house of its own, for what is still under way at the end."""
    async with built(tmp_path, authority) as house:
        arranged(house)
        yield await _linked(house)


async def _linked(house: House) -> Lending:
    lending = Lending(house)
    await house.link(lending.alice, lending.account)
    return lending


def heard(lending: Lending) -> list[str]:
    """Return what the owner was told of first uses."""
    return [text_of(one) for one in lending.house.dms(lending.alice) if FIRST in text_of(one)]


async def clip(lending: Lending, person: Person, camera: str | None = None) -> dict[str, Any]:
    return await lending.use(person, "clip", camera=camera or lending.camera(person))


async def test_the_owner_hears_of_each_persons_first_use_of_each_share_once(lending: Lending) -> None:
    role = lending.discord.add_role(lending.house.guild, "Keyholders")
    bob, carol = lending.person("bob"), lending.person("carol")
    for one in (bob, carol):
        lending.discord.give_role(one.user, role)
    async with lending.house.bot():
        await lending.share(role)
        for person in (bob, bob, carol, bob, carol):
            await clip(lending, person)
        await until(lambda: len(heard(lending)) == 2)
        await lending.share(role, "clip")  # the same share, changed
        await clip(lending, bob)
        await lending.share(bob.user, camera=lending.lemur)
        await clip(lending, bob, lending.choice(bob, key_of(lending.lemur)))
        await until(lambda: len(heard(lending)) == 3)
    assert [text.count(f"<@{bob.user.id}>") for text in heard(lending)] == [1, 0, 1]
    assert f"<@{carol.user.id}>" in heard(lending)[1]
    assert f"recorded on {SHARED}" in heard(lending)[0]
    assert "Lemur Porch" in heard(lending)[2]


async def test_an_owner_who_does_not_want_to_hear_of_it_hears_nothing(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.use(lending.owner, "notify", shares="off")
        await lending.share(bob.user)
        await clip(lending, bob)
        await lending.use(lending.owner, "notify", shares="on")
        await clip(lending, bob)  # no longer the first
        assert "recorded on" in text_of(await lending.use(lending.owner, "share log"))
    assert lending.house.dms(lending.alice) == []


async def test_a_channel_does_not_even_read_whose_camera_it_does_not_see(lending: Lending) -> None:
    bob, house = lending.person("bob"), lending.house
    before = house.discord.messages(house.channel)
    async with house.bot():
        await lending.share(bob.user)
        for command in ("clip", "snapshot"):
            refused = await lending.use(bob, command, camera=lending.camera(bob), public=True)
            assert refused["flags"] & EPHEMERAL
            assert "is not shown to a whole channel" in text_of(refused)
            assert f"`/{command}` again without `public`" in text_of(refused)
        one = lending.zebra.record_motion()
        recording = lending.choice(bob, f"cloud.{one.media_id}.{int(one.created_at.timestamp())}")
        refused = await lending.press(bob, f"clips:choose:1:{bob.user.id}", recording)
        assert refused["flags"] & EPHEMERAL
        assert "is not shown to a whole channel" in text_of(refused)
    assert house.discord.messages(house.channel) == before


async def test_the_log_has_every_kind_of_use_and_only_the_owners(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user, scope="network")
        await clip(lending, bob)
        await lending.use(bob, "snapshot", camera=lending.camera(bob))
        await lending.use(bob, "cameras")
        await lending.use(bob, "recordings")
        await lending.use(bob, "arm", system=lending.network(bob))
        await lending.use(bob, "motion", camera=lending.camera(bob), state="off")
        one = lending.zebra.made[0]
        recording = lending.choice(bob, f"cloud.{one.media_id}.{int(one.created_at.timestamp())}")
        await lending.press(bob, f"clips:choose:0:{bob.user.id}", recording)
        log = text_of(await lending.use(lending.owner, "share log"))
        nothing = text_of(await lending.use(bob, "share log"))
    lines = [line.split(" ", 1)[1] for line in log.splitlines() if f"<@{bob.user.id}>" in line]
    said = [line.split(f"<@{bob.user.id}> ")[1] for line in lines]
    assert said == [
        f"watched a recording of {SHARED} · {SHARED_HOME}",
        f"armed, disarmed, or switched the motion detection of {SHARED}",
        f"armed, disarmed, or switched the motion detection of {SHARED_HOME}",
        "looked at the list of recordings",
        f"looked at Quokka Nursery, {SHARED}",
        f"took a picture with {SHARED} · {SHARED_HOME}",
        f"recorded on {SHARED} · {SHARED_HOME}",
    ]
    assert "Nobody has used" in nothing


def pool(lending: Lending, count: int) -> list[Camera]:
    """Add slow cameras, each in a network of its own, so that none waits for another."""
    return [lending.account.add_network(f"Net {one}").add_camera(f"Cam {one}", behaviour=SLOW) for one in range(count)]


async def begun(lending: Lending, person: Person, camera: Camera) -> Any:
    asked = lending.choice(person, key_of(camera))
    used = await lending.discord.slash(person.user, person.place, "clip", {"camera": asked})
    await until(lambda: lending.house.stage(used) == "recording")
    return used


async def test_guests_share_the_owners_three_clips_and_never_lock_the_owner_out(alone: Lending) -> None:
    cameras = pool(alone, 7)
    bob, carol = alone.person("bob"), alone.person("carol")
    async with alone.house.bot():
        for camera in cameras:
            await alone.share(bob.user, camera=camera)
            await alone.share(carol.user, camera=camera)
        for person, camera in zip((bob, bob, carol), cameras, strict=False):
            await begun(alone, person, camera)
        for person, camera in ((bob, cameras[3]), (carol, cameras[4])):
            asked = alone.choice(person, key_of(camera))
            used = await alone.discord.slash(person.user, person.place, "clip", {"camera": asked})
            await until(lambda used=used: "three of alice's cameras are at work" in text_of(used.message))
        refused = await clip(alone, carol, alone.choice(carol, key_of(cameras[5])))
        assert "Five cameras are already at work or waiting, yours or alice's." in text_of(refused)
        await begun(alone, alone.owner, cameras[6])
    assert cameras[3].accepted == cameras[4].accepted == cameras[5].accepted == []
    assert len(cameras[6].accepted) == 1


async def test_a_guest_waits_while_the_owner_uses_all_three(alone: Lending) -> None:
    cameras, bob = pool(alone, 4), alone.person("bob")
    async with alone.house.bot():
        await alone.share(bob.user, camera=cameras[3])
        for camera in cameras[:3]:
            await begun(alone, alone.owner, camera)
        asked = alone.choice(bob, key_of(cameras[3]))
        used = await alone.discord.slash(bob.user, bob.place, "clip", {"camera": asked})
        await until(lambda: "three of alice's cameras are at work, and this one is next" in text_of(used.message))
    assert cameras[3].accepted == []


def neighbour(lending: Lending, name: str) -> tuple[Person, Account, Camera]:
    """Add somebody who has a camera called like the owner's."""
    user, account = lending.house.resident(name)
    return (
        Person(name, user, lending.house.channel),
        account,
        account.add_network("Flat").add_camera(SHARED, behaviour=QUICK),
    )


async def test_ones_own_camera_comes_before_anothers_of_its_name(lending: Lending) -> None:
    bob, account, own = neighbour(lending, "bob")
    await lending.house.link(bob.user, account)
    async with lending.house.bot():
        await lending.share(bob.user, scope="network")
        assert lending.file_of(await clip(lending, bob, SHARED.upper())) == own.videos[-1].mp4
        assert lending.zebra.accepted == []
        shared = await clip(lending, bob, f"{SHARED} (alice's)")
        assert lending.file_of(shared) == lending.zebra.videos[-1].mp4
        armed = text_of(await lending.use(bob, "arm", system=f"{SHARED_HOME} (alice's)"))
        assert f"“{SHARED_HOME}” is armed" in armed
    assert len(own.accepted) == 1
    assert lending.zebra.network.armed
    assert not own.network.armed


async def test_of_two_owners_cameras_of_one_name_the_person_picks(lending: Lending) -> None:
    dora, account, doras = neighbour(lending, "dora")
    await lending.house.link(dora.user, account)
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        await lending.use(dora, "share add", who=bob.user, camera=key_of(doras), preset="use")
        question = await clip(lending, bob, SHARED)
        assert "Several cameras are called" in text_of(question)
        assert set(buttons_of(question)) == {f"{SHARED} (alice's)", f"{SHARED} (dora's)"}
        assert (lending.zebra.accepted, doras.accepted) == ([], [])
        for camera, name in ((doras, "dora"), (lending.zebra, "alice")):
            button = buttons_of(question)[f"{SHARED} ({name}'s)"]
            reply = await lending.over(await lending.discord.click(bob.user, question["id"], button))
            assert lending.file_of(reply) == camera.videos[-1].mp4
            assert f"({name}'s)" in text_of(reply)


async def test_in_its_hours_and_before_its_end_it_works_and_what_has_begun_may_outlast_the_hours(
    lending: Lending,
) -> None:
    bob, house = lending.person("bob"), lending.house
    now = datetime.now(BERLIN)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    lending.zebra.behaviour = HELD
    async with house.bot():
        await lending.share(bob.user, until="7d", hours=f"{begin:%H:%M}-{end:%H:%M}")
        used = await begun(lending, bob, lending.zebra)
        later = (now.hour * 60 + now.minute + 120) % (24 * 60)
        await house.execute("UPDATE grants SET hours_begin = ?, hours_end = ?", later, (later + 60) % (24 * 60))
        let_go(lending.zebra)
        reply = await lending.over(used)
        assert lending.file_of(reply) == lending.zebra.videos[-1].mp4
        assert "not shared with you here and now" in text_of(await clip(lending, bob))
        again = await lending.discord.click(bob.user, reply["id"], buttons_of(reply)["Record again"])
        assert "not shared with you here and now" in text_of(await lending.over(again))
    assert len(lending.zebra.accepted) == 1


async def test_the_buttons_of_a_copy_work_only_where_the_share_does(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        reply = await clip(lending, bob)
        [copy] = lending.house.dms(bob.user)
        assert "Record again" not in buttons_of(copy), "it would work nowhere but in the server"
        here = await lending.discord.click(bob.user, reply["id"], buttons_of(reply)["Record again"])
        assert lending.file_of(await lending.over(here)) == lending.zebra.videos[-1].mp4
    assert len(lending.zebra.accepted) == 2


async def test_arming_that_waits_for_a_busy_network_ends_with_the_share(lending: Lending) -> None:
    bob, network = lending.person("bob"), lending.zebra.network
    async with lending.house.bot():
        share = await lending.share(bob.user, scope="network")
        network.busy_for(3600)
        used = await lending.discord.slash(bob.user, bob.place, "arm", {"system": lending.network(bob)})
        await until(lambda: lending.house.blink.asked("arm"))
        await lending.revoke(share)
        assert "not shared with you here and now" in text_of(await lending.over(used))
        network.busy_for(0)
        await at_rest(lambda: len(lending.house.blink.asked("arm")))
    assert not network.armed


@pytest.mark.parametrize("status", [True, False], ids=["may see how it is", "may only record"])
async def test_what_the_camera_saw_before_is_shown_only_to_whoever_may_see_how_it_is(
    lending: Lending, previewed: asyncio.Event, status: bool
) -> None:
    bob = lending.person("bob")
    lending.zebra.behaviour = HELD
    async with lending.house.bot():
        await lending.share(bob.user, "clip", *(["status"] if status else []))
        used = await lending.discord.slash(bob.user, bob.place, "clip", {"camera": lending.camera(bob)})
        await until(lambda: "The camera is recording" in text_of(used.message))
        if status:  # it is drawn with what is new next
            await until(previewed.is_set)
        let_go(lending.zebra)
        await lending.over(used)
    names = {file["filename"] for _, message in used.history for file in message["attachments"] if not ended(message)}
    assert names == ({"latest.jpg"} if status else set())


async def test_where_the_owner_is_signed_out_a_guest_is_told_whose_account_it_is(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user, scope="network")
        lending.account.sign_out()
        one = lending.zebra.record_motion(datetime.now(BERLIN).replace(microsecond=0) - timedelta(minutes=1))
        recording = lending.choice(bob, f"cloud.{one.media_id}.{int(one.created_at.timestamp())}")
        assert "out of alice's account." in text_of(await clip(lending, bob))
        for reply in (await clip(lending, bob), await lending.press(bob, f"clips:choose:0:{bob.user.id}", recording)):
            assert "Blink has signed this bot out of alice's account." in text_of(reply)
            assert "/link" not in text_of(reply)
        assert "No camera can be shown now." in text_of(await lending.use(bob, "cameras"))
        arm = await lending.use(bob, "arm", system=lending.network(bob))
        assert "I cannot reach that for you here and now." in text_of(arm)
