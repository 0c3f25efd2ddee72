"""One-time links to the sign-in page; of each only a digest, who it is for, and until when."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.accounts import Invitation, Invited

from .engine import Database
from .tables import invitations


class Invitations:
    """What `bot.accounts` asks of an InvitationStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invite(self, invitation: Invitation) -> None:
        """Save an invitation in place of any earlier one of the same person."""
        values = {
            "user_id": invitation.invited.user_id,
            "digest": invitation.digest,
            "name": invitation.invited.name,
            "avatar_url": invitation.invited.avatar_url,
            "expires_at": invitation.expires_at,
            "used_at": invitation.used_at,
        }
        await self._database.put(invitations, values, unique="user_id")

    async def invitation(self, digest: str) -> Invitation | None:
        """Return the invitation with this digest, used or not."""
        row = await self._database.row(select(invitations).where(invitations.c.digest == digest))
        if row is None:
            return None
        invited = Invited(row["user_id"], row["name"], row["avatar_url"])
        return Invitation(row["digest"], invited, row["expires_at"], row["used_at"])

    async def forget_invitations(self, *, expired_before: datetime) -> None:
        """Delete those that expired before that."""
        await self._database.change(delete(invitations).where(invitations.c.expires_at < expired_before))
