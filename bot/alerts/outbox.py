"""Sends each person their waiting alerts: in order, few messages at a time, and never twice."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.models import Alert, AlertMessage, Watcher
from bot.store import AlertStore

from .sending import AlertDelivery
from .subscriptions import AlertPermissions
from .timing import AlertTiming

log = logging.getLogger("bot.alerts")


@dataclass
class _Running:
    """An alert message under way; `moved` is set when its video may have changed."""

    user_id: int
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Outbox:
    """Runs one task for each person with waiting alerts, and one for each unfinished alert message."""

    def __init__(
        self,
        store: AlertStore,
        delivery: AlertDelivery,
        wanted: AlertPermissions,
        *,
        now: Callable[[], datetime],
        timing: AlertTiming,
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._wanted = wanted
        self._now = now
        self._timing = timing
        self._budget_in = timedelta(seconds=timing.budget_in)
        self._people: dict[int, asyncio.Event] = {}
        self._running: dict[str, _Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def wake(self, user_ids: Iterable[int]) -> None:
        """Look after these people: they have waiting alerts, or one of their videos may have changed."""
        woken = set(user_ids)
        for running in self._running.values():
            if running.user_id in woken:
                running.moved.set()
        for user_id in woken:
            if user_id in self._people:
                self._people[user_id].set()
            elif not self._closed:
                self._people[user_id] = asyncio.Event()
                self._task(self._serve(user_id, self._people[user_id]), f"alerts of {user_id}")

    async def wake_waiting(self) -> None:
        """Look after all who have waiting alerts, but let those in quiet hours sleep: nothing can be sent to them."""
        waiting = await self._store.alert_messages.waiting()
        self.wake(waiting - await self._store.subscriptions.sleeping(self._now()))

    def resume(self, messages: Iterable[AlertMessage]) -> None:
        """Go on with alert messages that an earlier process, or this one before a failure, has left unfinished."""
        for message in messages:
            self._begin(message)

    async def close(self) -> None:
        """End all tasks; a later process goes on from the database."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, user_id: int, woken: asyncio.Event) -> None:
        """Send one person their waiting alerts, until none waits."""
        try:
            while True:
                woken.clear()
                wait = await self._send_next(user_id)
                if wait is not None:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await woken.wait()
                elif not woken.is_set():
                    return
        finally:
            del self._people[user_id]  # with no pause after the last look, or a wake would be lost

    async def _send_next(self, user_id: int) -> float | None:
        """Send the next of the waiting alerts, and return the seconds to wait before the next look.

        Returns None if none waits.
        """
        alerts = await self._store.alert_messages.waiting_of(user_id)
        if not alerts:
            return None
        watcher, now = await self._store.subscriptions.watcher(user_id), self._now()
        made = await self._store.alert_messages.made_since(user_id, now - self._budget_in, now=now)
        wait = self._wait(watcher, made)
        if wait > 0 and watcher.wants_to_know(now):  # a mute drops alerts at once
            return wait
        wanted, unsure = await self._still_wanted(user_id, watcher, alerts)
        keep = {alert.id for alert in (*wanted, *unsure)}
        if unwanted := [alert for alert in alerts if alert.id not in keep]:
            elsewhere = await self._wanted.elsewhere(user_id, unwanted)
            await self._store.alert_messages.pass_on(elsewhere)
            await self._store.alert_messages.drop([alert for alert in unwanted if alert.id not in elsewhere])
            return 0.0
        if not wanted:
            return self._timing.again
        place = watcher.place_of(wanted[0])
        together = [alert for alert in wanted if watcher.place_of(alert) == place]
        return await self._send(user_id, together, left=self._timing.budget - len(made))

    async def _still_wanted(
        self, user_id: int, watcher: Watcher, alerts: Sequence[Alert]
    ) -> tuple[list[Alert], list[Alert]]:
        """Return the alerts that may be sent, and those for which that is not known yet."""
        if not watcher.wants_to_know(self._now()):
            return [], []
        reachable = alerts
        if watcher.unreachable_at:  # their channels still take alerts
            reachable = [alert for alert in alerts if watcher.place_of(alert)]
        heard = [alert for alert in reachable if watcher.wants_to_know(alert.happened_at)]
        return await self._wanted.parted(user_id, heard)

    async def _send(self, user_id: int, alerts: Sequence[Alert], *, left: int) -> float:
        """Send the oldest of the alerts of one place by itself, or all in one message if more than `left` wait.

        Returns the seconds to wait before the next message: none once this one stands in Discord.
        """
        chosen = alerts if len(alerts) > left else alerts[:1]
        message = AlertMessage(secrets.token_hex(8), user_id, self._now(), tuple(chosen))
        since = message.made_at - self._budget_in
        if not await self._store.alert_messages.make(message, since=since, most=self._timing.budget):
            return self._timing.again  # another process was first
        running = self._begin(message)
        assert running.task is not None
        shown = asyncio.create_task(running.shown.wait())
        try:
            await asyncio.wait({shown, running.task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            shown.cancel()
        return 0.0 if running.shown.is_set() else self._timing.again

    def _begin(self, message: AlertMessage) -> _Running:
        running = self._running.get(message.id)
        if running is None:
            running = self._running[message.id] = _Running(message.user_id)
            sending = self._delivery.deliver(message, shown=running.shown, moved=running.moved)
            running.task = self._task(sending, f"alert message {message.id}")
            running.task.add_done_callback(lambda _: self._running.pop(message.id, None))
        return running

    def _task(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_report)
        return task

    def _wait(self, watcher: Watcher, made: Sequence[datetime]) -> float:
        """Return for how many seconds nothing may be sent: in quiet hours, and after many messages in a short time."""
        now = self._now()
        until = watcher.quiet_until(now)
        if until is None and len(made) >= self._timing.budget:
            until = made[-self._timing.budget] + self._budget_in
        return (until - now).total_seconds() if until else 0.0


def _report(task: asyncio.Task[None]) -> None:
    """Log the error of a task; the work that it left waits in the database."""
    if not task.cancelled() and (error := task.exception()):
        log.warning("%s: %s", task.get_name(), type(error).__name__, exc_info=error)
