"""The machine's clock is wrong: what is judged by it is judged by how long it takes."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.house import text_of
from tests.support.street import Street


async def test_a_clock_that_is_far_ahead_of_discords_ends_no_reply(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = street.house
    behind = timedelta(minutes=16)
    monkeypatch.setattr(house.discord.world.clock, "now", lambda: datetime.now(UTC) - behind)
    async with house.bot():
        clip = await house.clip(street.alice, street.front)
        assert "Recorded <t:" in text_of(await house.finished(clip))
