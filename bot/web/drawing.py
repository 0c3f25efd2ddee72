"""Draws the step that a browser sees."""

from aiohttp import web

from bot.wording import pages as words

from .link_sessions import Visit
from .rendering import answer


def first_step(request: web.Request, visit: Visit, *, form: str, through_discord: bool) -> web.Response:
    """Return step 1, for a browser that has not confirmed the link."""
    page = words.confirm(through_discord=through_discord)
    return answer(request, "confirm.html", page, face=words.face(visit.invited), form=form)


def current_step(request: web.Request, visit: Visit, *, form: str, wait: int | None) -> web.Response:
    """Return the current step of a link for its browser; no sign-in form if the person must `wait`, in seconds."""
    face = words.face(visit.invited)
    if visit.linked:
        found = visit.linked.inventory
        back = visit.linked.back or words.DISCORD
        return answer(request, "done.html", words.done(found), face=face, cameras=list(words.cameras(found)), back=back)
    if visit.asked:
        page, attempt = words.code(visit.asked.wanted), visit.asked.attempt
        return answer(request, "code.html", page, face=face, form=form, problem=visit.problem, attempt=attempt)
    if wait:
        return answer(request, "plain.html", words.wait(wait), back=None)
    return answer(
        request,
        "credentials.html",
        words.CREDENTIALS,
        face=face,
        form=form,
        problem=visit.problem,
        username=visit.username,
    )
