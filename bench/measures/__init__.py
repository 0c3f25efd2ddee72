"""What is measured: each a coroutine that fills rows."""

from collections.abc import Awaitable, Callable

from bench.numbers import Rows
from bench.scale import Scale
from bench.town import Town

from .accounts import accounts
from .acks import acks, far
from .cleanup import cleanup
from .clips import clips
from .flights import burst, flights
from .live import live
from .postgres import on_postgres
from .rates import autocomplete, unlinked
from .soak import soak
from .starts import starts
from .watching import watching

Measure = Callable[[Town, Scale, Rows], Awaitable[None]]

MEASURES: dict[str, Measure] = {
    "start": starts,
    "autocomplete": autocomplete,
    "unlinked": unlinked,
    "clips": clips,
    "acks": acks,
    "far": far,
    "postgres": on_postgres,
    "burst": burst,
    "flights": flights,
    "live": live,
    "accounts": accounts,
    "cleanup": cleanup,
    "watching": watching,
    "soak": soak,
}
LONG = frozenset({"soak"})
"""Those that are measured only if they are named."""

__all__ = ["LONG", "MEASURES", "Measure"]
