"""Follow a command of Blink's to its end."""

import logging
from collections.abc import Callable

from bot.blink import BlinkClient, BlinkError, CommandState, Refused, SignedOut

from .polling import Polling

_log = logging.getLogger("bot.cameras")

_NOT_FOUND = 404
_FORGOTTEN = 3  # 404s in a row, after which Blink no longer knows the command


async def completed(
    client: BlinkClient,
    network_id: int,
    command_id: int,
    *,
    polling: Polling,
    left: Callable[[], float],
    show: Callable[[CommandState], None] = lambda state: None,
) -> CommandState | None:
    """Poll a command until it is complete, and `show` each state before that.

    Returns None if no seconds are `left`, or if Blink no longer knows the command. Raises SignedOut.
    """
    not_found = 0
    while not_found < _FORGOTTEN and await polling.turn(left()):
        try:
            with polling.question():
                state = await client.command(network_id, command_id)
        except SignedOut:
            raise
        except BlinkError as error:  # a poll that fails says nothing about the command
            _log.info("poll failed: %s", error)
            not_found = not_found + 1 if isinstance(error, Refused) and error.status == _NOT_FOUND else 0
            continue
        if state.complete:
            polling.over()
            return state
        show(state)
        not_found = 0
    await client.end_command(network_id, command_id)  # an open command keeps the Sync Module occupied
    return None
