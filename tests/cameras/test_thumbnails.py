"""The latest pictures of several cameras, while what is needed for one of them fails."""

from pathlib import Path

import pytest

from bot.cameras.thumbnails import Thumbnail, latest_pictures
from bot.models import StorageUnavailable


async def test_a_database_that_is_away_is_told_by_its_own_error_and_not_by_a_group(tmp_path: Path) -> None:
    async def away(_: Path) -> Thumbnail | None:
        raise StorageUnavailable("away")

    with pytest.raises(StorageUnavailable):
        async with latest_pictures(tmp_path, {"front": away, "mini": away}):
            pass
