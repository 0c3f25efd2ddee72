"""The statements that every clip needs, built once: to build and look up one of so many values is slow."""

from typing import Any

from sqlalchemy import BigInteger, Dialect, and_, bindparam, exists, func, select, update

from bot.models import Stage

from .sql import DatabaseTime, inserting_new
from .tables import ADMITTED, accounts, clip_jobs, in_stages


class JobStatements:
    """What is executed with a job's row as `row_of` makes it, and with what a statement's comment names besides.

    Each write makes a job `owner`'s for `lease` seconds.
    """

    def __init__(self, dialect: Dialect, *, owner: str, lease: float) -> None:
        jobs, others = clip_jobs.c, clip_jobs.alias("others")
        self.ours = jobs.owner == owner
        self.mine: dict[str, Any] = {"owner": owner, "owned_until": DatabaseTime(lease)}

        self.insert, self.inserted = inserting_new(dialect, clip_jobs, self.mine, unique="interaction_id")

        # this: the job's id; stood: its stage until now
        is_this = and_(jobs.id == bindparam("this"), jobs.stage == bindparam("stood"), self.ours)
        self.replace = update(clip_jobs).where(is_this).values(self.mine)

        # household: whose Blink it used
        linked = exists().where(accounts.c.user_id == bindparam("household", type_=BigInteger))
        self.finish = self.replace.returning(linked.label("linked"))

        # account, network: where it records; person: who wants it; most: how many live jobs they may have
        before = exists().where(
            others.c.account_id == bindparam("account"),
            others.c.network_id == bindparam("network"),
            in_stages({Stage.QUEUED}, others),
        )
        theirs = and_(others.c.user_id == bindparam("person"), in_stages(ADMITTED, others))
        live = select(func.count()).select_from(others).where(theirs).scalar_subquery()
        self.begin = self.replace.where(~before, live < bindparam("most"))

        # account, network, camera: where it records; began: when, by Blink's clock; and nothing of its row
        self.next_start = select(func.min(jobs.blink_started_at)).where(
            jobs.account_id == bindparam("account"),
            jobs.network_id == bindparam("network"),
            jobs.camera_id == bindparam("camera"),
            jobs.blink_started_at > bindparam("began"),
            jobs.told_at.is_(None),
        )

        unfinished = and_(jobs.told_at.is_(None), self.ours)
        self.renew = update(clip_jobs).where(unfinished).values(self.mine).returning(jobs.id)
