"""The database is saved by itself each day: seven files stay, each can be restored, and a full disk stops nothing."""

import asyncio
import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import StoreError, open_store
from bot.store.backup import DailyBackups, restore
from tests.support.databases import with_tables
from tests.support.examples import ALICE, KEYRING, an_account
from tests.support.waiting import until

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """The time as a test sets it."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def url(path: Path) -> str:
    url = with_tables(path).url
    async with open_store(url, KEYRING) as store:
        await store.accounts.link(an_account(ALICE))
    return url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "of the bot"


@pytest.fixture
def backups(url: str, folder: Path, clock: Clock) -> DailyBackups:
    return DailyBackups(lambda: url, folder, now=clock, again=0.01)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond a page, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_seven_days_are_kept_and_nothing_else_is_touched(backups: DailyBackups, folder: Path, clock: Clock) -> None:
    folder.mkdir(parents=True)
    (folder / "bot-of-mine.db").write_text("not ours")
    (folder / "bot-20269999T000000Z.db").write_text("no date")
    made = []
    for _ in range(9):
        made.append(backups.save())
        clock.time += timedelta(days=1)
    assert [file for _, file in sorted(backups.files())] == made[2:]
    assert (folder / "bot-of-mine.db").exists()
    assert (folder / "bot-20269999T000000Z.db").exists()
    assert made[0].name == "bot-20261120T120000Z.db"


def test_each_file_is_its_owners_alone(backups: DailyBackups, folder: Path) -> None:
    assert stat.S_IMODE(backups.save().stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_was_saved_is_restored(backups: DailyBackups, url: str) -> None:
    file = backups.save()

    async def unlink() -> None:
        async with open_store(url, KEYRING) as store:
            await store.accounts.unlink(ALICE)

    async def linked() -> bool:
        async with open_store(url, KEYRING) as store:
            return await store.accounts.account(ALICE) is not None

    asyncio.run(unlink())
    assert not asyncio.run(linked())
    restore(url, file, KEYRING)
    assert asyncio.run(linked())


def test_the_next_one_is_due_a_day_after_the_last(backups: DailyBackups, clock: Clock) -> None:
    assert backups.due_in() == 0
    backups.save()
    assert backups.due_in() == 86400
    clock.time += timedelta(hours=23)
    assert backups.due_in() == 3600
    clock.time += timedelta(days=3)
    assert backups.due_in() == 0
    clock.time = NOON - timedelta(days=30)  # the clock was wrong then, and is right now
    assert backups.due_in() == 0


def test_what_was_saved_while_the_clock_was_ahead_neither_hurries_nor_displaces_the_next(
    backups: DailyBackups, clock: Clock
) -> None:
    clock.time += timedelta(days=300)
    for _ in range(7):
        backups.save()
        clock.time += timedelta(days=1)
    clock.time = NOON
    made = backups.save()
    assert made.exists()
    assert backups.due_in() == 86400


def test_a_full_disk_costs_no_older_backup_and_leaves_nothing_half(backups: DailyBackups, folder: Path) -> None:
    before = backups.save()
    whole = before.read_bytes()
    with full_disk(), pytest.raises(StoreError):
        DailyBackups(lambda: backups._address(), folder, now=lambda: NOON + timedelta(days=1)).save()
    assert list(folder.iterdir()) == [before]
    assert before.read_bytes() == whole


async def test_it_goes_on_after_a_full_disk(
    backups: DailyBackups, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with full_disk():
        running = asyncio.create_task(backups.run())
        await until(lambda: "the daily backup failed, and is tried again later" in caplog.text)
        assert not running.done()
    await until(backups.files)
    running.cancel()
    assert {name.rpartition(".")[2] for name in os.listdir(folder)} == {"db"}


async def test_it_goes_on_after_a_folder_that_cannot_be_searched(
    backups: DailyBackups, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as trouble:
        trouble.setattr(Path, "is_dir", refused)  # root, who may run this test, is refused nothing
        running = asyncio.create_task(backups.run())
        await until(lambda: "the daily backup failed, and is tried again later" in caplog.text or running.done())
    await until(lambda: running.done() or backups.files())
    assert not running.done()
    running.cancel()


async def test_it_goes_on_after_what_nobody_foresaw(
    url: str, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [b"DATABASE_URL=\xff"]  # an .env that is no text, until somebody mends it

    def address() -> str:
        return broken.pop().decode() if broken else url

    backups = DailyBackups(address, folder, now=clock, again=0.01)
    running = asyncio.create_task(backups.run())
    await until(lambda: backups.files() or running.done())
    assert not running.done()
    running.cancel()
    assert "the daily backup failed, and is tried again later" in caplog.text
    assert "UnicodeDecodeError" in caplog.text


def test_what_a_killed_process_left_is_cleared_away(backups: DailyBackups, folder: Path, clock: Clock) -> None:
    folder.mkdir(parents=True)
    old, young = folder / ".bot-20261119T120000Z.db.ab12.part", folder / ".bot-20261120T115959Z.db.cd34.part"
    for file, age in ((old, 7200), (young, 1)):
        file.write_text("half")
        os.utime(file, (NOON.timestamp() - age,) * 2)
    backups.save()
    assert not old.exists()
    assert young.exists(), "another process may be writing it"


async def test_postgresql_is_left_to_its_own_tools(
    folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    url = "postgresql://bot:hunter2-hunter2@db.example/clips"
    await asyncio.wait_for(DailyBackups(lambda: url, folder, now=clock).run(), timeout=5)
    assert "PostgreSQL has pg_dump" in caplog.text
    assert "hunter2" not in caplog.text
