"""Alerts and alert messages for tests that need no bot."""

from datetime import timedelta
from typing import Any

from bot.models import Alert, AlertMessage

from .jobs import KEY, NOW


def an_alert(number: int = 1, **changes: Any) -> Alert:
    """Return motion at somebody's own front door, with `changes`; the higher the number, the later."""
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "user_id": 6,
        "owner_id": 6,
        "guild_id": 0,
        "account_id": 110,
        "media_id": 7000 + number,
        "camera": KEY,
        "label": "Front Door · Home",
        "happened_at": NOW + timedelta(minutes=number),
        "path": f"/media/{number}.mp4",
    }
    return Alert(**(given | changes))


def an_alert_message(*alerts: Alert, **changes: Any) -> AlertMessage:
    """Return a message to the person of its alerts, of one alert by itself if none is given."""
    alerts = alerts or (an_alert(),)
    given: dict[str, Any] = {
        "id": "fedcba9876543210fedcba98",
        "user_id": alerts[0].user_id,
        "made_at": NOW,
        "alerts": alerts,
    }
    return AlertMessage(**(given | changes))
