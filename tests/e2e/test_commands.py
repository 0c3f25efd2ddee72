"""`/account`, `/notify`, autocomplete, and how commands are registered."""

import asyncio
import json
from typing import Any

import pytest

from simulators.blink import Behaviour, Fault
from tests.support.house import text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until


async def _use(street: Street, user: Any, name: str, **options: Any) -> str:
    used = await street.house.discord.slash(user, street.house.channel, name, options)
    message = await until(lambda: answered(used))
    return text_of(message)


async def _choices(street: Street, typed: str, user: Any = None) -> list[dict[str, str]]:
    return await street.house.discord.autocomplete(
        user or street.alice, street.house.channel, "clip", {"camera": typed}, focused="camera"
    )


async def test_account_says_what_is_linked_and_what_is_stored(street: Street) -> None:
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.front))
        text = await _use(street, street.alice, "account")
    assert text.index("**Your Blink account is linked: 3 cameras") < text.index("I keep"), "its state comes first"
    for words in ("e008", "Home", "no password"):
        assert words in text


@pytest.mark.parametrize("command", ["cameras", "account"])
async def test_somebody_without_a_link_reads_so(street: Street, command: str) -> None:
    carol = street.house.discord.add_user("carol")
    async with street.house.bot():
        assert "No Blink account is linked" in await _use(street, carol, command)


@pytest.mark.parametrize(("choice", "copies"), [("always", 1), ("when slow", 0), ("when late", 0), ("never", 0)])
async def test_notify_decides_whether_a_quick_clip_is_copied(street: Street, choice: str, copies: int) -> None:
    street.house.quick()
    async with street.house.bot():
        assert "Saved" in await _use(street, street.alice, "notify", clips=choice)
        clip = await street.house.clip(street.alice, street.front, public=True)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    assert len(street.house.dms(street.alice)) == copies


@pytest.mark.parametrize(("choice", "copies"), [(None, 1), ("when slow", 1), ("when late", 0), ("never", 0)])
async def test_notify_decides_whether_a_slow_clip_is_copied(street: Street, choice: str | None, copies: int) -> None:
    async with street.house.bot():
        if choice:
            assert "Saved" in await _use(street, street.alice, "notify", clips=choice)
        clip = await street.house.clip(street.alice, street.front, public=True)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    assert len(street.house.dms(street.alice)) == copies


@pytest.mark.usefixtures("prompt")
async def test_autocomplete_answers_before_blink_on_first_use_while_that_is_slow_and_knows_the_cameras_later(
    street: Street,
) -> None:
    def answered() -> int:
        return sum(one.status == 200 for one in street.house.blink.asked("homescreen"))

    before, go_on = answered(), asyncio.Event()
    street.house.blink.faults.append(Fault("homescreen", delay=go_on))
    async with street.house.bot():
        [hint] = await _choices(street, "fro")
        assert "Still asking Blink" in hint["name"]
        assert hint["value"] == "fro"
        go_on.set()
        await until(lambda: answered() > before)
        street.house.blink.faults.append(Fault("homescreen", times=None, action="hang"))
        assert [one["name"] for one in await _choices(street, "fro")] == ["Front Door · Home"]


async def test_autocomplete_survives_a_blink_that_is_down(street: Street) -> None:
    street.house.blink.faults.append(Fault("*", times=None, status=500))
    async with street.house.bot():
        assert await _choices(street, "x") == []


async def test_autocomplete_tells_somebody_without_a_link(street: Street) -> None:
    carol = street.house.discord.add_user("carol")
    async with street.house.bot():
        [hint] = await _choices(street, "", carol)
    assert "No Blink account is linked" in hint["name"]


async def test_autocomplete_keeps_discords_limits(street: Street) -> None:
    annex = street.account.add_network("N" * 90)
    for number in range(30):
        annex.add_camera(f"{number:02} {'x' * 90}", behaviour=Behaviour.quick())
    async with street.house.bot():
        choices = await _choices(street, "")
    assert len(choices) == 25
    assert all(1 <= len(one["name"]) <= 100 for one in choices)


async def test_commands_are_registered_once_and_again_only_when_they_change(street: Street) -> None:
    async with street.house.bot():
        assert set(street.house.discord.commands) == {
            "account",
            "arm",
            "cameras",
            "clip",
            "recordings",
            "disarm",
            "share",
            "help",
            "link",
            "motion",
            "notify",
            "snapshot",
            "unlink",
        }
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.front))
    assert street.house.discord.command_syncs == 1
    await street.house.execute("UPDATE meta SET value = 'other' WHERE key LIKE 'commands:%'")
    async with street.house.bot():
        await until(lambda: street.house.discord.command_syncs == 2)


async def test_commands_in_a_reply_can_be_clicked_also_after_a_restart_that_registers_none(street: Street) -> None:
    house, carol = street.house, street.house.discord.add_user("carol")

    async def helped() -> str:
        used = await house.discord.slash(carol, house.channel, "help", {})
        return json.dumps(await until(lambda: "Next:" in text_of(used.message) and used.message))

    for _ in range(2):
        async with house.bot(), asyncio.timeout(10):
            while f"</share add:{house.discord.commands['share']['id']}>" not in await helped():
                pass
    assert house.discord.command_syncs == 1
