"""An open store on a new database, and its address: what holds for one engine holds for the other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.support.databases import ENGINES, Outside, with_tables
from tests.support.examples import KEYRING
from tests.support.postgres import Postgres, Server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, path: Path) -> Iterator[Outside]:
    """A database without rows, whose tables are there already."""
    if request.param == "sqlite":
        yield with_tables(path)
    else:
        server: Server = request.getfixturevalue("postgres_server")
        name = server.create()
        yield Postgres(server.url(name, query="sslmode=disable"))  # TLS: test_postgres.py
        server.give_back(name)


@pytest.fixture
def url(database: Outside) -> str:
    return database.url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, KEYRING) as store:
        yield store


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    """A second process's view of the same database, as far as one process can have it."""
    async with open_store(url, KEYRING) as other:
        yield other
