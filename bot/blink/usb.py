"""Clips on the USB drive of a Sync Module, in three steps that each occupy the module (hunsalz/BlinkMonitorProtocol).

The module lists its clips, then uploads one, and only then the bot can fetch it. Clips have no device id, and the
module gives them new numbers when it restarts, so a number is valid for its own list only.
"""

import re

from . import routes
from .account_transport import AccountTransport
from .errors import NOT_READY, BusyAnswer, NotUnderstood, Refused
from .json_models import ManifestAnswer
from .labels import clean
from .models import Busy, Manifest, Started, UsbClip, UsbModule

_NOT_FOUND = 404
_OUTDATED = 2102  # the module has restarted; 1700 can also mean that a list is not ready yet
_PATH = re.compile(r".*/manifest/(\d{1,18})/clip/request/(\d{1,18})", re.ASCII)


class UsbRequests:
    """Asks one account's Sync Modules for what their USB drives hold; methods raise BlinkError."""

    def __init__(self, transport: AccountTransport, account_id: int) -> None:
        self._transport = transport
        self._account_id = account_id

    async def request_manifest(self, module: UsbModule) -> Started | Busy:
        """Ask a Sync Module to list its clips."""
        path = routes.manifest_request(self._account_id, *_ids(module))
        return await self._transport.start("the list of USB clips", path)

    async def manifest(self, module: UsbModule, request_id: int) -> Manifest | None:
        """Fetch the requested list. Returns None if it is not ready. Raises a `stale` Refused if it is lost."""
        path = routes.manifest(self._account_id, *_ids(module), request_id)
        try:
            answer = await self._transport.request("the list of USB clips", "GET", path)
        except BusyAnswer:
            return None
        except Refused as refused:
            waiting = refused.code == NOT_READY or refused.status == _NOT_FOUND
            if waiting or (refused.stale and refused.code != _OUTDATED):
                return None
            raise
        try:
            listed = answer.read(ManifestAnswer)
        except NotUnderstood:  # the answer before the list is ready is documented nowhere
            return None
        return Manifest(
            listed.manifest_id,
            tuple(UsbClip(one.id, clean(one.camera_name, 200), one.created_at, one.size) for one in listed.clips),
        )

    def path(self, module: UsbModule, manifest: Manifest, clip: UsbClip) -> str:
        """Return the path that requests the upload of a listed clip, and later fetches it."""
        return routes.usb_clip(self._account_id, *_ids(module), manifest.manifest_id, clip.clip_id)

    async def request_clip(self, path: str) -> Started | Busy:
        """Ask a Sync Module to upload the clip at `path`. Raises a `stale` Refused if the list is out of date."""
        return await self._transport.start("the USB clip", path)


def number_of(path: str) -> int | None:
    """Return the number of the clip in the path `path`."""
    match = _PATH.fullmatch(path)
    return int(match[2]) if match else None


def _ids(module: UsbModule) -> tuple[int, int]:
    assert module.module_id is not None
    return module.network_id, module.module_id
