"""The alerts that people choose, how they mute them, and which of them they still want and may get."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Alert, CameraHealth, CameraKey, Events, Subscription, Watcher
from bot.store import AlertStore


class AlertSubscriptions:
    """Saves what people choose; calls `changed` after it saves a subscription, so that the poller looks at once.

    Every method may raise the store's errors.
    """

    def __init__(
        self, store: AlertStore, *, changed: Callable[[], None] = lambda: None, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._changed = changed
        self._now = now

    async def watcher(self, user_id: int) -> Watcher:
        """Return a person's settings for alerts, or the defaults."""
        return await self._store.subscriptions.watcher(user_id)

    async def health_of(self, user_id: int) -> list[CameraHealth]:
        """Return what the last look saw of a person's cameras, if they want to know of that."""
        return await self._store.health.of_person(user_id)

    async def remember(self, watcher: Watcher) -> None:
        """Save a person's settings, and drop waiting alerts of the events that they no longer choose."""
        await self._store.subscriptions.remember(watcher)
        if watcher.health:
            self._changed()
        if watcher.events is not Events.ALL:
            waiting = await self._store.alert_messages.waiting_of(watcher.user_id)
            await self._store.alert_messages.drop([one for one in waiting if not watcher.events.include(one.event)])

    async def subscriptions_of(self, user_id: int) -> list[Subscription]:
        """Return a person's subscriptions, those to their own cameras first."""
        return await self._store.subscriptions.of_person(user_id)

    async def subscribe(self, subscription: Subscription) -> bool:
        """Save a subscription in place of the one for the same owner and server; one without cameras ends that.

        A changed subscription keeps its beginning, so that events just before the change are still told. Drops waiting
        alerts of cameras that it leaves out. Returns False if its owner has no linked account.
        """
        if subscription.cameras is not None and not subscription.cameras:
            await self._store.subscriptions.unsubscribe(subscription)
            return True
        place = (subscription.owner_id, subscription.guild_id)
        for before in await self._store.subscriptions.of_person(subscription.user_id):
            if (before.owner_id, before.guild_id) == place:
                subscription = replace(subscription, since=min(before.since, subscription.since))
        if not await self._store.subscriptions.subscribe(subscription):
            return False
        waiting = await self._store.alert_messages.waiting_of(subscription.user_id)
        await self._store.alert_messages.drop(
            [one for one in waiting if (one.owner_id, one.guild_id) == place and not subscription.is_for(one.camera)]
        )
        self._changed()
        return True

    async def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        await self._store.subscriptions.unsubscribe(subscription)

    async def stop(self, user_id: int) -> None:
        """End every subscription of a person."""
        for subscription in await self._store.subscriptions.of_person(user_id):
            await self._store.subscriptions.unsubscribe(subscription)

    async def mute(self, user_id: int, *, seconds: float) -> Watcher:
        """Mute a person's alerts of the next `seconds`, and return their new settings."""
        watcher, now = await self._store.subscriptions.watcher(user_id), self._now()
        # Blink may list an event of the mute under way later; the new mute must still cover it.
        begun = now if watcher.wants_to_know(now) else watcher.muted_from
        watcher = watcher.changed(muted_from=begun, muted_until=now + timedelta(seconds=seconds))
        await self._store.subscriptions.remember(watcher)
        return watcher

    async def unmute(self, user_id: int) -> Watcher:
        """End a person's mute, and return their new settings."""
        watcher = await self._store.subscriptions.watcher(user_id)
        if watcher.muted_until is not None:
            watcher = watcher.changed(muted_until=min(watcher.muted_until, self._now()))
            await self._store.subscriptions.remember(watcher)
        return watcher

    async def hear_camera(
        self, user_id: int, owner_id: int, camera: CameraKey, *, since: datetime | None = None
    ) -> bool:
        """Put a camera into a person's subscriptions to its owner, also into a new one if the cameras are their own.

        A new one begins at `since`, by Blink's clock, or now. Returns False if there is none.
        """
        theirs = [one for one in await self._store.subscriptions.of_person(user_id) if one.owner_id == owner_id]
        if not theirs and owner_id == user_id:
            begun = since or self._now().replace(microsecond=0)  # Blink knows whole seconds
            theirs = [Subscription(user_id, owner_id, begun, cameras=frozenset())]
        heard = False
        for subscription in theirs:
            cameras = None if subscription.cameras is None else subscription.cameras | {camera}
            heard |= await self.subscribe(replace(subscription, cameras=cameras, muted=subscription.muted - {camera}))
        return heard

    async def mute_camera(self, user_id: int, owner_id: int, camera: CameraKey) -> bool:
        """Leave a camera out of all subscriptions of a person; return False if none includes it."""
        theirs = await self._store.subscriptions.of_person(user_id)
        heard = [one for one in theirs if one.owner_id == owner_id and one.is_for(camera)]
        for subscription in heard:
            if subscription.cameras is None:
                await self.subscribe(replace(subscription, muted=subscription.muted | {camera}))
            else:
                await self.subscribe(replace(subscription, cameras=subscription.cameras - {camera}))
        return bool(heard)


class Unsure(Exception):
    """Nobody can find out now whether a person may get alerts of a camera; later it may be known."""


class ShareChecker(Protocol):
    """Knows whether guests may get alerts of somebody else's camera at this moment."""

    async def may_hear(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Return those of a person's alerts of one camera that a share lets them, or a role of theirs, get.

        They happened within the hours of such a share. Raises Unsure.
        """
        ...


class AlertPermissions:
    """Checks subscriptions in the database, and the shares for cameras that others share."""

    def __init__(self, store: AlertStore, shares: ShareChecker) -> None:
        self._store = store
        self._shares = shares

    async def of(self, user_id: int, alerts: Iterable[Alert]) -> list[Alert]:
        """Return the alerts that a person subscribes to and may get; raises Unsure."""
        wanted, unsure = await self.parted(user_id, alerts)
        if unsure:
            raise Unsure
        return wanted

    async def parted(self, user_id: int, alerts: Iterable[Alert]) -> tuple[list[Alert], list[Alert]]:
        """Return the alerts that a person subscribes to and may get, and those for which nobody knows that now.

        Asks once for each shared camera, however many alerts are from it.
        """
        subscriptions = {
            (subscription.owner_id, subscription.guild_id): subscription
            for subscription in await self._store.subscriptions.of_person(user_id)
        }
        wished = [
            alert
            for alert in alerts
            if (subscription := subscriptions.get((alert.owner_id, alert.guild_id)))
            and subscription.is_for(alert.camera)
        ]
        shared = defaultdict[Hashable, list[Alert]](list)
        for alert in wished:
            if alert.shared:
                shared[alert.guild_id, alert.owner_id, alert.account_id, alert.camera].append(alert)
        allowed = [alert for alert in wished if not alert.shared]
        unsure: list[Alert] = []
        for alerts_of_camera in shared.values():
            try:
                allowed += await self._shares.may_hear(alerts_of_camera)
            except Unsure:
                unsure += alerts_of_camera
        return [alert for alert in wished if alert in allowed], unsure

    async def elsewhere(self, user_id: int, alerts: Iterable[Alert]) -> dict[str, int]:
        """Return the server whose shares may let a person hear of a shared camera next, by alert.

        An alert is first of one server in which they subscribe to its camera, but another one may allow it, too.
        """
        subscriptions = await self._store.subscriptions.of_person(user_id)
        servers: dict[str, int] = {}
        for alert in (one for one in alerts if one.shared):
            theirs = [one for one in subscriptions if one.owner_id == alert.owner_id and one.is_for(alert.camera)]
            later = [one.guild_id for one in theirs if one.since <= alert.happened_at and one.guild_id > alert.guild_id]
            if later:
                servers[alert.id] = min(later)
        return servers
