"""Blink and Discord stumble for as long as people ask for clips: every reply ends, and what it says is true."""

import asyncio
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Account, Behaviour, Camera
from simulators.demo.tls import Authority
from tests.support import storm, sweeps
from tests.support.house import DISCORDS, House, built, ended, text_of
from tests.support.live_streams import is_part_of
from tests.support.program import Program, program
from tests.support.reading import headline_of
from tests.support.waiting import until

CLIPS = sweeps.amount(16, 60, 1000)
WHOLE = sweeps.SIZE == "all"
AT_ONCE = sweeps.amount(16, 30, 60)
AN_HOUR = 60  # clips; what "an hour" means for the growth of memory
VIDEO = re.compile(r"\.mp4$")

NOT_RECORDED = (
    "so nothing was recorded",
    "Nothing was recorded",
    "Blink refused to record",
    "nothing was recorded",
    "I did not start",
)
RECORDED = ("The camera recorded, but",)
NEVER_TRUE = (
    "do not trust the server",
    "cannot be recorded",
    "cannot record live views",
    "Live views are switched off",
    "is offline",
    "There is no camera",
    "Several cameras",
    "signed this bot out",
    "No Blink account is linked",
    "Something broke on our side",
    "has no room for",
    "too large for Discord",
    "my database right now",
    "The bot was away",
    "three clips under way",
    "already at work",
)


@dataclass
class StormyHousehold:
    """One person, their cameras, and what is special about them."""

    person: Any
    account: Account
    cameras: list[Camera]
    manner: str
    said: list[str] = field(default_factory=list)


def furnish(house: House, number: int) -> StormyHousehold:
    """Make a household; most have a plan, some a USB drive, some neither, and some are busy or have a bad camera."""
    manner = ("plan", "plan", "usb", "no plan", "busy for a moment", "plan", "busy", "fails")[number % 8]
    person, account = house.resident(f"person{number}", plan=manner not in ("usb", "no plan"))
    home = account.add_network("Home", usb="active" if manner == "usb" else None)
    quick = Behaviour.quick(upload_delay=0.2, partial_for=0.2, fail=manner == "fails")
    if manner == "busy for a moment":
        quick = Behaviour.quick(busy_first=0.5)
    cameras = [home.add_camera("Front Door", behaviour=quick), home.add_camera("Kitchen", "mini", behaviour=quick)]
    if manner == "busy":
        home.busy_for(1e9)
    return StormyHousehold(person, account, cameras, manner)


async def dwell(house: House, household: StormyHousehold, clips: int, watch: "Watch") -> None:
    """Ask for one clip after the other, and judge each when it is over."""
    for number in range(clips):
        camera = household.cameras[number % 2]
        before = Before.of(house, household, camera)
        clip = await house.clip(household.person, camera)
        try:
            await until(lambda clip=clip: over(house, clip), timeout=240, every=0.2)
        except TimeoutError:
            watch.wrong.append(f"{household.manner}: stuck in {house.stage(clip)}: {text_of(clip.message)!r}")
            continue
        words, wrong = judge(house, household, camera, clip, before)
        household.said.append(words)
        watch.note(words, [f"{household.manner}: {one}" for one in wrong])


def over(house: House, clip: Any) -> bool:
    """Say whether nothing more comes of a clip: its end is told, or it was never acknowledged and is forgotten."""
    if house.live(clip):
        return False
    if clip.responded:
        return ended(clip.message) is not None or house.known(clip)
    return clip.late and time.monotonic() > clip.created + 5


@dataclass
class Before:
    """How much there was of everything before a command."""

    accepted: int
    sessions: int
    dms: int

    @classmethod
    def of(cls, house: House, household: StormyHousehold, camera: Camera) -> "Before":
        return cls(len(camera.accepted), len(house.world.live.of(camera)), len(house.dms(household.person)))


def judge(house: House, household: StormyHousehold, camera: Camera, clip: Any, before: Before) -> tuple[str, list[str]]:
    """Return the headline that the person reads, and what is not true of it."""
    commands, sessions = camera.accepted[before.accepted :], house.world.live.of(camera)[before.sessions :]
    wrong = [f"{len(commands)} recordings for one clip"] if len(commands) > 1 else []
    wrong += [f"{len(sessions)} live views for one clip"] if len(sessions) > 2 else []
    if not clip.responded:
        return "(did not respond)", wrong + (["recorded without an acknowledgement"] if commands or sessions else [])
    copies = house.dms(household.person)[before.dms :]
    reply = ended(clip.message)
    if reply is None and not any("can no longer be changed" in text_of(one) for one in copies):
        wrong.append(f"the reply has no end: {text_of(clip.message)!r}")
    told = [one for one in (reply, *copies) if one]
    if not told:
        return "(nothing)", wrong
    text = text_of(told[0])
    made = [one for one in camera.made if one.command in commands]
    now = house.world.clock()
    kept = [one for one in made if (one.in_cloud and one.listed(now)) or one.on_usb(now)]
    videos = [one for message in told for one in message["attachments"] if VIDEO.search(one["filename"])]
    wrong += [f"says {words!r}" for words in NEVER_TRUE if words in text]
    if headline_of(told[0]) == "Recorded":
        if len(told[0]["attachments"]) != 1:
            wrong.append(f"{len(told[0]['attachments'])} files under a finished clip")
        if [house.discord.file(one["url"]) for one in videos] != [kept[0].mp4] * len(videos) if kept else True:
            wrong.append("the video is not this command's own")
    elif headline_of(told[0]) == "Live view":
        files = [house.discord.file(one["url"]) for one in videos]
        seen = [one.sent for one in sessions if one.sent]
        if not files or not all(any(is_part_of(file, sent) for sent in seen) for file in files):
            wrong.append("the video is not of this command's live view")
    elif videos:
        wrong.append(f"a video under {text!r}")
    if any(words in text for words in NOT_RECORDED) and commands:
        wrong.append(f"recorded, but says {text!r}")
    if any(words in text for words in RECORDED) and not commands:
        wrong.append(f"not recorded, but says {text!r}")
    if "has kept no video" in text and kept:
        wrong.append(f"there is a video, but it says {text!r}")
    if "could not record" in text and household.manner != "fails":
        wrong.append(f"the camera did not fail, but it says {text!r}")
    if "Blink lists the video" in text and not kept:
        wrong.append(f"nothing is listed, but it says {text!r}")
    return re.sub("“.*”", "…", headline_of(told[0])), wrong


@dataclass
class Watch:
    """What was seen of all clips, and of the process between them."""

    bot: Program
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)  # clips so far, KiB

    def note(self, words: str, wrong: list[str]) -> None:
        self.ends[words] += 1
        self.wrong += wrong
        self.memory.append((self.ends.total(), rss(self.bot.process.pid)))
        assert self.bot.process.returncode is None, self.bot.words[-3000:]

    @property
    def growth(self) -> float:
        """How many KiB of memory a clip costs for good: a line through the second half's measurements."""
        half = self.memory[len(self.memory) // 2 :]
        xs, ys = [x for x, _ in half], [y for _, y in half]
        mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
        return sum((x - mx) * (y - my) for x, y in half) / sum((x - mx) ** 2 for x in xs)


def rss(pid: int) -> int:
    """Return a process's resident memory in KiB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def handles(pid: int) -> list[str]:
    """Return what a process holds open, but for its database, of which it keeps five connections."""
    names: list[str] = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            names.append(re.sub(r"\d+", "", os.readlink(entry)))
        except FileNotFoundError:
            continue
    return sorted(name for name in names if "bot.db" not in name)


def videos_in(folder: Path) -> list[str]:
    """Return what lies in the bot's own folder."""
    return [path.name for own in folder.glob("blink-clip-bot-*") for path in own.iterdir()]


async def tasks(bot: Program) -> int:
    """Return how many tasks the bot has."""
    counted = re.compile(r"tasks: (\d+)")
    before = len(counted.findall(bot.words))
    bot.stop(signal.SIGUSR1)
    await until(lambda: len(counted.findall(bot.words)) > before)
    return int(counted.findall(bot.words)[-1])


async def calm(bot: Program, many: int) -> int:
    """Wait until the bot has no more tasks than it had, and return how many it has."""
    async with asyncio.timeout(40):
        while (now := await tasks(bot)) > many:  # noqa: ASYNC110 - it is another process that is asked
            await asyncio.sleep(0.5)
    return now


@pytest.mark.sweep
async def test_in_a_storm_every_reply_ends_and_is_true(
    tmp_path: Path, authority: Authority, record_property: sweeps.Note
) -> None:
    chance = sweeps.chance()
    async with built(tmp_path, authority, ack_deadline=DISCORDS) as house:
        households = [furnish(house, number) for number in range(AT_ONCE)]
        for household in households:
            await house.link(household.person, household.account)
        command = (sys.executable, "-m", "tests.support.paced", "5")
        async with program(house, authority, command=command) as bot:
            await until(lambda: "clip" in house.discord.commands)
            watch = Watch(bot)
            at_rest, open_before = await tasks(bot), handles(bot.process.pid)
            turn = 6.0 if WHOLE else 2.0
            weather = [storm.Weather(random.Random(chance.random()), turn=turn, wave=turn / 2) for _ in range(2)]
            house.blink.faults = blink = storm.over_blink(weather[0])
            house.discord._rest.faults = discord = storm.over_discord(weather[1])
            for one in weather:
                one.begin()
            began = time.monotonic()
            shares = [CLIPS // AT_ONCE + (number < CLIPS % AT_ONCE) for number in range(AT_ONCE)]
            lives = [dwell(house, one, share, watch) for one, share in zip(households, shares, strict=True)]
            await asyncio.gather(*lives)
            seconds = time.monotonic() - began
            for one in weather:
                one.end()
            await calm(bot, at_rest)
            await until(lambda: len(handles(bot.process.pid)) <= len(open_before), timeout=40)
            left = videos_in(tmp_path)
            untold = house.rows("SELECT count(*) FROM clip_jobs WHERE told_at IS NULL OR missed")
            bot.stop()
            assert await bot.ended() == 0
    growth = watch.growth
    record_property(
        "sweep",
        f"{CLIPS} clips of {AT_ONCE} households in {seconds:.0f} s:"
        f" {blink.struck} of {blink.asked} requests to Blink and {discord.struck} of {discord.asked} to Discord failed;"
        f" {watch.ends.most_common()}; memory {watch.memory[-1][1] / 1024:.1f} MiB, {growth:+.2f} KiB a clip, that is"
        f" {growth * AN_HOUR / 1024:+.2f} MiB/h at {AN_HOUR} clips an hour; {len(watch.wrong)} untrue",
    )
    assert not watch.wrong, "\n".join(watch.wrong)
    assert storm.complaints(bot.words) == []
    assert left == ["lock"]
    assert untold == [(0,)]
    assert watch.ends["Recorded"] > CLIPS / 5
    if WHOLE:
        assert growth * AN_HOUR / 1024 <= 1.0
