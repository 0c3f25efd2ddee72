"""Turns words into HTML, draws the step of a sign-in that a browser sees, and turns every refusal into a page."""

import logging
import secrets
import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from bot.wording import pages as words

from .link_sessions import Visit

if TYPE_CHECKING:
    from jinja2 import Template

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent


@cache
def _templates() -> "dict[str, Template]":
    """Return the templates, compiled once; everything put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here, because most bots show no page

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(typed=_typed)  # pyright: ignore[reportUnknownMemberType] - jinja2 leaves its dict bare
    return {name: environment.get_template(name) for name in environment.list_templates()}


def answer(name: str, page: words.Page, *, status: int = 200, **values: object) -> web.Response:
    """Return the answer that shows a page."""
    # `problem` is always set, since the layout uses it on every page.
    html = _templates()[name].render(**{"page": page, "words": words, "problem": None, **values})
    return web.Response(text=html, content_type="text/html", charset="utf-8", status=status)


def static() -> list[web.RouteDef]:
    """Return the routes of the two files that pages load."""
    return [
        web.get("/static/page.css", _file("page.css", "text/css")),
        web.get("/static/icon.svg", _file("icon.svg", "image/svg+xml")),
    ]


def first_step(visit: Visit, *, form: str, through_discord: bool) -> web.Response:
    """Return step 1, for a browser that has not confirmed the link."""
    page = words.confirm(through_discord=through_discord)
    return answer("confirm.html", page, face=words.face(visit.invited), form=form)


def current_step(visit: Visit, *, form: str, wait: int | None) -> web.Response:
    """Return the current step of a link for its browser; no sign-in form if the person must `wait`, in seconds."""
    face = words.face(visit.invited)
    if visit.linked:
        found = visit.linked.inventory
        back = visit.linked.back or words.DISCORD
        return answer("done.html", words.done(found), face=face, cameras=list(words.cameras(found)), back=back)
    if visit.asked:
        page, attempt = words.code(visit.asked.wanted), visit.asked.attempt
        return answer("code.html", page, face=face, form=form, problem=visit.problem, attempt=attempt)
    if wait:
        return answer("plain.html", words.wait(wait), back=None)
    return answer(
        "credentials.html",
        words.CREDENTIALS,
        face=face,
        form=form,
        problem=visit.problem,
        username=visit.username,
    )


def _file(name: str, kind: str) -> Handler:
    body = (_HERE / "static" / name).read_bytes()

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8")

    return serve


def _typed(text: str) -> Markup:
    """Return a sentence as HTML, with what stands in `backticks` as code."""
    html = Markup()
    for number, part in enumerate(text.split("`")):
        html += Markup("<code>{}</code>").format(part) if number % 2 else part
    return html


class RequestRefused(Exception):
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
    except RequestRefused as refusal:
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
