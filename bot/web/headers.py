"""The headers of every answer: nothing is loaded from elsewhere, framed, cached or passed on as a referrer."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

_YEAR = 365 * 86_400
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action {}; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of the page is the link
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Server": "blink-clip-bot",  # aiohttp's own names its version and Python's
}


def hook(*, https: bool, form_targets: Sequence[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Return the signal that puts the headers on every answer, also on aiohttp's own.

    `form_targets` are the origins that a form may lead to besides ours: browsers differ in whether a redirect after a
    form counts (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/form-action).
    """
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY.format(" ".join(["'self'", *form_targets]))}
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"

    async def put(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    return put
