"""Blink's JSON: how the state of the world reads on the wire, and the addresses of videos and pictures in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .account import Account
from .behaviour import PRODUCT
from .clips import Command, Recording
from .cloud import Cloud
from .networks import Camera, Network
from .usb_drive import Manifest

STAGES = ("rest", "cs_db", "cs_sent", "sm", "dev", "is", "lv", "vs")
OLD_PICTURE = "/media/production/account/{account}/network/{network}/camera/{camera}/clip_{picture}.jpg"


def command_full(command: Command, network: Network, now: float) -> dict[str, Any]:
    """Return the long form, as in hunsalz/BlinkMonitorProtocol, record-clip.md."""
    state = command.state(now)
    entered = {stage: command.created_at + timedelta(seconds=after) for stage, after in state.entered.items()}
    created = stamp(command.created_at)
    snap = command.name == "thumbnail"
    return {
        "id": command.id,
        "created_at": created,
        "updated_at": stamp(command.created_at + timedelta(seconds=state.updated)),
        "execute_time": created,
        "command": command.name,
        "state_stage": state.stage,
        **{f"stage_{stage}": stamp(entered[stage]) if stage in entered else None for stage in STAGES},
        "state_condition": state.condition,
        "sm_ack": 1 if "sm" in entered else None,
        "lfr_ack": 1 if "dev" in entered else None,
        "sequence": command.id % 256 if "sm" in entered else None,
        "attempts": 0,
        "transaction": command.transaction or f"transaction-{command.id}",
        "player_transaction": f"player-{command.id}",
        "server": command.server,
        "duration": None,
        "by_whom": "simulated - 0 (0) #00000000",
        "diagnostic": False,
        "debug": "",
        "opts_1": 0,
        "target": "camera" if snap else None,
        "target_id": command.camera_id if snap else None,
        "parent_command_id": None,
        "camera_id": command.camera_id,
        "siren_id": None,
        "firmware_id": None,
        "network_id": network.id,
        "account_id": network.account.id,
        "sync_module_id": network.sync_id,
    }


def command_answer(command: Command, network: Network, now: float) -> dict[str, Any]:
    """Return the answer to the POST that started a command, in its short or its full form."""
    if not command.short:
        return command_full(command, network, now)
    short = {"id": command.id, "network_id": network.id, "command": command.name, "state": "new"}
    return {**short, "commands": [dict(short)]}


def command_status(command: Command, network: Network, now: float) -> dict[str, Any]:
    """Return the answer to a poll; no capture has ever shown a media_id."""
    state = command.state(now)
    return {
        "complete": state.complete,
        "status": state.status,
        "status_msg": state.status_msg,
        "status_code": state.status_code,
        "commands": [{**command_full(command, network, now), "deleted_at": None}],
        "media_id": None,
    }


def device(camera: Camera, now: float) -> dict[str, Any]:
    """A camera as the homescreen has it; battery and signals belong to those that run on batteries."""
    born = stamp(camera.network.account.created_at)
    common: dict[str, Any] = {
        "id": camera.id,
        "created_at": born,
        "updated_at": born,
        "name": camera.name,
        "serial": camera.serial,
        "fw_version": "10.72",
        "type": PRODUCT[camera.kind],
        "enabled": camera.enabled,
        "thumbnail": thumbnail(camera, now),
        "status": camera.status,
        "network_id": camera.network.id,
        "issues": [],
    }
    if camera.kind in ("mini", "floodlight"):
        return {**common, "onboarded": True, "local_storage_enabled": False, "local_storage_compatible": False}
    signals = {"lfr": 4, "wifi": camera.wifi, "temp": camera.temperature, "battery": 3 if camera.battery == "ok" else 1}
    powered = {**common, "battery": camera.battery, "usage_rate": False, "signals": signals}
    return powered if camera.kind == "camera" else {**powered, "onboarded": True}


def sync_module(network: Network) -> dict[str, Any]:
    """A Sync Module as the homescreen has it."""
    born = stamp(network.account.created_at)
    return {
        "id": network.sync_id,
        "created_at": born,
        "updated_at": born,
        "onboarded": True,
        "status": "online",
        "name": f"{network.name} Sync Module",
        "serial": f"G8V1{network.sync_id:012d}",
        "fw_version": "16.0.32",
        "type": "sm2",
        "wifi_strength": 5,
        "network_id": network.id,
        "enable_temp_alerts": True,
        "local_storage_enabled": network.usb == "active",
        "local_storage_compatible": network.usb != "incompatible",
        "local_storage_status": network.usb or "unavailable",
    }


def network_full(network: Network) -> dict[str, Any]:
    """A network as /network has it; its `busy` stays false whatever goes on (measured by nico579/blink2video)."""
    born = stamp(network.account.created_at)
    return {
        "id": network.id,
        "created_at": born,
        "updated_at": born,
        "deleted_at": None,
        "name": network.name,
        "description": "",
        "time_zone": "Europe/Berlin",
        "dst": True,
        "armed": network.armed,
        "lv_mode": "relay",
        "video_destination": "server",
        "sm_backup_enabled": True,
        "arm_string": "Armed" if network.armed else "Disarmed",
        "busy": False,
        "camera_error": False,
        "sync_module_error": False,
        "account_id": network.account.id,
    }


def homescreen(account: Account, now: float) -> dict[str, Any]:
    """Everything an account has."""
    born = stamp(account.created_at)
    return {
        "account": {"id": account.id, "email_verified": True, "email_verification_required": False},
        "networks": [
            {
                "id": network.id,
                "created_at": born,
                "updated_at": born,
                "name": network.name,
                "time_zone": "Europe/Berlin",
                "dst": True,
                "armed": network.armed,
                "lv_save": False,
            }
            for network in account.networks
        ],
        "sync_modules": [sync_module(network) for network in account.networks],
        "cameras": [device(camera, now) for camera in account.cameras if camera.kind == "camera"],
        "sirens": [],
        "chimes": [],
        "video_stats": {"storage": 1, "auto_delete_days": 30},
        "doorbell_buttons": [],
        "owls": [device(camera, now) for camera in account.cameras if camera.kind in ("mini", "floodlight")],
        "doorbells": [device(camera, now) for camera in account.cameras if camera.kind == "doorbell"],
        "app_updates": {"message": "OK", "code": 103, "update_available": False, "update_required": False},
        "device_limits": {"camera": 10, "chime": 5, "doorbell_button": 2, "owl": 10, "siren": 5, "total_devices": 20},
    }


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
