"""Checks whether a person still wants their waiting alerts, and still may get them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from bot.models import Alert, CameraKey, Watcher
from bot.store import AlertStore

_Shared = tuple[int, int, int, CameraKey]  # the server, whose camera it is, the Blink account, and the camera


class Unsure(Exception):
    """Nobody can find out now whether a person may get alerts of a camera; later it may be known."""


class Leave(Protocol):
    """Knows whether a guest may get alerts of somebody else's camera at this moment."""

    async def may_hear(
        self,
        user_id: int,
        guild_id: int,
        *,
        owner_id: int,
        account_id: int,
        camera: CameraKey,
        moments: Collection[datetime],
    ) -> frozenset[datetime]:
        """Return those of `moments` at which a share lets a person, or a role that they have there now, get alerts.

        These are the moments within the hours of a share. Raises Unsure.
        """
        ...


class AlertPermissions:
    """Checks subscriptions in the database, and with `leave` the shares for cameras that others share."""

    def __init__(self, store: AlertStore, leave: Leave) -> None:
        self._store = store
        self._leave = leave

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
        shared: defaultdict[_Shared, list[Alert]] = defaultdict(list)
        for alert in wished:
            if alert.shared and alert.camera is not None:
                shared[alert.guild_id, alert.owner_id, alert.account_id, alert.camera].append(alert)
        refused: list[Alert] = []
        unsure: list[Alert] = []
        for (guild_id, owner_id, account_id, camera), some in shared.items():
            moments = {alert.happened_at for alert in some}
            try:
                heard = await self._leave.may_hear(
                    user_id, guild_id, owner_id=owner_id, account_id=account_id, camera=camera, moments=moments
                )
            except Unsure:
                unsure += some
            else:
                refused += [alert for alert in some if alert.happened_at not in heard]
        return [alert for alert in wished if alert not in refused and alert not in unsure], unsure

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


def can_hear(watcher: Watcher, alert: Alert) -> bool:
    """Say whether this alert can reach a person; a channel takes none of cameras that others share."""
    return watcher.unreachable_at is None or watcher.place_of(alert) is not None
