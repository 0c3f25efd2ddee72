"""What is measured: each a coroutine that fills rows."""

from collections.abc import Awaitable, Callable

from bench.numbers import Rows
from bench.scale import Scale
from bench.town import Town

from .accounts import accounts
from .acks import acks
from .clips import clips
from .flights import flights
from .live import live
from .rates import autocomplete, unlinked
from .starts import starts
from .watching import watching

Measure = Callable[[Town, Scale, Rows], Awaitable[None]]

MEASURES: dict[str, Measure] = {
    "start": starts,
    "autocomplete": autocomplete,
    "unlinked": unlinked,
    "clips": clips,
    "acks": acks,
    "flights": flights,
    "live": live,
    "accounts": accounts,
    "watching": watching,
}

__all__ = ["MEASURES", "Measure"]
