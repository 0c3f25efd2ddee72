"""The tables as the code knows them, besides those of `alert_tables`; `migrations/` creates exactly these."""

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
    true,
)

from bot.models import HOLDING, Stage

from .columns import UtcDateTime, Words

# We name constraints ourselves, so that a migration can name what it changes on every engine.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# From the queue until the video is found; then the camera is free for another clip, however long delivery takes.
ADMITTED = frozenset(Stage) - {Stage.RECEIVED, Stage.FETCHING, Stage.ENDED}

ROUND = "round "
"""Stands before the stage of an unfinished round: a version that knows no rounds leaves the row alone."""


def spelt(stages: Iterable[Stage]) -> list[str]:
    """Return the stages as rows spell them, for all jobs and for rounds."""
    plain = sorted(stages)
    return [*plain, *(f"{ROUND}{stage}" for stage in plain if stage is not Stage.ENDED)]


def _where(stages: Iterable[str]) -> str:
    return "stage IN ({})".format(", ".join(f"'{stage}'" for stage in stages))


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows of which `where` is true."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


def tell_postgresql() -> None:
    """Give the partial indexes their condition on PostgreSQL, whose 2 MiB SQLAlchemy loads for that."""
    for index in (index for table in metadata.tables.values() for index in table.indexes if index.info):
        index.dialect_options["postgresql"]["where"] = text(index.info["where"])


# Ended jobs that asked no camera for anything, and have nothing left to tell.
REFUSED = "told_at IS NOT NULL AND asked_at IS NULL AND NOT missed"

# A live view occupies its account's one session from the first try to start it.
_LIVE_SESSION = f"live_seconds IS NOT NULL AND reason IS NULL AND {_where(sorted({Stage.BUSY, Stage.LIVE}))}"

accounts = Table(
    "accounts",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("link_id", String(64), nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("access_token", Text, nullable=False),  # sealed
    Column("refresh_token", Text, nullable=False),  # sealed
    Column("expires_at", UtcDateTime, nullable=False),
    Column("oauth_client", Text, nullable=False),
    Column("hardware_id", Text),
    Column("tier", Text),
    Column("account_id", BigInteger),
    Column("last_success_at", UtcDateTime),
    Column("signed_out_at", UtcDateTime),
    Column("refresh_owner", String(64)),
    Column("refresh_until", UtcDateTime),
)

people = Table(
    "people",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("notify_clips", String(32)),
    Column("dms_closed_at", UtcDateTime),
    Column("dms_closed_told", Boolean, nullable=False),
    Column("dms_introduced", Boolean, nullable=False),
    Column("hears_of_grants", Boolean, nullable=False, server_default=true()),
    Column("locale", String(32)),
)

invitations = Table(
    "invitations",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),  # a new one takes the old one's place
    Column("digest", String(64), nullable=False),
    Column("name", Words, nullable=False),
    Column("avatar_url", Words),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("uq_invitations_digest", "digest", unique=True),
)

clip_jobs = Table(
    "clip_jobs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("interaction_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("asked", Words, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False, server_default="clip"),
    Column("stage", String(32), nullable=False),
    Column("ending", String(32)),
    Column("reason", String(32)),
    # The reply.
    Column("reply_application_id", BigInteger, nullable=False),
    Column("reply_token", Text),  # sealed
    Column("reply_expires_at", UtcDateTime, nullable=False),
    Column("reply_channel_id", BigInteger, nullable=False),
    Column("reply_message_id", BigInteger),
    Column("reply_guild_id", BigInteger),
    Column("reply_ephemeral", Boolean, nullable=False),
    Column("reply_in_dm", Boolean, nullable=False),
    Column("reply_bot_can_edit", Boolean, nullable=False),
    Column("reply_file_limit", BigInteger, nullable=False),
    Column("reply_locale", String(32), nullable=False),
    # The shares that let the person use others' cameras, and the owner of the camera if that is not the person.
    Column("permits", Words, nullable=False, server_default="[]"),  # JSON
    Column("lender_id", BigInteger),
    Column("lender_name", Words),
    Column("permit_id", String(32)),
    # The camera; all null until it is found.
    Column("account_id", BigInteger),
    Column("camera_kind", String(32)),
    Column("network_id", BigInteger),
    Column("camera_id", BigInteger),
    Column("camera_name", Words),
    Column("network_name", Words),
    Column("usb", Words),
    Column("video_likely", Boolean),
    Column("battery", Words),
    Column("temperature", Float(53)),
    Column("wifi", Float(53)),
    Column("options", Words, nullable=False),  # JSON
    # Blink's latest words.
    Column("said_condition", Words),
    Column("said_stage", Words),
    Column("said_code", BigInteger),
    Column("said_status", BigInteger),
    Column("said_message", Words, nullable=False),
    # How it went.
    Column("busy_since", UtcDateTime),
    Column("attempts", BigInteger, nullable=False),
    Column("retry_at", UtcDateTime),
    Column("asked_at", UtcDateTime),
    Column("blink_started_at", UtcDateTime),
    Column("command_id", BigInteger),
    Column("confirmed", Boolean, nullable=False),
    Column("recorded_at", UtcDateTime),
    Column("blink_recorded_at", UtcDateTime),
    Column("media_id", BigInteger),
    Column("media_path", Words),
    Column("usb_name", Words),
    Column("usb_at", UtcDateTime),
    Column("picture_before", Words),
    Column("pictured", Boolean, nullable=False, server_default=false()),
    Column("size", BigInteger),
    Column("seconds", Float(53)),
    Column("shrunk_from", BigInteger),
    Column("not_shrunk", String(32)),
    # The length that was asked for, and the live view; all null for a clip.
    Column("seconds_wished", BigInteger),
    Column("live_seconds", BigInteger),
    Column("live_because", String(32)),
    Column("live_starts", BigInteger),
    Column("live_began_at", UtcDateTime),
    Column("live_silent", Boolean),
    # The cameras of a round, and what became of each; null for a job of one camera.
    Column("round", Words),  # JSON
    Column("sent_as_dm", Boolean, nullable=False),
    Column("dms_closed", Boolean, nullable=False),
    Column("told_at", UtcDateTime),
    Column("missed", Boolean, nullable=False, server_default=false()),
    # The process that it belongs to, and the end of that one's lease.
    Column("owner", String(64)),
    Column("owned_until", UtcDateTime),
    # One interaction acts once, even if several processes see it.
    Index("uq_clip_jobs_interaction", "interaction_id", unique=True),
    # A Sync Module does one command at a time.
    partial_index("uq_clip_jobs_holding", "account_id", "network_id", where=_where(spelt(HOLDING)), unique=True),
    # A person's second command for a camera points to the first.
    partial_index(
        "uq_clip_jobs_admitted", "user_id", "network_id", "camera_id", where=_where(sorted(ADMITTED)), unique=True
    ),
    partial_index("ix_clip_jobs_admitted", "user_id", where=_where(spelt(ADMITTED))),
    # Blink serves one live view of an account at a time (nico579/blink2video).
    partial_index("uq_clip_jobs_live", "account_id", where=_LIVE_SESSION, unique=True),
    partial_index("ix_clip_jobs_live_view", "account_id", "recorded_at", where="live_seconds IS NOT NULL"),
    # A recording belongs to one job.
    partial_index("uq_clip_jobs_media", "account_id", "media_id", where="media_id IS NOT NULL", unique=True),
    partial_index(
        "uq_clip_jobs_usb",
        "account_id",
        "network_id",
        "usb_name",
        "usb_at",
        where="usb_at IS NOT NULL AND kind = 'clip'",
        unique=True,
    ),
    partial_index(
        "ix_clip_jobs_queue", "account_id", "network_id", "created_at", "id", where=_where(spelt({Stage.QUEUED}))
    ),
    partial_index("ix_clip_jobs_missed", "user_id", where="missed"),
    partial_index("ix_clip_jobs_live", "created_at", "id", where="told_at IS NULL"),
    # Clean-up, /unlink and the export find their rows among a million without a look at the others.
    Index("ix_clip_jobs_person", "user_id", "created_at", "id"),
    partial_index("ix_clip_jobs_lender", "lender_id", where="lender_id IS NOT NULL"),
    partial_index("ix_clip_jobs_told", "told_at", where="told_at IS NOT NULL"),
    partial_index("ix_clip_jobs_tokens", "reply_expires_at", where="reply_token IS NOT NULL"),
    partial_index("ix_clip_jobs_refused", "user_id", "created_at", "id", where=REFUSED),
)

shares = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", BigInteger, nullable=False),
    Column("owner_name", Words, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("grantee_id", BigInteger, nullable=False),
    Column("to_role", Boolean, nullable=False),
    Column("grantee_name", Words, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("scope", String(64), nullable=False),
    Column("label", Words, nullable=False),
    Column("rights", String(255), nullable=False),  # names with a space between
    Column("created_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("hours_begin", BigInteger),
    Column("hours_end", BigInteger),
    Column("hours_zone", Words),
    Index("uq_grants_scope", "owner_id", "guild_id", "grantee_id", "account_id", "scope", unique=True),
    Index("ix_grants_grantee", "guild_id", "grantee_id"),
)

share_people = Table(  # the people who have used a share before
    "grant_people",
    metadata,
    Column("grant_id", String(32), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
)

share_uses = Table(
    "grant_uses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("what", String(32), nullable=False),
    Column("label", Words, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("times", BigInteger, nullable=False, server_default=text("1")),
    Column("began_at", UtcDateTime),  # the first of several
    Index("ix_grant_uses_owner", "owner_id", "used_at"),
    Index("ix_grant_uses_used", "used_at"),
)

share_refusals = Table(  # somebody refuses an owner's shares, or has left the one that is named
    "grant_refusals",
    metadata,
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("grant_id", String(32), primary_key=True),  # empty: all
    Column("owner_name", Words, nullable=False),
    Column("refused_at", UtcDateTime, nullable=False),
    Index("ix_grant_refusals_user", "user_id"),
)

untold = Table(  # answers that could be shown nowhere
    "untold",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("text", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_untold_user", "user_id", "at"),
)

meta = Table("meta", metadata, Column("key", String(255), primary_key=True), Column("value", Text, nullable=False))
