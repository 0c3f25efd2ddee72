"""The database is full, locked or away: nothing is begun that is not written down, and all goes on by itself."""

import asyncio
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Behaviour, Fault
from simulators.demo.tls import Authority
from simulators.discord import Fault as DiscordFault
from tests.support import postgres, sweeps
from tests.support.databases import SqliteFile
from tests.support.house import built, buttons_of, text_of, video_in
from tests.support.ports import free_port
from tests.support.programs import require
from tests.support.street import Street
from tests.support.waiting import until

OUTAGE = sweeps.amount(2.5, 6.0, 30.0)
NOT_STARTED = "I cannot save anything right now, so I did not start."
NO_MEMORY = "I cannot reach my database right now."
SLOW = Behaviour.quick(stages=(("dev", "running", 1.0), ("vs", "done", 0.0)), upload_delay=0.3)


async def says(interaction: Any, words: str, timeout: float = 8.0) -> None:
    """Wait until a person reads this, in a reply of its own."""
    await until(lambda: words in text_of(interaction.message), timeout=timeout)


def rows(street: Street) -> int:
    return street.house.rows("SELECT count(*) FROM clip_jobs")[0][0]


class TestPostgres:
    """A server of the test's own, which ends as in a power cut and is started again."""

    @pytest.fixture
    def server(self) -> Iterator[postgres.Server]:
        with postgres.server() as server:
            server.admin("ALTER SYSTEM SET synchronous_commit = on")  # what is written survives its crash
            server.admin("SELECT pg_reload_conf()")
            yield server

    @pytest.fixture
    def database(self, server: postgres.Server) -> postgres.Postgres:
        return postgres.Postgres(server.url(server.create()))

    async def test_whoever_asks_meanwhile_reads_why_and_nothing_is_begun(
        self, street: Street, server: postgres.Server
    ) -> None:
        house = street.house
        house.settings = {"public_url": "http://127.0.0.1:8080", "port": free_port()}
        async with house.bot():
            first = await house.clip(street.alice, street.front)
            reply = await house.finished(first)
            await until(lambda: not house.live(first))
            server.crash()
            clip = await house.clip(street.alice, street.mini)
            await says(clip, NOT_STARTED)
            for command in ("cameras", "link", "account", "recordings"):
                asked = await house.discord.slash(street.alice, house.channel, command)
                await says(asked, NO_MEMORY)
            pressed = await house.discord.click(street.alice, reply["id"], buttons_of(reply)["Record again"])
            await says(pressed, NO_MEMORY)
            assert await house.discord.autocomplete(
                street.alice, house.channel, "clip", {"camera": "front"}, focused="camera"
            ), "the cameras are known from before"
            await server.start()
            assert rows(street) == 1
            assert (len(street.front.accepted), len(street.mini.accepted)) == (1, 0)
            again = await house.clip(street.alice, street.mini)
            assert "Recorded <t:" in text_of(await house.finished(again))
            assert NOT_STARTED in text_of(clip.message)

    @pytest.mark.sweep
    @pytest.mark.parametrize("moment", sweeps.some(["asking", "recording", "looking", "delivering"], 1))
    async def test_a_clip_under_way_goes_on_from_its_row_when_it_is_back(
        self, street: Street, server: postgres.Server, moment: str
    ) -> None:
        house = street.house
        street.front.behaviour = SLOW
        if moment == "asking":
            house.blink.faults.append(Fault("clip", delay=1.0))
        if moment == "delivering":
            house.discord.faults.append(DiscordFault("POST", "/channels/*/messages", delay=1.0, action="delay"))
        moments: dict[str, Callable[[], Any]] = {
            "asking": lambda: house.blink.asked("clip"),
            "recording": lambda: house.stage(clip) == "recording",
            "looking": lambda: house.stage(clip) == "looking",
            "delivering": lambda: video_in(clip.message),
        }
        async with house.bot():
            clip = await house.clip(street.alice, street.front)
            await until(moments[moment])
            server.crash()
            await asyncio.sleep(OUTAGE)
            await server.start()
            await until(lambda: not house.live(clip), timeout=20)
            [copy] = house.dms(street.alice)
        [video] = street.front.videos
        assert len(street.front.accepted) == 1
        for message in (clip.message, copy):
            assert "Recorded <t:" in text_of(message)
            assert [house.discord.file(one["url"]) for one in message["attachments"]] == [video.mp4]

    async def test_a_bot_that_loses_discord_meanwhile_comes_back_to_both(
        self, street: Street, server: postgres.Server
    ) -> None:
        house = street.house
        async with house.bot():
            server.crash()
            house.discord.invalidate_session()
            house.discord.drop_gateway(4000)
            await until(lambda: house.discord.identifies == 2, timeout=20)
            await says(await house.clip(street.alice, street.front), NOT_STARTED)
            await server.start()
            clip = await house.clip(street.alice, street.front)
            assert "Recorded <t:" in text_of(await house.finished(clip))


LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(60)
"""


async def test_locked_by_another_program_for_longer_than_we_wait(
    street: Street, request: pytest.FixtureRequest
) -> None:
    house = street.house
    street.front.behaviour = SLOW
    async with house.bot():
        under_way = await house.clip(street.alice, street.front)
        await until(lambda: house.stage(under_way) == "recording")
        command = [sys.executable, "-c", LOCK, house.folder / "bot.db"]
        other = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        try:
            assert other.stdout is not None
            assert await other.stdout.readline() == b"locked\n"
            request.getfixturevalue("prompt")
            clip = await house.clip(street.alice, street.mini)
            await says(clip, NOT_STARTED)
            cameras = await house.discord.slash(street.alice, house.channel, "cameras")
            await says(cameras, "Front Door")  # whoever only reads waits for nobody
            await asyncio.sleep(max(OUTAGE, 6.0))
        finally:
            other.kill()
            await other.wait()
        assert "Recorded <t:" in text_of(await house.finished(under_way))
        await until(lambda: not house.live(under_way))
        await until(lambda: rows(street) == 1)
        assert street.mini.accepted == []
        assert "Recorded <t:" in text_of(await house.finished(await house.clip(street.alice, street.mini)))
    assert len(street.front.accepted) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one MiB; only who may mount has one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = [require("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    mounted = subprocess.run(mount, check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("a file system may not be mounted here")
    try:
        yield disk
    finally:
        subprocess.run([require("umount"), "-l", disk], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; return what takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 1024):
                pass
        except OSError:
            pass
    return ballast


async def test_a_full_disk_is_said_and_gone_on_from(tmp_path: Path, authority: Authority, small_disk: Path) -> None:
    async with built(tmp_path, authority, SqliteFile(small_disk / "bot.db")) as house:
        alice, account = house.resident("alice")
        home = account.add_network("Home")
        front, mini = home.add_camera("Front Door", behaviour=SLOW), home.add_camera("Kitchen", "mini", behaviour=SLOW)
        await house.link(alice, account)
        async with house.bot():
            under_way = await house.clip(alice, front)
            await until(lambda: house.stage(under_way) == "recording")
            ballast = fill(small_disk)
            clip = await house.clip(alice, mini)
            await until(lambda: clip.message, timeout=8)
            refused = [clip]
            while NOT_STARTED not in text_of(refused[-1].message):  # what the log of writes had room for is used up
                assert len(refused) < 40
                refused.append(await house.clip(alice, mini))
                await until(lambda: refused[-1].message, timeout=8)
                await asyncio.sleep(0.3)
            accepted = len(mini.accepted)
            await asyncio.sleep(OUTAGE)
            assert len(mini.accepted) == accepted
            ballast.unlink()
            assert "Recorded <t:" in text_of(await house.finished(under_way, timeout=20))
            await until(lambda: not house.rows("SELECT 1 FROM clip_jobs WHERE told_at IS NULL"), timeout=20)
            clip = await house.clip(alice, mini)
            assert "Recorded <t:" in text_of(await house.finished(clip))
    assert len(front.accepted) == 1
