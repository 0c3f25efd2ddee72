"""The world's time zones, as people choose them."""

import zoneinfo
from functools import cache

from bot.blink import Inventory

UTC = "UTC"


@cache
def time_zones() -> dict[str, str]:
    """Return the zones that this machine knows, by their name in lower case; the first call reads many files."""
    return {name.casefold(): name for name in sorted({UTC, *zoneinfo.available_timezones()} - {"Factory", "localtime"})}


def find_zone(asked: str) -> str | None:
    """Return the zone of this name, in any case; None if there is none."""
    return time_zones().get(asked.strip().replace(" ", "_").casefold())


def zone_at(inventory: Inventory | None) -> str:
    """Return the first known time zone of somebody's networks, or UTC if there is none."""
    named = (find_zone(name) for name in (inventory.time_zones.values() if inventory else ()))
    return next(filter(None, named), UTC)
