"""Real clips: many people use `/clip` at a rate, and what their Blink and their Discord saw is put side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import driver, machine
from .blink_side import Manners
from .discord_side import Use
from .errors import NotDelivered
from .households import Command, choice
from .numbers import median
from .payloads import AUTOCOMPLETE, COMMAND
from .subject import Subject
from .town import Town

SHORT = Manners(shortest=0.2, longest=0.4, listed_soonest=0.0, listed_latest=0.1, video_bytes=50_000)
PATIENCE = 120.0


@dataclass(frozen=True)
class Clip:
    """One clip, as Discord and as Blink saw it."""

    use: Use
    command: Command

    @property
    def told_after(self) -> float:
        """How long after Blink was done the reply said so."""
        assert self.use.recorded
        return self.use.recorded - self.command.complete

    @property
    def shown_after(self) -> float:
        """How long after its video was listed the reply had it, without the time in which it was under way."""
        assert self.use.shown
        under_way = (self.command.video_sent - self.command.video_asked) + (self.use.shown - self.use.upload_began)
        return self.use.shown - self.command.listed - under_way

    @property
    def polls_a_second(self) -> float:
        """How often Blink was asked how far the command is, a second of it."""
        return self.command.polls / (self.command.complete - self.command.started)


@dataclass(frozen=True)
class Recordings:
    """Clips, the load that they were, and all that was asked of Blink for them."""

    load: driver.Load
    clips: Sequence[Clip]
    blink_requests: int

    @property
    def discord_requests(self) -> int:
        """Requests to Discord about these clips."""
        return sum(use.requests for use in self.load.uses)

    @property
    def undelivered(self) -> int:
        """How many have no video in their reply."""
        return sum(use.shown is None for use in self.load.uses)

    @property
    def limits(self) -> list[str]:
        """What keeps these numbers from being those of clips that went well, and of the bot alone."""
        lost = [f"{self.undelivered} of {len(self.load.uses)} clips were not delivered"] if self.undelivered else []
        return [*self.load.limits, *lost]

    def told_after(self) -> float:
        """Return the median of how long after Blink was done replies said so."""
        return median([one.told_after for one in self.clips if one.use.recorded])

    def shown_after(self) -> float:
        """Return the median of how long after their listing videos were shown."""
        return median([one.shown_after for one in self.clips if one.use.shown])

    def seconds(self) -> float:
        """Return the median of how long videos took from the command on."""
        return median([use.shown - use.sent for use in self.load.uses if use.shown])


async def recorded(town: Town, subject: Subject, people: Sequence[int], *, rate: float, manners: Manners) -> Recordings:
    """Let each of `people` record once, `rate` of them a second, and wait until all have their video."""
    await town.blink.behave(manners)
    waiting = iter(people)

    async def send() -> Use:
        who = next(waiting)
        return await town.discord.use(COMMAND, who, choice(who), dm=True)

    load = await driver.at_rate(subject, send, rate=rate, count=len(people), patience=PATIENCE)
    await machine.quiet(subject.pid)  # a reply that shows its video is not yet written down
    told = await town.blink.told()
    clips = [Clip(use, told.commands[use.who]) for use in load.uses if use.who in told.commands]
    return Recordings(load, clips, sum(told.requests.values()))


async def typed(town: Town, subject: Subject, people: Sequence[int]) -> None:
    """Let each have typed, so that their cameras are in memory."""
    everybody = iter(people)
    await driver.at_rate(
        subject, lambda: town.discord.use(AUTOCOMPLETE, next(everybody), ""), rate=100, count=len(people)
    )
    await machine.quiet(subject.pid)


async def warmed(town: Town, subject: Subject, people: Sequence[int], *, offered: bool = True) -> None:
    """Let each have recorded shortly before, and have typed, so that what can be in memory is there."""
    if offered:
        await typed(town, subject, people)
    first = await recorded(town, subject, people[:50], rate=10, manners=SHORT)
    if first.undelivered == len(people[:50]):
        raise NotDelivered(subject.name, first.undelivered)
