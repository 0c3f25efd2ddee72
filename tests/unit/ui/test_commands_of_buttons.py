"""Whoever presses another person's button reads which command makes one of their own."""

import pytest

from bot.models import Kind
from bot.ui import COMMANDS
from bot.ui.buttons import ITEMS, command_of
from bot.wording import any_command
from bot.wording.custom_ids import remove

MADE_BY = {
    remove(Kind.CLIP, 6).custom_id: "clip",
    remove(Kind.SNAPSHOT, 6).custom_id: "snapshot",
    remove(Kind.RECENT, 6).custom_id: "recordings",
    "cam:clip:camera.1.2:6": "clip",
    "dms:stop:6": "notify",
    "clips:choose:0:6": "recordings",
    "sw:on:network.1:6": "arm",
    "sw:ask:of.7.network.1:6": "disarm",
    "sw:on:camera.1.2:6": "motion",
    "sw:on:all:6": "arm",
    "sw:off:all:6": "disarm",
    "cam:snap:all:6": "snapshot",
    "cameras:next:2:6": "cameras",
    "grants:choose:6": "share list",
    "share:choose:6": "share list",
    "share:open:6": "share list",
    "share:u:7:camera.1.2:6": "share list",
    "alerts:hour:0123456789abcdef:6": "notify",
    "account:link:6": "account",
}


@pytest.mark.parametrize(("custom_id", "command"), MADE_BY.items(), ids=str)
def test_the_command_that_makes_a_button(custom_id: str, command: str) -> None:
    assert command_of(custom_id) == command
    assert f"Use `/{command}` yourself" in any_command.not_yours(command).text
    assert command.split()[0] in {one.name for one in COMMANDS}
    templates = [item.__discord_ui_compiled_template__ for item in ITEMS]
    assert any(template.fullmatch(custom_id) for template in templates), "there is such a button"
