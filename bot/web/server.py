"""The bot's own HTTP server, which runs only if the host gives a PORT."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.wording import pages as words

from . import forms, headers, health, metrics, rendering
from .connections import Connections
from .pages import Pages
from .refusals import as_pages

_MOST_CONNECTIONS = 64  # hosts usually allow 1,024 open files; this also fits a `ulimit -n` of 200
_BACKLOG = 32  # asyncio accepts so many before the first of them is counted


@asynccontextmanager
async def serve(
    port: int,
    *,
    ready: Callable[[], Awaitable[health.Checks]],
    scrape: metrics.Scrape | None = None,
    pages: Pages | None = None,
    host: str = "0.0.0.0",  # noqa: S104 - the host's proxy comes from outside
    silence: float = 10.0,
) -> AsyncGenerator[int]:
    """Serve health, the plain first page and, if given, numbers and sign-in while the context is open.

    Yields the port. Closes a connection that says nothing for `silence` seconds.
    """
    connections = Connections(most=_MOST_CONNECTIONS)
    app = web.Application(client_max_size=forms.LARGEST, middlewares=[connections.answering, as_pages])
    app[rendering.TEMPLATES] = rendering.Templates()
    app.add_routes([web.get("/", _home), *health.routes(ready), *rendering.static()])
    if scrape:
        app.add_routes(metrics.routes(scrape))
    https, targets = False, list[str]()
    if pages:
        https, targets = pages.https, pages.form_targets
        app.add_routes(pages.routes())
    app.on_response_prepare.append(headers.hook(https=https, form_targets=targets))
    runner = web.AppRunner(
        app,
        access_log=None,  # it would write down every link
        logger=_protocol_log(),
        auto_decompress=False,  # no form comes compressed
        keepalive_timeout=silence,  # also for the first request
        lingering_time=2.0,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    try:
        assert runner.server
        listening = await asyncio.get_running_loop().create_server(
            partial(connections.open, runner.server), host, port, backlog=_BACKLOG
        )
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
    finally:
        await runner.cleanup()


async def _home(request: web.Request) -> web.Response:
    return rendering.answer(request, "plain.html", words.HOME, back=None)


def _protocol_log() -> logging.Logger:
    """Return a logger for aiohttp's server that quotes no request, since that may contain a link."""
    log = logging.getLogger(f"{__name__}.protocol")
    log.addFilter(_without_request)
    return log


def _without_request(record: logging.LogRecord) -> bool:
    """Reduce a record to the type of its error; drop a request that is not HTTP, except at DEBUG."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError) and not logging.getLogger(record.name).isEnabledFor(logging.DEBUG):
        return False
    record.msg, record.args, record.exc_info = "a request could not be served: %s", (type(error).__name__,), None
    return True
