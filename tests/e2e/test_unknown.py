"""`/cameras` of an account with a device that this version does not know."""

from datetime import UTC, datetime

from simulators.blink import Fault
from simulators.blink.wire import homescreen
from tests.support.house import text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until


async def test_a_doorbell_in_a_new_list_is_counted(street: Street) -> None:
    house = street.house
    said = homescreen(street.account, datetime.now(UTC))
    house.blink.faults.append(
        Fault("homescreen", times=None, body=said | {"doorbells": [], "lotus": said["doorbells"]})
    )
    async with house.bot():
        used = await house.discord.slash(street.alice, house.channel, "cameras", {})
        reply = await until(lambda: answered(used), timeout=10)
        assert text_of(reply).strip().startswith("2 cameras · 1 device that I do not know"), text_of(reply)
