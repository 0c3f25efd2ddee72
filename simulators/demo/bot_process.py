"""The bot's process as the demo sees it: started with its own settings, watched, and never left behind."""

import asyncio
import contextlib
import os
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

import bot
from bot.config import Settings

STOPPED_WITHIN = 10.0
LAST_WORDS = 5  # lines


class BotDied(Exception):
    """A process of the bot failed or ended unasked; `last_words` are the end of its log."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(what)
        self.last_words = log.read_text("utf-8", "replace").rstrip().splitlines()[-LAST_WORDS:]


class Bot:
    """Starts the bot's processes, each of which writes its own log into the folder."""

    def __init__(
        self, folder: Path, *, token: str, trust: Path, discord: int, blink: int, relay: int, page: bool = True
    ) -> None:
        """Prepare it for the simulators on these ports; `page` gives it a port of its own, for the sign-in page."""
        self._folder = folder
        ports = {"--discord": discord, "--blink": blink, "--relay": relay}
        options = [word for option, port in ports.items() for word in (option, str(port))]
        self._arguments = ("-m", "simulators.demo.process", *options)
        self._environment = _inherited() | {
            "PYTHONPATH": str(Path(bot.__file__).parents[1]),
            "SSL_CERT_FILE": str(trust),
            "TMPDIR": str(folder),
            "DISCORD_TOKEN": token,
            "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
            "TOKEN_KEYS": Fernet.generate_key().decode(),
            "STOP_GRACE_S": "0",  # nothing outlives the demo, so a clip under way need not be finished
        }
        if page:
            port = _free_port()
            self._environment |= {"HOST": "127.0.0.1", "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        self._alive: set[Process] = set()

    async def link(self, user_id: int, blink_tokens: str) -> None:
        """Link a person's Blink account; raises BotDied if that fails."""
        log = self._folder / f"link-{user_id}.log"
        async with self._started(log, "link", str(user_id), BLINK_TOKENS=blink_tokens) as process:
            if code := await process.wait():
                raise BotDied(f"An account could not be linked (exit status {code}).", log)

    async def running(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run the bot while `work` goes on; raises BotDied if the bot ends first."""
        log = self._folder / "bot.log"
        async with self._started(log, "run") as process:
            working, dying = asyncio.create_task(work()), asyncio.create_task(process.wait())
            try:
                await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
                if not working.done():
                    raise BotDied(f"The bot ended by itself (exit status {process.returncode}).", log)
                await working
            finally:
                working.cancel()
                dying.cancel()
                await asyncio.gather(working, dying, return_exceptions=True)

    def kill(self) -> None:
        """End every process at once."""
        for process in self._alive:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    @contextlib.asynccontextmanager
    async def _started(self, log: Path, *command: str, **settings: str) -> AsyncGenerator[Process]:
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._arguments,
                *command,
                cwd=self._folder,  # a folder without .env
                env=self._environment | settings,
                stdin=PIPE,  # it ends with us, whatever ends us
                stdout=output,
                stderr=STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends the bot in order
            )
        self._alive.add(process)
        try:
            yield process
        finally:
            await _stop(process)
            self._alive.discard(process)


async def _stop(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOPPED_WITHIN):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _free_port() -> int:
    """Return a port that nobody listens on, since the bot must know its own address before it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _inherited() -> dict[str, str]:
    """Return this process's environment without settings of a bot that is meant for the real Discord."""
    settings = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name.upper() not in settings}
