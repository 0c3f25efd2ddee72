"""Compares our clock with Discord's, as its answers show it."""

import logging
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
from discord.utils import utcnow

log = logging.getLogger("bot.ui")

_TOLERATED = timedelta(seconds=30)


class Clocks:
    """Compares the clocks once, at the first dated answer; `ahead` is how far ours is fast, zero below 30 s."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._compared = False

    async def answered(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestEndParams
    ) -> None:
        """Read an answer's Date, and warn if the clocks differ so much that times in replies are wrong."""
        if self._compared or (moment := _moment(seen.response.headers.get("Date", ""))) is None:
            return
        self._compared = True
        ahead = utcnow() - moment
        if abs(ahead) > _TOLERATED:
            self.ahead = ahead
            way = "ahead of" if ahead > timedelta(0) else "behind"
            seconds = abs(ahead.total_seconds())
            log.warning("this machine's clock is %.0f s %s Discord's: times in replies are wrong; set it", seconds, way)


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
