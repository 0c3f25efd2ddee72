"""What a clip costs, and how soon its reply follows what Blink says; beside the same by hand."""

import asyncio
from collections.abc import Sequence

from bench import accounts, machine
from bench.errors import NotDelivered
from bench.numbers import Rows
from bench.recordings import Clip, Recordings, recorded, typed, warmed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

_MOST_ROUNDS = 2
_COPIES = 1.0  # seconds in which direct messages follow the last reply


async def clips(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure clips of ten seconds with videos of 1 MiB, in direct messages, and in a server with a copy of each."""
    database, people = town.folder / "clips.db", range(1, 2 * scale.clips + 1)
    await accounts.linked(database, people)
    for count in range(min(scale.rounds, _MOST_ROUNDS)):
        for program in ("bot", "raw"):
            async with subject(town, program, database) as one:
                if program == "bot":
                    await typed(town, one, people[: scale.clips])
                    first = await recorded(
                        town, one, people[: scale.clips], rate=scale.clip_rate, manners=scale.manners
                    )
                    _of_unknown(rows, first)
                else:
                    await warmed(town, one, people[: scale.clips], offered=False)
                await machine.quiet(one.pid)
                watch = machine.Stopwatch(one.pid)
                found = await recorded(town, one, people[: scale.clips], rate=scale.clip_rate, manners=scale.manners)
                cpu = 1000 * watch.cpu / scale.clips
                if found.undelivered == scale.clips:
                    raise NotDelivered(program, scale.clips)
                blink, discord = found.blink_requests / scale.clips, found.discord_requests / scale.clips
                for key, what, unit, value in (
                    ("cpu", "CPU of a clip", "ms", cpu),
                    ("blink", "requests to Blink for a clip", "", blink),
                    ("discord", "requests to Discord for a clip", "", discord),
                    ("request", "CPU of a clip, for each of its requests", "ms", cpu / (blink + discord)),
                    ("polls", "questions how far a command is, a second of it", "/s", _polls(found.clips)),
                    ("told", "from Blink's “complete” to the reply that says so", "s", found.told_after()),
                    (
                        "shown",
                        "from a listed video to the reply with it, but for transfer",
                        "s",
                        found.shown_after(),
                    ),
                    ("ack", "ack p50 of a clip", "ms", 1000 * found.load.ack(0.5)),
                    ("p99", "ack p99 of a clip", "ms", 1000 * found.load.ack(0.99)),
                ):
                    row = rows.add(f"clips.{key}", what, unit, program, value)
                    row.limited += [f"{program}: {limit}" for limit in found.limits if key == "cpu"]
                if scale.rounds > 1 and count == 0:
                    await machine.quiet(one.pid)
                    watch = machine.Stopwatch(one.pid)
                    others = people[scale.clips :]
                    await recorded(town, one, others, rate=scale.clip_rate, manners=scale.manners, dm=False)
                    await asyncio.sleep(_COPIES)
                    cpu = 1000 * watch.cpu / scale.clips
                    rows.add("clips.server", "CPU of a first clip in a server, with its copy", "ms", program, cpu)


def _of_unknown(rows: Rows, first: Recordings) -> None:
    """Tell of the first clips of their cameras, of which the bot cannot know how long they take."""
    polls, told = _polls(first.clips), first.told_after()
    rows.add("clips.first_polls", "the same of a camera's first clip", "/s", "bot", polls)
    rows.add("clips.first_told", "from “complete” of a camera's first clip to the reply that says so", "s", "bot", told)


def _polls(found: Sequence[Clip]) -> float:
    return sum(one.polls_a_second for one in found) / len(found)
