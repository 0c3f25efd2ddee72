"""What people choose to hear of, and how they put it off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.models import CameraKey, Events, Watcher, Wish
from bot.store import AlertStore


class Alerts:
    """Saves what people choose; `changed` hears of each wish, so that the poller looks at once.

    Every method may raise the store's errors.
    """

    def __init__(
        self, store: AlertStore, *, changed: Callable[[], None] = lambda: None, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._changed = changed
        self._now = now

    async def watcher(self, user_id: int) -> Watcher:
        """Return how a person is told."""
        return await self._store.wishes.watcher(user_id)

    async def remember(self, watcher: Watcher) -> None:
        """Save how a person is told; what waits of events that they no longer want to hear of is dropped."""
        await self._store.wishes.remember(watcher)
        if watcher.events is not Events.ALL:
            waiting = await self._store.notices.waiting_of(watcher.user_id)
            await self._store.notices.drop([one for one in waiting if not watcher.events.include(one.event)])

    async def wishes_of(self, user_id: int) -> list[Wish]:
        """Return what a person wants to hear of, their own cameras first."""
        return await self._store.wishes.wishes_of(user_id)

    async def wish(self, wish: Wish) -> bool:
        """Save a wish in place of the one for the same owner and server; one for no camera at all ends that.

        A wish that is changed goes on from where it began, or what happened just before would be told never; what waits
        of cameras that it leaves out is dropped. False where its owner has no linked account.
        """
        if wish.cameras is not None and not wish.cameras:
            await self._store.wishes.unwish(wish)
            return True
        place = (wish.owner_id, wish.guild_id)
        for before in await self._store.wishes.wishes_of(wish.user_id):
            if (before.owner_id, before.guild_id) == place:
                wish = replace(wish, since=min(before.since, wish.since))
        if not await self._store.wishes.wish(wish):
            return False
        waiting = await self._store.notices.waiting_of(wish.user_id)
        await self._store.notices.drop(
            [one for one in waiting if (one.owner_id, one.guild_id) == place and not wish.is_for(one.camera)]
        )
        self._changed()
        return True

    async def unwish(self, wish: Wish) -> None:
        """End a wish."""
        await self._store.wishes.unwish(wish)

    async def stop(self, user_id: int) -> None:
        """End every wish of a person."""
        for wish in await self._store.wishes.wishes_of(user_id):
            await self._store.wishes.unwish(wish)

    async def mute(self, user_id: int, *, seconds: float) -> Watcher:
        """Let a person not hear of what happens in the next `seconds`, and return them so."""
        watcher, now = await self._store.wishes.watcher(user_id), self._now()
        # What a mute that is under way has covered so far may be listed later, and is not to be told then either.
        begun = now if watcher.wants_to_know(now) else watcher.muted_from
        watcher = watcher.changed(muted_from=begun, muted_until=now + timedelta(seconds=seconds))
        await self._store.wishes.remember(watcher)
        return watcher

    async def unmute(self, user_id: int) -> Watcher:
        """Let a person hear again of what happens from now on, and return them so."""
        watcher = await self._store.wishes.watcher(user_id)
        if watcher.muted_until is not None:
            watcher = watcher.changed(muted_until=min(watcher.muted_until, self._now()))
            await self._store.wishes.remember(watcher)
        return watcher

    async def mute_camera(self, user_id: int, owner_id: int, camera: CameraKey) -> bool:
        """Let a person hear no more of a camera, by whichever server they do; False where they do not anyway."""
        theirs = await self._store.wishes.wishes_of(user_id)
        heard = [one for one in theirs if one.owner_id == owner_id and one.is_for(camera)]
        for wish in heard:
            if wish.cameras is None:
                await self.wish(replace(wish, muted=wish.muted | {camera}))
            else:
                await self.wish(replace(wish, cameras=wish.cameras - {camera}))
        return bool(heard)
