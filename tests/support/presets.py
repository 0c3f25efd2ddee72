"""How long the tests' bot waits for what: one preset, in seconds, and one multiplier for slow machines (TEST_PACE)."""

import os
from dataclasses import fields, replace
from typing import Any, TypeVar

from bot import alerts, app
from bot.blink import LiveTiming
from bot.delivery import DeliveryTimeouts
from bot.discord_connection import Patience
from bot.jobs import JobTiming

T = TypeVar("T")

TEST_PACE = float(os.environ.get("TEST_PACE", "1"))

_JOBS = JobTiming(
    busy_wait=2.0,
    busy_gaps=(0.05, 0.1),
    poll=0.06,
    command_deadline=3.0,
    switch_deadline=0.8,
    look_for=2.0,
    look_gaps=(0.06, 0.06),
    fetch_gaps=(0.02, 0.05),
    late_after=0.5,
    usb_after=0.1,
    usb_every=0.3,
    usb_poll=0.1,
    usb_deadline=2.0,
    picture_for=1.5,
    picture_gaps=(0.06,),
    thumbnails_for=2.0,
    again=0.02,
    live_gap=0.3,
    settle=0.5,
    lease=2.0,
    turn_poll=0.1,
    after_a_mistake=(0.0, 0.1),
)
_ALERTS = alerts.AlertTiming(
    every=0.25, slowest=0.25, lease=1.5, picture_after=2.0, partial_for=30.0, fetch_gaps=(0.05, 0.1), again=0.2
)
_REPLIES = DeliveryTimeouts(
    every=0.1, gaps=(0.05, 0.1), patience=2.0, progress_timeout=2.0, upload_timeout=10.0, slow=0.0
)
LIVE_PACE = 10.0 / TEST_PACE  # times as fast as a real relay and a real camera
_LIVE = LiveTiming(
    first_media=4.0,
    reconnect=0.2,
    silence=2.5,
    gap=1.5,
    beyond=4.5,
    longest=12.0,
    keep_alive=0.25,
    statistics=0.05,
    show=0.05,
    done=1.0,
)
_GATEWAY = Patience(hiccup=0.05, gaps=(0.05,))

# What a real clock of Discord's or of a person's is compared with, and a share of an interval.
_REAL = (
    "jitter",
    "too_late",
    "remember",
    "queue_wait",
    "inventory_age",
    "late",
    "kept",
    "longest_away",
    "give_up",
    "overlap",
)


def tempo(times: float = TEST_PACE) -> app.Tempo:
    """Return every interval of the tests' bot, all of them longer by so many times."""
    return app.Tempo(
        timing=_longer(_JOBS, times),
        alert_timing=_longer(_ALERTS, times),
        pace=_longer(_REPLIES, times),
        patience=_longer(_GATEWAY, times),
        live_timing=_longer(_LIVE, times),
    )


def _longer(preset: T, times: float) -> T:
    changed: dict[str, Any] = {}
    for field in fields(preset):  # type: ignore[arg-type]
        value = getattr(preset, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(one * times for one in value)
        elif isinstance(value, float) and field.name not in _REAL:
            changed[field.name] = value * times
    return replace(preset, **changed)  # type: ignore[type-var]


QUICK = tempo()
# What ends in vain only after that; a test that waits for such an end says so, and all others pass on a busy machine.
PATIENT = replace(
    QUICK.timing,
    **{
        name: 4 * getattr(QUICK.timing, name)
        for name in ("busy_wait", "command_deadline", "look_for", "picture_for", "usb_deadline")
    },
)
# A third of the lease is between two looks at what nobody tells the bot of, a tenth of all that a bot does here.
SELDOM = replace(QUICK.alert_timing, lease=4 * QUICK.alert_timing.lease)
