"""The tables of alerts and of the health of cameras; `tables` has all others."""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, false

from .columns import UtcDateTime, Words
from .tables import metadata, partial_index

watchers = Table(
    "watchers",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("quiet_begin", BigInteger),
    Column("quiet_end", BigInteger),
    Column("quiet_zone", Words),
    Column("channel_guild_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("muted_from", UtcDateTime),
    Column("muted_until", UtcDateTime),
    Column("unreachable_at", UtcDateTime),
    Column("events", String(16)),  # null is all
    Column("cameras", Words),  # JSON; those that have a channel of their own
    Column("health", Boolean, nullable=False, server_default=false()),
    partial_index("ix_watchers_health", "user_id", where="health"),
)

subscriptions = Table(
    "wishes",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),  # 0: the person's own cameras
    Column("since", UtcDateTime, nullable=False),
    Column("cameras", Words),  # JSON; null is all
    Column("muted", Words, nullable=False),  # JSON
    Index("ix_wishes_owner", "owner_id"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger),
    Column("cursor", UtcDateTime, nullable=False),
    Column("owner", String(64)),  # the process that reads it
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("media_id", BigInteger, nullable=False),
    Column("camera", String(64)),
    Column("label", Words, nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("path", Words),
    Column("picture", Words),
    Column("notice_id", String(64)),  # stays when that message is forgotten
    Column("dropped_at", UtcDateTime),
    Column("event", String(16)),  # null is motion
    Column("zone", Words),
    # A person hears of a recording once, however often it is found.
    Index("uq_alerts_recording", "user_id", "account_id", "media_id", unique=True),
    Index("ix_alerts_owner", "owner_id", "happened_at"),
    Index("ix_alerts_happened", "happened_at"),
    partial_index("ix_alerts_notice", "notice_id", where="notice_id IS NOT NULL"),
    partial_index("ix_alerts_waiting", "user_id", "happened_at", where="notice_id IS NULL AND dropped_at IS NULL"),
)

alert_messages = Table(
    "notices",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),  # once Discord has it, when it came there
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("told_at", UtcDateTime),
    Column("owner", String(64)),  # the process that tells it
    # The role that it mentions, and since when other messages about the camera may not.
    Column("role_id", BigInteger),
    Column("mentioned_at", UtcDateTime),
    Column("health", Words),  # JSON; a message about the health of cameras, which has no alerts
    Index("ix_notices_user", "user_id", "made_at"),
    partial_index("ix_notices_unfinished", "made_at", "id", where="told_at IS NULL"),
    partial_index("ix_notices_told", "told_at", where="told_at IS NOT NULL"),
    partial_index("ix_notices_mentioned", "role_id", "mentioned_at", where="mentioned_at IS NOT NULL"),
)

processes = Table(  # those that read feeds and send alert messages, each with the end of its lease
    "processes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

health_looks = Table(  # when somebody last looked for what is wrong with the cameras of a Blink account
    "health_looks",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("looked_at", UtcDateTime, nullable=False),
)

camera_health = Table(  # the cameras of a Blink account at its last look
    "camera_health",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("camera", String(64), primary_key=True),
    Column("label", Words, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("offline_since", UtcDateTime),
    Column("low_battery", Boolean, nullable=False),
)

health_told = Table(  # what a person was last told of each camera
    "health_told",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("camera", String(64), primary_key=True),  # empty: they have heard of the first look
    Column("offline", Boolean, nullable=False),
    Column("low_battery", Boolean, nullable=False),
)
