"""The tables about the health of cameras; `tables` has all others."""

from sqlalchemy import BigInteger, Boolean, Column, String, Table

from .columns import UtcDateTime, Words
from .tables import metadata

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
