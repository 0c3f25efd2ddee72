"""A headless Chromium on the page, which objects to errors in its console and to requests to anywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.support.programs import require

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync "
    "--force-prefers-reduced-motion"  # without a graphics card each picture of a movement is drawn by the processor
)
DESKTOP = ViewportSize(width=1280, height=800)
PATIENCE = 30_000  # milliseconds; what comes at all comes in time on a busy machine


class Chromium:
    """A browser, each window of which one test after the other uses: a new one costs half a second of CPU."""

    def __init__(self, browser: Browser, empty: str) -> None:
        """Take a browser and the address of an empty page."""
        self._browser, self._empty = browser, empty
        self._windows: dict[str, Page] = {}

    @asynccontextmanager
    async def tab(
        self,
        *allowed: str,
        expects: tuple[str, ...] = (),
        viewport: ViewportSize = DESKTOP,
        color_scheme: Literal["light", "dark", "null"] = "null",
        **options: Any,
    ) -> AsyncIterator[Page]:
        """Yield a window as if it were new, and watch it; `script` is one with which each of its pages begins."""
        key = repr(options)
        page = self._windows.pop(key, None) or await self._opened(**options)
        try:
            await page.set_viewport_size(viewport)
            await page.emulate_media(color_scheme=color_scheme)
            async with watched(page, *allowed, expects=expects):
                yield page
                await page.evaluate("sessionStorage.clear()")
            await page.context.clear_cookies()
            await page.context.set_offline(False)
            await page.goto(self._empty)  # away before its server ends
        except BaseException:
            await page.context.close()
            raise
        page.set_default_timeout(PATIENCE)
        self._windows[key] = page

    async def _opened(self, *, script: str = "", **options: Any) -> Page:
        page = await (await self._browser.new_context(**options)).new_page()
        page.set_default_timeout(PATIENCE)
        if script:
            await page.add_init_script(script)
        return page


@asynccontextmanager
async def launched() -> AsyncIterator[Chromium]:
    """Start the browser; the test skips if there is none."""
    chromium = require("chromium")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright, _empty_page() as empty:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield Chromium(browser, empty)
        await browser.close()


@asynccontextmanager
async def _empty_page() -> AsyncIterator[str]:
    """Serve an empty page on this machine: to one of another site, Chromium would go with a new process."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # it connects in advance, too
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def watched(page: Page, *allowed: str, expects: tuple[str, ...] = ()) -> AsyncIterator[None]:
    """See that a page's console holds only errors with one of the words in `expects`."""
    wrong: list[str] = []

    def said(text: str) -> None:
        if not any(word in text for word in expects):
            wrong.append(text)

    watchers: dict[Any, Callable[[Any], None]] = {
        "console": lambda message: said(message.text) if message.type in ("error", "warning") else None,
        "dialog": lambda dialog: wrong.append(f"dialog {dialog.message}"),
        "pageerror": lambda error: wrong.append(str(error)),
        "request": lambda request: None if request.url.startswith(allowed) else wrong.append(f"request {request.url}"),
    }
    for event, watcher in watchers.items():
        page.on(event, watcher)
    try:
        yield
    finally:
        for event, watcher in watchers.items():
            page.remove_listener(event, watcher)
    assert wrong == []
