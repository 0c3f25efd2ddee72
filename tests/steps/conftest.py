"""Each test here has a world of its own, and a loop whose clock jumps."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.support import virtual_time

from .world import World


def pytest_asyncio_loop_factories() -> Mapping[str, type[virtual_time.VirtualLoop]]:
    """Answer pytest-asyncio, which asks for the loops of these tests."""
    return {"virtual": virtual_time.VirtualLoop}


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    virtual_time.use(monkeypatch)
    world = World(tmp_path)
    await world.open()
    yield world
    await world.close()
