"""How much one process does at once; a reply says if its job has to wait for that."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

_A_MOMENT = 1.5


class ConcurrencyLimits:
    """The semaphores that bound what this process does at once.

    `live` bounds memory, of which a job takes some 30 KiB. `starting` keeps acknowledgements fast: more at once would
    all be late on one core. One of the `encoders` takes a core, for two minutes and with a gigabyte of memory at most.
    """

    def __init__(
        self, *, live: int = 1000, starting: int = 32, downloads: int = 16, uploads: int = 16, encoders: int = 1
    ) -> None:
        self.live = asyncio.Semaphore(live)
        self.starting = asyncio.Semaphore(starting)
        self.downloads = asyncio.Semaphore(downloads)
        self.uploads = asyncio.Semaphore(uploads)
        self.alert_uploads = asyncio.Semaphore(uploads)  # apart, so that no motion holds up a clip
        self.encoders = asyncio.Semaphore(encoders)


@asynccontextmanager
async def slot(semaphore: asyncio.Semaphore, *, waiting: Callable[[bool], None]) -> AsyncGenerator[None]:
    """Hold a slot of a semaphore; if that takes longer than a moment, call `waiting` then and when it is over."""
    said = False

    def say() -> None:
        nonlocal said
        said = True
        waiting(True)

    timer = asyncio.get_running_loop().call_later(_A_MOMENT, say)
    try:
        await semaphore.acquire()
    finally:
        timer.cancel()
    try:
        if said:
            waiting(False)
        yield
    finally:
        semaphore.release()
