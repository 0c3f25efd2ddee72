"""The file of **Export my data**: all that is kept of a person, without what opens something or belongs to others."""

import asyncio
import json
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

from bot.models import OWN, Account, CameraHealth, Invitation, Job, Share, Subscription

from .interaction import Services

_MOST_USES = 10_000


async def exported(services: Services, user_id: int) -> bytes:
    """Return the file, which is written beside the event loop; raises StorageUnavailable and WrongKey."""
    store = services.store
    of_alerts = await store.alerts.subscriptions.kept_of(user_id)
    data: dict[str, Any] = {
        "exported_at": datetime.now(UTC),
        "account": await services.accounts.account(user_id),
        "choices": await services.people.person(user_id),
        "invitation": await store.invitations.of_person(user_id),
        "motion_alerts": await services.alerts.watcher(user_id),
        "motion_wishes": await services.alerts.subscriptions_of(user_id),
        "alerts": [_alert(row) for row in of_alerts.pop("alerts")],
        "health_of_cameras": await services.alerts.health_of(user_id),
        "shares": await store.shares.given_by(user_id),
        "refused_shares": await services.shares.refused_by(user_id),
        "uses_of_shares": await services.shares.uses(user_id, most=_MOST_USES),
        "clips": await services.runner.jobs_of(user_id),
        "answers_not_yet_told": [*(await services.untold.of_person(user_id)).values()],
    }
    # Which process has a row in hand says nothing about anybody.
    data |= {name: [_without(row, "owner") for row in rows] for name, rows in of_alerts.items()}
    return await asyncio.to_thread(_written, data)


def _written(data: dict[str, Any]) -> bytes:
    return json.dumps(data, default=_plain, indent=2, ensure_ascii=False).encode()


def _plain(value: object) -> Any:
    """Return what the file says of a value that JSON does not know."""
    match value:
        case Account():
            return _without(asdict(value), "tokens")
        case Invitation():
            return _without(asdict(value), "digest")
        case Share():
            # Who has left or refused it, its owner reads nowhere.
            return _without(asdict(value), "refused_by") | {"rights": sorted(value.rights)}
        case Subscription():
            cameras = None if value.cameras is None else sorted(map(str, value.cameras))
            return asdict(value) | {"cameras": cameras, "muted": sorted(map(str, value.muted))}
        case CameraHealth():
            return asdict(value) | {"camera": str(value.camera)}
        case Job():
            return _job(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        case _:
            return str(value)


def _alert(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an alert, without what names somebody else's Blink account."""
    return row if row["guild_id"] == OWN else _without(row, "account_id", "media_id", "path", "picture")


def _job(job: Job) -> dict[str, Any]:
    """Return what is kept of a job, without what names somebody else's Blink account."""
    fields = _without(asdict(job), "request", "progress", "result", "delivery")
    for part in (job.request, job.progress, job.result, job.delivery):
        fields |= asdict(part)
    said = fields.pop("status")
    fields["said"] = _without(said, "http_status") | {"status": said["http_status"]}
    fields["missed"] = fields.pop("undelivered")
    fields["reply"] = _without(asdict(job.reply), "token")
    if job.owner is None:
        return fields
    target = _without(asdict(job.target), "account_id") if job.target else None
    taken = [_without(asdict(one), "path") for one in job.round.shots] if job.round else None
    unnamed = _without(fields, "media_path", "media_id", "picture_before", "command_id")
    return unnamed | {"target": target, "round": taken}


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
