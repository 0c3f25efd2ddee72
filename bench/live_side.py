"""A Blink with live views for load: the simulated one of the tests, whose relay sends one film to everybody."""

import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.blink import Behaviour, Camera, LiveBehaviour, SimBlink, World
from simulators.blink.pictures import Film
from simulators.demo import tls

from . import accounts
from .payloads import person
from .town import Town


@dataclass(eq=False)
class _OneFilm(World):
    """A Blink whose cameras all show the same, so that it is made once: a plain one, or one of noise."""

    noisy: bool = False

    def film(
        self, title: str, number: int, seconds: float, *, sound: bool = True, megabytes: float | None = None
    ) -> Film:
        if self.noisy:
            return Film("Front Door", 1, seconds, width=400, height=224, sound=sound, megabytes=1.0)
        return Film("Front Door", 1, seconds, sound=sound)


@dataclass(frozen=True)
class LiveSide:
    """The Blink, and for each person the camera that they record and what a program needs to be them."""

    blink: SimBlink
    world: _OneFilm
    port: int
    cameras: Sequence[Camera]
    logins: list[dict[str, Any]] = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """What leads a program here."""
        return {
            "SIMULATED_BLINK": str(self.port),
            "SIMULATED_RELAY": str(self.blink.relay.port),
            "LIVE_LOGINS": json.dumps(self.logins),
        }

    def behave(self, *, cut_after: float | None, noisy: bool) -> None:
        """Let every live view end after so many seconds if its client does not end it, and show noise or not."""
        self.world.noisy = noisy
        for camera in self.cameras:
            camera.behaviour = Behaviour(covered=False, live=LiveBehaviour(cut_after=cut_after))

    def choice(self, who: int) -> str:
        """Return the value that the bot's autocomplete gives a person's camera; the first person is 1."""
        camera = self.cameras[who - 1]
        return f"camera.{camera.network.id}.{camera.id}"


@contextlib.asynccontextmanager
async def live_side(town: Town, database: str, count: int) -> AsyncGenerator[LiveSide]:
    """Run it for so many people while the context is open, and link them in the bot's database."""
    (folder := town.folder / "live").mkdir()
    authority = tls.issue(folder)
    with town.trust.open("a") as trust:
        trust.write(authority.trust.read_text())
    world = _OneFilm()
    homes = [world.add_account(email=f"person{number}@example.com") for number in range(1, count + 1)]
    cameras = [home.add_network("Home").add_camera("Front Door") for home in homes]
    logins: list[dict[str, Any]] = [
        {"account_id": home.id, "tier": home.tier, "token": home.sign_in().access} for home in homes
    ]
    rows: list[dict[str, Any]] = []
    for number, home in enumerate(homes, start=1):
        tokens = home.sign_in()
        rows.append(
            accounts.row(
                person(number), f"link{number}", access=tokens.access, refresh=tokens.refresh or "", account_id=home.id
            )
        )
    await accounts.inserted(database, rows)
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # the relay ends a burst also if its client has gone
    blink = SimBlink(world)
    port = await blink.start(authority.server)
    try:
        yield LiveSide(blink, world, port, cameras, logins)
    finally:
        await blink.close()


def seconds_ago(moment: datetime) -> float:
    """Return how long ago a moment of this machine's clock is."""
    return (datetime.now(UTC) - moment) / timedelta(seconds=1)
