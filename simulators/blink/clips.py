"""Commands and recordings, whose state at any moment follows from the time since they were made, and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .behaviour import Behaviour, Failure
from .cloud import Cloud
from .pictures import Film, encode, photograph

SUCCEEDED = (0, "Command succeeded", 908)
ENDED = (0, "Command set to done", 902)


@dataclass(frozen=True)
class State:
    """One moment of a command."""

    stage: str
    condition: str
    complete: bool
    status: int
    status_msg: str
    status_code: int
    entered: dict[str, float]  # the stages so far, and the seconds after the command's start at which each began
    updated: float  # seconds after the command's start


@dataclass(eq=False)
class Command:
    """A command that Blink has accepted."""

    cloud: Cloud
    id: int
    name: str
    camera_id: int | None  # None: it is for the whole network
    short: bool  # whether the POST answers in the short form
    behaviour: Behaviour
    created_at: datetime
    started: float
    done_at: float | None = field(default=None)
    transaction: str | None = None  # None: one that means nothing
    server: str | None = None  # a live view's address

    def state(self, now: float) -> State:
        """Return the command's state at `now`."""
        elapsed = (now if self.done_at is None else min(now, self.done_at)) - self.started
        stage, condition, entered = self._reached(elapsed)
        updated = max(entered.values())
        if self.cut_short:
            return State(stage, "done", True, *ENDED, entered, elapsed)
        if elapsed < self.behaviour.seconds or self.behaviour.never_completes:
            return State(stage, "running" if condition == "done" else condition, False, *SUCCEEDED, entered, updated)
        if failure := self.behaviour.failure:
            return self._failed(failure, entered)
        return State(stage, condition, True, *SUCCEEDED, entered, updated)

    def running(self, now: float) -> bool:
        """Whether it occupies its network; a command that never completes lets go at the end of its lifetime."""
        if now - self.started >= self.cloud.command_lifetime:
            return False
        return not self.state(now).complete

    def end(self, now: float) -> bool:
        """Set it done; returns False if it has already ended."""
        if self.state(now).complete:
            return False
        self.done_at = now
        return True

    @property
    def cut_short(self) -> bool:
        """Whether it was set done before it had finished."""
        return self.done_at is not None

    def _reached(self, elapsed: float) -> tuple[str, str, dict[str, float]]:
        entered: dict[str, float] = {}
        begins, reached = 0.0, ("rest", "new")
        for stage, condition, seconds in self.behaviour.stages:
            entered[stage], reached = begins, (stage, condition)
            begins += seconds
            if elapsed < begins:
                break
        return *reached, entered

    def _failed(self, failure: Failure, entered: dict[str, float]) -> State:
        stages = dict(entered)
        for later in [stage for stage, begins in entered.items() if begins > self.behaviour.begins(failure.stage)]:
            del stages[later]
        status = (failure.status, failure.status_msg, failure.status_code)
        return State(failure.stage, "error", True, *status, stages, self.behaviour.seconds)


@dataclass(eq=False)
class Recording:
    """One thing that a camera filmed, in the media lists from `appears` on and on the stick from `usb_appears` on."""

    cloud: Cloud
    media_id: int
    camera_id: int
    command: Command | None  # None: it was motion that made it
    created_at: datetime
    appears: float
    appears_at: datetime
    whole: float
    film: Film
    source: str
    size: int | None = None
    in_cloud: bool = True  # False: no plan covers it, so that its entry is an event without a video
    watched_at: datetime | None = None
    deleted_at: datetime | None = None
    usb_appears: float | None = None  # None: it never reaches the stick
    usb_number: int = 0  # its id on the stick, until the Sync Module restarts
    usb_deleted: float | None = None

    @property
    def command_id(self) -> int | None:
        """The id of the command that asked for it; None if motion made it."""
        return self.command.id if self.command else None

    @property
    def mp4(self) -> bytes:
        """The video itself, the same bytes each time."""
        return encode(self.film, self.size)

    @property
    def jpeg(self) -> bytes:
        """The picture that stands for the video in the lists."""
        return photograph(self.film)

    def watch(self) -> None:
        """Let somebody watch it in Blink's app, which changes its entry and so lists it again."""
        self.watched_at = self.cloud.now()

    def delete(self) -> None:
        """Let somebody delete it in Blink's app; its entry stays, without a video."""
        self.deleted_at = self.deleted_at or self.cloud.now()

    def listed(self, now: float) -> bool:
        """Whether a media list has it: the old one knows only what is in the cloud, the app's has events too."""
        return now >= self.appears and not (self.command and self.command.cut_short)

    def on_usb(self, now: float) -> bool:
        """Whether the stick has it."""
        if self.usb_appears is None or (self.command and self.command.cut_short):
            return False
        return self.usb_appears <= now and (self.usb_deleted is None or now < self.usb_deleted)

    def partial(self, now: float) -> bool:
        """Whether it is still being written."""
        return now < self.whole

    def downloadable(self, now: float) -> bool:
        """Whether its address answers with the video."""
        return not self.partial(now) and self.deleted_at is None

    def updated_at(self, now: float) -> datetime:
        """Return when Blink last changed the entry, by Blink's clock."""
        if self.deleted_at:
            return self.deleted_at
        filled = 0.0 if self.partial(now) else self.whole - self.appears
        changed = self.appears_at + timedelta(seconds=filled)
        return max(changed, self.watched_at) if self.watched_at else changed


@dataclass(frozen=True)
class Picture:
    """A picture that a camera has taken; equal films have equal bytes, and no two pictures the same film."""

    taken: int  # Unix seconds by Blink's clock; no two pictures of a camera have the same
    command_id: int | None  # the thumbnail command that made it; None: it was there before
    film: Film

    @property
    def jpeg(self) -> bytes:
        """The picture itself."""
        return photograph(self.film)
