"""kill -9 at seeded moments of many clips' lives: one recording at most for each, and every reply ends truthfully."""

from pathlib import Path

import pytest

from simulators.blink import LiveBehaviour
from simulators.demo.tls import Authority
from tests.support import sweeps
from tests.support.clip_load import ClipLoad, manners
from tests.support.databases import Outside
from tests.support.kills import killed

KILLS = sweeps.amount(2, 6, 200)
LONGEST = 3.0  # seconds of life: somewhat longer than a clip takes


def furnish(town: ClipLoad) -> None:
    """Let cameras of every manner be used at the same time."""
    town.household(manners())
    town.household(manners(), public=True)
    town.household(manners(busy_first=0.8))
    town.household(manners(), manners())  # one waits for the other
    town.household(manners(), manners(busy_first=0.5), manners())
    town.household(manners(covered=False))  # its live view comes in place of the video
    town.household(manners(covered=False, live=LiveBehaviour(start="refused")))  # and here a picture in place of both
    town.household(manners(covered=False), usb="active")
    town.household(manners(), command="snapshot")


@pytest.mark.sweep
@sweeps.on_databases(small=1)
async def test_wherever_it_is_killed_nothing_is_doubled_and_every_reply_ends(
    tmp_path: Path, authority: Authority, database: Outside, record_property: sweeps.Note
) -> None:
    await killed(tmp_path, authority, database, furnish, kills=KILLS, longest=LONGEST, note=record_property)
