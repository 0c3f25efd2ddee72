"""Looks for what is wrong with cameras, once an hour and account, and tells those who want to know, each thing once."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.accounts import Sessions
from bot.blink import BlinkError, Inventory, SignedOut
from bot.models import CameraHealth, HealthMessage, is_low
from bot.store import AlertStore

from .sending import AlertDisplay, NoDirectMessages
from .timing import AlertTiming

log = logging.getLogger("bot.alerts")


class HealthWatch:
    """Does one round at a time; what it leaves undone is in the database for the next one."""

    def __init__(
        self,
        store: AlertStore,
        sessions: Sessions,
        display: AlertDisplay,
        *,
        now: Callable[[], datetime],
        timing: AlertTiming,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._display = display
        self._now = now
        self._timing = timing
        self._round: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin a round, unless one is under way."""
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._safely(), name="health of cameras")

    async def close(self) -> None:
        """End the round under way; a later process goes on from the database."""
        if self._round:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    async def round(self) -> None:
        """Finish messages from before, look at accounts that are due, and tell what is new."""
        for message in await self._store.health.unfinished():
            await self._send(message)
        due, at_once = await self._store.health.due(every=self._timing.health_every), asyncio.Semaphore(8)
        await asyncio.gather(*(self._look(account_id, people, at_once) for account_id, people in due.items()))
        for user_id in await self._store.health.with_news():
            watcher, now = await self._store.subscriptions.watcher(user_id), self._now()
            if watcher.quiet_until(now) is None and watcher.wants_to_know(now):
                message = await self._store.health.make_message(user_id, now=now)
                if message:
                    await self._send(message)

    async def _safely(self) -> None:
        try:
            await self.round()
        except Exception as error:
            log.warning("the health of cameras cannot be looked after now: %s", type(error).__name__, exc_info=error)

    async def _look(self, account_id: int, people: Iterable[int], at_once: asyncio.Semaphore) -> None:
        """Look at an account by the first link that works; what cannot be seen stays as it was."""
        async with at_once:
            try:
                if not await self._store.health.claim(account_id, every=self._timing.health_every):
                    return
                inventory = await self._inventory(account_id, people)
                if inventory:
                    await self._store.health.saw(account_id, _health_of(inventory, self._now()))
            except BlinkError:
                pass
            except Exception as error:  # or the round would end, and the looks beside this one belong to nobody
                log.warning("the cameras of an account cannot be looked at: %s", type(error).__name__, exc_info=error)

    async def _inventory(self, account_id: int, people: Iterable[int]) -> Inventory | None:
        for user_id in people:
            with contextlib.suppress(SignedOut):
                session = await self._sessions.session(user_id)
                if session and session.client.account_id == account_id:
                    return await session.inventory(max_age=self._timing.inventory_age)
        return None

    async def _send(self, message: HealthMessage) -> None:
        """Send a message, which the next round does again if Discord does not take it now."""
        if not await self._store.alert_messages.still_ours(message):
            return
        try:
            shown = await self._display.show_health(message)
        except NoDirectMessages:
            log.info("user %d takes no direct messages", message.user_id)
            await self._store.subscriptions.cannot_reach(message.user_id, at=self._now())
            await self._store.alert_messages.finish(message)
            return
        if shown:
            await self._store.alert_messages.shown(shown, at=self._now())
        if shown or (self._now() - message.made_at).total_seconds() > self._timing.give_up:
            await self._store.alert_messages.finish(message)


def _health_of(inventory: Inventory, now: datetime) -> list[CameraHealth]:
    return [
        CameraHealth(
            one.key,
            inventory.name_of(one),
            now,
            offline_since=None if one.online else now,
            low_battery=is_low(one.battery),
        )
        for one in inventory.cameras
    ]
