"""Opening a store in a file: private, the right key, and one clear sentence for whatever is wrong."""

import asyncio
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from bot.store import Keyring, Store, StoreError, WrongKey, open_store
from bot.store.errors import (
    BadDatabaseUrl,
    DatabaseLocked,
    DatabaseTrouble,
    DiskFull,
    DriverMissing,
    NotADatabase,
    NotWritable,
)
from bot.store.sqlite import trouble
from bot.store.transaction import Transaction
from tests.support.examples import KEY, KEYRING, a_job, received

PASSWORD = "hunter2"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
async def test_the_files_are_for_this_user_alone(path: Path, url: str) -> None:
    async with open_store(url, KEYRING) as store:
        await received(store)
        assert [mode(path.with_name(path.name + end)) for end in ("", "-wal", "-shm")] == [0o600] * 3
        assert mode(path.parent) == 0o700


@pytest.mark.usefixtures("open_umask")
async def test_a_file_that_others_could_read_is_closed_to_them(path: Path, url: str) -> None:
    async with open_store(url, KEYRING):
        pass
    _open_to_all(path)
    async with open_store(url, KEYRING) as store:
        await received(store)
        assert mode(path) == mode(path.with_name("bot.db-wal")) == 0o600
    assert mode(path.parent) == 0o755  # a folder that we did not make is its owner's business


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/a/b/c.db", KEYRING):
        assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


async def test_a_path_without_a_leading_slash_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///data/my bot.db", KEYRING):
        assert (tmp_path / "data" / "my bot.db").is_file()


async def test_a_link_to_a_file_that_is_not_there_yet_makes_a_private_file(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "disk" / "bot.db")
    async with open_store(f"sqlite:///{tmp_path}/link.db", KEYRING):
        assert mode(tmp_path / "disk" / "bot.db") == 0o600


async def test_commits_survive_a_power_cut_and_readers_do_not_wait(store: Store) -> None:
    def pragmas(transaction: Transaction) -> list[object]:
        return [transaction.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys", "journal_mode")]

    assert await store.database.read(pragmas) == [2, 1, "wal"]


async def test_no_connection_keeps_more_than_a_quarter_of_a_mebibyte_of_the_file(store: Store) -> None:
    assert await store.database.read(lambda transaction: transaction.scalar(text("PRAGMA cache_size"))) == -256


async def test_another_key_is_told_at_once(path: Path, url: str) -> None:
    async with open_store(url, KEYRING):
        pass
    with pytest.raises(WrongKey) as refused:
        async with open_store(url, Keyring(["w" * 40])):
            pytest.fail("it opened")
    assert str(refused.value) == (
        f"None of the keys in TOKEN_KEYS opens the database {path}: give the key it was made with as well."
    )
    async with open_store(url, Keyring(["w" * 40, KEY])):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data/bot.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://data/bot.db",
        "sqlite:///bot.db?mode=ro",
        f"mysql://bot:{PASSWORD}@db.example/bot",
        f"postgresql+psycopg://bot:{PASSWORD}@db.example/bot",
        f"postgres://bot:{PASSWORD}@db.example:port/bot",
    ],
)
async def test_an_address_of_no_known_form_is_said_without_its_password(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        async with open_store(url, KEYRING):
            pytest.fail("it opened")
    assert "sqlite:///PATH" in str(refused.value)
    assert PASSWORD not in repr(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
async def test_postgresql_without_its_driver_says_so(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(DriverMissing, match="asyncpg"):
        async with open_store(f"{scheme}://bot:{PASSWORD}@127.0.0.1:1/bot", KEYRING):
            pytest.fail("it opened")


async def test_a_path_below_a_file_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    await _refused(f"sqlite:///{tmp_path}/file/bot.db", NotWritable, "cannot be created: Not a directory")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    await _refused(f"sqlite:///{tmp_path}", NotWritable, "cannot be opened: it is a folder")


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader, " * 1000)
    await _refused(f"sqlite:///{letter}", NotADatabase, "is not a SQLite database")
    assert letter.read_text() == "Dear reader, " * 1000


async def test_a_damaged_database_is_told(path: Path, url: str) -> None:
    async with open_store(url, KEYRING) as store:
        for _ in range(50):
            await received(store)
    _damage(path)
    await _refused(url, NotADatabase, "is damaged: restore a backup")


async def test_a_database_that_another_program_keeps_to_itself_cannot_be_opened(path: Path, url: str) -> None:
    async with open_store(url, KEYRING):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        await _refused(url, DatabaseLocked, f"The database {path} is locked by another program.", busy_timeout=0.05)


async def test_a_write_waits_for_another_programs_and_then_says_so(path: Path, url: str) -> None:
    async with open_store(url, KEYRING, busy_timeout=0.05) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseLocked) as refused:
                await store.jobs.insert(a_job())
            assert str(refused.value) == f"The database {path} is locked by another program."
            assert await store.jobs.live() == []  # reading goes on
            holder.execute("ROLLBACK")
        assert await store.jobs.insert(a_job())


async def test_all_who_wait_for_a_locked_database_are_told_soon_and_not_one_after_the_other(
    path: Path, url: str
) -> None:
    async with open_store(url, KEYRING, busy_timeout=0.5) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            async with asyncio.timeout(0.5 * 15):
                told = await asyncio.gather(*(store.set_meta("a", "b") for _ in range(30)), return_exceptions=True)
    assert {type(each) for each in told} == {DatabaseLocked}


async def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(path: Path, store: Store) -> None:
    pool = store.database._engine.sync_engine
    limit = "PRAGMA max_page_count = 1"  # SQLite takes the present size instead: no page more

    @event.listens_for(pool, "begin")
    def full(connection: Connection) -> None:
        connection.exec_driver_sql(limit)

    with pytest.raises(DiskFull) as refused:
        await _fill(store)
    assert str(refused.value) == f"The database {path} cannot grow: its disk is full."
    limit = "PRAGMA max_page_count = 1000000"
    await received(store)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseLocked),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, NotWritable),
        (sqlite3.SQLITE_READONLY_DIRECTORY, NotWritable),
        (sqlite3.SQLITE_CORRUPT_INDEX, NotADatabase),
        (sqlite3.SQLITE_IOERR_FSYNC, DatabaseTrouble),
        (sqlite3.SQLITE_TOOBIG, DatabaseTrouble),
    ],
)
def test_the_finer_codes_of_sqlite_mean_what_the_coarse_ones_do(code: int, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorcode = code
    assert type(trouble("bot.db", error)) is kind


async def test_a_number_too_large_for_any_database_is_an_error_of_ours(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.jobs.insert(a_job(interaction_id=2**64))


async def test_a_database_deleted_under_our_feet_is_told(path: Path, store: Store) -> None:
    await store.check()
    with closing(sqlite3.connect(path, isolation_level=None)) as vandal:
        vandal.execute("DROP TABLE meta")
    with pytest.raises(StoreError, match="no such table: meta"):
        await store.check()


def _open_to_all(path: Path) -> None:
    path.chmod(0o644)
    path.parent.chmod(0o755)


def _damage(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)


async def _fill(store: Store) -> None:
    for _ in range(100):
        await received(store)


async def _refused(url: str, kind: type[StoreError], words: str, *, busy_timeout: float = 5.0) -> None:
    with pytest.raises(kind) as refused:
        async with open_store(url, KEYRING, busy_timeout=busy_timeout):
            pytest.fail("it opened")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
