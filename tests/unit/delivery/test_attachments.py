"""Files on their way to Discord."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.delivery.attachments import fitting
from bot.delivery.errors import ShareRevoked
from bot.delivery.timeouts import retry
from bot.jobs import Media
from bot.wording import Card, Tone
from simulators.discord import Fault
from tests.unit.delivery.conftest import POLICIES, DeliverySetup


async def test_before_each_try_it_is_checked_whether_a_file_may_still_be_shown(
    town: DeliverySetup, tmp_path: Path
) -> None:
    path = tmp_path / "shared.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    checks: list[bool] = []

    async def check() -> None:
        checks.append(not checks)
        if not checks[-1]:
            raise ShareRevoked

    file = await fitting(Media(path, 3, check=check), 100, name="shared.jpg", caption="")
    town.discord.faults.append(fault := Fault("POST", "/channels/*/messages", action="reset"))
    send = partial(town.messenger.send_dm, town.alice.id, Card("Shared", "a picture", Tone.GOOD), file, nonce="1")
    with pytest.raises(ShareRevoked):
        await retry(send, replace(POLICIES.upload, patience=5.0))
    assert checks == [True, False]
    assert fault.hits == 1
    assert not town.messages(town.alice.dm)
