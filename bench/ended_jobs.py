"""A database with many clips that ended long ago, made by SQL in seconds."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import insert, literal_column, select, text

from bot.models import End, Stage
from bot.store import Keyring, open_store
from bot.store.engine import connect
from bot.store.tables import clip_jobs
from bot.store.transaction import Transaction

from .accounts import KEY
from .payloads import APPLICATION, CHANNEL, FIRST_PERSON

_LONG_AGO = timedelta(days=40)  # the bot keeps ended jobs for 30
_AT_ONCE = 50_000
_OWN = {  # what each row has of its own; i is its number
    "id": "printf('ended%027d', i)",
    "interaction_id": "interaction_id + i",
    "user_id": "user_id + i % 5000",
    "account_id": "account_id + i % 5000",
    "media_id": "media_id + i",
}


async def fill(database: str, count: int) -> None:
    """Put so many ended clips into a database of SQLite's, all due to be deleted."""
    async with open_store(database, Keyring([KEY])):
        pass  # makes the tables
    columns = clip_jobs.columns.keys()
    theirs = [literal_column(_OWN.get(name, name)) for name in columns]
    numbers = text(
        "(WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n)"
    )
    store = connect(database)
    try:
        await store.write(lambda transaction: transaction.change(insert(clip_jobs), _first()))
        for first in range(1, count, _AT_ONCE):
            some = numbers.bindparams(first=first, last=min(count - 1, first + _AT_ONCE - 1))
            rows = select(*theirs).select_from(clip_jobs, some).where(clip_jobs.c.id == "ended")
            await store.write(partial(Transaction.change, statement=insert(clip_jobs).from_select(columns, rows)))
    finally:
        await store.close()


async def left(database: str) -> int:
    """Return how many of them are still there."""
    store = connect(database)
    try:
        counted = text("SELECT count(*) FROM clip_jobs WHERE id LIKE 'ended%'")
        return await store.read(lambda transaction: transaction.scalar(counted))
    finally:
        await store.close()


def _first() -> dict[str, object]:
    began = datetime.now(UTC) - _LONG_AGO
    return {
        "id": "ended",
        "interaction_id": 1,
        "user_id": FIRST_PERSON,
        "asked": "Front Door",
        "created_at": began,
        "stage": Stage.ENDED,
        "ending": End.DELIVERED,
        "reply_application_id": APPLICATION,
        "reply_expires_at": began + timedelta(minutes=15),
        "reply_channel_id": CHANNEL,
        "reply_ephemeral": False,
        "reply_in_dm": True,
        "reply_bot_can_edit": True,
        "reply_file_limit": 10 * 2**20,
        "reply_locale": "en-US",
        "account_id": 1,
        "camera_kind": "camera",
        "network_id": 2,
        "camera_id": 3,
        "camera_name": "Front Door",
        "network_name": "Home",
        "options": "[]",
        "said_message": "Command succeeded",
        "attempts": 1,
        "asked_at": began,
        "command_id": 4,
        "confirmed": True,
        "recorded_at": began,
        "media_id": 5,
        "media_path": "/api/v3/media/accounts/1/networks/2/catalina/3/clip/5.mp4",
        "size": 2**20,
        "seconds": 10.0,
        "sent_as_dm": False,
        "dms_closed": False,
        "told_at": began + timedelta(seconds=15),
    }
