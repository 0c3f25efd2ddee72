"""`/clip seconds:` offers what the chosen camera's live view can have, and Discord takes nothing else."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.metrics import Metrics
from bot.ui.clip import clip, lengths

SHORT, LONG = [5, 10, 15, 20, 30], [5, 10, 15, 20, 30, 45, 60]


@pytest.mark.parametrize(
    ("camera", "typed", "offered"),
    [
        ("owl.410.610", "", LONG),
        ("of.80351110224678912.owl.410.610", "", LONG),
        ("camera.410.610", "", SHORT),
        ("doorbell.410.610", "", SHORT),
        ("of.80351110224678912.camera.410.610", "", SHORT),
        ("Front Door", "", SHORT),
        (None, "", SHORT),
        ("owl.410.610", "1", [10, 15]),
        ("owl.410.610", 6, [60]),
        ("camera.410.610", "6", []),
    ],
)
async def test_the_lengths_fit_the_camera(camera: str | None, typed: str | int, offered: list[int]) -> None:
    interaction: Any = SimpleNamespace(
        namespace=SimpleNamespace(camera=camera), client=SimpleNamespace(metrics=Metrics())
    )
    assert [one.value for one in await lengths(interaction, cast("str", typed))] == offered


def test_discord_takes_only_lengths_that_some_camera_can_have() -> None:
    [seconds] = [one for one in clip.parameters if one.name == "seconds"]
    assert (seconds.min_value, seconds.max_value, seconds.required) == (5, 60, False)
    assert seconds.autocomplete
