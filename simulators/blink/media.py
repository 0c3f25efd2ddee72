"""The media lists, old and the app's, the videos and pictures behind them, and deleting them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from .account import Account
from .answers import Answer, Refused, as_json, bad_request, media_not_found, message, not_found
from .behaviour import PRODUCT, Kind
from .clips import Recording
from .networks import Camera
from .pictures import Film, encode, photograph
from .routing import PRESIGNED_HOST, Call, Route
from .wire import OLD_PICTURE, media_entry, media_entry_v4
from .world import World

BASE = "/api/v3/media/accounts/{account}/networks/{network}/{product}/{camera}"
V2 = "/api/v2/accounts/{account}/media"
ALL_KINDS: tuple[Kind, ...] = tuple(PRODUCT)
APP_QUERY = frozenset({"start_time", "end_time", "pagination_key"})
FILTERS: dict[str, Callable[[Recording, Camera], str | int]] = {
    "types": lambda one, camera: "video" if one.in_cloud else "event",
    "device_types": lambda one, camera: PRODUCT[camera.kind],
    "devices": lambda one, camera: camera.id,
}
"""What each filter looks at; no source shows one that was sent, so this is how their names read."""


async def changed(call: Call) -> Answer:
    """Answer one page of what has changed, or was created, since a moment."""
    since, page = call.since("since"), call.query.get("page", "1")
    if not page.isdigit():
        raise Refused(bad_request("Invalid page"), f"media: page={page}")
    entries = [one for one in _listed(call.account, call.now) if _moment(one, call).replace(microsecond=0) >= since]
    entries.sort(key=lambda one: (one.created_at, one.media_id), reverse=call.world.newest_first)
    size = call.world.page_size
    first = _pages_before(int(page), call.world) * size
    cameras = {camera.id: camera for camera in call.account.cameras}
    media = [media_entry(one, cameras[one.camera_id], call.now) for one in entries[first : first + size]]
    return as_json({"limit": size, "purge_id": 1, "refresh_count": 0, "media": media})


def _moment(one: Recording, call: Call) -> datetime:
    return one.updated_at(call.now) if call.world.since_means == "updated_at" else one.created_at


def _pages_before(page: int, world: World) -> int:
    if world.page_zero == "before page 1":
        return page
    if page == 0 and world.page_zero == "refused":
        raise Refused(bad_request("Invalid page"))
    return max(page, 1) - 1


async def app_list(call: Call) -> Answer:
    """Answer one page of what was created between two moments, also what no plan keeps.

    As sealad886/homebridge-blink-cameras-new-api describes the app's own list.
    """
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


async def video(call: Call) -> Answer:
    """Answer a whole video."""
    recording = _whole(call)
    if call.world.video_paths == "presigned":
        return Answer(
            302, headers={"Location": f"https://{PRESIGNED_HOST}/{recording.media_id}.mp4?signature=simulated"}
        )
    return await _film(recording)


async def presigned(call: Call) -> Answer:
    """Answer a whole video to anybody who has its address; a bearer has no business here."""
    if "Authorization" in call.headers:
        raise Refused(bad_request("Only one auth mechanism allowed"), "a bearer was sent on to another host")
    every = (one for account in call.world.accounts for one in _listed(account, call.now))
    recording = next((one for one in every if one.media_id == int(call.params["media"])), None)
    if recording is None:
        raise Refused(media_not_found())
    return await _film(recording)


async def _film(recording: Recording) -> Answer:
    return Answer(200, await asyncio.to_thread(encode, recording.film, recording.size), "video/mp4")


async def still(call: Call) -> Answer:
    """Answer the picture that stands for a video; no source tells whether it is there before the video."""
    recording = _found(call)
    if recording.partial(call.now) and not call.world.stills_of_partial:
        raise Refused(media_not_found())
    return await _photograph(recording.film)


async def picture(call: Call) -> Answer:
    """Answer a camera's current picture."""
    camera = call.camera(*ALL_KINDS)
    if call.params["product"] != PRODUCT[camera.kind]:
        raise Refused(message("Invalid Device Type", 1630, 400))
    if not call.query.get("ts", "0").isdigit() or call.query.get("ext", "") not in ("", ".jpg"):
        raise Refused(bad_request("Invalid parameter"), f"picture: {dict(call.query)}")
    return await _photograph(camera.picture.film)


async def old_picture(call: Call) -> Answer:
    """Answer the picture that has this address of its own."""
    camera, taken = call.camera(*ALL_KINDS), int(call.params["picture"])
    for one in camera.pictures(call.now):
        if one.taken == taken and call.world.thumbnail_form == "old":
            return await _photograph(one.film)
    raise Refused(not_found())


async def _photograph(film: Film) -> Answer:
    return Answer(200, await asyncio.to_thread(photograph, film), "image/jpeg")


async def delete(call: Call) -> Answer:
    """Mark videos as deleted; the field is media_list, as verified by nico579/blink2video."""
    wanted: Any = call.fields.get("media_list")
    if not isinstance(wanted, list) or not wanted:
        raise Refused(bad_request("media_list is missing"), "delete: media_list is missing")
    mine = {one.media_id: one for one in _listed(call.account, call.now)}
    chosen = [mine.get(number) for number in cast(list[int], wanted)]
    if None in chosen:
        raise Refused(media_not_found())
    for recording in chosen:
        assert recording is not None
        recording.delete()
    return as_json({"code": 711, "message": "Successfully deleted media"})


def _listed(account: Account, now: float) -> list[Recording]:
    if not account.plan:
        return []
    return [one for camera in account.cameras for one in camera.recordings if one.listed(now)]


def _whole(call: Call) -> Recording:
    recording = _found(call)
    if not recording.downloadable(call.now):
        raise Refused(media_not_found())
    return recording


def _found(call: Call) -> Recording:
    """Return the recording in the path, unless it was deleted."""
    camera, number = call.camera(*ALL_KINDS) if "camera" in call.params else None, int(call.params["media"])
    if camera and call.params["product"] != PRODUCT[camera.kind]:
        raise Refused(media_not_found())
    for one in _listed(call.account, call.now):
        if one.media_id == number and (not camera or camera.id == one.camera_id) and one.deleted_at is None:
            return one
    raise Refused(media_not_found())


ROUTES = (
    Route("media", "GET", "/api/v1/accounts/{account}/media/changed", changed, query=frozenset({"since", "page"})),
    Route(
        "media_v4",
        "POST",
        "/api/v4/accounts/{account}/media",
        app_list,
        query=APP_QUERY,
        body=frozenset({"filters"}),
    ),
    Route("video", "GET", BASE + "/clip/{media}.mp4", video),
    Route("video", "GET", V2 + "/clip/{media}.mp4", video),
    Route("video", "GET", "/{media}.mp4", presigned, "presigned", query=frozenset({"signature"})),
    Route("still", "GET", BASE + "/thumb/{media}.jpg", still),
    Route("still", "GET", V2 + "/thumb/{media}.jpg", still),
    Route("image", "GET", BASE + "/thumbnail/thumbnail.jpg", picture, query=frozenset({"ts", "ext"})),
    Route("image", "GET", OLD_PICTURE, old_picture),
    Route("delete", "POST", "/api/v1/accounts/{account}/media/delete", delete, body=frozenset({"media_list"})),
)
