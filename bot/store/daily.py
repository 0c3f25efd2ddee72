"""Saving a SQLite database by itself once a day, and keeping the last of these files."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import sqlite
from .backup import backup
from .errors import NotAFile, NotWritable, StoreError

log = logging.getLogger(__name__)

_NAME = re.compile(r"bot-(\d{8}T\d{6}Z)\.db")
_FORM = "%Y%m%dT%H%M%SZ"
_ABANDONED = 3600.0  # seconds after which an unfinished file is one that a killed process has left


class DailyBackups:
    """Saves the database at `address` into `folder` each day; only files of its own name are ever deleted."""

    def __init__(
        self,
        address: Callable[[], str],
        folder: Path,
        *,
        now: Callable[[], datetime],
        every: timedelta = timedelta(days=1),
        keep: int = 7,
        again: float = 3600.0,
    ) -> None:
        """Save `every` day, `keep` so many files, and after a failure try `again` in so many seconds."""
        self._address = address
        self._folder = folder
        self._now = now
        self._every = every
        self._keep = keep
        self._again = again

    async def run(self) -> None:
        """Save whenever it is time, until cancelled; a full disk costs a backup and nothing else."""
        while True:
            await asyncio.sleep(self.due_in())
            try:
                file = await asyncio.to_thread(self.save)
            except NotAFile:
                log.warning("BACKUP_DIR is set, but only SQLite is saved there: PostgreSQL has pg_dump")
                return
            except StoreError as error:
                log.warning("the daily backup failed, and is tried again later: %s", error)
                await asyncio.sleep(self._again)
            else:
                log.info("the database is saved in %s", file)

    def due_in(self) -> float:
        """Return in how many seconds the next backup is due."""
        latest = max(self.files(), default=None)
        if latest is None:
            return 0.0
        since = self._now() - latest[0]
        if since < timedelta():  # the clock was ahead when that one was made
            return 0.0
        return max(0.0, (self._every - since).total_seconds())

    def save(self) -> Path:
        """Save once and delete what is too old; raises StoreError, and then deletes nothing."""
        file = self._folder / f"bot-{self._now().astimezone(UTC):{_FORM}}.db"
        sqlite.make_folder(file)
        self._clear()
        backup(self._address(), file, force=True)
        for _, old in sorted(self.files())[: -self._keep]:
            try:
                old.unlink(missing_ok=True)
            except OSError as error:
                raise NotWritable(f"{old} cannot be deleted: {error.strerror}.") from error
        return file

    def files(self) -> list[tuple[datetime, Path]]:
        """Return the backups that are there, each with when it was made."""
        found: list[tuple[datetime, Path]] = []
        with suppress(OSError):
            for file in self._folder.iterdir():
                if match := _NAME.fullmatch(file.name):
                    with suppress(ValueError):
                        found.append((datetime.strptime(match[1], _FORM).replace(tzinfo=UTC), file))
        return found

    def _clear(self) -> None:
        """Delete the unfinished files of processes that were killed."""
        oldest = self._now().timestamp() - _ABANDONED
        for part in self._folder.glob(".bot-*.part*"):
            with suppress(OSError):
                if part.stat().st_mtime < oldest:
                    part.unlink()
