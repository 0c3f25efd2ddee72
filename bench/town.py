"""What stands around the measured program: Discord in this process, Blink in another, both on the other core."""

import contextlib
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from simulators.demo import tls

from . import blink, machine
from .discord_side import DiscordSide


@dataclass(frozen=True)
class Town:
    """Discord and Blink, where they listen, and what a program must trust to reach them."""

    folder: Path
    cores: machine.Cores
    discord: DiscordSide
    discord_port: int
    blink: blink.Blink
    trust: Path

    def database(self, name: str) -> str:
        """Return the address of a SQLite database of this name."""
        return f"sqlite:///{self.folder / name}.db"


@contextlib.asynccontextmanager
async def built() -> AsyncGenerator[Town]:
    """Build it in a folder of its own, which is gone afterwards."""
    cores = machine.cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        discord, authority = DiscordSide(), tls.issue(folder)
        (folder / "blink").mkdir()
        async with blink.running(folder / "blink") as cloud:
            trust = folder / "both.pem"
            trust.write_text(authority.trust.read_text() + cloud.trust.read_text())
            machine.pin(0, cores.around)
            port = await discord.start(authority.server)
            try:
                yield Town(folder, cores, discord, port, cloud, trust)
            finally:
                await discord.close()
                machine.pin(0, cores.around | cores.measured)
