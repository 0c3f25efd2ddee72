"""How much is measured: the whole, a quick look, or just enough to see that the bench works."""

from dataclasses import dataclass


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


FULL = Scale(
    rounds=3,
    seconds=4.0,
    clips=100,
    clip_rate=10.0,
    starts=5,
    flights=(1, 10, 100, 1000),
    accounts=(100, 10_000, 100_000),
    users=2000,
)
QUICK = Scale(
    rounds=1,
    seconds=2.0,
    clips=50,
    clip_rate=10.0,
    starts=3,
    flights=(1, 10, 100),
    accounts=(100, 10_000),
    users=500,
)
TINY = Scale(rounds=1, seconds=0.3, clips=2, clip_rate=10.0, starts=1, flights=(1,), accounts=(10,), users=10)
