"""A headless Chromium on the page, which objects to errors in its console and to requests to anywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.support.programs import require

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    chromium = require("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        await browser.close()


@asynccontextmanager
async def tab(browser: Browser, *allowed: str, expects: tuple[str, ...] = (), **context: Any) -> AsyncIterator[Page]:
    """Open a page of its own; afterwards its console held only errors with one of the words in `expects`."""
    wrong: list[str] = []

    def said(text: str) -> None:
        if not any(word in text for word in expects):
            wrong.append(text)

    async with await browser.new_context(**context) as opened:
        page = await opened.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda message: said(message.text) if message.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(allowed) else wrong.append(f"request to {request.url}"),
        )
        yield page
    assert wrong == []
