"""Bad weather between the bot and both clouds: seeded faults of every kind, in turn, together, and in waves."""

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulators import blink as simulated_blink
from simulators import discord as simulated_discord

Kind = TypeVar("Kind")

HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
NONSENSE = (
    HTML,
    b"",
    b"[]",
    b"null",
    b"42",
    b'"soon"',
    b"\xff\xfe\x00{",
    b'{"id": ',
    b'{"id": {"a": []}, "networks": 7, "cameras": "none", "media": 1, "complete": "maybe", "status_code": []}',
    b"[[[[[[[[]]]]]]]]",
)
_JSON = "application/json"

Blink = simulated_blink.Fault
Discord = simulated_discord.Fault
Maker = Callable[[random.Random], Kind]


def _blink_nonsense(chance: random.Random) -> Blink:
    body = chance.choice(NONSENSE)
    kind = "text/html" if body == HTML else _JSON
    action: Any = chance.choice(["answer", "apply-then-status"])
    return Blink(times=None, status=200, body=body, headers={"Content-Type": kind}, action=action)


def _blink_hang(chance: random.Random) -> Blink:
    """An answer that never comes; most are cut after a while, as proxies do, and the others last our whole patience."""
    if chance.random() < 0.2:
        return Blink(times=None, action=chance.choice(["hang", "stall"]))
    return Blink(times=None, action="reset", delay=chance.uniform(1.0, 4.0))


BLINK: dict[str, Maker[Blink]] = {
    "429 with Retry-After": lambda chance: Blink(times=None, status=429, headers={"Retry-After": "1"}),
    "429": lambda chance: Blink(times=None, status=429) if chance.random() < 0.2 else _slow(chance),
    "5xx": lambda chance: Blink(
        times=None,
        status=chance.choice([500, 502, 503, 504]),
        body=HTML,
        action=chance.choice(["answer", "apply-then-status"]),
    ),
    "reset": lambda chance: Blink(times=None, action=chance.choice(["reset", "apply-then-reset"])),
    "hang": _blink_hang,
    "half a body": lambda chance: Blink(times=None, action="half"),
    "nonsense": _blink_nonsense,
}


def _slow(chance: random.Random) -> Blink:
    return Blink(times=None, delay=chance.uniform(0.2, 2.0))


def _discord_nonsense(chance: random.Random) -> Discord:
    body = chance.choice(NONSENSE)
    kind = "text/html" if body == HTML else _JSON
    action: Any = chance.choice(["answer", "apply-then-answer"])
    return Discord("*", "*", None, 200, body, {"Content-Type": kind}, action)


def _discord_429(chance: random.Random) -> Discord:
    if chance.random() < 0.2:  # Cloudflare's, which has no Via
        return Discord("*", "*", None, 429, HTML, {"Retry-After": "1"})
    return Discord.rate_limit("*", "*", retry_after=round(chance.uniform(0.2, 1.5), 2), times=None)


DISCORD: dict[str, Maker[Discord]] = {
    "429": _discord_429,
    "5xx": lambda chance: Discord(
        "*", "*", None, chance.choice([500, 502, 503]), action=chance.choice(["answer", "apply-then-answer"])
    ),
    "reset": lambda chance: Discord("*", "*", None, action=chance.choice(["reset", "apply-then-reset"])),
    "hang": lambda chance: Discord("*", "*", None, action="reset", delay=chance.choice([2.0, 2.0, 4.0, 20.0])),
    "half a body": lambda chance: Discord(
        "*", "*", None, 200, b'{"id": "12345", "type": 0, "content": "', {"Content-Type": _JSON}, "apply-then-answer"
    ),
    "nonsense": _discord_nonsense,
}


@dataclass
class Weather:
    """When what goes wrong: each kind in turn for `turn` seconds, then all together, then a wave of nothing else."""

    chance: random.Random
    rate: float = 0.1
    turn: float = 6.0
    together: float = 0.25
    wave: float = 4.0
    blowing: bool = False
    began: float = 0.0

    def begin(self) -> None:
        """Let it blow."""
        self.blowing, self.began = True, time.monotonic()

    def end(self) -> None:
        """Let it be calm."""
        self.blowing = False

    def now(self, kinds: list[str]) -> str | None:
        """Return what goes wrong with the request that comes now, if anything does; "wave" where nothing else comes."""
        if not self.blowing:
            return None
        seconds = (time.monotonic() - self.began) % (self.turn * (len(kinds) + 2) + self.wave)
        turn = int(seconds / self.turn)
        if turn < len(kinds):
            return kinds[turn] if self.chance.random() < self.rate else None
        if turn < len(kinds) + 2:
            return self.chance.choice(kinds) if self.chance.random() < self.together else None
        return "wave"


class Storm(list[Kind], Generic[Kind]):
    """Stands in for a simulator's list of faults: whoever looks through it finds what the weather brings."""

    def __init__(self, weather: Weather, makers: dict[str, Maker[Kind]], wave: Maker[Kind]) -> None:
        super().__init__()
        self._weather = weather
        self._makers = makers
        self._wave = wave
        self.struck = 0
        self.asked = 0

    def __iter__(self) -> Iterator[Kind]:
        self.asked += 1
        kind = self._weather.now(list(self._makers))
        if kind is None:
            return
        self.struck += 1
        make = self._wave if kind == "wave" else self._makers[kind]
        yield make(self._weather.chance)


def over_blink(weather: Weather) -> "Storm[Blink]":
    """Return Blink's weather; its waves are 503, since a wave of 429 holds each account for as long as it says."""
    return Storm(weather, BLINK, lambda chance: Blink(times=None, status=503, body=HTML))


def over_discord(weather: Weather) -> "Storm[Discord]":
    """Return Discord's weather; its waves are 429."""
    return Storm(weather, DISCORD, lambda chance: Discord.rate_limit("*", "*", retry_after=1.0, times=None))


def complaints(log: str) -> list[str]:
    """Return what should never stand in the bot's log, whatever the weather."""
    wrong = re.compile(r"\b(ERROR|CRITICAL)\b|Traceback|never (?:retrieved|awaited)|Unclosed|ResourceWarning")
    return [line for line in log.splitlines() if wrong.search(line)]
