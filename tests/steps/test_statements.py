"""How often a clip writes: every write waits in one line with those of all other clips."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event

from bot.models import End

from .world import World


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """The first words of each write while the test runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(" ".join(statement.split()[:3]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def test_a_clip_that_need_not_wait_writes_its_row_six_times(world: World, writes: list[str]) -> None:
    async with world.bot():
        writes.clear()
        ended = await world.over(await world.ask())
    assert ended.end is End.DELIVERED
    asked, recording, looking, fetching, over = ["UPDATE clip_jobs SET"] * 5
    assert writes[:6] == ["INSERT INTO clip_jobs", asked, recording, looking, fetching, over]
    assert writes[6:] == ["UPDATE clip_jobs SET"], "the lease ends with the process"
