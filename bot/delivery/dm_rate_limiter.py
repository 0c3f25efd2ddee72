"""How fast the bot opens direct messages: Discord watches for bots that write to many people at once."""

import asyncio

from .errors import DiscordUnavailable

_APART = 0.3
_TOO_FAST = 120.0
_LONGEST = 5.0


class DmRateLimiter:
    """Allows one direct message to be opened each `apart` seconds, and none for `too_fast` after Discord complains.

    https://docs.discord.com/developers/resources/user#create-dm
    """

    def __init__(self, *, apart: float = _APART, too_fast: float = _TOO_FAST) -> None:
        self._apart = apart
        self._too_fast = too_fast
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn. Raises DiscordUnavailable if that is far away."""
        now = asyncio.get_running_loop().time()
        wait = self._next - now
        if wait > _LONGEST:
            raise DiscordUnavailable("direct messages are not opened for a while")
        self._next = max(self._next, now) + self._apart
        await asyncio.sleep(max(0.0, wait))

    def back_off(self) -> None:
        """Open none for a while: Discord says that they are opened too fast (40003)."""
        self._next = asyncio.get_running_loop().time() + self._too_fast
