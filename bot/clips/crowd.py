"""How much of what clips need is done at once, in one process; the rest waits in line and says so in its reply."""

from dataclasses import dataclass

from bot.gate import Gate


@dataclass(frozen=True, slots=True)
class Limits:
    """How many at once; nobody has more than `order.MOST_UNFINISHED` of them.

    `live` is for memory, of which a clip takes some 30 KiB. What is `starting` faster than one core can follow would
    make all of them late, and acknowledgements too. An encoder takes a core and up to a gigabyte for two minutes.
    """

    live: int = 1000
    starting: int = 32
    downloads: int = 16
    encoders: int = 1


class Crowd:
    """The gates that clips go through."""

    def __init__(self, limits: Limits) -> None:
        self.live = Gate(limits.live)
        self.starting = Gate(limits.starting)
        self.downloads = Gate(limits.downloads)
        self.encoders = Gate(limits.encoders)
