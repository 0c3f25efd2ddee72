"""What a person does with `/notify`, and what they may hear of."""

from typing import Any

from tests.support import sharing
from tests.support.house import ended, key_of
from tests.support.street import Street
from tests.support.waiting import until

LOADING = 1 << 7
ALERTS_ONLY = {"status": False, "snapshot": False, "clip": False, "alerts": True}


async def use(street: Street, command: str = "notify", *, user: Any = None, place: Any = None, **options: Any) -> Any:
    """Use a command and return its reply."""
    house = street.house
    used = await house.discord.slash(user or street.alice, place or house.channel, command, options)
    return await reply(used)


async def reply(used: Any) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        message = ended(used.message)
        return message if message and not message["flags"] & LOADING else None

    return await until(done)


async def share(street: Street, who: Any, camera: Any, **more: Any) -> None:
    asked = camera if isinstance(camera, str) else key_of(camera)
    await sharing.share(street, who, asked, **ALERTS_ONLY, **more)
