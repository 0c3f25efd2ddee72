"""One statement for all that is asked before a command may begin."""

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, exists, literal_column, or_, select

from .tables import accounts, clip_jobs, grant_refusals, grants, untold


def not_refused_by(user_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that somebody has neither left a grant nor refuses all of its owner's."""
    return ~exists().where(
        grant_refusals.c.owner_id == grants.c.owner_id,
        grant_refusals.c.user_id == user_id,
        grant_refusals.c.grant_id.in_(("", grants.c.id)),
    )


_user, _guild = bindparam("user_id", type_=BigInteger), bindparam("guild_id", type_=BigInteger)
_grantees = bindparam("grantee_ids", type_=BigInteger, expanding=True)

_who = select(_user.label("user_id")).subquery("who")
_given = and_(
    grants.c.guild_id == _guild,
    grants.c.grantee_id.in_(_grantees),
    grants.c.to_role != (grants.c.grantee_id == _user),
    not_refused_by(_user),
)
# Spelt as its partial index is: SQLite does not see that `missed = 1` is the same.
_missed = or_(
    exists().where(clip_jobs.c.user_id == _user, literal_column("clip_jobs.missed")),
    exists().where(untold.c.user_id == _user),
)

ASKER = (
    select(
        grants,
        accounts.c.link_id.is_not(None).label("linked"),
        accounts.c.signed_out_at.is_not(None).label("signed_out"),
        _missed.label("missed"),
    )
    .select_from(_who.outerjoin(accounts, accounts.c.user_id == _who.c.user_id).outerjoin(grants, _given))
    .order_by(grants.c.created_at, grants.c.id)
)
"""A row for each grant in `guild_id` to `grantee_ids`, who are `user_id` and their roles; else one without a grant."""
