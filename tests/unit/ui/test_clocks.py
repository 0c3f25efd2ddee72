"""This machine's clock, where it is not Discord's."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.ui.telemetry import Clocks


async def hear(clocks: Clocks, date: str) -> None:
    await clocks.answered(cast("Any", None), SimpleNamespace(), _answer(date))


def _answer(date: str) -> Any:
    return SimpleNamespace(response=SimpleNamespace(headers={"Date": date}))


@pytest.mark.parametrize(("minutes", "words"), [(16, "960 s ahead of"), (-16, "960 s behind")])
async def test_a_clock_that_is_wrong_is_warned_of_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, minutes: int, words: str
) -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    monkeypatch.setattr("bot.ui.telemetry.utcnow", lambda: now)
    clocks = Clocks()
    for _ in range(2):
        await hear(clocks, format_datetime(now - timedelta(minutes=minutes), usegmt=True))
    [warning] = caplog.records
    assert words in warning.getMessage()
    assert clocks.ahead == timedelta(minutes=minutes)


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 28 Nov 2026 12:00:00"])
async def test_an_answer_without_a_date_says_nothing(caplog: pytest.LogCaptureFixture, date: str) -> None:
    clocks = Clocks()
    await hear(clocks, date)
    await hear(clocks, format_datetime(datetime.now(UTC), usegmt=True))
    assert (clocks.ahead, caplog.records) == (timedelta(0), [])
