"""Whether a person still wants, and may, hear of what waits for them."""

from collections.abc import Iterable

from .model import Alert, Watcher, Wish
from .ports import AlertStore, Leave


class Wanted:
    """Answers from the database as it stands, and for cameras that others lend from what Discord says now."""

    def __init__(self, store: AlertStore, leave: Leave) -> None:
        self._store = store
        self._leave = leave

    async def of(self, user_id: int, alerts: Iterable[Alert]) -> list[Alert]:
        """Return those of a person's alerts that they wish for and may hear of; raises Unsure."""
        wishes = {(wish.owner_id, wish.guild_id): wish for wish in await self._store.wishes_of(user_id)}
        return [alert for alert in alerts if await self._is_wanted(alert, wishes.get((alert.owner_id, alert.guild_id)))]

    async def _is_wanted(self, alert: Alert, wish: Wish | None) -> bool:
        if wish is None or not wish.is_for(alert.camera):
            return False
        if not alert.lent:
            return True
        return alert.camera is not None and await self._leave.may_hear(
            alert.user_id,
            alert.guild_id,
            owner_id=alert.owner_id,
            account_id=alert.account_id,
            camera=alert.camera,
        )


def can_hear(watcher: Watcher, alert: Alert) -> bool:
    """Say whether there is a way to a person for this alert: a channel is none for cameras that others lend."""
    return watcher.unreachable_at is None or (watcher.channel is not None and not alert.lent)
