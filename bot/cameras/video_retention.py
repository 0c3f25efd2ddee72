"""Find out whether Blink keeps videos of an account's cameras, by what it kept in the last month.

No field of Blink's tells what a plan covers, but a camera's recordings, or its events without one, do.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.blink import BlinkClient, BlinkError
from bot.caching import BoundedCache
from bot.models import CameraKey

_log = logging.getLogger("bot.cameras")

_LATELY = timedelta(days=30)
_VALID = 3600.0  # seconds
_SOON = 2.0
_MOST = 1000


@dataclass(slots=True)
class Evidence:
    """The cameras with kept videos, those without any because there is no plan, and whether any video was kept."""

    kept: set[tuple[int, int]]  # network id, camera id
    not_kept: set[tuple[int, int]]
    any_kept: bool

    def of(self, camera: CameraKey) -> bool:
        """Return whether Blink is likely to keep a video of this camera."""
        return camera.ids in self.kept or (self.any_kept and camera.ids not in self.not_kept)

    def learn(self, camera: CameraKey, *, kept: bool) -> None:
        """Note that a video of this camera was kept, or not."""
        (self.kept if kept else self.not_kept).add(camera.ids)
        (self.not_kept if kept else self.kept).discard(camera.ids)
        self.any_kept = self.any_kept or kept


class VideoRetention:
    """The evidence of each account, gathered at the first question and again after an hour."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._gathered = BoundedCache[int, Evidence](_MOST, seconds=_VALID, clock=lambda: now().timestamp())

    async def keeps_videos_of(self, client: BlinkClient, camera: CameraKey) -> bool:
        """Return whether Blink keeps videos of a camera, True if that cannot be found out soon. Never raises."""
        evidence = await self._evidence(client)
        return evidence is None or evidence.of(camera)

    async def without_videos(self, client: BlinkClient, cameras: Collection[CameraKey]) -> frozenset[CameraKey]:
        """Return the cameras of which Blink is known to keep no video. Never raises."""
        evidence = await self._evidence(client)
        return frozenset(one for one in cameras if evidence and one.ids in evidence.not_kept)

    def learned(self, account_id: int, camera: CameraKey, *, kept: bool) -> None:
        """Note that Blink has kept a video of a camera, or said that it keeps none."""
        if evidence := self._gathered.get(account_id):
            evidence.learn(camera, kept=kept)  # not put again, or the rest would count as new

    async def _evidence(self, client: BlinkClient) -> Evidence | None:
        gathered = self._gathered.get(client.account_id)
        if gathered is None:
            try:
                async with asyncio.timeout(_SOON):
                    gathered = await _gather(client, self._now() - _LATELY)
            except Exception as error:  # among others, the database fails: this question is not worth a warning
                _log.info("what Blink keeps is not known: %s", type(error).__name__)
                return None
            self._gathered.put(client.account_id, gathered)
        return gathered


async def _gather(client: BlinkClient, since: datetime) -> Evidence:
    try:
        events = await client.events_since(since)
    except BlinkError:  # only Blink's app is known to use this list
        events = ()
    # A plan can begin or end, so the latest event of a camera decides.
    latest = {
        (event.network_id, event.camera_id): event.has_video
        for event in sorted(events, key=lambda event: event.created_at)
        if event.has_video or event.no_plan
    }
    kept = {ids for ids, has_video in latest.items() if has_video}
    not_kept = set(latest) - kept
    any_kept = bool(kept) or (not not_kept and await client.keeps_any(since))
    return Evidence(kept, not_kept, any_kept)
