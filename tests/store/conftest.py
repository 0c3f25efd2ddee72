"""An open store on a new file, and its address."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.store.examples import KEYRING


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, KEYRING) as store:
        yield store


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    """A second process's view of the same database, as far as one process can have it."""
    async with open_store(url, KEYRING) as other:
        yield other
