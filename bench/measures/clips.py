"""What a clip costs, and how soon its reply follows what Blink says; beside the same by hand and on blinkpy."""

from collections.abc import Sequence

from bench import accounts, machine
from bench.errors import NotDelivered
from bench.numbers import Rows
from bench.recordings import Clip, Recordings, recorded, typed, warmed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town


async def clips(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure clips of ten seconds with videos of 1 MiB."""
    database, people = town.database("clips"), range(1, scale.clips + 1)
    await accounts.linked(database, people)
    for _ in range(scale.rounds):
        for program in ("bot", "raw", "blinkpy"):
            async with subject(town, program, database) as one:
                if program == "bot":
                    await typed(town, one, people)
                    _of_unknown(rows, await recorded(town, one, people, rate=scale.clip_rate, manners=scale.manners))
                else:
                    await warmed(town, one, people, offered=False)
                await machine.quiet(one.pid)
                watch = machine.Stopwatch(one.pid)
                found = await recorded(town, one, people, rate=scale.clip_rate, manners=scale.manners)
                cpu = 1000 * watch.cpu / scale.clips
            if found.undelivered == scale.clips:
                raise NotDelivered(program, scale.clips)
            _of_known(rows, program, found, cpu)


def _of_unknown(rows: Rows, first: Recordings) -> None:
    """Tell of the first clips of their cameras, of which the bot cannot know how long they take."""
    polls, told = _polls(first.clips), first.told_after()
    rows.add("clips.first_polls", "questions how far a camera's first clip is, a second of it", "/s", "bot", polls)
    rows.add("clips.first_told", "from “complete” of a camera's first clip to the reply that says so", "s", "bot", told)


def _of_known(rows: Rows, program: str, found: Recordings, cpu: float) -> None:
    count = len(found.load.uses)
    for key, what, unit, value in (
        ("cpu", "CPU of a clip", "ms", cpu),
        ("blink", "requests to Blink for a clip", "", found.blink_requests / count),
        ("discord", "requests to Discord for a clip", "", found.discord_requests / count),
        ("polls", "questions how far a command is, a second of it", "/s", _polls(found.clips)),
        ("told", "from Blink's “complete” to the reply that says so", "s", found.told_after()),
        ("shown", "from a listed video to the reply with it, but for transfer", "s", found.shown_after()),
        ("seconds", "from `/clip` to the reply with the video", "s", found.seconds()),
        ("p50", "ack p50 of a clip", "ms", 1000 * found.load.ack(0.5)),
        ("p99", f"ack p99 of {count} clips", "ms", 1000 * found.load.ack(0.99)),
    ):
        row = rows.add(f"clips.{key}", what, unit, program, value)
        row.limited += [f"{program}: {limit}" for limit in found.limits if key == "cpu"]


def _polls(found: Sequence[Clip]) -> float:
    return sum(one.polls_a_second for one in found) / len(found)
