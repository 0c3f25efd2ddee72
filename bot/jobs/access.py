"""Opens the Blink account of a job's camera, and checks that its person may still use it."""

import asyncio
from dataclasses import dataclass, replace
from typing import Protocol

from bot.accounts import Session, Sessions
from bot.cameras import CameraFinder, Reach
from bot.models import End, Ended, Job, Owner, Right, Target
from bot.sharing import Shares

from .timing import JobTiming, endless


class BotNotInServer(Exception):
    """The bot is no member of the server of a share, so that Discord does not say who else is."""


class Leave(Protocol):
    """Asks Discord whether a share is still for somebody: they may have left its server, or lost its role."""

    async def may_have(self, user_id: int, share_id: str, what: str, *, max_age: float) -> bool | None:
        """Answer as Discord did at most `max_age` seconds ago. Returns None if it does not answer.

        Raises BotNotInServer and StorageUnavailable.
        """
        ...


@dataclass
class JobAccess:
    """Open the Blink account of a job, as long as its person may use it."""

    sessions: Sessions
    shares: Shares
    finder: CameraFinder
    leave: Leave
    timing: JobTiming

    async def reach(self, job: Job) -> Reach:
        """Return the cameras that the job's person can use for it."""
        shares = await self.shares.still(job.request.shares, job.request.kind)
        return self.finder.reach(job.request.user_id, shares)

    async def session(self, job: Job) -> Session:
        """Return the session of the job's Blink account.

        Raises Ended if it may no longer be used for this job, and BlinkError.
        """
        await self.still_shared(job)
        session = await self.sessions.session(job.owner_id)
        if session is None:
            raise Ended(End.REVOKED if job.owner else End.NOT_LINKED)
        if job.target and job.target.account_id != session.client.account_id:
            raise Ended(End.REVOKED if job.owner else End.RELINKED)
        return session

    async def still_shared(self, job: Job) -> None:
        """Raise Ended if the owner of the job's camera no longer lets its person use it."""
        if job.owner and not await self.shares.still([job.owner.share_id], job.used_right):
            raise Ended(End.REVOKED)

    async def still_allowed(self, job: Job, *, max_age: float = 0.0) -> None:
        """Raise Ended unless the job's person is still one of those who may use somebody else's camera.

        Both the database and Discord must say so. Discord's answer may be `max_age` seconds old; it is asked again for
        a while.
        """
        if job.owner is None:
            return
        may: bool | None = None
        try:
            async with asyncio.timeout(self.timing.leave_for):
                for gap in endless(self.timing.fetch_gaps):
                    may = await self.leave.may_have(
                        job.request.user_id, job.owner.share_id, job.used_right, max_age=max_age
                    )
                    if may is not None:
                        break
                    await asyncio.sleep(gap)
        except BotNotInServer:
            raise Ended(End.BOT_NOT_IN_SERVER) from None
        except TimeoutError:
            raise Ended(End.UNSURE) from None
        if not may:
            raise Ended(End.REVOKED)

    def spend(self, job: Job, owner: Owner, target: Target | None = None) -> None:
        """Count a question for a job to somebody else's account; raises Ended if its person has asked too often."""
        if again_at := self.shares.spend(job.request.user_id, owner.user_id):
            progress = replace(job.progress, retry_at=again_at)
            raise Ended(End.TOO_OFTEN, owner=owner, target=target or job.target, progress=progress)

    def used_first(self, job: Job) -> None:
        """Tell an owner that somebody uses their camera for the first time."""
        assert job.owner is not None
        owner, guild_id, label = job.owner.user_id, job.reply.guild_id or 0, job.used_label
        self.shares.used_first(owner, guild_id, job.request.user_id, what=job.used_right, label=label)

    async def shows_state(self, owner: Owner | None) -> bool:
        """Return whether a person may see a camera's state and older pictures; some owners let them only record."""
        return owner is None or bool(await self.shares.still([owner.share_id], Right.STATUS))
