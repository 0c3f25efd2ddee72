"""Saving a SQLite database to a file while the bot runs, by command or once a day, and restoring it."""

import asyncio
import logging
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.video_folder import remove

from . import engine, postgres, sqlite
from .errors import DatabaseLocked, DiskFull, NotADatabase, NotAFile, NotMoved, NotWritable, StoreError, WrongKey
from .migrate import bring_up_to_date
from .secrets import Keyring, open_all

log = logging.getLogger(__name__)

_BESIDE = ("-wal", "-shm", "-journal")
_WAIT = 2.0

_NAME = re.compile(r"bot-(\d{8}T\d{6}Z)\.db")
_FORM = "%Y%m%dT%H%M%SZ"
_EVERY, _KEPT = timedelta(days=1), 7  # between two daily backups, and how many stay
_ABANDONED = 3600.0  # seconds; a killed process has left an unfinished file that is older


def backup(address: str, file: Path, *, force: bool = False) -> None:
    """Write the whole database at `address` into `file`, which only its owner can read; raises StoreError."""
    source = _file_of(address)
    if not source.exists():
        raise NotMoved(f"There is no database at {source}.")
    _check_other(file, source)
    _check_free(file, force=force)
    with _staged(file) as staged:
        _snapshot(source, staged)
        _check_whole(staged, str(source))
        _check_free(file, force=force)
        _put(staged, file, over=force)


def restore(address: str, file: Path, keyring: Keyring) -> Path | None:
    """Replace the database by the backup in `file`, and return where the old one is kept; raises StoreError.

    Changes nothing unless the file is undamaged, of a known version and opens with the keys, and no other program is
    seen to use the database. Needs a thread without an event loop.
    """
    target = _file_of(address)
    if not file.is_file():
        raise NotMoved(f"There is no backup at {file}.")
    sqlite.make_folder(target)
    with _staged(target) as staged:
        _snapshot(file, staged)
        _check_whole(staged, str(file))
        asyncio.run(_check_fits(staged, file, keyring))
        _plain(staged)
        return _replace(staged, target)


def _file_of(address: str) -> Path:
    url = engine.parse(address)
    if url.drivername != "sqlite":
        raise NotAFile(postgres.without_password(url))
    return engine.sqlite_path(url)


@contextmanager
def _staged(beside: Path) -> Generator[Path]:
    """Make a private file in the same folder, which can be renamed in one step."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{beside.name}.", suffix=".part", dir=beside.parent)  # mode 600
    except OSError as error:
        raise NotWritable(f"{beside.parent} cannot be written: {error.strerror}.") from error
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        raise NotWritable(f"{beside} cannot be written: {error.strerror}.") from error
    finally:
        remove(Path(name + end) for end in ("", *_BESIDE))


def _snapshot(source: Path, target: Path) -> None:
    """Copy a database while others may write to it."""
    try:
        with closing(_open(source)) as reading, closing(_open(target)) as writing:
            reading.backup(writing, pages=-1)  # all pages in one step, which is one transaction
        _plain(target)
    except sqlite3.Error as error:
        trouble = sqlite.trouble(str(source), error)
        if isinstance(trouble, DiskFull):
            trouble = DiskFull(f"{target.parent} has no room for a copy: its disk is full.")
        raise trouble from error


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT, isolation_level=None)


def _plain(path: Path) -> None:
    """Turn the database into a single file, without a log beside it."""
    with closing(_open(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _check_whole(path: Path, name: str) -> None:
    try:
        with closing(_open(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.Error as error:
        raise sqlite.trouble(name, error) from error
    if found != ("ok",):
        raise NotADatabase(f"The database {name} is damaged: restore a backup.")
    if ours is None:
        raise NotMoved(f"The database {name} is none of this bot's: it has no version.")


async def _check_fits(staged: Path, file: Path, keyring: Keyring) -> None:
    """Bring the copy up to date and open every secret in it, as the bot would."""
    database = engine.connect(f"sqlite:///{staged}")
    database.name = str(file)
    try:
        await bring_up_to_date(database)
        await database.read(lambda transaction: open_all(transaction, keyring))
    except WrongKey:
        raise WrongKey(f"The keys in TOKEN_KEYS do not open {file}: give the key it was made with as well.") from None
    finally:
        await database.close()


def _check_other(file: Path, source: Path) -> None:
    beside = {source.with_name(source.name + end) for end in _BESIDE}
    if Path(os.path.realpath(file)) in beside or (file.exists() and file.samefile(source)):
        raise NotMoved(f"{file} is the database itself, or a part of it: name another file.")


def _check_free(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise NotMoved(f"{file} is a folder: name a file.")
    if file.exists() and not force:
        raise NotMoved(f"{file} exists already: name another file, or write over it with --force.")


def _put(staged: Path, file: Path, *, over: bool) -> None:
    """Give the finished file its name in one step."""
    _sync(staged)
    if over:
        staged.replace(file)
    else:
        _link(staged, file)
    _sync(file.parent)


def _replace(staged: Path, target: Path) -> Path | None:
    """Replace the database by the finished file in one step, while no other program has it open."""
    if not target.exists():
        _put(staged, target, over=False)
        return None
    owner = target.stat()
    with suppress(PermissionError):  # root may restore, and the bot runs as another user
        os.chown(staged, owner.st_uid, owner.st_gid)
    kept = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z")
    with _alone(target):
        for end in _BESIDE:  # SQLite would apply a remaining log to the new file
            with suppress(FileNotFoundError):
                target.with_name(target.name + end).rename(kept.with_name(kept.name + end))
        _link(target, kept)
        _put(staged, target, over=True)
    return kept


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Lock out all other programs while this is open; raises DatabaseLocked if one uses the database.

    A damaged database cannot be locked, and is to be replaced.
    """
    with closing(_open(path)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")  # fails while another connection is open
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            connection.close()
            match sqlite.trouble(str(path), error):
                case DatabaseLocked():
                    raise DatabaseLocked(f"The database {path} is in use: stop the bot first.") from error
                case NotADatabase():
                    pass
                case trouble:
                    raise trouble from error
        yield


def _link(file: Path, name: Path) -> None:
    """Give a file a second name, or make a copy if the disk has no links; raises NotMoved if the name is taken."""
    try:
        os.link(file, name)
    except FileExistsError:
        raise NotMoved(f"{name} exists already: name another file, or write over it with --force.") from None
    except OSError:
        handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with file.open("rb") as old, os.fdopen(handle, "wb") as new:
            shutil.copyfileobj(old, new)
            new.flush()
            os.fsync(new.fileno())


def _sync(path: Path) -> None:
    """Write it to the disk, so that it survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DailyBackups:
    """Saves the database at `address` into `folder` each day, and deletes only files of its own names."""

    def __init__(
        self,
        address: Callable[[], str],
        folder: Path,
        *,
        now: Callable[[], datetime],
        again: float = 3600.0,
    ) -> None:
        """Try again `again` seconds after a failure."""
        self._address = address
        self._folder = folder
        self._now = now
        self._again = again

    async def run(self) -> None:
        """Save whenever it is time, until cancelled; a failure is logged and tried again."""
        while True:
            await asyncio.sleep(self.due_in())
            try:
                file = await asyncio.to_thread(self.save)
            except NotAFile:
                log.warning("BACKUP_DIR is set, but only SQLite is saved there: PostgreSQL has pg_dump")
                return
            except Exception as error:  # nobody else would hear of it: this task is only ended, and never asked
                unknown = None if isinstance(error, (StoreError, OSError)) else error
                log.warning("the daily backup failed, and is tried again later: %s", error, exc_info=unknown)
                await asyncio.sleep(self._again)
            else:
                log.info("the database is saved in %s", file)

    def due_in(self) -> float:
        """Return the seconds until the next backup is due."""
        now = self._now()
        latest = max((made for made, _ in self.files() if made <= now), default=None)
        return max(0.0, (_EVERY - (now - latest)).total_seconds()) if latest else 0.0

    def save(self) -> Path:
        """Save once, then delete old backups; raises StoreError, and then deletes nothing."""
        file = self._folder / f"bot-{self._now().astimezone(UTC):{_FORM}}.db"
        sqlite.make_folder(file)
        self._clear()
        backup(self._address(), file, force=True)
        for _, old in sorted(self.files(), key=self._last_to_go)[:-_KEPT]:
            try:
                old.unlink(missing_ok=True)
            except OSError as error:
                raise NotWritable(f"{old} cannot be deleted: {error.strerror}.") from error
        return file

    def files(self) -> list[tuple[datetime, Path]]:
        """Return the existing backups with the times at which they were made."""
        found: list[tuple[datetime, Path]] = []
        with suppress(OSError):
            for file in self._folder.iterdir():
                if match := _NAME.fullmatch(file.name):
                    with suppress(ValueError):
                        found.append((datetime.strptime(match[1], _FORM).replace(tzinfo=UTC), file))
        return found

    def _last_to_go(self, made: tuple[datetime, Path]) -> tuple[bool, datetime]:
        """Return what sorts the newest last, and first what was made while the clock was ahead."""
        return made[0] <= self._now(), made[0]

    def _clear(self) -> None:
        """Delete the unfinished files of processes that were killed."""
        oldest = self._now().timestamp() - _ABANDONED
        for part in self._folder.glob(".bot-*.part*"):
            with suppress(OSError):
                if part.stat().st_mtime < oldest:
                    part.unlink()
