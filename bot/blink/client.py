"""One account's Blink, as far as the bot needs it; every request carries this account's bearer and no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar, cast

from . import routes
from .errors import BusyAnswer, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from .inventory import inventory
from .models import Busy, CameraKey, CommandState, Inventory, MediaEntry, Started
from .transport import Answer, Request, Transport, clock_skew
from .video import save
from .wire import CommandAnswer, CommandPart, CommandStarted, Homescreen, MediaAnswer, MediaPage

T = TypeVar("T")

_LONGEST_HOLD = 900.0
_MAX_PAGES = 20


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
        at = started.created_at or started.execute_time or answer.date or self.blink_now()
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
            message=(command.status_msg or "")[:200],
        )

    async def end_command(self, network_id: int, command_id: int) -> None:
        """Tell the Sync Module to let go of a command."""
        await self._ask("the end of the command", "POST", routes.command_done(network_id, command_id))

    async def media_since(self, since: datetime) -> list[MediaEntry]:
        """List the finished recordings changed at or after `since` (Blink's clock), oldest first."""
        found: dict[int, MediaEntry] = {}
        seen: set[int] = set()
        for page in range(1, _MAX_PAGES + 1):
            query = {"since": since.isoformat(timespec="seconds"), "page": str(page)}
            answer = await self._ask("the recordings", "GET", routes.media_changed(self.account_id), query=query)
            listed = answer.read(MediaPage)
            fresh = [entry for entry in listed.media if entry.id not in seen]
            seen.update(entry.id for entry in fresh)
            found.update({entry.id: media for entry in fresh if (media := _media(entry))})
            if not fresh or (listed.limit is not None and len(listed.media) < listed.limit):
                break
        return sorted(found.values(), key=lambda entry: (entry.created_at, entry.media_id))

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        """Stream the video at `path` into `target` and return its size; raises BadVideo past `limit` bytes too."""

        async def fetch(token: str) -> int:
            async with self._transport.stream(self._request("the video", "GET", path, token)) as body:
                return await save(body, target, limit=limit)

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
        loop = asyncio.get_running_loop()
        if (wait := self._held_until - loop.time()) > 0:
            raise RateLimited(wait)
        try:
            token = await self._token()
            try:
                result = await send(token)
            except SignedOut:
                result = await send(await self._token(rejected=token))
        except RateLimited as limited:
            hold = min(limited.retry_after * 2**self._held, _LONGEST_HOLD)
            self._held_until, self._held = loop.time() + hold, self._held + 1
            raise RateLimited(hold, status=limited.status) from None
        self._held = 0
        return result

    async def _token(self, *, rejected: str | None = None) -> str:
        try:
            return await self._bearer.token(rejected=rejected)
        except (Unreachable, NotUnderstood) as error:
            raise NeverSent(str(error)) from None  # it is the refresh that failed; what was to be asked was not


def _state(parts: Sequence[CommandPart]) -> CommandState:
    """Merge the parts of a command: an error in any of them is the command's, else the last one speaks."""
    if not parts:
        return CommandState()
    part = next((part for part in parts if part.state_condition == "error"), parts[-1])
    return CommandState(condition=_word(part.state_condition), stage=_word(part.state_stage))


def _word(text: str | None) -> str | None:
    return text[:40] if text else None


def _refusal(answer: Answer) -> Refused | NotUnderstood:
    """Return what a 200 without a command id says: usually a refusal in words."""
    body: object = answer.body
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    message, code = fields.get("message"), fields.get("code")
    if not isinstance(message, str):
        return NotUnderstood(answer.what)
    return Refused(200, code=code if isinstance(code, int) else None, message=message[:200])


def _media(entry: MediaAnswer) -> MediaEntry | None:
    """Return `entry` if it is a whole recording that can be fetched."""
    if entry.deleted or entry.partial or not entry.media or entry.type not in (None, "video"):
        return None
    if not entry.media.startswith(("/", "https://")):
        return None
    return MediaEntry(entry.id, entry.network_id, entry.device_id, entry.created_at, entry.media)
