"""The street has what its hints promise."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Account
from simulators.demo.bot_process import Bot
from simulators.demo.street import ALICES, BOBS, BOT_TOKEN, Street, build
from simulators.demo.tls import Authority
from simulators.demo.transcript import over
from tests.support.house import text_of
from tests.support.waiting import until

MISSING = "Basement"
EVERY = "/snapshot All of Home"
GRANTED = "Front Door (alice's)"  # by the tour


def cameras(account: Account) -> set[str]:
    return {camera.name for camera in account.cameras}


def test_every_hint_is_about_a_camera_of_its_owner_but_for_one_that_is_missing_and_one_that_is_shared() -> None:
    street = build()
    for resident, hints in zip(street.residents, (ALICES, BOBS), strict=True):
        assert {title for title, _ in hints} - {MISSING, GRANTED, EVERY} == cameras(resident.account)
        assert MISSING not in cameras(resident.account)


async def test_the_videos_go_where_the_hints_say() -> None:
    street = build()
    [alice, _] = [resident.account for resident in street.residents]
    by_name = {camera.name: camera for camera in alice.cameras}
    made = {}
    for name in ("Porch", "Back Yard", "Driveway"):
        by_name[name].record_clip()
        made[name] = by_name[name].made[-1]
    assert [(one.in_cloud, one.usb_appears is not None) for one in made.values()] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert by_name["Porch"].network.cameras == [by_name["Porch"]]
    assert 13.5 < len(await asyncio.to_thread(lambda: made["Driveway"].mp4)) / 2**20 < 14.5
    assert alice.cloud.manifest_pace == 15.0


async def _used(street: Street, command: str, **options: Any) -> dict[str, Any]:
    """Use a command as alice, and return the end of its reply."""
    used = await street.discord.slash(street.residents[0].user, street.channel, command, options)
    return await until(lambda: used.message and over(used.message) and used.message, timeout=60)


@pytest.mark.sweep
async def test_what_the_hints_say_of_videos_comes_true(tmp_path: Path, authority: Authority) -> None:
    street = build()
    ports = {
        "discord": await street.discord.start(authority.server),
        "blink": await street.blink.start(authority.server),
    }
    ports["relay"] = street.blink.relay.port
    bot = Bot(tmp_path, token=BOT_TOKEN, trust=authority.trust, page=False, **ports)
    alice = street.residents[0]
    by_name = {camera.name: camera for camera in alice.account.cameras}

    async def visit() -> None:
        await until(lambda: street.discord.commands, timeout=30)
        await street.discord.ready()
        assert "12 recordings" in text_of(await _used(street, "recordings"))
        names = ("Porch", "Back Yard", "Driveway")
        replies = await asyncio.gather(*(_used(street, "clip", camera=name) for name in names))
        [porch], [yard], [driveway] = (reply["attachments"] for reply in replies)
        assert street.discord.file(porch["url"]) == by_name["Porch"].usb_videos[-1].mp4
        assert "Blink keeps no video of this camera" in text_of(replies[1])
        assert yard["filename"].endswith(".mp4")
        assert "It had 14.0 MiB" in text_of(replies[2])
        assert driveway["filename"].endswith(".mp4")
        assert driveway["size"] <= 10 * 2**20

    try:
        await bot.link(alice.user.id, alice.account.blink_tokens())
        await bot.running(visit)
    finally:
        await street.discord.close()
        await street.blink.close()
    assert (street.discord.surprises, street.blink.surprises) == ([], [])
