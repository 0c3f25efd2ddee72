"""Arming and motion detection, between a Blink and a database that fail when the command has been taken."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.blink import CommandState, SignedOut, Started
from bot.cameras import CameraTiming, Switches, Turns, switching
from bot.cameras.switch_finder import Switch
from bot.models import StorageUnavailable
from tests.support.jobs import KEY, NOW


@pytest.mark.parametrize(
    "trouble", [StorageUnavailable("away"), SignedOut("marked", final=True)], ids=["store", "signed out"]
)
async def test_a_command_that_blink_has_taken_is_not_told_as_one_that_was_never_asked(trouble: Exception) -> None:
    finder = SimpleNamespace(timing=CameraTiming(poll=0.0), shares=None)
    household = SimpleNamespace(client=_Blink(trouble), inventory=_raising(trouble), outdate=lambda: None)
    switch = Switch("camera.410.610", "Front Door", "Front Door", 410, KEY)

    async def show(_: switching.SwitchStep) -> None:
        pass

    switches = Switches(cast("Any", finder), _no_jobs, Turns())
    async with asyncio.timeout(5):
        end = await switches.turn(cast("Any", household), switch, user_id=6, on=True, show=show)
    assert end == switching.NotDone(switching.Why.UNCONFIRMED, None)


class _Blink:
    account_id = 110

    def __init__(self, trouble: Exception) -> None:
        self.command = _raising(trouble)

    async def set_motion(self, *_: Any, **__: Any) -> Started:
        return Started(command_id=1, at=NOW, state=CommandState())


async def _no_jobs() -> list[Any]:
    return []


def _raising(trouble: Exception) -> Any:
    async def call(*_: Any, **__: Any) -> Any:
        raise trouble

    return call
