"""A command that is not a job ends as well, whatever Discord refuses, and what it did is told."""

import re

from simulators.discord import Fault
from tests.support.house import key_of, text_of
from tests.support.street import Street
from tests.support.waiting import until

REPLY = re.compile(r"/webhooks/")
DONE = "Motion detection of “Front Door” is off."


async def test_what_was_done_is_told_with_the_next_command_after_a_restart(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    refused = Fault("PATCH", REPLY, None, 400, {"code": 200000, "message": "Blocked by AutoMod"})
    house.discord.faults.append(refused)
    options = {"camera": key_of(street.front), "state": "off"}
    async with house.bot():
        await house.discord.slash(street.alice, house.channel, "motion", options)
        await until(lambda: house.rows("SELECT text FROM untold"))
        assert not street.front.enabled
    house.discord.faults.remove(refused)
    async with house.bot():
        asked = await house.discord.slash(street.alice, house.channel, "account")
        [news] = await until(lambda: asked.followups)
        assert DONE in text_of(news)
        await until(lambda: not house.rows("SELECT text FROM untold"))
