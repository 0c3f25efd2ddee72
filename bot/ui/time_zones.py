"""The world's time zones, as people choose them."""

import zoneinfo
from functools import cache

from bot.blink import Inventory

UTC = "UTC"


@cache
def time_zones() -> dict[str, str]:
    """Return the names of the zones that this machine knows, by their name in small letters; reads many files once."""
    return {name.casefold(): name for name in sorted({UTC, *zoneinfo.available_timezones()} - {"Factory", "localtime"})}


def find_zone(asked: str) -> str | None:
    """Return the zone that is called so, whatever its letters' case."""
    return time_zones().get(asked.strip().replace(" ", "_").casefold())


def zone_at(inventory: Inventory | None) -> str:
    """Return the time zone of somebody's first network, or UTC where that is not known."""
    named = (find_zone(name) for name in (inventory.time_zones.values() if inventory else ()))
    return next(filter(None, named), UTC)
