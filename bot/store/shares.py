"""Shares in the database, their uses and the people who refuse them."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, insert, or_, select, true, update

from bot.models import Guest, Hours, Job, Refusal, Right, Share, Use

from .alert_tables import subscriptions
from .columns import Field, StoredFields, enum_field
from .store_part import StorePart, reads, writes
from .subscriptions import forget_heard_of, forget_unshared
from .tables import share_people, share_refusals, share_uses, shares
from .transaction import Transaction

_SHARE = StoredFields(
    Share,
    without=("refused_by",),
    guest_id="grantee_id",
    guest_name="grantee_name",
    rights=Field(
        "rights",
        write=lambda rights: " ".join(sorted(rights)),
        read=lambda names: frozenset(Right(name) for name in names.split()),
    ),
    hours=StoredFields(Hours, prefix="hours_", absent_if="hours_begin"),
)
_USE = StoredFields(Use, right=enum_field("what", Right), at="used_at")
_REFUSAL = StoredFields(Refusal, at="refused_at", share_id="grant_id")

_MERGED = timedelta(days=1)

_oldest_first = (shares.c.created_at, shares.c.id)
_refused = and_(share_refusals.c.owner_id == shares.c.owner_id, share_refusals.c.grant_id.in_(("", shares.c.id)))
_with_refusals = select(shares, share_refusals.c.user_id.label("refused_by")).select_from(
    shares.outerjoin(share_refusals, _refused)
)


class ShareStore(StorePart):
    """Stores shares, their uses, and the refusals of them."""

    @writes
    def give(self, transaction: Transaction, share: Share, *, most: int) -> Share | None:
        """Save a share in place of one with the same owner, server, guest and scope; None if they have `most`."""
        same = and_(
            shares.c.owner_id == share.owner_id,
            shares.c.guild_id == share.guild_id,
            shares.c.grantee_id == share.guest_id,
            shares.c.account_id == share.account_id,
            shares.c.scope == share.scope,
        )
        count = select(func.count()).select_from(shares).where(shares.c.owner_id == share.owner_id)
        transaction.one_at_a_time(share.owner_id)
        earlier = transaction.scalar(select(shares.c.id).where(same))
        if earlier is not None:
            transaction.change(update(shares).where(same).values(_SHARE.columns_of(share) | {"id": earlier}))
            forget_unshared(transaction, subscriptions.c.owner_id == share.owner_id)
            return replace(share, id=earlier)
        if (transaction.scalar(count) or 0) >= most:
            return None
        transaction.change(insert(shares).values(_SHARE.columns_of(share)))
        return share

    @reads
    def share(self, transaction: Transaction, share_id: str) -> Share | None:
        """Return one share."""
        return next(iter(self._shares(transaction, shares.c.id == share_id)), None)

    @reads
    def these(self, transaction: Transaction, share_ids: Collection[str]) -> list[Share]:
        """Return those of these shares that still exist, oldest first."""
        return self._shares(transaction, shares.c.id.in_(share_ids))

    @reads
    def given_to(self, transaction: Transaction, guest: Guest) -> list[Share]:
        """Return the shares to a person, or to a role of theirs, in the server that they are in; oldest first."""
        to_person = and_(shares.c.grantee_id == guest.user_id, ~shares.c.to_role)
        to_roles = and_(shares.c.grantee_id.in_(sorted(guest.role_ids)), shares.c.to_role)
        refused = select(share_refusals.c.user_id).where(_refused, share_refusals.c.user_id == guest.user_id)
        given = select(shares).where(shares.c.guild_id == guest.guild_id, or_(to_person, to_roles), ~refused.exists())
        return [_SHARE.value_of(row) for row in transaction.rows(given.order_by(*_oldest_first))]

    @reads
    def given_by(self, transaction: Transaction, owner_id: int) -> list[Share]:
        """Return the shares of an owner, oldest first."""
        return self._shares(transaction, shares.c.owner_id == owner_id)

    @reads
    def given_in(self, transaction: Transaction, guild_id: int) -> list[Share]:
        """Return all shares in a server, oldest first."""
        return self._shares(transaction, shares.c.guild_id == guild_id)

    @writes
    def revoke(self, transaction: Transaction, share_id: str) -> bool:
        """Delete a share, and say whether it existed."""
        owner = transaction.scalar(select(shares.c.owner_id).where(shares.c.id == share_id))
        if owner is None:
            return False
        transaction.one_at_a_time(owner)
        revoked = _delete(transaction, shares.c.id == share_id) == 1
        forget_unshared(transaction, subscriptions.c.owner_id == owner)
        return revoked

    @writes
    def change_rights(self, transaction: Transaction, share: Share) -> bool:
        """Save the rights of a share, and say whether it exists; alerts that it no longer covers end."""
        changed = update(shares).where(shares.c.id == share.id, shares.c.owner_id == share.owner_id)
        transaction.one_at_a_time(share.owner_id)
        found = transaction.change(changed.values(rights=_SHARE.columns_of(share)["rights"]))
        forget_unshared(transaction, subscriptions.c.owner_id == share.owner_id)
        return found == 1

    @writes
    def use(self, transaction: Transaction, share: Share, use: Use) -> bool:
        """Note a use, and say whether it is this person's first of this share; False if that is gone."""
        return note_use(transaction, share.id, use)

    @reads
    def uses(self, transaction: Transaction, owner_id: int, *, since: datetime, most: int, skip: int = 0) -> list[Use]:
        """Return the uses of an owner's shares, newest first; equal ones of a day are one."""
        theirs = select(share_uses).where(share_uses.c.owner_id == owner_id, share_uses.c.used_at >= since)
        newest_first = theirs.order_by(share_uses.c.used_at.desc(), share_uses.c.id).limit(most).offset(skip)
        return [_USE.value_of(row) for row in transaction.rows(newest_first)]

    @writes
    def refuse(self, transaction: Transaction, refusal: Refusal, *, most: int) -> bool:
        """Save a refusal, delete the shares to that person and their alerts of these cameras.

        Returns False if they refuse `most` others already, or if the share to leave does not exist.
        """
        user_id, owner_id, share_id = refusal.user_id, refusal.owner_id, refusal.share_id
        these = and_(shares.c.owner_id == owner_id, shares.c.id == share_id if share_id else true())
        to_them = and_(these, shares.c.grantee_id == user_id, ~shares.c.to_role)
        others = and_(share_refusals.c.user_id == user_id, share_refusals.c.owner_id != owner_id)
        count = select(func.count()).select_from(share_refusals).where(others, share_refusals.c.grant_id == "")
        transaction.one_at_a_time(user_id, owner_id)
        if share_id and transaction.scalar(select(shares.c.id).where(these)) is None:
            return False
        if not share_id and (transaction.scalar(count) or 0) >= most:
            return False
        gone = _delete(transaction, to_them)
        if not share_id:
            forget_heard_of(transaction, user_id, owner_id)
        elif gone:
            forget_unshared(transaction, subscriptions.c.owner_id == owner_id)
        if not share_id or not gone:  # a share to a role stays for the others
            transaction.insert_new(
                share_refusals, _REFUSAL.columns_of(refusal), unique=["owner_id", "user_id", "grant_id"]
            )
        return True

    @writes
    def allow(self, transaction: Transaction, user_id: int, owner_id: int) -> bool:
        """Delete a person's refusals of an owner's shares, and say whether there were any."""
        these = and_(share_refusals.c.user_id == user_id, share_refusals.c.owner_id == owner_id)
        return transaction.change(delete(share_refusals).where(these)) > 0

    @reads
    def refusals(self, transaction: Transaction, user_id: int) -> list[Refusal]:
        """Return a person's refusals, oldest first."""
        theirs = select(share_refusals).where(share_refusals.c.user_id == user_id)
        in_order = theirs.order_by(share_refusals.c.refused_at, share_refusals.c.owner_id, share_refusals.c.grant_id)
        return [_REFUSAL.value_of(row) for row in transaction.rows(in_order)]

    async def forget(self, *, used_before: datetime, ended_before: datetime) -> None:
        """Delete uses from before a moment, and shares that ended before another."""
        await self.database.in_chunks(delete(share_uses).where(share_uses.c.used_at < used_before), share_uses.c.id)
        # Apart, since others lock an owner before the rows of shares: two transactions could wait for each other.
        await self.database.write(lambda transaction: _delete(transaction, shares.c.until < ended_before))
        await self.database.write(forget_unshared)

    def _shares(self, transaction: Transaction, condition: ColumnElement[bool]) -> list[Share]:
        rows: dict[str, RowMapping] = {}
        refused_by: dict[str, set[int]] = {}
        for row in transaction.rows(_with_refusals.where(condition).order_by(*_oldest_first)):
            rows[row["id"]] = row
            refused_by.setdefault(row["id"], set()).update({row["refused_by"]} - {None})
        return [_SHARE.value_of(row, refused_by=frozenset(refused_by[share_id])) for share_id, row in rows.items()]


def note_use_by(transaction: Transaction, job: Job) -> bool:
    """Note a use of somebody else's camera by a job, and say whether it is the person's first of that share."""
    if job.owner is None:
        return False
    use = Use(
        owner_id=job.owner.user_id,
        guild_id=job.reply.guild_id or 0,
        user_id=job.request.user_id,
        right=job.used_right,
        label=job.used_label,
        at=job.request.created_at,
    )
    return note_use(transaction, job.owner.share_id, use)


def note_use(transaction: Transaction, share_id: str, use: Use) -> bool:
    """Note a use, and say whether it is this person's first of this share; False if that is gone.

    Equal uses of a day are one row.
    """
    transaction.one_at_a_time(use.owner_id)
    this = select(shares.c.id).where(shares.c.id == share_id)
    if transaction.scalar(this.with_for_update(read=True)) is None:
        return False
    equal = select(share_uses.c.id, share_uses.c.used_at, share_uses.c.began_at).where(
        share_uses.c.owner_id == use.owner_id,
        share_uses.c.guild_id == use.guild_id,
        share_uses.c.user_id == use.user_id,
        share_uses.c.what == use.right.value,
        share_uses.c.label == use.label,
        func.coalesce(share_uses.c.began_at, share_uses.c.used_at) > use.at - _MERGED,
        share_uses.c.used_at < use.at + _MERGED,
    )
    row = transaction.row(equal.order_by(share_uses.c.used_at.desc()).limit(1))
    if row is None:
        values = _USE.columns_of(use) | {"id": secrets.token_hex(16)}
        transaction.change(insert(share_uses).values(values))
    else:
        merged = {
            "times": share_uses.c.times + 1,
            "began_at": min(row["began_at"] or row["used_at"], use.at),
            "used_at": max(row["used_at"], use.at),
        }
        transaction.change(update(share_uses).where(share_uses.c.id == row["id"]).values(merged))
    person = {"grant_id": share_id, "user_id": use.user_id}
    return transaction.insert_new(share_people, person, unique=["grant_id", "user_id"])


def forget_other_accounts(transaction: Transaction, owner_id: int, account_id: int) -> None:
    """Delete an owner's shares of all Blink accounts but this one."""
    _delete(transaction, and_(shares.c.owner_id == owner_id, shares.c.account_id != account_id))


def forget_owner(transaction: Transaction, owner_id: int) -> None:
    """Delete an owner's shares and their uses."""
    _delete(transaction, shares.c.owner_id == owner_id)
    transaction.change(delete(share_uses).where(share_uses.c.owner_id == owner_id))


def forget_refuser(transaction: Transaction, user_id: int) -> None:
    """Delete a person's refusals; others' refusals of their shares stay, or linking again would undo those."""
    transaction.change(delete(share_refusals).where(share_refusals.c.user_id == user_id))


def _delete(transaction: Transaction, condition: ColumnElement[bool]) -> int:
    # A transaction that notes a use holds its share: once we have the lock, its rows are there to be deleted.
    these = select(shares.c.id).where(condition).order_by(shares.c.id).with_for_update()
    if gone := transaction.scalars(these):
        transaction.change(delete(share_people).where(share_people.c.grant_id.in_(gone)))
        transaction.change(delete(share_refusals).where(share_refusals.c.grant_id.in_(gone)))
        transaction.change(delete(shares).where(shares.c.id.in_(gone)))
    return len(gone)
