"""A neighbour who uses the cameras of the street."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.hands import menu_of
from tests.support.house import buttons_of, key_of, text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until

LOADING = 1 << 7


@dataclass
class Shared:
    """A street, and a neighbour there who has linked nothing."""

    street: Street
    bob: Any

    async def share(self, camera: Any = None, **rights: Any) -> None:
        """Let Bob use a camera of Alice's, the front one by default, or with a text what that says."""
        asked = camera if isinstance(camera, str) else key_of(camera or self.street.front)
        await share(self.street, self.bob, asked, **{"status": True, "snapshot": True, "clip": True} | rights)

    async def use(self, command: str, user: Any = None, **options: Any) -> dict[str, Any]:
        house = self.street.house
        used = await house.discord.slash(user or self.bob, house.channel, command, options)
        return await until(lambda: answered(used), timeout=10)

    def shared(self, camera: Any) -> str:
        return f"of.{self.street.alice.id}.{key_of(camera)}"

    async def press(self, message: dict[str, Any], label: str) -> Any:
        return await self.street.house.discord.click(self.bob, message["id"], buttons_of(message)[label])

    async def sign_out(self, user: Any) -> None:
        """Have it noted that Blink accepts a person's link no longer."""
        marked = "UPDATE accounts SET signed_out_at = ? WHERE user_id = ?"
        await self.street.house.execute(marked, datetime.now(UTC), user.id)


async def reply_to(used: Any, *, unlike: str = "") -> dict[str, Any]:
    """Wait for the reply to a command, a button or a menu; `unlike` is what stood there before."""

    def done() -> dict[str, Any] | None:
        message = used.message
        return message if message and not message["flags"] & LOADING and text_of(message) not in ("", unlike) else None

    return await until(done, timeout=10)


async def share(street: Street, who: Any, camera: str, **rights: bool) -> str:
    """Let somebody use a camera of Alice's in exactly these ways, and return the share's id."""
    house, chosen = street.house, [right for right, wanted in rights.items() if wanted]
    options = {"who": who, "camera": camera, "preset": "look"}
    used = await house.discord.slash(street.alice, house.channel, "share add", options)
    reply = await until(lambda: "may now" in text_of(used.message) and used.message, timeout=10)
    custom_id = menu_of(reply)["custom_id"]
    share_id = custom_id.split(":")[2]
    if set(chosen) == {"status", "snapshot"}:
        return share_id
    changed = await house.discord.select(street.alice, reply["id"], custom_id, chosen)
    await until(lambda: changed.message and text_of(changed.message) != text_of(reply), timeout=10)
    return share_id


@pytest.fixture
def shared(street: Street) -> Shared:
    return Shared(street, street.house.discord.add_user("bob"))
