"""kill -9 at seeded moments of live views: two sessions at most for each command, and every reply ends truthfully."""

from pathlib import Path

import pytest

from simulators.blink import LiveBehaviour
from simulators.demo.tls import Authority
from tests.support import sweeps
from tests.support.clip_load import ClipLoad, manners
from tests.support.databases import Outside
from tests.support.kills import killed

KILLS = sweeps.amount(2, 6, 60)
LONGEST = 8.0  # seconds of life: somewhat longer than a live view takes that comes after a clip
RIGHT_ENDS = {
    "Live view",
    "The live view was interrupted.",  # the second session too was lost with its process
    "I do not know whether the live view was started.",
    "Blink refused to start the live view.",
    "I do not know whether the camera recorded.",  # killed while it was being asked for a clip
}


def furnish(town: ClipLoad) -> None:
    """Let cameras give their live view because no plan covers them, and because a length is asked for."""
    town.household(manners(covered=False))
    town.household(manners(covered=False), public=True)
    town.household(manners(covered=False), manners(covered=False))  # one waits for the other
    town.household(manners(covered=False, live=LiveBehaviour(cut_after=6.0, ending="close")))
    town.household(manners(covered=False, live=LiveBehaviour(start="refused")))
    town.household(manners(), seconds=20)
    town.household(manners(busy_first=0.8), seconds=10)
    town.household(manners(live=LiveBehaviour(closes_first=1)), seconds=10)


@pytest.mark.sweep
@sweeps.on_databases(small=1)
async def test_wherever_it_is_killed_no_live_view_is_doubled_and_every_reply_ends(
    tmp_path: Path, authority: Authority, database: Outside, record_property: sweeps.Note
) -> None:
    town = await killed(tmp_path, authority, database, furnish, kills=KILLS, longest=LONGEST, note=record_property)
    assert set(town.findings.headlines) <= RIGHT_ENDS
    assert town.findings.outcomes["videos"] > 0
