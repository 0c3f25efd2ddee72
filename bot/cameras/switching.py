"""Arm systems and turn motion detection on and off: ask Blink, follow the command, and look at the result.

This is quick and harmless to repeat, so it needs no job: if a restart interrupts it, its person asks again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from bot.accounts import Session
from bot.blink import (
    BlinkError,
    Busy,
    CommandState,
    NeverSent,
    NoneEnabled,
    NotUnderstood,
    Refused,
    Started,
    Unreachable,
)
from bot.models import HOLDING, Job, Right, StorageUnavailable

from .finder import CameraFinder
from .polling import Polling, Turns, completed
from .switch_finder import Switch, SwitchFinder

_log = logging.getLogger("bot.cameras")


class Begun:
    """Blink is about to be asked."""


class Held:
    """A clip or picture of the same network is under way, and may finish first."""


SwitchStep: TypeAlias = Begun | Held | Busy


@dataclass(frozen=True, slots=True)
class Done:
    """The switch is as wished; `none_enabled`: armed, but no camera of the network has motion detection on."""

    none_enabled: bool = False


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The network was occupied for too long; `busy` is Blink's last answer, None if a clip was allowed to finish."""

    busy: Busy | None


class Already:
    """It was so already, so Blink was not asked."""


class Offline:
    """The camera is offline, so Blink was not asked."""


class Revoked:
    """Its owner no longer lets this person turn it, so Blink was not asked."""


@dataclass(frozen=True, slots=True)
class TooOften:
    """This person has asked its owner's account too often and must wait until `again_at`, so Blink was not asked."""

    again_at: datetime


class Why(StrEnum):
    """Why nobody knows that a switch was turned."""

    REFUSED = "refused"
    FAILED = "failed"  # Blink took the command and then reported failure
    UNCONFIRMED = "unconfirmed"  # no answer, or none in time


@dataclass(frozen=True, slots=True)
class NotDone:
    """Blink did not do it, or did not say so.

    `stands` is how it lists the switch now, None if nobody knows, or if that is not for this guest.
    """

    why: Why
    stands: bool | None
    code: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Blink could not be asked at all, or the database is away."""

    error: BlinkError | StorageUnavailable


SwitchEnd: TypeAlias = Done | Already | GaveUp | Offline | Revoked | TooOften | NotDone | Trouble
ShowStep: TypeAlias = Callable[[SwitchStep], Awaitable[None]]
ShowOne: TypeAlias = Callable[[Switch, SwitchStep | SwitchEnd], Awaitable[None]]


class Switches(SwitchFinder):
    """Find switches, and turn them; `live` returns the unfinished jobs, whose systems are left alone."""

    def __init__(self, finder: CameraFinder, live: Callable[[], Awaitable[Sequence[Job]]], turns: Turns) -> None:
        super().__init__(finder)
        self._shares = finder.shares
        self._timing = finder.timing
        self._live = live
        self._turns = turns

    async def turn(self, session: Session, switch: Switch, *, user_id: int, on: bool, show: ShowStep) -> SwitchEnd:
        """Turn a switch on or off, `show` each step meanwhile, and return how it ended.

        Raises StorageUnavailable if a guest's use cannot be noted.
        """
        if switch.share:
            if again_at := self._shares.spend(user_id, switch.share.owner_id):
                return TooOften(again_at)
            await self._shares.used(switch.share.id, user_id, what=Right.ARM, label=switch.name)
        try:
            end = await self._turn(session, switch, on=on, show=show)
        except (BlinkError, StorageUnavailable) as error:
            end = Trouble(error)
        session.outdate()
        _log.info("%s of network %d: %s", switch.choice, switch.network_id, type(end).__name__)
        return end

    async def turn_all(
        self, session: Session, systems: Sequence[Switch], *, user_id: int, on: bool, show: ShowOne
    ) -> list[SwitchEnd]:
        """Turn systems of a person's own side by side, and return how each ended; none fails, since the others go on.

        One that Blink has just listed as wished is not asked.
        """

        async def turned(switch: Switch) -> SwitchEnd:
            if switch.on is on:
                end: SwitchEnd = Already()
            else:
                end = await self.turn(session, switch, user_id=user_id, on=on, show=partial(show, switch))
            await show(switch, end)
            return end

        return list(await asyncio.gather(*map(turned, systems)))

    async def _turn(self, session: Session, switch: Switch, *, on: bool, show: ShowStep) -> SwitchEnd:
        if not switch.online:
            return Offline()
        await show(Begun())
        try:
            answer = await self._taken(session, switch, on=on, show=show)
        except NeverSent:
            raise
        except Refused as refused:
            return await _not_done(session, switch, Why.REFUSED, refused.code, refused.message)
        except (Unreachable, NotUnderstood) as error:
            _log.info("whether it is turned is unclear: %s", error)
            return await _not_done(session, switch, Why.UNCONFIRMED)
        match answer:
            case Started(command_id=command_id):
                state = await self._followed(session, switch, command_id)
            case NoneEnabled():
                return Done(none_enabled=True)
            case Revoked():
                return answer
            case _:
                return GaveUp(answer)
        if state is None:
            return await _not_done(session, switch, Why.UNCONFIRMED)
        if state.failed:
            return await _not_done(session, switch, Why.FAILED, state.code, state.message)
        return Done()

    async def _taken(
        self, session: Session, switch: Switch, *, on: bool, show: ShowStep
    ) -> Started | NoneEnabled | Busy | Revoked | None:
        """Ask until Blink takes the command, the owner revokes the share, or the network was occupied for too long.

        Returns None if a clip was allowed to finish.
        """
        timing, clock = self._timing, asyncio.get_running_loop().time
        until, attempts = clock() + timing.busy_wait, 0
        network = session.client.account_id, switch.network_id
        while True:
            if switch.share and not await self._shares.still([switch.share.id], Right.ARM):
                return Revoked()
            answer = None if await self._held(network) else await self._ask(session, switch, on=on)
            if isinstance(answer, Started | NoneEnabled):
                return answer
            attempts += 1
            gap = timing.busy_gap(attempts)
            if clock() + gap > until:
                return answer
            await show(Held() if answer is None else answer)
            await self._turns.wait(network, timeout=gap)

    async def _held(self, network: tuple[int, int]) -> bool:
        """Say whether a job occupies a network: Blink would turn one of the two away."""
        live = await self._live()
        return any(job.stage in HOLDING and job.target and job.target.system == network for job in live)

    async def _ask(self, session: Session, switch: Switch, *, on: bool) -> Started | NoneEnabled | Busy:
        """Ask Blink to turn a switch, and once more if the request was not sent; raises BlinkError."""
        if switch.camera:
            ask = partial(session.client.set_motion, switch.camera, enabled=on)
        else:
            ask = partial(session.client.set_armed, switch.network_id, armed=on)
        try:
            return await ask()
        except NeverSent:
            await asyncio.sleep(self._timing.again)
            return await ask()

    async def _followed(self, session: Session, switch: Switch, command_id: int) -> CommandState | None:
        """Poll a command until it is complete; returns None if its end is not learned in time."""
        timing, clock = self._timing, asyncio.get_running_loop().time
        until = clock() + timing.switch_deadline
        try:
            return await completed(
                session.client,
                switch.network_id,
                command_id,
                polling=Polling(timing.poll),
                left=lambda: until - clock(),
            )
        except (BlinkError, StorageUnavailable) as error:  # Blink has taken the command all the same
            _log.info("how it ended cannot be asked: %s", error)
            return None


async def _not_done(session: Session, switch: Switch, why: Why, code: int | None = None, message: str = "") -> NotDone:
    """Look once how Blink lists the switch now, if that is for its person."""
    if switch.share and Right.STATUS not in switch.share.rights:
        return NotDone(why, None, code, message)
    session.outdate()
    try:
        inventory = await session.inventory(max_age=0)
    except (BlinkError, StorageUnavailable):
        return NotDone(why, None, code, message)
    if switch.camera is None:
        return NotDone(why, inventory.armed.get(switch.network_id), code, message)
    stands = next((one.motion for one in inventory.cameras if one.key == switch.camera), None)
    return NotDone(why, stands, code, message)
