"""Keep Blink's answers whole, and report only those parts of them that identify nobody."""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import aiohttp

from bot.accounts import Session
from bot.blink import (
    Answer,
    BlinkClient,
    BlinkError,
    Camera,
    Inventory,
    Refused,
    Request,
    SignedOut,
    Transport,
    Unreachable,
)
from bot.wording.shell import doctor as words

_WORD = re.compile(r"[a-z][a-z0-9_-]{0,23}", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{4,}")
_ADDRESS = re.compile(r"\S+@\S+|\w+://\S+")
_LONGEST = 80
_LARGEST_CODE = 10_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: its status is None if none came, its body is None if it was refused."""

    what: str
    status: int | None
    seconds: float
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Any = field(default=None, repr=False)

    @property
    def fields(self) -> dict[str, Any]:
        """The body if it is an object, otherwise an empty one."""
        body: object = self.body
        return cast("dict[str, Any]", body) if isinstance(body, dict) else {}

    def entries(self, name: str) -> list[dict[str, Any]]:
        """Return the objects in one of the body's lists."""
        found = self.fields.get(name)
        items = cast("list[Any]", found) if isinstance(found, list) else []
        return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


class Listener(Transport):
    """A transport to Blink that remembers every answer; its user asks one thing at a time."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        super().__init__(http, observe=self._note)
        self.heard: list[Heard] = []

    async def request(self, request: Request) -> Answer:
        """Send `request` and keep its answer; raises BlinkError."""
        before, body = len(self.heard), None
        try:
            answer = await super().request(request)
            body = answer.body
            return answer
        finally:
            self.heard[before:] = [replace(one, query=request.query or {}, body=body) for one in self.heard[before:]]

    def last(self, what: str) -> Heard:
        """Return the latest answer to a question, an empty one if there was none."""
        return next((one for one in reversed(self.heard) if one.what == what), Heard(what, None, 0.0))

    def _note(self, what: str, outcome: str, status: int | None, seconds: float) -> None:
        self.heard.append(Heard(what, status, seconds))


class Mask:
    """Passes only words that cannot be anybody's name, id, address or secret."""

    def __init__(self, private: Iterable[str]) -> None:
        """Hide each of `private` as well, in any case, wherever Blink's own words repeat it."""
        self._private = sorted({text.casefold() for text in private if len(text) > 1}, key=len, reverse=True)

    def word(self, said: object) -> str:
        """Return one of Blink's own terms, such as a stage or a source; "other" if it might be private."""
        if said is None:
            return "none"
        text = str(said)
        known = text.casefold() in self._private or _LONG_NUMBER.search(text)
        return "other" if known or not _WORD.fullmatch(text) else text

    def sentence(self, said: object) -> str:
        """Return Blink's own sentence, with everything private in it replaced."""
        text = " ".join(str(said or "").split())
        for private in self._private:  # before the numbers, since a serial number is more than one
            text = re.sub(re.escape(private), "#", text, flags=re.IGNORECASE)
        return _LONG_NUMBER.sub("#", _ADDRESS.sub("#", text)).replace("`", "'")[:_LONGEST]

    def code(self, said: object) -> str:
        """Return one of Blink's code numbers, which are small; "other" for a large one."""
        if not isinstance(said, int) or isinstance(said, bool):
            return "none"
        return str(said) if abs(said) < _LARGEST_CODE else "other"

    def counted(self, said: Iterable[object]) -> dict[str, int]:
        """Return how often each of Blink's terms was said, the most frequent first."""
        return dict(Counter(map(self.word, said)).most_common())


@dataclass
class Doctor:
    """One account under examination; `lines` are the findings, `settled` the answered questions of docs/protocol.md."""

    session: Session
    listener: Listener
    mask: Mask
    inventory: Inventory
    lines: list[str]
    settled: set[int]

    @property
    def client(self) -> BlinkClient:
        """The client of the account's Blink."""
        return self.session.client

    def number(self, camera: Camera) -> int:
        """Return the number that stands for a camera."""
        return self.inventory.cameras.index(camera) + 1

    @contextmanager
    def noting(self, what: str) -> Generator[None]:
        """Note it if a request fails. Raises SignedOut."""
        try:
            yield
        except SignedOut:
            raise
        except BlinkError as error:
            self.lines.append(self.refused(what, error))

    def refused(self, what: str, error: BlinkError) -> str:
        """Return the line about a request that failed."""
        status = error.status if isinstance(error, Refused | Unreachable) else None
        code, message = (error.code, error.message) if isinstance(error, Refused) else (None, "")
        return words.failed(what, type(error).__name__, status, self.mask.code(code), self.mask.sentence(message))
