"""The latest pictures of several cameras, while what is needed for one of them fails."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.clips import StoreAway
from bot.clips.thumbnails import latest_pictures
from bot.clips.timing import Timing


async def test_a_database_that_is_away_is_told_by_its_own_error_and_not_by_a_group(tmp_path: Path) -> None:
    async def download(*_: Any, **__: Any) -> None:
        raise StoreAway("away")

    blink = SimpleNamespace(download_picture=download)
    camera = SimpleNamespace(picture="/media/1.jpg", key="camera.410.610", pictured_at=None)
    context = SimpleNamespace(folder=tmp_path, timing=Timing())
    wanted = cast("Any", {"front": (blink, camera), "mini": (blink, camera)})
    with pytest.raises(StoreAway):
        async with latest_pictures(cast("Any", context), wanted):
            pass
