"""What a person does to be linked: a command without options, a button, and what answers."""

from typing import Any

from tests.support.house import House, buttons_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until

LOADING = 1 << 7  # what Discord shows as "thinking"


async def use(street: Street, user: Any, name: str) -> dict[str, Any]:
    """Use a command without options in the channel, and return the reply."""
    used = await street.house.discord.slash(user, street.house.channel, name)
    return await until(lambda: answered(used))


async def press(house: House, user: Any, message: dict[str, Any], label: str) -> dict[str, Any]:
    """Press a button, and return the message that answers, be it a new one or the same."""
    click = await house.discord.click(user, message["id"], buttons_of(message)[label])
    await click.acked()

    def answered() -> dict[str, Any] | None:
        if click.message:
            return None if click.message["flags"] & LOADING else click.message
        return message if label not in buttons_of(house.shown(user, message)) else None

    return await until(answered)
