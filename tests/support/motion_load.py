"""Households in which things move while the bot's processes come and go, and an account of what people are told."""

import asyncio
import itertools
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from simulators.blink import Behaviour, Camera, Recording
from simulators.blink import Fault as BlinkFault
from simulators.discord import Fault as DiscordFault

from .house import House, buttons_of, ended, key_of, text_of
from .waiting import until

PATIENCE = 90.0
LARGER = 2**15  # bytes, than any video by itself: each is filled up to a size of its own, by which it is known

_MORE = re.compile(r"and (\d+) more: (.+), until <t:")
_UNTOLD = (
    "SELECT id FROM notices WHERE told_at IS NULL",
    "SELECT id FROM alerts WHERE notice_id IS NULL AND dropped_at IS NULL",
)

_ABOUT = re.compile(r"Motion at (Camera \d+), ")


@dataclass
class Findings:
    """What must not be, each with its circumstances, and how what moved was told."""

    missed: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter[str])

    @property
    def wrongs(self) -> dict[str, list[str]]:
        """Return everything that is there and must not be."""
        kinds = ("missed", "twice", "unfinished", "wrong", "stuck")
        return {kind: found for kind in kinds if (found := getattr(self, kind))}

    def __str__(self) -> str:
        bad = ", ".join(f"{len(found)} {kind}" for kind, found in self.wrongs.items())
        good = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"{good}: {bad or 'nothing wrong'}"


@dataclass(eq=False)
class Hearer:
    """Somebody who hears of these cameras, each of which has a name of its own."""

    user: Any
    cameras: list[Camera]

    @property
    def recordings(self) -> dict[str, list[Recording]]:
        """Return what they are to hear of, by what the cameras are called in messages."""
        return {camera.name: camera.made for camera in self.cameras}


class MotionLoad:
    """The households, whose people all hear of all their cameras, and one guest who hears of one of them."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self.house = house
        self.chance = chance
        self.hearers: list[Hearer] = []
        self.findings = Findings()
        self.upheavals: Counter[str] = Counter()  # what was under way when something happened to a process
        self.resting = False
        self._sizes = itertools.count(LARGER, 16)  # the simulator does not remember for long how it encoded a film

    async def furnish(self, *sizes: int) -> None:
        """Link households with so many cameras each."""
        for number, size in enumerate(sizes, 1):
            user, account = self.house.resident(f"resident{number}")
            home = account.add_network("Home")
            home.armed = True
            cameras = [home.add_camera(f"Camera {number}{index}", behaviour=Behaviour.quick()) for index in range(size)]
            await self.house.link(user, account)
            self.hearers.append(Hearer(user, cameras))

    async def hear(self) -> None:
        """Let everybody choose to hear, as a bot that runs lets them."""
        await until(lambda: "notify" in self.house.discord.commands)
        first = self.hearers[0]
        guest = self.house.discord.add_user("guest")
        self.house.discord.join(guest, self.house.guild)
        await self._use(first.user, "share add", who=guest, camera=key_of(first.cameras[0]), preset="everything")
        self.hearers.append(Hearer(guest, first.cameras[:1]))
        for hearer in self.hearers:
            await self._use(hearer.user, "notify", motion="all")

    def slow_down(self) -> None:
        """Let Discord and Blink take their time, so that a process can be killed while its request is under way."""
        self.house.discord.faults += [
            DiscordFault("POST", "/channels/*", times=None, action="delay", delay=0.15),
            DiscordFault("PATCH", "/channels/*", times=None, action="delay", delay=0.15),
        ]
        self.house.blink.faults += [
            BlinkFault("media", times=None, delay=0.05),
            BlinkFault("video", times=None, delay=0.15),
        ]

    @asynccontextmanager
    async def awake(self) -> AsyncIterator[None]:
        """Let things move; leaving waits until all is told, and looks at everything."""
        moving = [asyncio.create_task(self._move(hearer)) for hearer in self.hearers[:-1]]
        try:
            yield
        finally:
            self.resting = True
            await asyncio.gather(*moving)

    async def judge(self) -> None:
        """Wait until all that moved is told and a little longer, and look at every message."""
        try:
            await until(self._all_told, timeout=PATIENCE, every=0.2)
        except TimeoutError:
            self.findings.stuck += [f"{query}: {row}" for query in _UNTOLD for row in self.house.rows(query)]
        await asyncio.sleep(1.5)  # in which what is told once too often would come
        for hearer in self.hearers:
            self._judge(hearer)

    def under_way(self) -> Counter[str]:
        """Say how far the alert messages are that no process has told to their end."""
        rows = self.house.rows("SELECT id, message_id FROM notices WHERE told_at IS NULL")
        there = {alert_message_of(one) for hearer in self.hearers for one in self.messages(hearer)}
        return Counter(
            "shown" if message else "shown unknown to the database" if alert_message in there else "made"
            for alert_message, message in rows
        )

    def messages(self, hearer: Hearer) -> list[dict[str, Any]]:
        """Return what somebody was told of motion."""
        return [one for one in self.house.dms(hearer.user) if "Motion at" in text_of(one)]

    async def _use(self, user: Any, command: str, **options: Any) -> None:
        used = await self.house.discord.slash(user, self.house.channel, command, options)
        await until(lambda: ended(used.message), timeout=10)

    async def _move(self, hearer: Hearer) -> None:
        """Let something move now and then, at times in a burst."""
        while not self.resting:
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            for _ in range(self.chance.choice((1, 1, 1, 1, 2, 5))):
                late, partial = self.chance.choice(((0.0, 0.0), (0.0, 0.8), (0.0, 2.0), (1.0, 0.0), (0.5, 1.0)))
                filmed = self.chance.choice(hearer.cameras).record_motion(listed_after=late, partial_for=partial)
                filmed.size = next(self._sizes)

    def _all_told(self) -> bool:
        if any(self.house.rows(query) for query in _UNTOLD):
            return False
        return all(self._told(hearer).total() >= len(_all(hearer)) for hearer in self.hearers)

    def _told(self, hearer: Hearer) -> Counter[str]:
        """Return how many recordings of which camera somebody was told of."""
        told: Counter[str] = Counter()
        for message in self.messages(hearer):
            told[camera_in(message)] += 1
            told += counted_in(message)
        return told

    def _judge(self, hearer: Hearer) -> None:
        findings, name = self.findings, hearer.user.name
        told = self._told(hearer)
        for label, recordings in hearer.recordings.items():
            if (difference := told.pop(label, 0) - len(recordings)) < 0:
                findings.missed.append(f"{name}: {-difference} of {len(recordings)} of {label}")
            elif difference > 0:
                findings.twice.append(f"{name}: {difference} more than {len(recordings)} of {label}")
        findings.wrong += [f"{name} was told of {label}" for label in told]
        films = {label: {one.size: one.media_id for one in made} for label, made in hearer.recordings.items()}
        shown: Counter[object] = Counter()
        for message in self.messages(hearer):
            shown[alert_message_of(message)] += 1
            shown += self._film_in(message, name, films.get(camera_in(message), {}))
            if counted := counted_in(message).total():
                findings.outcomes["sums"] += 1
                findings.outcomes["summed up"] += counted
        findings.twice += [f"{name}: {what} in {count} messages" for what, count in shown.items() if count > 1]

    def _film_in(self, message: dict[str, Any], name: str, films: dict[int | None, int]) -> Counter[object]:
        """Return the recording that a message shows, if it does."""
        findings, text = self.findings, text_of(message)
        if "The video follows" in text:
            findings.unfinished.append(f"{name}: {text}")
        files = [file for file in message["attachments"] if file["filename"].endswith(".mp4")]
        if not files:
            findings.outcomes[f"without a video ({' '.join(text.splitlines()[-2].split()[:8])})"] += 1
            return Counter()
        found = films.get(len(self.house.discord.file(files[0]["url"])))
        if len(message["attachments"]) != 1 or found is None:
            findings.wrong.append(f"{name}: {message['attachments']}: {text}")
            return Counter()
        findings.outcomes["videos"] += 1
        return Counter([found])


def camera_in(message: dict[str, Any]) -> str:
    """Return which camera a message is about first of all."""
    found = _ABOUT.search(text_of(message))
    assert found, text_of(message)
    return found[1]


def counted_in(message: dict[str, Any]) -> Counter[str]:
    """Return how many more recordings of which camera a message counts."""
    found = _MORE.search(text_of(message))
    if found is None:
        return Counter()
    pairs = [one.rsplit(" ", 1) for one in found[2].split(", ")]
    counts = Counter({label: int(count) for label, count in pairs})
    assert counts.total() == int(found[1]), text_of(message)
    return counts


def alert_message_of(message: dict[str, Any]) -> str | None:
    """Return which alert message a message of Discord is."""
    return next((one.split(":")[-2] for label, one in buttons_of(message).items() if "1 h" in label), None)


def _all(hearer: Hearer) -> list[Recording]:
    return [one for recordings in hearer.recordings.values() for one in recordings]
