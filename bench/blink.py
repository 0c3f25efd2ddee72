"""The bench's hand on its Blink, which runs in a process of its own."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .blink_side import Manners
from .households import Command

ROOT = Path(__file__).parents[1]


@dataclass
class Told:
    """What was asked of Blink since it was asked last, and the clips that began since."""

    requests: dict[str, int]
    commands: dict[int, Command]
    """By the number of their person."""


@dataclass
class Blink:
    """A running Blink."""

    process: Process
    port: int
    trust: Path
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def behave(self, manners: Manners) -> None:
        """Change how its cameras behave, and forget what was before."""
        await self._ask({"manners": asdict(manners)})

    async def told(self) -> Told:
        """Return what has happened since the last time."""
        answer = await self._ask({"tell": True})
        commands = [Command(**one) for one in answer["commands"]]
        return Told(answer["requests"], {one.who: one for one in commands})

    async def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        async with self.lock:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            await self.process.stdin.drain()
            return json.loads(await self.process.stdout.readline())


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncGenerator[Blink]:
    """Run it while the context is open."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.blink_side",
        str(folder),
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=PIPE,
        stdout=PIPE,
        limit=2**26,
    )
    try:
        assert process.stdout
        hello = json.loads(await process.stdout.readline())
        yield Blink(process, hello["port"], Path(hello["trust"]))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
