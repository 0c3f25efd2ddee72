"""A headless Chromium on the page, which objects to errors in its console and to requests to anywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.programs import require

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync "
    "--force-prefers-reduced-motion"  # without a graphics card each picture of a movement is drawn by the processor
)

LONGEST = 30_000  # milliseconds; what comes at all comes in time on a busy machine


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    chromium = require("chromium")
    expect.set_options(timeout=LONGEST)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        await browser.close()


@asynccontextmanager
async def tab(browser: Browser, *allowed: str, expects: tuple[str, ...] = (), **context: Any) -> AsyncIterator[Page]:
    """Open a page of its own, and watch it."""
    async with await browser.new_context(**context) as opened:
        page = await opened.new_page()
        page.set_default_timeout(LONGEST)
        async with watched(page, *allowed, expects=expects):
            yield page


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
