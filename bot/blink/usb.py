"""The USB drives of Sync Modules: three steps, each of which occupies the module (hunsalz/BlinkMonitorProtocol).

The module lists its clips, uploads the one that is asked for, and only then can it be fetched. Clips have no device id
and are numbered anew when the module restarts, so a number is worth no more than the list it came from.
"""

import re

from . import routes
from .answers import started
from .asking import Asker
from .errors import BusyAnswer, NotUnderstood, Refused
from .models import Busy, Manifest, Started, UsbClip, UsbModule
from .text import clean
from .wire import ManifestAnswer

_NOT_FOUND = 404
_OUTDATED = 2102  # the module has restarted meanwhile; 1700 also stands where a list is not ready yet
_PATH = re.compile(r".*/manifest/(\d{1,18})/clip/request/(\d{1,18})", re.ASCII)


class UsbDrives:
    """Asks one account's Sync Modules; methods raise BlinkError."""

    __slots__ = ("_account_id", "_asker")

    def __init__(self, asker: Asker, account_id: int) -> None:
        self._asker = asker
        self._account_id = account_id

    async def request_manifest(self, module: UsbModule) -> Started | Busy:
        """Have a Sync Module list its clips."""
        return await self._start("the list of USB clips", routes.manifest_request(self._account_id, *_ids(module)))

    async def manifest(self, module: UsbModule, request_id: int) -> Manifest | None:
        """Return the list that was requested, or None while it is made; raises Refused, `stale`, if it is lost."""
        path = routes.manifest(self._account_id, *_ids(module), request_id)
        try:
            answer = await self._asker.ask("the list of USB clips", "GET", path)
        except BusyAnswer:
            return None
        except Refused as refused:
            waiting = refused.not_ready or refused.status == _NOT_FOUND
            if waiting or (refused.stale and refused.code != _OUTDATED):
                return None
            raise
        try:
            listed = answer.read(ManifestAnswer)
        except NotUnderstood:  # what it says before the list is there is not recorded anywhere
            return None
        return Manifest(
            listed.manifest_id,
            tuple(UsbClip(one.id, clean(one.camera_name, 200), one.created_at, one.size) for one in listed.clips),
        )

    def place(self, module: UsbModule, manifest: Manifest, clip: UsbClip) -> str:
        """Return the path where a listed clip is asked for and, once uploaded, fetched."""
        return routes.usb_clip(self._account_id, *_ids(module), manifest.manifest_id, clip.clip_id)

    async def request_clip(self, place: str) -> Started | Busy:
        """Have a Sync Module upload the clip at `place`; raises Refused, `stale` where the list is out of date."""
        return await self._start("the USB clip", place)

    async def _start(self, what: str, path: str) -> Started | Busy:
        try:
            return started(await self._asker.ask(what, "POST", path), self._asker.blink_now())
        except BusyAnswer as busy:
            return Busy(busy.status, busy.code, busy.message)


def number_of(place: str) -> int | None:
    """Return the number that a clip had in the list by which `place` was made."""
    match = _PATH.fullmatch(place)
    return int(match[2]) if match else None


def _ids(module: UsbModule) -> tuple[int, int]:
    assert module.module_id is not None
    return module.network_id, module.module_id
