"""Live views under way: what a start gives out, how its command stands, and when its network is free again."""

from __future__ import annotations

import secrets
import string
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from typing import Literal

from simulators.blink.behaviour import LIVE_VIEW_FAILED, Failure, LiveBehaviour, Stage
from simulators.blink.clips import SUCCEEDED, Command, State
from simulators.blink.networks import Camera, Subscriber

from .protocol import TOKEN, Frame

STAGES: tuple[Stage, ...] = (
    ("rest", "new", 0.1),
    ("cs_sent", "running", 0.2),
    ("dev", "running", 0.5),
    ("lv", "running", inf),
)
LETTERS = string.ascii_letters + string.digits
Ended = Literal["by the client", "by Blink"]
MOST_HEARD = 4096  # a client sends one a second


@dataclass(eq=False, kw_only=True)
class LiveSession(Command):
    """One live view, which is a command too; its connection id is the command's transaction."""

    camera: Camera = field(repr=False)
    client_id: int
    token: str = field(repr=False)
    connections: int = 0  # so many were let in
    heard: deque[Frame] = field(default_factory=lambda: deque[Frame](maxlen=MOST_HEARD), repr=False)
    sent: list[bytes] = field(default_factory=list[bytes], repr=False)  # the payloads of all media frames
    first_media_at: datetime | None = None  # by Blink's clock
    ended: Ended | None = None
    ended_at: float | None = None
    failure: Failure | None = None
    _hang_up: Callable[[], None] | None = None  # closes the connection there is
    _alone_since: float | None = None

    @property
    def live(self) -> LiveBehaviour:
        """The camera's manners, as they were at the start."""
        return self.behaviour.live

    @property
    def wire_token(self) -> bytes:
        """The token as a client sends it."""
        return self.token.encode()[:TOKEN].ljust(TOKEN, b"\0")

    def ours(self, seconds: float) -> float:
        """Turn Blink's seconds into ours."""
        return seconds / self.cloud.live_pace

    def state(self, now: float) -> State:
        """Return the command's state at `now`."""
        self.settle(now)
        if self.cut_short:
            return super().state(now)
        over, failure = self._complete()
        stage, condition, entered = self._reached(min(now, over) - self.started)
        if now < over:
            return State(stage, condition, False, *SUCCEEDED, entered, max(entered.values()))
        elapsed = over - self.started
        if failure:
            entered.pop("lv", None)
            ended = (failure.status, failure.status_msg, failure.status_code)
            return State(failure.stage, "error", True, *ended, entered, elapsed)
        return State("vs", "done", True, *SUCCEEDED, {**entered, "vs": elapsed}, elapsed)

    def running(self, now: float) -> bool:
        """Whether it occupies its network and its account, which it does for a while after its end."""
        self.settle(now)
        return self.ended_at is None or now < self.ended_at + self.ours(self.live.release)

    def end(self, now: float) -> bool:
        """Set it done; returns False if it was done already, or has ended without the client."""
        self.settle(now)
        if self.cut_short or self.ended == "by Blink":
            return False
        self.done_at = now
        self.finish("by the client")
        return True

    def settle(self, now: float) -> None:
        """Let it fail if nobody has been connected for too long."""
        if self.ended or self._hang_up:
            return
        since = self.started if self._alone_since is None else self._alone_since
        if now >= (late := since + self.ours(self.live.connect_within)):
            self.finish("by Blink", at=late, failure=LIVE_VIEW_FAILED)

    def connect(self, hang_up: Callable[[], None]) -> None:
        """Let a connection in; one that is still there makes room."""
        if self._hang_up:
            self._hang_up()
        self.connections += 1
        self._hang_up = hang_up

    def disconnect(self, hang_up: Callable[[], None]) -> None:
        """Note that a connection is gone; after the first media that is the end."""
        if self._hang_up != hang_up:
            return
        self._hang_up, self._alone_since = None, self.cloud.clock()
        if self.sent and not self.ended:
            self.finish("by the client")

    def showed(self, payload: bytes) -> None:
        """Note a media frame that was sent."""
        self.first_media_at = self.first_media_at or self.cloud.now()
        self.sent.append(payload)

    def finish(self, ended: Ended, *, at: float | None = None, failure: Failure | None = None) -> None:
        """End it now, or at a moment that has passed, and close its connection; a second end changes nothing."""
        if self.ended:
            return
        self.ended, self.failure = ended, failure
        self.ended_at = self.cloud.clock() if at is None else at
        if self.live.listed and self.first_media_at:
            self.camera.record_motion(self.first_media_at, source="liveview", to_cloud=False, to_usb=False)
        if self._hang_up:
            self._hang_up()

    def _complete(self) -> tuple[float, Failure | None]:
        """Return when the command is complete, and how it has failed then."""
        told = inf if self.live.command_ends is None else self.started + self.ours(self.live.command_ends)
        if self.ended_at is not None and self.ended_at <= told:
            return self.ended_at, self.failure
        return told, self.live.failure


@dataclass(eq=False)
class LiveSessions:
    """Every live view there was, oldest first."""

    made: list[LiveSession] = field(default_factory=list[LiveSession])

    def start(self, camera: Camera) -> LiveSession:
        """Start one."""
        network, cloud = camera.network, camera.network.account.cloud
        number, live = cloud.new_id("command"), camera.behaviour.live
        connection, client = _connection_id(), 20 + number % 230
        address = live.address and live.address.format(
            host=cloud.relay_host, connection=connection, serial=camera.serial, client=client
        )
        pace = cloud.live_pace
        session = LiveSession(
            cloud=cloud,
            id=number,
            name="lv_relay",
            camera_id=camera.id,
            short=False,
            behaviour=replace(camera.behaviour, stages=tuple((one, how, long / pace) for one, how, long in STAGES)),
            created_at=cloud.now(),
            started=cloud.clock(),
            transaction=connection,
            server=address,
            camera=camera,
            client_id=client,
            token=secrets.token_urlsafe(live.token_length)[: live.token_length],
        )
        self.made.append(session)
        network.commands.append(session)
        return session

    def of(self, camera: Camera) -> list[LiveSession]:
        """Return a camera's, oldest first."""
        return [one for one in self.made if one.camera is camera]

    def occupied(self, account: Subscriber, now: float) -> bool:
        """Whether a live view occupies this account, which then can have no second one."""
        return any(one.camera.network.account is account and one.running(now) for one in self.made)

    def behind(self, connection: str) -> LiveSession | None:
        """Return the one with this connection id."""
        return next((one for one in self.made if one.transaction == connection), None)


def _connection_id() -> str:
    """Make 16 characters with one underscore among them."""
    return "_".join("".join(secrets.choice(LETTERS) for _ in range(length)) for length in (6, 9))
