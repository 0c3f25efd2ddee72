"""Turns every refusal of a request into a page."""

import logging
import secrets
import traceback

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.wording import pages as words

from .rendering import answer

_log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request was refused, and is answered with this page; `back` is where its button leads."""

    def __init__(
        self, status: int, page: words.Page, *, back: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(page.title)
        self.status = status
        self.page = page
        self.back = back
        self.retry_after = retry_after


@web.middleware
async def as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer refusals, aiohttp's own errors and our mistakes with a page that repeats nothing of the request."""
    try:
        return await handler(request)
    except Refusal as refusal:
        response = answer("plain.html", refusal.page, status=refusal.status, back=refusal.back)
        if refusal.retry_after is not None:
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = answer("plain.html", _page(error.status), status=error.status, back=None)
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response
    except Exception as error:
        reference = secrets.token_hex(4)
        # An error's own text may hold what somebody typed; where it happened does not.
        places = "; ".join(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:])
        _log.error("a page broke, reference %s: %s in %s", reference, type(error).__name__, places)
        return answer("plain.html", words.mistake(reference), status=500, back=None)


def _page(status: int) -> words.Page:
    return {404: words.NOTHING_HERE, 405: words.NOT_THIS_WAY, 413: words.TOO_LARGE}.get(status, words.NOT_A_FORM)
