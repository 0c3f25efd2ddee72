"""Households that use the bot again and again while its processes come and go, and an account of what became of it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot import app
from bot.accounts import link_from_tokens
from simulators.blink import Account, Behaviour, Camera, Fault, LiveSession
from simulators.demo.network import connectors
from simulators.discord import Fault as DiscordFault
from tests.support.reading import DELIVERED, headline_of

from .house import House, ended, key_of, text_of
from .live_streams import is_part_of
from .waiting import until

STAGES = (("rest", "new", 0.2), ("sm", "running", 0.3), ("dev", "running", 0.5), ("vs", "done", 0.0))
UNANSWERED = 3.2  # seconds after which Discord takes no acknowledgement any more
LOOK = 0.1
PATIENCE = 90.0
MOST = {"lv_relay": 2}  # of each command for one use; of any other one it is 1

_LIVE = "SELECT interaction_id, stage FROM clip_jobs WHERE told_at IS NULL"


def manners(**changes: Any) -> Behaviour:
    """Return how a camera of the town records, slowly enough to be interrupted."""
    return Behaviour.quick(
        **{"stages": STAGES, "upload_delay": 0.3, "partial_for": 0.2, "thumbnail_seconds": 0.5} | changes
    )


@dataclass
class Findings:
    """What must not be, each with its circumstances, and how often what was asked came out how."""

    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)  # recorded though nobody was told that it would
    outcomes: Counter[str] = field(default_factory=Counter)
    headlines: Counter[str] = field(default_factory=Counter)

    @property
    def wrongs(self) -> dict[str, list[str]]:
        """Return everything that must be empty."""
        kinds = ("doubled", "unfinished", "twice", "wrong", "stuck", "unasked")
        return {kind: getattr(self, kind) for kind in kinds}

    def __str__(self) -> str:
        bad = ", ".join(f"{len(found)} {kind}" for kind, found in self.wrongs.items())
        good = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        said = ", ".join(f"{count} {headline!r}" for headline, count in self.headlines.most_common())
        return f"{self.outcomes.total()} commands ({good}): {bad}; {said}"


@dataclass(eq=False)
class Asked:
    """One use of a command, and how many commands the camera had accepted before it."""

    interaction: Any
    before: int


@dataclass(eq=False)
class Habit:
    """One person who uses one command on one camera again and again, each time when the last one is over."""

    town: "ClipLoad"
    user: Any
    account: Account
    camera: Camera
    options: dict[str, Any]
    command: str = "clip"
    latest: Asked | None = None

    @property
    def accepted(self) -> list[Any]:
        """Return what the camera has accepted by this person's commands, in order, pictures in place of videos too."""
        return [one for one in self.camera.network.commands if one.camera_id == self.camera.id]

    async def follow(self) -> None:
        """Go on until the town comes to rest; not everybody begins at the same moment."""
        await asyncio.sleep(self.town.chance.uniform(0.0, 2.0))
        while not self.town.resting:
            await self.once()
            await asyncio.sleep(self.town.chance.uniform(0.0, 0.3))

    async def once(self) -> None:
        """Use the command, and see what becomes of it."""
        house, findings = self.town.house, self.town.findings
        before = len(self.accepted)
        options = {"camera": key_of(self.camera), **self.options}
        interaction = await house.discord.slash(self.user, house.channel, self.command, options)
        self.latest = Asked(interaction, before)
        what = f"/{self.command} {self.camera.name} ({interaction.id})"
        try:
            await interaction.acked(UNANSWERED)
        except TimeoutError:
            findings.outcomes["unanswered"] += 1
            if not await self.town.seen(lambda: interaction.id not in self.town.live):
                findings.stuck.append(what)
            if len(self.accepted) > before:
                findings.unasked.append(what)
            return
        if not await self.town.seen(lambda: ended(interaction.message)):
            findings.unfinished.append(f"{what}: {text_of(interaction.message)}")
            return
        if not await self.town.seen(lambda: interaction.id not in self.town.live):
            findings.stuck.append(what)
        self._judge(what, interaction, self.accepted[before:])

    def _judge(self, what: str, interaction: Any, accepted: list[Any]) -> None:
        findings, message = self.town.findings, interaction.message
        by_name = Counter(command.name for command in accepted)
        if any(count > MOST.get(name, 1) for name, count in by_name.items()):
            findings.doubled.append(f"{what}: {by_name}")
        if ended(message) is None:
            findings.unfinished.append(f"{what}: {text_of(message)}")
        files, headline = message["attachments"], headline_of(message)
        findings.headlines[headline] += 1
        if (headline in DELIVERED) is not (bool(files) and files[0]["filename"].endswith(self._wished)):
            findings.wrong.append(f"{what}: {[file['filename'] for file in files]} under {headline!r}")
        if len(files) > 1:
            findings.twice.append(f"{what}: {[file['filename'] for file in files]}")
        if not files:
            findings.outcomes["told why not"] += 1
            return
        name, data = files[0]["filename"], self.town.house.discord.file(files[0]["url"])
        if name.endswith(".mp4"):
            findings.outcomes["videos"] += 1
            right = self._filmed_by(data, accepted)
        else:
            findings.outcomes["pictures"] += 1
            own, now = {command.id for command in accepted}, self.town.house.world.clock()
            right = data in [one.jpeg for one in self.camera.pictures(now) if one.command_id in own]
        if not right:
            findings.wrong.append(f"{what}: {name}")
        self.town.files[name] = data

    @property
    def _wished(self) -> str:
        """How the name of the file ends that this person wants."""
        return ".jpg" if self.command == "snapshot" else ".mp4"

    def _filmed_by(self, video: bytes, accepted: list[Any]) -> bool:
        """Say whether a video is the recording of one of these commands, or is of its live view."""
        own = {command.id for command in accepted}
        if video in [one.mp4 for one in self.camera.made if one.command_id in own]:
            return True
        return any(is_part_of(video, one.sent) for one in accepted if isinstance(one, LiveSession) and one.sent)


class ClipLoad:
    """The households, and what is seen of their clips in Discord, at Blink and in the database."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self.house = house
        self.chance = chance
        self.habits: list[Habit] = []
        self.findings = Findings()
        self.live: dict[int, str] = {}  # interaction → stage, a moment ago
        self.files: dict[str, bytes] = {}
        self.resting = False
        self._looks = 0

    def household(self, *behaviours: Behaviour, command: str = "clip", usb: Any = None, **options: Any) -> list[Camera]:
        """Add a household with one network, whose person uses the command on every camera of it, and return these."""
        number = len({habit.user.id for habit in self.habits}) + 1
        user, account = self.house.resident(f"resident{number}")
        place, cameras = account.add_network("Home", usb=usb), list[Camera]()
        for index, behaviour in enumerate(behaviours):
            cameras.append(place.add_camera(f"Camera {number}-{index + 1}", behaviour=behaviour))
            self.habits.append(Habit(self, user, account, cameras[-1], options, command))
        return cameras

    async def link(self) -> None:
        """Link every household, as `python -m bot link` does."""
        ports = connectors(**self.house.ports)
        async with app.opened_store(self.house.configured()) as store, app.blink_transport(ports) as transport:
            for user, account in {habit.user: habit.account for habit in self.habits}.items():
                tokens = account.blink_tokens()
                await link_from_tokens(store.accounts, transport, user_id=user.id, blink_tokens=tokens)

    def slow_down(self) -> None:
        """Let Discord and Blink take their time, so that a process can be killed while its request is under way."""
        self.house.discord.faults += [
            DiscordFault("POST", "/interactions/*", times=None, action="delay", delay=0.03),
            DiscordFault("PATCH", "/webhooks/*", times=None, action="delay", delay=0.08),
            DiscordFault("POST", "/channels/*", times=None, action="delay", delay=0.15),
        ]
        self.house.blink.faults += [
            Fault(route, times=None, delay=0.15) for route in ("clip", "live_view", "thumbnail", "video")
        ]

    @asynccontextmanager
    async def awake(self) -> AsyncIterator[None]:
        """Let everybody follow their habit; leaving waits until the last command is over, and looks at everything."""
        looking = asyncio.create_task(self._look())
        following = [asyncio.create_task(habit.follow()) for habit in self.habits]
        try:
            yield
            self.resting = True
            await asyncio.gather(*following)
            self._look_back()
        finally:
            for task in [looking, *following]:
                task.cancel()
            await asyncio.gather(looking, *following, return_exceptions=True)

    async def seen(self, predicate: Callable[[], object]) -> bool:
        """Wait until something is so after the next look at the database; False where it never is."""
        looks = self._looks + 2  # the look that is under way may have begun before
        try:
            await until(lambda: self._looks >= looks and predicate(), timeout=PATIENCE, every=0.05)
        except TimeoutError:
            return False
        return True

    async def moments(self) -> Counter[str]:
        """Say where every clip that is under way stands just now."""
        live = dict(await asyncio.to_thread(self.house.rows, _LIVE))
        return Counter(
            _moment(live[one.latest.interaction.id], one)
            for one in self.habits
            if one.latest and one.latest.interaction.id in live
        )

    async def _look(self) -> None:
        while True:
            self.live = dict(await asyncio.to_thread(self.house.rows, _LIVE))
            self._looks += 1
            await asyncio.sleep(LOOK)

    def _look_back(self) -> None:
        """Look at all that was delivered, when nothing is under way any more."""
        self.findings.stuck += [f"row of {interaction}" for interaction, _ in self.house.rows(_LIVE)]
        for user in {habit.user for habit in self.habits}:
            files = [file for message in self.house.dms(user) for file in message["attachments"]]
            for name, count in Counter(file["filename"] for file in files).items():
                if count > 1:
                    self.findings.twice.append(f"{name} as {count} direct messages")
            for file in files:
                if self.files.get(file["filename"]) != self.house.discord.file(file["url"]):
                    self.findings.wrong.append(f"{file['filename']} as a direct message")
        for one in self.house.discord.interactions:
            if one.type == 2 and one.responded and ended(one.message) is None:
                self.findings.unfinished.append(f"at the end: {one.id}: {text_of(one.message)}")


def _moment(stage: str, habit: Habit) -> str:
    assert habit.latest
    interaction = habit.latest.interaction
    if stage == "received" and not interaction.responded:
        return "acknowledging"
    if stage == "asking" and len(habit.accepted) > habit.latest.before:
        return "asked"
    if stage == "live" and (begun := [one for one in habit.accepted[habit.latest.before :] if one.name == "lv_relay"]):
        return "recording live" if begun[-1].sent else "waking up"
    if stage in ("fetching", "ended") and ended(interaction.message):
        return "replied"
    return stage
