"""What this process knows of the USB drives of Sync Modules; the drives themselves are the truth."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.blink import Manifest

_YOUNG = timedelta(minutes=10)


@dataclass
class Drive:
    """What this process knows of one module's drive: its latest list, and when it may be asked for another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # a Sync Module does one thing at a time
    manifest: Manifest | None = None
    listed_at: datetime | None = None
    not_before: float = 0.0
    refusals: int = 0  # how often in a row it was busy

    def recent(self, now: datetime) -> Manifest | None:
        """Return the latest list where it is young enough for its numbers to be worth a try."""
        return self.manifest if self.listed_at and now - self.listed_at < _YOUNG else None


class Drives:
    """The drives of all accounts, by (Blink account, network); those that were not wanted for long are forgotten."""

    def __init__(self, *, kept: int = 500) -> None:
        self._kept = kept
        self._drives: dict[tuple[int, int], Drive] = {}

    def of(self, account_id: int, network_id: int) -> Drive:
        """Return what is known of the drive of one network."""
        drive = self._drives.pop((account_id, network_id), None) or Drive()
        self._drives[account_id, network_id] = drive  # youngest last
        for place in [place for place, one in self._drives.items() if not one.turn.locked()][: -self._kept]:
            del self._drives[place]
        return drive
