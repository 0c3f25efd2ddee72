"""Linked accounts in the database, their tokens sealed, and the right to refresh them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, or_, select, update

from bot.models import Account, Region, Tokens

from .columns import StoredFields
from .engine import Database
from .secrets import Keyring
from .shares import forget_other_accounts, forget_owner, forget_refuser
from .store_part import StorePart, reads, writes
from .subscriptions import forget_watcher, note_account, one_account_at_a_time, subscription_of_other_account
from .tables import accounts, clip_jobs, invitations, meta, people, untold
from .transaction import DatabaseTime, Transaction, has_ended

_SECRET = ("access_token", "refresh_token")
_TOKENS = StoredFields(Tokens, access="access_token", refresh="refresh_token", without=("account_id",))
_REGION = StoredFields(Region, absent_if="tier")
_ACCOUNT = StoredFields(Account, tokens=_TOKENS, region=_REGION)

_NOBODY: dict[str, Any] = {"refresh_owner": None, "refresh_until": None}


class AccountStore(StorePart):
    """Stores linked accounts and their sealed tokens."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        super().__init__(database)
        self._keyring = keyring

    @reads
    def account(self, transaction: Transaction, user_id: int) -> Account | None:
        """Return the link of a person."""
        row = transaction.row(select(accounts).where(accounts.c.user_id == user_id))
        return self._account(row) if row else None

    @reads
    def is_linked(self, transaction: Transaction, user_id: int) -> bool:
        """Say whether a person has a link, also one that opens with no key."""
        return transaction.scalar(select(accounts.c.link_id).where(accounts.c.user_id == user_id)) is not None

    @reads
    def accounts(self, transaction: Transaction) -> list[Account]:
        """Return every link, oldest first."""
        rows = transaction.rows(select(accounts).order_by(accounts.c.linked_at, accounts.c.user_id))
        return [self._account(row) for row in rows]

    @writes
    def try_to_write(self, transaction: Transaction) -> None:
        """Write something without meaning, to see that writing works; raises StoreError."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        transaction.put(meta, {"key": "checked", "value": now}, unique=["key"])

    @writes
    def link(self, transaction: Transaction, account: Account, *, invitation: str | None = None) -> bool:
        """Save `account` in place of any earlier link of the same person, and use up the invitation with that digest.

        Returns False, and changes nothing, if that invitation was used by another link or is gone.
        """
        row = _ACCOUNT.columns_of(account) | self._tokens(account.user_id, account.tokens) | _NOBODY
        one_account_at_a_time(transaction, account.user_id)
        if invitation and not _use(transaction, invitation, at=account.linked_at):
            # An earlier try of this link may have used it, and its answer was lost.
            return transaction.scalar(select(accounts.c.link_id).where(_is_link(account))) is not None
        note_account(transaction, account.user_id)
        transaction.put(accounts, row, unique=["user_id"])
        if account.region:
            _go_on_with(transaction, account.user_id, account.region)
        return True

    async def unlink(self, user_id: int) -> bool:
        """Delete what is kept of a person, and say whether they were linked.

        That includes others' clips of their cameras, and others' subscriptions for them. Their unfinished clips stay,
        and what is others': shares to them with the uses of these, and refusals of their own shares.
        """
        theirs = or_(clip_jobs.c.user_id == user_id, clip_jobs.c.lender_id == user_id)
        over = delete(clip_jobs).where(theirs, clip_jobs.c.told_at.is_not(None))

        def forget(transaction: Transaction) -> bool:
            one_account_at_a_time(transaction, user_id)
            unlinked = transaction.change(delete(accounts).where(accounts.c.user_id == user_id))
            transaction.change(delete(people).where(people.c.user_id == user_id))
            transaction.change(delete(invitations).where(invitations.c.user_id == user_id))
            transaction.change(delete(untold).where(untold.c.user_id == user_id))
            forget_owner(transaction, user_id)
            forget_refuser(transaction, user_id)
            forget_watcher(transaction, user_id)
            transaction.change(over)
            return unlinked > 0

        await self.database.in_chunks(over, clip_jobs.c.id)  # before the link, which ends together with the rest
        return await self.database.write(forget)

    @writes
    def claim_refresh(self, transaction: Transaction, account: Account, *, owner: str, seconds: float) -> bool:
        """Take the right to refresh this link's tokens for `seconds`, unless another owner holds it."""
        held = accounts.c.refresh_owner
        free = or_(held.is_(None), held == owner, has_ended(accounts.c.refresh_until))
        values = {"refresh_owner": owner, "refresh_until": DatabaseTime(seconds)}
        return self._update(transaction, account, values, free)

    @writes
    def save_tokens(self, transaction: Transaction, account: Account, *, owner: str, tokens: Tokens) -> bool:
        """Save the tokens that replace the refresh token of `account`, and give the right back.

        Clears the mark that Blink has signed this link out, which is older than these tokens. Returns False if the link
        is gone, or if another owner of the right has saved other tokens.
        """
        row = self._locked(transaction, account)
        if row is None:
            return False
        ours, kept = row["refresh_owner"] == owner, self._refresh_token(row)
        if kept == tokens.refresh != account.tokens.refresh:
            return True  # saved before, by a write whose answer was lost
        if not ours and kept != account.tokens.refresh:
            return False
        values = {**self._tokens(account.user_id, tokens), "signed_out_at": None, **(_NOBODY if ours else {})}
        transaction.change(update(accounts).where(_is_link(account)).values(values))
        return True

    @writes
    def release_refresh(self, transaction: Transaction, account: Account, *, owner: str) -> None:
        """Give the right back without new tokens."""
        self._update(transaction, account, _NOBODY, accounts.c.refresh_owner == owner)

    @writes
    def save_region(self, transaction: Transaction, account: Account, region: Region) -> None:
        """Save in which region the account of this link is, and its number."""
        one_account_at_a_time(transaction, account.user_id)
        if self._update(transaction, account, _REGION.columns_of(region)):
            _go_on_with(transaction, account.user_id, region)

    @writes
    def mark_signed_out(self, transaction: Transaction, account: Account, *, at: datetime) -> bool:
        """Note that Blink no longer accepts the refresh token of `account`.

        Returns False if that was known, or if the link is gone or has other tokens now.
        """
        row = self._locked(transaction, account)
        if row is None or row["signed_out_at"] or self._refresh_token(row) != account.tokens.refresh:
            return False
        transaction.change(update(accounts).where(_is_link(account)).values(signed_out_at=at))
        return True

    @writes
    def mark_success(self, transaction: Transaction, account: Account, *, at: datetime) -> None:
        """Note when this link last did its work."""
        self._update(transaction, account, {"last_success_at": at})

    def _update(
        self, transaction: Transaction, account: Account, values: dict[str, Any], *conditions: ColumnElement[bool]
    ) -> bool:
        """Change this very link, and say whether it existed and met the conditions."""
        return transaction.change(update(accounts).where(_is_link(account), *conditions).values(values)) == 1

    def _locked(self, transaction: Transaction, account: Account) -> RowMapping | None:
        """Return this very link's row, locked until the transaction ends."""
        return transaction.row(select(accounts).where(_is_link(account)).with_for_update())

    def _refresh_token(self, row: RowMapping) -> str:
        return self._keyring.open(row["refresh_token"], **_place("refresh_token", row["user_id"]))

    def _tokens(self, user_id: int, tokens: Tokens) -> dict[str, Any]:
        """Return the columns of a person's tokens, the secret ones sealed."""
        columns = _TOKENS.columns_of(tokens)
        return columns | {name: self._keyring.seal(columns[name], **_place(name, user_id)) for name in _SECRET}

    def _account(self, row: RowMapping) -> Account:
        opened = {name: self._keyring.open(row[name], **_place(name, row["user_id"])) for name in _SECRET}
        return _ACCOUNT.value_of({**row, **opened})


def _go_on_with(transaction: Transaction, user_id: int, region: Region) -> None:
    """Delete what belongs to other Blink accounts that this person linked before."""
    forget_other_accounts(transaction, user_id, region.account_id)
    subscription_of_other_account(transaction, user_id, region.account_id)


def _use(transaction: Transaction, digest: str, *, at: datetime) -> bool:
    """Mark an invitation as used; return False if it was used already or is gone."""
    unused = and_(invitations.c.digest == digest, invitations.c.used_at.is_(None))
    return transaction.change(update(invitations).where(unused).values(used_at=at)) == 1


def _is_link(account: Account) -> ColumnElement[bool]:
    return and_(accounts.c.user_id == account.user_id, accounts.c.link_id == account.link_id)


def _place(column: str, user_id: int) -> dict[str, Any]:
    return {"table": "accounts", "column": column, "row": user_id}
