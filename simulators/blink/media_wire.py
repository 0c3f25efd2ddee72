"""Blink's JSON about videos and pictures, and the addresses in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .clips import Recording
from .cloud import Cloud
from .devices import PRODUCT
from .networks import Camera
from .usb_drive import Manifest

OLD_PICTURE = "/media/production/account/{account}/network/{network}/camera/{camera}/clip_{picture}.jpg"


def stamp(moment: datetime) -> str:
    """Write a moment as Blink does, in whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def media_entry(recording: Recording, camera: Camera, now: float) -> dict[str, Any]:
    """Return one entry of the media list."""
    return {
        **_common(recording, camera, now),
        "deleted": recording.deleted_at is not None,
        "type": "video",
        "source": recording.source,
        "partial": recording.partial(now),
        "thumbnail": _media_path(recording, camera, "thumb"),
        "media": _media_path(recording, camera, "clip") + ".mp4",
        "additional_devices": [],
    }


def media_entry_v4(recording: Recording, camera: Camera, now: float) -> dict[str, Any]:
    """Return one entry of the app's media list; a recording that no plan covers is an event without a video."""
    stored = recording.in_cloud
    return {
        **_common(recording, camera, now),
        "type": "video" if stored else "event",
        "event_type": recording.source,
        "partial": stored and recording.partial(now),
        "thumbnail": _media_path(recording, camera, "thumb") if stored else None,
        "media": _media_path(recording, camera, "clip") + ".mp4" if stored else None,
        "no_media_reason": "none" if stored else "no_subscription",
    }


def _common(recording: Recording, camera: Camera, now: float) -> dict[str, Any]:
    network = camera.network
    return {
        "id": recording.media_id,
        "created_at": stamp(recording.created_at),
        "updated_at": stamp(recording.updated_at(now)),
        "device": PRODUCT[camera.kind],
        "device_id": camera.id,
        "device_name": camera.name,
        "network_id": network.id,
        "network_name": network.name,
        "watched": recording.watched_at is not None,
        "time_zone": "Europe/Berlin",
    }


def manifest_answer(
    manifest: Manifest, clips: Mapping[int, Recording], names: Mapping[int, str], cloud: Cloud
) -> dict[str, Any]:
    """Return a Sync Module's list of its stick; making the videos to know their sizes takes a while.

    `names` are the names of its cameras by id.
    """
    return {
        "version": "1.0",
        "manifest_id": _usb_id(manifest.id, cloud),
        "clips": [
            {
                "id": _usb_id(number, cloud),
                "size": str(-(-len(recording.mp4) // 1024)),  # in KiB (reported_bytes of nico579/blink2video)
                "camera_name": _usb_name(names[recording.camera_id], cloud),
                "created_at": stamp(recording.created_at),
            }
            for number, recording in clips.items()
        ],
    }


def _usb_id(number: int, cloud: Cloud) -> str | int:
    return str(number) if cloud.usb_ids == "text" else number


def _usb_name(name: str, cloud: Cloud) -> str:
    """Strip a name as blinkpy's to_alphanumeric does."""
    stripped = re.sub(r"\W+", "", name)
    return stripped.lower() if cloud.usb_lowercase else stripped


def thumbnail(camera: Camera, now: float) -> str | int:
    """Return the homescreen's name for the current picture, which changes with every picture taken."""
    taken, network = camera.pictures(now)[-1].taken, camera.network
    match network.account.cloud.thumbnail_form:
        case "v3":
            return f"{_camera_path(camera)}/thumbnail/thumbnail.jpg?ts={taken}&ext="
        case "old":
            path = OLD_PICTURE.format(account=network.account.id, network=network.id, camera=camera.id, picture=taken)
            return path.removesuffix(".jpg")
        case "timestamp":
            return taken


def _media_path(recording: Recording, camera: Camera, what: str) -> str:
    network = camera.network
    if network.account.cloud.video_paths == "v2":
        return f"/api/v2/accounts/{network.account.id}/media/{what}/{recording.media_id}"
    return f"{_camera_path(camera)}/{what}/{recording.media_id}"


def _camera_path(camera: Camera) -> str:
    network = camera.network
    return f"/api/v3/media/accounts/{network.account.id}/networks/{network.id}/{PRODUCT[camera.kind]}/{camera.id}"
