"""Linked accounts in the database, their tokens sealed, and the right to refresh them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, or_, select, update

from bot.models import Account, Region, Tokens

from .columns import Fields
from .connection import Connection, DatabaseTime, has_ended
from .engine import Database
from .secrets import Keyring
from .shares import forget_other_accounts, forget_owner, forget_refuser
from .subscriptions import forget_watcher, note_account, one_account_at_a_time, subscription_of_other_account
from .tables import accounts, clip_jobs, invitations, meta, people, untold

_SECRET = ("access_token", "refresh_token")
_TOKENS = Fields(Tokens, access="access_token", refresh="refresh_token", without=("account_id",))
_REGION = Fields(Region, absent_if="tier")
_ACCOUNT = Fields(Account, tokens=_TOKENS, region=_REGION)

_NOBODY: dict[str, Any] = {"refresh_owner": None, "refresh_until": None}


class AccountStore:
    """Stores linked accounts and their sealed tokens."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def account(self, user_id: int) -> Account | None:
        """Return the link of a person."""
        row = await self._database.row(select(accounts).where(accounts.c.user_id == user_id))
        return self._account(row) if row else None

    async def is_linked(self, user_id: int) -> bool:
        """Say whether a person has a link, also one that opens with no key."""
        return await self._database.scalar(select(accounts.c.link_id).where(accounts.c.user_id == user_id)) is not None

    async def accounts(self) -> list[Account]:
        """Return every link, oldest first."""
        rows = await self._database.rows(select(accounts).order_by(accounts.c.linked_at, accounts.c.user_id))
        return [self._account(row) for row in rows]

    async def try_to_write(self) -> None:
        """Write something without meaning, to see that writing works; raises StoreError."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        await self._database.put(meta, {"key": "checked", "value": now}, unique=["key"])

    async def link(self, account: Account, *, invitation: str | None = None) -> bool:
        """Save `account` in place of any earlier link of the same person, and use up the invitation with that digest.

        Returns False, and changes nothing, if that invitation was used or is gone.
        """
        row = _ACCOUNT.columns_of(account) | self._tokens(account.user_id, account.tokens) | _NOBODY
        async with self._database.write() as connection:
            await one_account_at_a_time(connection, account.user_id)
            if invitation and not await _use(connection, invitation, at=account.linked_at):
                return False
            await note_account(connection, account.user_id)
            await connection.put(accounts, row, unique=["user_id"])
            if account.region:
                await _go_on_with(connection, account.user_id, account.region)
        return True

    async def unlink(self, user_id: int) -> bool:
        """Delete all that is kept of a person but their unfinished clips, and say whether they were linked.

        That includes others' clips of their cameras, and others' subscriptions for them.
        """
        theirs = or_(clip_jobs.c.user_id == user_id, clip_jobs.c.lender_id == user_id)
        over = delete(clip_jobs).where(theirs, clip_jobs.c.told_at.is_not(None))
        await self._database.in_chunks(over, clip_jobs.c.id)  # before the link, which ends together with the rest
        async with self._database.write() as connection:
            await one_account_at_a_time(connection, user_id)
            unlinked = await connection.change(delete(accounts).where(accounts.c.user_id == user_id))
            await connection.change(delete(people).where(people.c.user_id == user_id))
            await connection.change(delete(invitations).where(invitations.c.user_id == user_id))
            await connection.change(delete(untold).where(untold.c.user_id == user_id))
            await forget_owner(connection, user_id)
            await forget_refuser(connection, user_id)
            await forget_watcher(connection, user_id)
            await connection.change(over)
        return unlinked > 0

    async def claim_refresh(self, account: Account, *, owner: str, seconds: float) -> bool:
        """Take the right to refresh this link's tokens for `seconds`, unless another owner holds it."""
        held = accounts.c.refresh_owner
        free = or_(held.is_(None), held == owner, has_ended(accounts.c.refresh_until))
        values = {"refresh_owner": owner, "refresh_until": DatabaseTime(seconds)}
        return await self._update(account, values, free)

    async def save_tokens(self, account: Account, *, owner: str, tokens: Tokens) -> bool:
        """Save the tokens that replace the refresh token of `account`, and give the right back.

        Clears the mark that Blink has signed this link out, which is older than these tokens. Returns False if the link
        is gone, or if another owner of the right has saved other tokens.
        """
        async with self._database.write() as connection:
            row = await self._locked(connection, account)
            if row is None:
                return False
            ours, kept = row["refresh_owner"] == owner, self._refresh_token(row)
            if kept == tokens.refresh != account.tokens.refresh:
                return True  # saved before, by a write whose answer was lost
            if not ours and kept != account.tokens.refresh:
                return False
            values = {**self._tokens(account.user_id, tokens), "signed_out_at": None, **(_NOBODY if ours else {})}
            await connection.change(update(accounts).where(_is_link(account)).values(values))
        return True

    async def release_refresh(self, account: Account, *, owner: str) -> None:
        """Give the right back without new tokens."""
        await self._update(account, _NOBODY, accounts.c.refresh_owner == owner)

    async def save_region(self, account: Account, region: Region) -> None:
        """Save in which region the account of this link is, and its number."""
        if await self._update(account, _REGION.columns_of(region)):
            async with self._database.write() as connection:
                await one_account_at_a_time(connection, account.user_id)
                await _go_on_with(connection, account.user_id, region)

    async def mark_signed_out(self, account: Account, *, at: datetime) -> bool:
        """Note that Blink no longer accepts the refresh token of `account`.

        Returns False if that was known, or if the link is gone or has other tokens now.
        """
        async with self._database.write() as connection:
            row = await self._locked(connection, account)
            if row is None or row["signed_out_at"] or self._refresh_token(row) != account.tokens.refresh:
                return False
            await connection.change(update(accounts).where(_is_link(account)).values(signed_out_at=at))
        return True

    async def mark_success(self, account: Account, *, at: datetime) -> None:
        """Note when this link last did its work."""
        await self._update(account, {"last_success_at": at})

    async def _update(self, account: Account, values: dict[str, Any], *conditions: ColumnElement[bool]) -> bool:
        """Change this very link, and say whether it existed and met the conditions."""
        return await self._database.change(update(accounts).where(_is_link(account), *conditions).values(values)) == 1

    async def _locked(self, connection: Connection, account: Account) -> RowMapping | None:
        """Return this very link's row, locked until the transaction ends."""
        return await connection.row(select(accounts).where(_is_link(account)).with_for_update())

    def _refresh_token(self, row: RowMapping) -> str:
        return self._keyring.open(row["refresh_token"], **_place("refresh_token", row["user_id"]))

    def _tokens(self, user_id: int, tokens: Tokens) -> dict[str, Any]:
        """Return the columns of a person's tokens, the secret ones sealed."""
        columns = _TOKENS.columns_of(tokens)
        return columns | {name: self._keyring.seal(columns[name], **_place(name, user_id)) for name in _SECRET}

    def _account(self, row: RowMapping) -> Account:
        opened = {name: self._keyring.open(row[name], **_place(name, row["user_id"])) for name in _SECRET}
        return _ACCOUNT.value_of({**row, **opened})


async def _go_on_with(connection: Connection, user_id: int, region: Region) -> None:
    """Delete what belongs to other Blink accounts that this person linked before."""
    await forget_other_accounts(connection, user_id, region.account_id)
    await subscription_of_other_account(connection, user_id, region.account_id)


async def _use(connection: Connection, digest: str, *, at: datetime) -> bool:
    """Mark an invitation as used; return False if it was used already or is gone."""
    unused = and_(invitations.c.digest == digest, invitations.c.used_at.is_(None))
    return await connection.change(update(invitations).where(unused).values(used_at=at)) == 1


def _is_link(account: Account) -> ColumnElement[bool]:
    return and_(accounts.c.user_id == account.user_id, accounts.c.link_id == account.link_id)


def _place(column: str, user_id: int) -> dict[str, Any]:
    return {"table": "accounts", "column": column, "row": user_id}
