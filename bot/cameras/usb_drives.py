"""The clips on USB drives of Sync Modules, listed seldom: a list occupies the module.

The drives themselves are the truth; this process only remembers their latest lists.
"""

import asyncio
import logging
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.blink import BlinkClient, BlinkError, Busy, Manifest, Refused, SignedOut, UsbModule
from bot.util import BoundedCache

from .timing import CameraTiming

_log = logging.getLogger("bot.cameras")

_YOUNG = timedelta(minutes=10)


@dataclass
class Drive:
    """The drive of one module, as this process knows it: its latest list, and when it may be asked for another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # a Sync Module does one thing at a time
    manifest: Manifest | None = None
    listed_at: datetime | None = None
    not_before: float = 0.0
    refusals: int = 0  # how often in a row it was busy


class UsbDrives:
    """The drives of all accounts, by (Blink account, system); the `kept` used last are remembered."""

    def __init__(self, timing: CameraTiming, *, now: Callable[[], datetime], kept: int = 500) -> None:
        self._timing = timing
        self._now = now
        self._kept = BoundedCache[tuple[int, int], Drive](kept)
        self._in_use = WeakValueDictionary[tuple[int, int], Drive]()  # its holders must share its turn

    def of(self, account_id: int, network_id: int) -> Drive:
        """Return the drive of one system."""
        place = account_id, network_id
        drive = self._in_use[place] = self._in_use.get(place) or Drive()
        self._kept.put(place, drive)
        return drive

    def recent(self, account_id: int, network_id: int) -> Manifest | None:
        """Return the latest list of a drive if it is young enough for its numbers to be worth a try."""
        drive = self.of(account_id, network_id)
        return drive.manifest if drive.listed_at and self._now() - drive.listed_at < _YOUNG else None

    async def listed(self, client: BlinkClient, module: UsbModule, *, newer_than: datetime) -> Manifest | None:
        """Return a list of the module's clips made after a moment, None if it may not be asked for one now.

        Raises BlinkError.
        """
        loop, timing, drive = asyncio.get_running_loop(), self._timing, self.of(client.account_id, module.network_id)
        async with drive.turn:
            if loop.time() < drive.not_before:
                return drive.manifest if drive.listed_at and drive.listed_at > newer_than else None
            asked_at = self._now()
            drive.not_before = loop.time() + timing.usb_every  # counted even if the answer to the request gets lost
            request = await client.usb.request_manifest(module)
            if isinstance(request, Busy):
                drive.refusals += 1
                drive.not_before = loop.time() + timing.busy_gap(drive.refusals)
                return None
            drive.refusals = 0
            until = loop.time() + timing.usb_deadline
            while loop.time() < until:
                try:
                    manifest = await client.usb.manifest(module, request.command_id)
                except SignedOut:
                    raise
                except BlinkError as error:  # a poll that fails says nothing about the list, unless it is out of date
                    _log.info("the list of USB clips: %s", error)
                    if isinstance(error, Refused) and error.stale:
                        return None
                    manifest = None
                if manifest:
                    drive.manifest, drive.listed_at = manifest, asked_at
                    return manifest
                await asyncio.sleep(timing.usb_poll)
            return None


def usb_name(name: str) -> str:
    """Return a camera's name as USB drives spell it: letters and digits only (blinkpy), and on some in lower case."""
    whole = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in whole if letter.isalnum()) or whole
