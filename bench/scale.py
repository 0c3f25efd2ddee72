"""How much is measured: the whole, a quick look, or just enough to see that the bench works."""

from dataclasses import dataclass, field

from .blink_side import Manners


@dataclass(frozen=True)
class Scale:
    """`rounds` of each program in turn, `seconds` of each load; the rest are numbers of clips, accounts and starts."""

    rounds: int
    seconds: float
    clips: int
    clip_rate: float
    starts: int
    flights: tuple[int, ...]
    accounts: tuple[int, ...]
    users: int
    """How many accounts are used to see what each of them takes."""
    watched: int
    watch_for: float
    """How many accounts people want alerts of, and for how many seconds that is measured, twice."""
    live: tuple[int, ...] = (1, 50)
    """How many live views at once."""
    live_cut: float | None = None
    """After how many seconds their relay ends them, if the bot does not."""
    samples: int = 50
    """How many acknowledgements it takes at least to tell their percentiles."""
    at_once: int = 32
    warm: int = 200
    manners: Manners = field(default_factory=Manners)


FULL = Scale(
    rounds=3,
    seconds=3.0,
    clips=80,
    clip_rate=5.0,
    starts=5,
    flights=(1, 10, 100, 1000),
    accounts=(100, 10_000, 100_000),
    users=1500,
    watched=10_000,
    watch_for=75.0,
)
QUICK = Scale(
    rounds=1,
    seconds=1.0,
    clips=20,
    clip_rate=5.0,
    starts=2,
    flights=(100,),
    accounts=(10_000,),
    users=200,
    watched=1_000,
    watch_for=8.0,
    samples=30,
    warm=100,
)
TINY = Scale(
    rounds=1,
    seconds=0.5,
    clips=2,
    clip_rate=10.0,
    starts=1,
    flights=(1,),
    accounts=(10,),
    users=10,
    watched=10,
    watch_for=2.0,
    live=(1, 2),
    live_cut=2.0,
    samples=2,
    at_once=4,
    warm=20,
    manners=Manners(shortest=1.0, longest=1.5, listed_latest=0.5),
)
