"""The demo: the real bot between simulated Discord and Blink; a clip, a share and an alert; and then the page."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Coroutine, Generator, Sequence
from pathlib import Path
from typing import Any

from . import tls
from .bot_process import Bot, BotDied
from .conversation import Conversation, Failed
from .street import BOT_TOKEN, Street, build
from .transcript import DIM, Transcript

WITHIN = 180.0


async def tour(*, once: bool, port: int = 0) -> int:
    """Show the bot at work and return the exit status; `once` ends after them, without a page."""
    return await show(build(), once=once, port=port)


async def show(street: Street, *, once: bool, port: int = 0, within: float = WITHIN) -> int:
    """Do the tour of a street; from its start to the end of its share it has `within` seconds."""
    transcript = Transcript(sys.stdout, {one.user.id: one.user.name for one in street.residents})
    with tempfile.TemporaryDirectory(prefix="blink-demo-") as name, _logged_to(Path(name) / "simulators.log"):
        demo = _Demo(street, Path(name), transcript, once=once, port=port, within=within)
        work = asyncio.create_task(demo.run())
        with _interrupting(work, demo):
            try:
                await work
            except asyncio.CancelledError:
                demo.interrupted()
            except Failed as error:
                demo.fail(str(error))
            except BotDied as error:
                demo.fail(str(error), quote=error.last_words)
        return demo.close()


@contextlib.asynccontextmanager
async def simulators(street: Street, folder: Path, *, page: bool = True) -> AsyncGenerator[Bot]:
    """Start the simulators of a street, and yield the bot that is to run between them; `page` is its sign-in page."""
    discord, blink = street.discord, street.blink
    authority = tls.issue(folder)
    try:
        ports = {"discord": await discord.start(authority.server), "blink": await blink.start(authority.server)}
        ports["relay"] = blink.relay.port
        yield Bot(folder, token=BOT_TOKEN, trust=authority.trust, page=page, **ports)
    finally:
        await discord.close()
        await blink.close()


class _Demo:
    """One run of the demo, in an own folder that is removed with it."""

    def __init__(
        self, street: Street, folder: Path, transcript: Transcript, *, once: bool, port: int, within: float
    ) -> None:
        self._street = street
        self._folder = folder
        self._transcript = transcript
        self._once = once
        self._port = port
        self._within = within
        self._deadline = asyncio.get_running_loop().time() + within
        self._bot: Bot | None = None
        self._failed = False

    async def run(self) -> None:
        """Start everything, do the tour and, unless it is only once, stay; raises Failed and BotDied."""
        self._transcript.say("Starting the bot between a simulated Discord and a simulated Blink …", DIM)
        async with simulators(self._street, self._folder, page=not self._once) as bot:
            self._bot = bot
            await bot.running(lambda: self._visit(bot))

    def kill(self) -> None:
        """End the bot at once."""
        if self._bot:
            self._bot.kill()

    def fail(self, what: str, *, quote: Sequence[str] = ()) -> None:
        """Say in one line what went wrong, and below it the lines of a log about it."""
        self._failed = True
        self._transcript.failure(what)
        self._transcript.quote(quote)

    def interrupted(self) -> None:
        """Note that somebody ended it, which is a failure only during the tour."""
        if self._once:
            self.fail("Interrupted before the video was there.")
        else:
            self._transcript.say("\nThe demo has ended.")

    def close(self) -> int:
        """Keep the logs if something failed, and return the exit status."""
        if not self._failed:
            return 0
        kept = Path(tempfile.mkdtemp(prefix="blink-demo-logs-"))
        for log in self._folder.glob("*.log"):
            shutil.copy(log, kept)
        self._transcript.say(f"The logs are in {kept}")
        return 1

    async def _visit(self, bot: Bot) -> None:
        conversation = Conversation(self._street, self._transcript)
        links = [bot.link(one.user.id, one.account.blink_tokens()) for one in self._street.residents if one.linked]
        async with self._in_time("the bot to connect"):
            await _all(conversation.bot_is_ready(), *links)
        if self._once:
            await self._clip(conversation)
            return
        async with self._page() as url:
            self._transcript.address(url)
            self._transcript.say(
                "The bot is the real one; Discord and Blink are simulated on this machine. Ctrl-C ends it.", DIM
            )
            self._transcript.say(
                "Meanwhile a clip, a share and an alert go by themselves; the page shows them too:\n", DIM
            )
            try:
                await self._clip(conversation)
            except Failed as error:
                self.fail(str(error))
            self._transcript.say(f"\nThe page stays open at {url} until Ctrl-C.")
            await asyncio.Event().wait()

    async def _clip(self, conversation: Conversation) -> None:
        async with self._in_time("the video, a friend's picture, and an alert"):
            try:
                await conversation.clip()
                await conversation.share()
                await conversation.alert()
            finally:
                conversation.leave()

    @contextlib.asynccontextmanager
    async def _page(self) -> AsyncGenerator[str]:
        page = self._street.page()
        try:
            try:
                url = await page.start(self._port)
            except OSError as error:
                raise Failed(
                    f"Port {self._port} cannot be used for the page: {os.strerror(error.errno or 0)}."
                ) from error
            yield url
        finally:
            await page.close()

    @contextlib.asynccontextmanager
    async def _in_time(self, what: str) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout_at(self._deadline):
                yield
        except TimeoutError:
            raise Failed(f"{self._within:g} s are over, still waiting for {what}.") from None


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """Do several things at the same time; the first failure ends the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


@contextlib.contextmanager
def _interrupting(work: asyncio.Task[None], demo: _Demo) -> Generator[None]:
    """Let SIGINT and SIGTERM end the work in order; a second one does not wait for the bot."""
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        if work.cancelling():
            demo.kill()
        else:
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _logged_to(path: Path) -> Generator[None]:
    """Keep the simulators' log out of the terminal, which is for the conversation."""
    handler = logging.FileHandler(path)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
