"""One account's Blink, as far as the bot needs it; every request carries this account's bearer and no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from . import routes
from .errors import BusyAnswer, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from .inventory import inventory
from .models import Busy, CameraKey, CommandState, Inventory, MediaEntry, Started
from .refusals import said_in
from .request import Request
from .text import clean
from .transport import Answer, Transport, clock_skew
from .video import save
from .wire import CommandAnswer, CommandPart, CommandStarted, Homescreen, MediaAnswer, MediaPage

T = TypeVar("T")

_LONGEST_HOLD = 900.0
_MOST_DOUBLINGS = 10
_MAX_PAGES = 20
_BELIEVED = timedelta(hours=1)


class Bearer(Protocol):
    """Where the client gets its access token."""

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that is believed good, and is not `rejected`; raises BlinkError."""
        ...


def utcnow() -> datetime:
    """Return this machine's clock."""
    return datetime.now(UTC)


class BlinkClient:
    """Talks to the region of one account; methods raise BlinkError unless they say otherwise."""

    def __init__(
        self,
        transport: Transport,
        bearer: Bearer,
        *,
        tier: str,
        account_id: int,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.account_id = account_id
        self._transport = transport
        self._bearer = bearer
        self._host = routes.rest_host(tier)
        self._now = now
        self._skew = timedelta()
        self._held_until = 0.0
        self._held = 0

    def blink_now(self) -> datetime:
        """Return Blink's clock as its last answer showed it, in whole seconds."""
        return (self._now() + self._skew).replace(microsecond=0)

    async def inventory(self) -> Inventory:
        """List the account's cameras and storage."""
        answer = await self._ask("the list of cameras", "GET", routes.homescreen(self.account_id))
        return inventory(answer.read(Homescreen))

    async def record_clip(self, camera: CameraKey) -> Started | Busy:
        """Ask for a clip, once; a 401 is followed by one repeat, since a refused request records nothing."""
        try:
            answer = await self._ask("the recording", "POST", routes.clip(self.account_id, camera))
        except BusyAnswer as busy:
            return Busy(busy.status, busy.code, busy.message)
        try:
            started = answer.read(CommandStarted)
        except NotUnderstood:
            raise _refusal(answer) from None
        at = _began(started, answer.date or self.blink_now())
        return Started(started.id, at.replace(microsecond=0), _state([started]))

    async def command(self, network_id: int, command_id: int) -> CommandState:
        """Ask how far a command has come."""
        answer = await self._ask("the command", "GET", routes.command(network_id, command_id))
        command = answer.read(CommandAnswer)
        state = _state(command.commands)
        return CommandState(
            condition=state.condition,
            stage=state.stage,
            complete=command.complete,
            failed=command.complete and (command.status not in (None, 0) or state.condition == "error"),
            code=command.status_code,
            message=clean(command.status_msg or "", 200),
        )

    async def end_command(self, network_id: int, command_id: int) -> None:
        """Tell the Sync Module to let go of a command."""
        await self._ask("the end of the command", "POST", routes.command_done(network_id, command_id))

    async def media_since(self, since: datetime) -> list[MediaEntry]:
        """List the finished recordings changed at or after `since` (Blink's clock), oldest first."""
        found: dict[int, MediaEntry] = {}
        seen: set[int] = set()
        for page in range(1, _MAX_PAGES + 1):
            listed = await self._media_page(since, page)
            if page == 1 and not listed.media:
                listed = await self._media_page(since, 0)  # some clients count from 0, and which is right is unknown
            fresh = [entry for entry in listed.media if entry is None or entry.id not in seen]
            seen.update(entry.id for entry in fresh if entry)
            found.update({entry.id: media for entry in fresh if entry and (media := _media(entry))})
            if not fresh or (listed.limit is not None and len(listed.media) < listed.limit):
                break
        return sorted(found.values(), key=lambda entry: (entry.created_at, entry.media_id))

    async def _media_page(self, since: datetime, page: int) -> MediaPage:
        query = {"since": since.isoformat(timespec="seconds"), "page": str(page)}
        answer = await self._ask("the recordings", "GET", routes.media_changed(self.account_id), query=query)
        return answer.read(MediaPage)

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        """Stream the video at `path` into `target` and return its size; raises BadVideo past `limit` bytes too."""

        async def fetch(token: str) -> int:
            async with self._transport.stream(self._request("the video", "GET", path, token)) as response:
                return await save(response, target, limit=limit)

        return await self._authorized(fetch)

    async def _ask(self, what: str, method: str, path: str, *, query: dict[str, str] | None = None) -> Answer:
        answer = await self._authorized(
            lambda token: self._transport.request(self._request(what, method, path, token, query))
        )
        if (skew := clock_skew(answer, now=self._now())) is not None:
            self._skew = skew
        return answer

    def _request(self, what: str, method: str, path: str, token: str, query: dict[str, str] | None = None) -> Request:
        return Request(what, method, self._host, path, query=query, bearer=token)

    async def _authorized(self, send: Callable[[str], Awaitable[T]]) -> T:
        """Run `send` with the access token; after a 401, once more with a fresh one."""
        asked_at = asyncio.get_running_loop().time()
        if (wait := self._held_until - asked_at) > 0:
            raise RateLimited(wait)
        try:
            token = await self._token()
            try:
                result = await send(token)
            except SignedOut:
                result = await send(await self._token(rejected=token))
        except RateLimited as limited:
            raise RateLimited(self._hold(limited, asked_at), status=limited.status) from None
        self._held = 0
        return result

    def _hold(self, limited: RateLimited, asked_at: float) -> float:
        """Send nothing for as long as Blink asks, twice as long each time in a row; return how long that is."""
        now = asyncio.get_running_loop().time()
        if asked_at >= self._held_until:  # else it was under way when another one's refusal began this hold
            self._held_until = now + min(limited.retry_after * 2**self._held, _LONGEST_HOLD)
            self._held = min(self._held + 1, _MOST_DOUBLINGS)
        else:
            self._held_until = max(self._held_until, now + limited.retry_after)
        return self._held_until - now

    async def _token(self, *, rejected: str | None = None) -> str:
        try:
            return await self._bearer.token(rejected=rejected)
        except Unreachable as error:  # it is the refresh that failed; what was to be asked was not
            raise NeverSent(error.reason, status=error.status) from None
        except NotUnderstood as error:
            raise NeverSent(str(error)) from None


def _began(started: CommandStarted, date: datetime) -> datetime:
    """Return when a command began by Blink's clock; a time that its own answer's date belies is an old sample's."""
    for moment in (started.created_at, started.execute_time):
        if moment and abs(moment - date) < _BELIEVED:
            return moment
    return date


def _state(parts: Sequence[CommandPart]) -> CommandState:
    """Merge the parts of a command: an error in any of them is the command's, else the last one speaks."""
    if not parts:
        return CommandState()
    part = next((part for part in parts if part.state_condition == "error"), parts[-1])
    return CommandState(condition=_word(part.state_condition), stage=_word(part.state_stage))


def _word(text: str | None) -> str | None:
    return clean(text or "", 40) or None


def _refusal(answer: Answer) -> Refused | NotUnderstood:
    """Return what a 200 without a command id says: a refusal in words, or nothing that can be relied on."""
    said = said_in(answer.body)
    if not said.message:
        return NotUnderstood(answer.what)
    return Refused(200, code=said.code, message=said.message)


def _media(entry: MediaAnswer) -> MediaEntry | None:
    """Return `entry` if it is a whole recording that can be fetched."""
    if entry.deleted or entry.partial or not entry.media or entry.type not in (None, "video"):
        return None
    path = entry.media if entry.media.startswith("/") or "://" in entry.media else f"/{entry.media}"
    return MediaEntry(entry.id, entry.network_id, entry.device_id, entry.created_at, path)
