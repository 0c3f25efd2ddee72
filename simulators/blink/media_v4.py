"""The app's media list, which also has what no plan keeps (sealad886/homebridge-blink-cameras-new-api)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from .answers import Answer, Refused, as_json, bad_request, not_found
from .clips import Recording
from .devices import PRODUCT
from .media_wire import media_entry_v4
from .networks import Camera
from .routing import Call, Route

QUERY = frozenset({"start_time", "end_time", "pagination_key"})
FILTERS: dict[str, Callable[[Recording, Camera], str | int]] = {
    "types": lambda one, camera: "video" if one.in_cloud else "event",
    "device_types": lambda one, camera: PRODUCT[camera.kind],
    "devices": lambda one, camera: camera.id,
}
"""What each filter looks at; no source shows one that was sent, so this is how their names read."""


async def listed(call: Call) -> Answer:
    """Answer one page of what was created between two moments."""
    if not call.world.v4_media:
        raise Refused(not_found())
    if call.body is None:
        raise Refused(bad_request("Missing body"), "media_v4: no body")
    start = call.since("start_time")
    end = call.since("end_time") if "end_time" in call.query else None
    wanted = _filters(call)
    cameras = {camera.id: camera for camera in call.account.cameras}
    every = [one for one in _everything(call) if _between(one, start, end)]
    found = [one for one in every if _passes(one, cameras[one.camera_id], wanted)]
    found.sort(key=lambda one: (one.created_at, one.media_id), reverse=call.world.newest_first)
    first, size = _first(call), call.world.page_size
    more = f"page-{first + size}" if len(found) > first + size else None
    media = [media_entry_v4(one, cameras[one.camera_id], call.now) for one in found[first : first + size]]
    return as_json({"media": media, "pagination_key": more})


def _everything(call: Call) -> list[Recording]:
    """Return what there is; a video needs the plan for as long as somebody wants to see it."""
    every = (one for camera in call.account.cameras for one in camera.made if one.listed(call.now))
    return [one for one in every if one.deleted_at is None and (call.account.plan or not one.in_cloud)]


def _between(one: Recording, start: datetime, end: datetime | None) -> bool:
    created = one.created_at.replace(microsecond=0)
    return created >= start and (end is None or created <= end)


def _passes(one: Recording, camera: Camera, filters: dict[str, list[Any]]) -> bool:
    return all(FILTERS[name](one, camera) in values for name, values in filters.items())


def _filters(call: Call) -> dict[str, list[Any]]:
    wanted: Any = call.fields.get("filters", {})
    if not isinstance(wanted, dict):
        raise Refused(bad_request("Invalid filters"), f"media_v4: filters={wanted}")
    for name, values in cast(dict[str, Any], wanted).items():
        if name not in FILTERS or not isinstance(values, list):
            raise Refused(bad_request("Invalid filters"), f"media_v4: filter {name}={values}")
    return cast(dict[str, list[Any]], wanted)


def _first(call: Call) -> int:
    key = call.query.get("pagination_key")
    if key is None:
        return 0
    number = key.removeprefix("page-")
    if not number.isdigit():
        raise Refused(bad_request("Invalid pagination_key"), f"media_v4: pagination_key={key}")
    return int(number)


ROUTES = (
    Route("media_v4", "POST", "/api/v4/accounts/{account}/media", listed, query=QUERY, body=frozenset({"filters"})),
)
