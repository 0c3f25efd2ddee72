"""Following a command of Blink's to its end."""

import asyncio
import logging
from collections.abc import Callable

from bot.blink import BlinkClient, BlinkError, CommandState, RateLimited, Refused, SignedOut

from .cadence import Cadence

_log = logging.getLogger("bot.cameras")

_NOT_FOUND = 404
_FORGOTTEN = 3  # so many 404s in a row mean that Blink no longer knows the command


async def completed(
    client: BlinkClient,
    network_id: int,
    command_id: int,
    *,
    cadence: Cadence,
    left: Callable[[], float],
    show: Callable[[CommandState], None] = lambda state: None,
) -> CommandState | None:
    """Ask for a command at its `cadence` until it is complete, and `show` each state before; raises SignedOut.

    None where no seconds are `left`, or Blink knows the command no longer.
    """
    clock = asyncio.get_running_loop().time
    due, not_found = cadence.first(), 0
    while True:
        await asyncio.sleep(max(0.0, min(due - clock(), left())))
        cadence.asking(clock())
        try:
            state = await client.command(network_id, command_id)
        except SignedOut:
            raise
        except BlinkError as error:  # a poll that fails says nothing about the command
            _log.info("poll failed: %s", error)
            not_found = not_found + 1 if isinstance(error, Refused) and error.status == _NOT_FOUND else 0
            hold = error.retry_after if isinstance(error, RateLimited) else 0.0
            due = cadence.in_trouble(clock(), hold=hold)
        else:
            not_found = 0
            if state.complete:
                return state
            show(state)
            due = cadence.not_yet(clock())
        if left() < cadence.fastest or not_found == _FORGOTTEN:
            break
    await client.end_command(network_id, command_id)  # an open command keeps the Sync Module occupied
    return None
