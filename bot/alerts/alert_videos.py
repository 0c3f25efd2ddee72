"""Downloads the video of an alert message, and the picture that stands in until the video is here."""

import asyncio
import logging
from pathlib import Path

from bot.accounts import Sessions
from bot.blink import BlinkClient, BlinkError, DiskTrouble, MediaTooLarge, RateLimited, Refused, SignedOut
from bot.models import Alert, Footage

from .timing import Timing

log = logging.getLogger("bot.alerts")

_LARGEST = 256 * 2**20
_LARGEST_PICTURE = 4 * 2**20


class Fetcher:
    """Downloads from the Blink account of an alert's owner, at most `timing.fetches` videos at once."""

    def __init__(self, sessions: Sessions, timing: Timing) -> None:
        self._sessions = sessions
        self._timing = timing
        self._at_once = asyncio.Semaphore(timing.fetches)

    async def video(self, alert: Alert, target: Path) -> Footage:
        """Fetch the video into `target`, and say whether it is there, or why not; raises none of Blink's errors."""
        assert alert.path is not None
        for gap in (0.0, *self._timing.fetch_gaps):
            await asyncio.sleep(gap)
            try:
                async with self._at_once:
                    client = await self._client_of(alert)
                    if client is None:
                        return Footage.AWAY
                    await client.download(alert.path, target, limit=_LARGEST)
            except MediaTooLarge:
                return Footage.TOO_LARGE
            except Refused as refused:
                log.info("a recording is gone: %s", refused)
                return Footage.GONE
            except (DiskTrouble, SignedOut) as error:
                log.warning("a recording cannot be fetched: %s", error)
                return Footage.AWAY
            except RateLimited as limited:
                log.info("a recording is not fetched yet: %s", limited)
                await asyncio.sleep(min(limited.retry_after, self._timing.failing))
            except BlinkError as error:
                log.info("a recording is not fetched yet: %s", error)
            else:
                return Footage.HERE
        return Footage.AWAY

    async def picture(self, alert: Alert, target: Path) -> Path | None:
        """Fetch the picture into `target`; returns None if it does not come soon, and raises none of Blink's errors."""
        if alert.picture is None:
            return None
        try:
            async with asyncio.timeout(self._timing.picture_after):
                client = await self._client_of(alert)
                if client is None:
                    return None
                await client.download_picture(alert.picture, target, limit=_LARGEST_PICTURE)
        except (BlinkError, TimeoutError) as error:
            log.info("the picture of a recording did not come: %s", str(error) or "it took too long")
            return None
        return target

    async def _client_of(self, alert: Alert) -> BlinkClient | None:
        """Return the client of an alert's Blink account, None if that is no longer linked; raises BlinkError."""
        session = await self._sessions.session(alert.owner_id)
        return session.client if session and session.client.account_id == alert.account_id else None
