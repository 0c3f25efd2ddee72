"""What is over before anybody could read it is not drawn, and nothing else waits for that.

Whether a reply has its video is asked until Discord says.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from bot.delivery import DeliveryTimeouts, RetryPolicies
from bot.delivery.progress import DiscordDisplay, ProgressEditor
from bot.delivery.retry import DeliveryRefused, DiscordUnavailable
from bot.metrics import Metrics
from bot.models import Reply
from bot.wording import Card, Tone, clip
from tests.support.jobs import JOB
from tests.support.virtual_time import VirtualLoop

EVERY = 2.0
Drawn = list[tuple[float, str]]


def _card(title: str) -> Card:
    return Card(title, "", Tone.GOOD)


def drawn(case: Callable[[ProgressEditor], Coroutine[Any, Any, None]]) -> Drawn:
    """Return what was drawn in a reply, and after how many seconds."""
    seen: Drawn = []

    async def run() -> None:
        began = asyncio.get_running_loop().time()

        async def edit(card: Card) -> bool:
            seen.append((round(asyncio.get_running_loop().time() - began, 2), card.title))
            return True

        editor = ProgressEditor(edit, every=EVERY)
        await case(editor)
        await editor.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(run())
    return seen


def test_what_the_next_stage_follows_at_once_is_not_drawn() -> None:
    async def case(editor: ProgressEditor) -> None:
        editor.show(_card("asking"), lasting=0.15)
        await asyncio.sleep(0.05)
        editor.show(_card("recording"))
        await asyncio.sleep(1)

    assert drawn(case) == [(0.3, "recording")]


def test_what_lasts_is_drawn() -> None:
    async def case(editor: ProgressEditor) -> None:
        editor.show(_card("asking"), lasting=0.15)
        await asyncio.sleep(1)

    assert drawn(case) == [(0.3, "asking")]


def test_what_the_end_follows_is_not_drawn_and_the_end_waits_for_nothing() -> None:
    async def case(editor: ProgressEditor) -> None:
        editor.show(_card("fetching"), lasting=0.5)
        await asyncio.sleep(0.2)
        before = asyncio.get_running_loop().time()
        await editor.close()
        assert asyncio.get_running_loop().time() == before

    assert drawn(case) == []


def test_what_must_be_shown_at_once_waits_for_nothing() -> None:
    async def case(editor: ProgressEditor) -> None:
        editor.show(_card("asking"), lasting=0.15)
        await asyncio.sleep(0.1)
        editor.show(_card("recorded"), at_once=True)
        await asyncio.sleep(1)

    assert drawn(case) == [(0.1, "recorded")]


def test_three_stages_are_shown_at_once_and_then_one_in_an_interval() -> None:
    async def case(editor: ProgressEditor) -> None:
        for number in range(5):
            editor.show(_card(str(number)))
            await asyncio.sleep(0.01)
        await asyncio.sleep(10)

    assert drawn(case) == [(0.0, "0"), (0.01, "1"), (0.02, "2"), (2.0, "4")]


class ReplyWithFiles:
    """A reply whose files Discord tells after an outage that lasts `away` seconds; None if it never will."""

    def __init__(self, files: list[str] | None, *, away: float) -> None:
        self._files, self._until = files, asyncio.get_running_loop().time() + away

    async def files_of_reply(self, _: Reply) -> list[str]:
        if asyncio.get_running_loop().time() < self._until:
            raise DiscordUnavailable
        if self._files is None:
            raise DeliveryRefused
        return self._files


@pytest.mark.parametrize("away", [0.0, 20.0, 3600.0], ids=["at once", "after seconds", "after an hour"])
@pytest.mark.parametrize(
    ("files", "expected"), [([clip.filename(JOB)], True), ([], False), (None, False)], ids=["has it", "none", "lost"]
)
def test_whether_a_reply_has_its_video_is_asked_until_discord_says(
    files: list[str] | None, expected: bool, away: float
) -> None:
    async def run() -> None:
        messenger = cast("Any", ReplyWithFiles(files, away=away))
        policies, unused = RetryPolicies(DeliveryTimeouts(), Metrics()), cast("Any", None)
        display = DiscordDisplay(messenger, unused, policies, unused, every=EVERY, owned=lambda: True)
        assert await display.delivered(JOB) is expected

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(run())
