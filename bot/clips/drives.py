"""What this process knows of the USB drives of Sync Modules; the drives themselves are the truth."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from bot.blink import Manifest


@dataclass
class Drive:
    """What this process knows of one module's drive: its latest list, and when it may be asked for another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # a Sync Module does one thing at a time
    manifest: Manifest | None = None
    listed_at: datetime | None = None
    not_before: float = 0.0
    refusals: int = 0  # how often in a row it was busy


class Drives:
    """The drives of all accounts, by (Blink account, network)."""

    def __init__(self) -> None:
        self._drives: defaultdict[tuple[int, int], Drive] = defaultdict(Drive)

    def of(self, account_id: int, network_id: int) -> Drive:
        """Return what is known of the drive of one network."""
        return self._drives[account_id, network_id]
