"""Checks whether a person still wants their waiting alerts, and still may get them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol

from bot.models import Alert
from bot.store import AlertStore


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
