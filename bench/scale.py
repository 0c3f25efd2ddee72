"""How much is measured: the whole, all of it in small, or just enough to see that the bench works."""

from dataclasses import dataclass, field

from .blink_side import Manners


@dataclass(frozen=True)
class Scale:
    """`rounds` of each program in turn, `seconds` of each highest rate; the rest are numbers of what is named."""

    rounds: int
    seconds: float
    starts: int
    clips: int
    samples: int
    """How many acknowledgements their percentiles are told from."""
    flights: int
    burst: int
    accounts: tuple[int, ...]
    users: int
    """How many accounts are used to see what each of them takes."""
    ended: int
    """How many ended jobs lie in the database that is cleaned up."""
    watched: int
    """How many accounts people want alerts of."""
    first_looks: float
    warm_looks: float
    """Seconds for which these are looked at, first once each, and then again."""
    soak: float = 1800.0
    """Seconds of the soak."""
    clip_rate: float = 5.0
    live: tuple[int, ...] = (1, 50)
    """How many live views at once."""
    live_cut: float | None = None
    """After how many seconds their relay ends them, if the bot does not."""
    at_once: int = 32
    warm: int = 200
    manners: Manners = field(default_factory=Manners)


FULL = Scale(
    rounds=3,
    seconds=3.0,
    starts=5,
    clips=50,
    samples=1000,
    flights=1000,
    burst=300,
    accounts=(100, 10_000, 100_000),
    users=1500,
    ended=1_000_000,
    watched=10_000,
    first_looks=70.0,
    warm_looks=70.0,
)
QUICK = Scale(
    rounds=2,
    seconds=1.0,
    starts=3,
    clips=20,
    samples=200,
    flights=1000,
    burst=300,
    accounts=(10_000,),
    users=200,
    ended=200_000,
    watched=3_000,
    first_looks=70.0,
    warm_looks=30.0,
    soak=120.0,
    warm=100,
)
TINY = Scale(
    rounds=1,
    seconds=0.5,
    starts=1,
    clips=2,
    samples=2,
    flights=2,
    burst=4,
    accounts=(10,),
    users=10,
    ended=250,
    watched=300,
    first_looks=1.0,
    warm_looks=1.0,
    soak=2.0,
    clip_rate=10.0,
    live=(1, 2),
    live_cut=2.0,
    at_once=4,
    warm=20,
    manners=Manners(shortest=1.0, longest=1.5, listed_latest=0.5),
)
