"""A neighbour who uses the cameras of the street."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.house import buttons_of, key_of, text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until


@dataclass
class Shared:
    """A street, and a neighbour there who has linked nothing."""

    street: Street
    bob: Any

    async def grant(self, camera: Any = None, **rights: Any) -> None:
        """Let Bob use a camera of Alice's, the front one by default, or with a text what that says."""
        asked = camera if isinstance(camera, str) else key_of(camera or self.street.front)
        given = await self.use("grant add", self.street.alice, who=self.bob, camera=asked, **rights)
        assert "may now" in text_of(given)

    async def use(self, command: str, user: Any = None, **options: Any) -> dict[str, Any]:
        house = self.street.house
        used = await house.discord.slash(user or self.bob, house.channel, command, options)
        return await until(lambda: answered(used), timeout=10)

    def lent(self, camera: Any) -> str:
        return f"of.{self.street.alice.id}.{key_of(camera)}"

    async def press(self, message: dict[str, Any], label: str) -> Any:
        return await self.street.house.discord.click(self.bob, message["id"], buttons_of(message)[label])

    async def sign_out(self, user: Any) -> None:
        """Have it noted that Blink accepts a person's link no longer."""
        marked = "UPDATE accounts SET signed_out_at = ? WHERE user_id = ?"
        await self.street.house.execute(marked, datetime.now(UTC), user.id)


@pytest.fixture
def shared(street: Street) -> Shared:
    return Shared(street, street.house.discord.add_user("bob"))
