"""The pages of an account's list of recordings, which some clients of Blink count from 1 and some from 0."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime

from .errors import NotUnderstood, Refused, Unreachable
from .wire import MediaPage

Ask = Callable[[datetime, int], Awaitable[MediaPage]]

_MOST = 20
_NOTHING = MediaPage(media=[])


class MediaPages:
    """Finds the first page: which it is, is unknown until page 0 holds something (then it is that) or is refused."""

    __slots__ = ("_first", "_turn")

    def __init__(self) -> None:
        self._first: int | None = None
        self._turn = 1

    async def since(self, ask: Ask, since: datetime, *, at_once: bool) -> AsyncGenerator[MediaPage]:
        """Yield page after page; while it is unknown which is the first, `at_once` asks for both, else in turn."""
        number, page = await self._begin(ask, since, at_once=at_once)
        yield page
        for following in range(number + 1, number + _MOST):
            before, page = page, await ask(since, following)
            if following == 1 and _ids(page) == _ids(before):  # page 0 is but another name for it
                self._first = 1
            else:
                yield page

    async def _begin(self, ask: Ask, since: datetime, *, at_once: bool) -> tuple[int, MediaPage]:
        if self._first is not None:
            return self._first, await ask(since, self._first)
        if at_once:
            page = await ask(since, 1)
            return (1, page) if page.media else (0, await self._zero(ask, since) or page)
        self._turn = 1 - self._turn
        if self._turn == 0 and (page := await self._zero(ask, since)):
            return 0, page
        return 1, await ask(since, 1)

    async def _zero(self, ask: Ask, since: datetime) -> MediaPage | None:
        """Return page 0, or None where there is none: where pages count from 1 it may well be refused."""
        try:
            page = await ask(since, 0)
        except Refused:
            self._first = 1
            return None
        except (Unreachable, NotUnderstood):
            return None
        if page.media:
            self._first = 0
        return page


def _ids(page: MediaPage) -> list[int | None]:
    return [entry.id if entry else None for entry in page.media]
