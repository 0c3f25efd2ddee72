"""A SQLite bot is saved while it runs, and brought back whole or not at all."""

import asyncio
import shutil
import signal
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot.store import Keyring, NotAFile, StoreError, WrongKey, open_store
from bot.store.backup import backup, restore
from bot.store.errors import DatabaseLocked, NotADatabase, NotMoved, NotWritable, UnknownVersion
from tests.support.databases import (
    SqliteFile,
    with_tables,
    without_health,
    without_later_indexes,
    without_live_views,
)
from tests.support.examples import ALICE, KEYRING, an_account, received
from tests.support.store_worker import worker
from tests.support.waiting import in_thread

PASSWORD = "hunter2-hunter2"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "saved" / "backup.db"


@pytest.fixture(autouse=True)
def _nothing_left_over(path: Path, file: Path) -> Iterator[None]:
    """See that no file under way stays, whatever went wrong."""
    file.parent.mkdir()
    yield
    for folder in {path.parent, file.parent}:
        assert not list(folder.glob(".*.part*"))


def _linked(url: str, *users: int) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    if not path.exists():
        with_tables(path)

    async def link() -> None:
        async with open_store(url, KEYRING) as store:
            for user in users:
                await store.accounts.link(an_account(user))

    in_thread(link)


def _users(url: str) -> list[int]:
    async def ask() -> list[int]:
        async with open_store(url, KEYRING) as store:
            return sorted(account.user_id for account in await store.accounts.accounts())

    return in_thread(ask)


def test_what_was_saved_comes_back_and_what_was_there_is_kept(path: Path, url: str, file: Path) -> None:
    _linked(url, 1, 2)
    backup(url, file)
    _linked(url, 3)
    kept = restore(url, file, KEYRING)
    assert _users(url) == [1, 2]
    assert kept is not None
    assert kept.parent == path.parent
    assert kept.name.startswith("bot.db.before-restore-2")
    assert _users(f"sqlite:///{kept}") == [1, 2, 3]
    assert _mode(file) == _mode(path) == _mode(kept) == 0o600


def test_a_backup_is_one_file(url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    assert list(file.parent.iterdir()) == [file]
    assert file.read_bytes()[18:20] == b"\x01\x01"  # no log beside it is expected (sqlite.org/fileformat.html, 1.3)


def test_a_backup_under_load_is_whole_and_holds_all_that_was_written_before_it(url: str, file: Path) -> None:
    _linked(url)
    with ExitStack() as stack:
        both = [stack.enter_context(worker("write", url)) for _ in range(2)]
        for each in both:
            assert each.hear() == "ready"
            each.go()
            assert each.hear() == []
        for number in range(5):
            said = [each.hear() for each in both for _ in range(10)]
            backup(url, file, force=number > 0)
            assert SqliteFile(file).rows("PRAGMA integrity_check") == [("ok",)]
            there = {job_id for (job_id,) in SqliteFile(file).rows("SELECT id FROM clip_jobs")}
            assert {job_id for job_id, _ in said} <= there
        for each in both:  # it held nobody up: each writes what the last backup has not
            while each.hear()[0] in there:
                pass


async def test_the_bot_goes_on_while_it_is_saved(url: str, file: Path) -> None:
    async with open_store(url, KEYRING) as store:
        await store.accounts.link(an_account(ALICE))
        await asyncio.to_thread(backup, url, file)
        await received(store)
    assert _users(f"sqlite:///{file}") == [ALICE]


def test_a_file_that_is_there_is_written_over_only_if_that_is_said(url: str, file: Path) -> None:
    _linked(url, 1)
    file.write_text("a letter")
    with pytest.raises(NotMoved, match="exists already: name another file, or write over it with --force"):
        backup(url, file)
    assert file.read_text() == "a letter"
    backup(url, file, force=True)
    assert _users(f"sqlite:///{file}") == [1]


@pytest.mark.parametrize("part", ["", "-wal", "-shm", "-journal", "by a link", "by another name"])
def test_the_database_itself_is_never_written_over(path: Path, url: str, part: str) -> None:
    _linked(url, 1)
    file = path.with_name(path.name + part)
    if part == "by a link":
        file.symlink_to(path)
    elif part == "by another name":
        file.hardlink_to(path)
    with pytest.raises(NotMoved, match="is the database itself, or a part of it: name another file"):
        backup(url, file, force=True)
    assert _users(url) == [1]


def test_the_disk_need_not_know_links(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    _linked(url, 1)
    monkeypatch.setattr("os.link", no_links)
    backup(url, file)
    kept = restore(url, file, KEYRING)
    assert kept is not None
    assert _users(url) == _users(f"sqlite:///{kept}") == [1]
    assert _mode(file) == _mode(kept) == 0o600


@pytest.mark.parametrize("name", ["missing/backup.db", "."])
def test_a_place_where_no_file_can_be_is_said(url: str, file: Path, name: str) -> None:
    _linked(url, 1)
    with pytest.raises((NotWritable, NotMoved), match=r"cannot be written|is a folder"):
        backup(url, file.parent / name)


def test_nothing_to_save_is_said_and_not_made(path: Path, url: str, file: Path) -> None:
    with pytest.raises(NotMoved, match="There is no database at"):
        backup(url, file)
    assert not path.exists()
    assert not file.exists()


def test_a_damaged_database_is_not_taken_for_a_backup(path: Path, url: str, file: Path) -> None:
    _linked(url, *range(1, 4))
    _damage(path)
    with pytest.raises(NotADatabase):
        backup(url, file)
    assert not file.exists()


def test_a_damaged_database_is_replaced_and_kept(path: Path, url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    path.write_bytes(b"\xa5" * 20000)
    kept = restore(url, file, KEYRING)
    assert _users(url) == [1]
    assert kept is not None
    assert kept.read_bytes() == b"\xa5" * 20000


def test_a_log_of_the_damaged_database_is_not_applied_to_the_new_one(path: Path, url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    with worker("write", url) as bot:  # which a database so damaged cannot tell of
        bot.hear()
        bot.go()
        bot.hear()
        bot.hear()
        bot.process.send_signal(signal.SIGSTOP)
        path.write_bytes(b"\xa5" * 20000)
        kept = restore(url, file, KEYRING)
        assert not path.with_name("bot.db-wal").exists()
    assert kept is not None
    assert kept.with_name(kept.name + "-wal").stat().st_size > 0
    assert _users(url) == [1]


def test_a_database_that_is_gone_is_brought_back(path: Path, url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    shutil.rmtree(path.parent)
    assert restore(url, file, KEYRING) is None
    assert _users(url) == [1]
    assert (_mode(path), _mode(path.parent)) == (0o600, 0o700)


def test_a_running_bot_is_noticed(path: Path, url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    with worker("write", url) as bot:
        assert bot.hear() == "ready"
        bot.go()
        assert bot.hear() == []
        bot.hear()
        with pytest.raises(DatabaseLocked, match=r"bot\.db is in use: stop the bot first"):
            restore(url, file, KEYRING)
        bot.hear()
    assert not list(path.parent.glob("*before-restore*"))
    assert restore(url, file, KEYRING)


async def test_a_bot_that_does_nothing_is_noticed_too(url: str, file: Path) -> None:
    async with open_store(url, KEYRING) as store:
        await asyncio.to_thread(backup, url, file)
        with pytest.raises(DatabaseLocked, match="is in use"):
            await asyncio.to_thread(restore, url, file, KEYRING)
        await received(store)


def test_a_backup_of_an_older_bot_is_brought_up_to_date(url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    without_later_indexes(SqliteFile(file))
    for column in ("permits", "lender_id", "lender_name", "permit_id"):
        SqliteFile(file).execute(f"ALTER TABLE clip_jobs DROP COLUMN {column}")
    without_health(SqliteFile(file))
    without_live_views(SqliteFile(file))
    SqliteFile(file).execute("ALTER TABLE people DROP COLUMN hears_of_grants")
    alerts = ("watchers", "wishes", "feeds", "alerts", "notices", "processes", "untold")
    for table in ("grants", "grant_people", "grant_uses", "grant_refusals", *alerts):
        SqliteFile(file).execute(f"DROP TABLE {table}")
    SqliteFile(file).execute("UPDATE alembic_version SET version_num = '0004'")
    before = file.read_bytes()
    restore(url, file, KEYRING)
    assert SqliteFile(Path(url.removeprefix("sqlite:///"))).rows("SELECT lender_id FROM clip_jobs") == []
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (
            lambda file: SqliteFile(file).execute("UPDATE alembic_version SET version_num = '9999'"),
            UnknownVersion,
            "newer",
        ),
        (lambda file: file.write_text("a letter " * 1000), NotADatabase, "is not a SQLite database"),
        (lambda file: _damage(file), NotADatabase, "is damaged"),
        (lambda file: _none_of_ours(file), NotMoved, "is none of this bot's"),
        (lambda file: file.unlink(), NotMoved, "There is no backup at"),
    ],
    ids=["newer", "a letter", "damaged", "another program's", "missing"],
)
def test_what_cannot_be_used_changes_nothing(
    path: Path, url: str, file: Path, spoil: object, kind: type[StoreError], words: str
) -> None:
    _linked(url, *range(1, 4))
    backup(url, file)
    spoil(file)  # type: ignore[operator]
    with pytest.raises(kind, match=words) as refused:
        restore(url, file, KEYRING)
    assert ".part" not in str(refused.value)
    assert len(_users(url)) == 3
    assert not list(path.parent.glob("*before-restore*"))


def test_a_backup_of_other_keys_changes_nothing(url: str, file: Path) -> None:
    _linked(url, 1)
    backup(url, file)
    with pytest.raises(WrongKey, match=r"The keys in TOKEN_KEYS do not open .*backup\.db"):
        restore(url, file, Keyring(["w" * 40]))
    assert _users(url) == [1]


def test_postgresql_has_its_own_tools(file: Path) -> None:
    url = f"postgres://bot:{PASSWORD}@db.example:5433/clips?sslmode=require&pgbouncer=true&password={PASSWORD}"
    for save in (lambda: backup(url, file), lambda: restore(url, file, KEYRING)):
        with pytest.raises(NotAFile) as refused:
            save()
        assert refused.value.address == "postgresql://bot@db.example:5433/clips?sslmode=require"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _damage(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)


def _none_of_ours(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE letters (words)")
