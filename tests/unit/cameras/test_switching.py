"""Arming and motion detection, between a Blink and a database that fail when the command has been taken."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.blink import Camera, CommandState, Inventory, Refused, SignedOut, Started
from bot.cameras import CameraTiming, Switches, Turns, switching
from bot.cameras.switch_finder import Switch
from bot.models import Right, StorageUnavailable
from bot.wording import arming
from tests.support.examples import a_share
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


async def test_a_database_that_goes_away_ends_one_of_all_systems_and_the_other_goes_on() -> None:
    looks = iter([None, StorageUnavailable("away")])
    away = asyncio.Event()
    shown = list[tuple[str, object]]()

    async def live() -> list[Any]:
        if trouble := next(looks):
            away.set()
            raise trouble
        return []

    async def command(*_: Any) -> CommandState:
        await away.wait()
        return CommandState("done", "vs", complete=True)

    async def set_armed(*_: Any, **__: Any) -> Started:
        return Started(command_id=1, at=NOW, state=CommandState())

    async def show(switch: Switch, step: object) -> None:
        shown.append((switch.name, step))

    blink = SimpleNamespace(account_id=110, set_armed=set_armed, command=command)
    household = SimpleNamespace(client=blink, outdate=lambda: None)
    switches = Switches(cast("Any", SimpleNamespace(timing=CameraTiming(poll=0.0), shares=None)), live, Turns())
    systems = [Switch(f"network.{number}", name, name, number) for number, name in ((1, "Home"), (2, "Shed"))]
    async with asyncio.timeout(5):
        ends = await switches.turn_all(cast("Any", household), systems, user_id=6, on=True, show=show)
    assert ends[0] == switching.Done()
    assert isinstance(ends[1], switching.Trouble)
    assert dict(shown) == {"Home": ends[0], "Shed": ends[1]}
    words = arming.ended_all([*zip(systems, ends, strict=True)], on=True, shared=False, owner=6).text
    assert "• Home: armed" in words
    assert "• Shed: not changed: I cannot reach my database right now" in words


@pytest.mark.parametrize("kind", ["system", "motion"])
@pytest.mark.parametrize("sees", [True, False], ids=["sees its state", "does not"])
async def test_only_a_guest_who_may_see_how_it_stands_is_told_so(sees: bool, kind: str) -> None:
    share = a_share(rights=frozenset({Right.ARM, *([Right.STATUS] if sees else [])}))
    camera = Camera(KEY, "Front Door", "Home", "Mini", online=True, motion=False)

    async def used(*_: Any, **__: Any) -> None:
        pass

    async def still(*_: Any) -> list[Any]:
        return [share]

    async def inventory(**_: Any) -> Inventory:
        return Inventory((camera,), armed={410: False})

    refuse = _raising(Refused(400, code=5, message="Not on Sundays"))
    blink = SimpleNamespace(account_id=110, set_armed=refuse, set_motion=refuse)
    household = SimpleNamespace(client=blink, inventory=inventory, outdate=lambda: None)
    shares = SimpleNamespace(spend=lambda *_: None, used=used, still=still)
    switches = Switches(cast("Any", SimpleNamespace(timing=CameraTiming(), shares=shares)), _no_jobs, Turns())
    switch = Switch("of.1.network.410", "Home", "Home", 410, KEY if kind == "motion" else None, share=share)
    end = await switches.turn(cast("Any", household), switch, user_id=6, on=True, show=used)
    assert end == switching.NotDone(switching.Why.REFUSED, False if sees else None, 5, "Not on Sundays")


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
