"""Blink's JSON: how the state of the world reads on the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .account import Account
from .clips import Command
from .devices import PRODUCT
from .media_wire import stamp, thumbnail
from .networks import Camera, Network

STAGES = ("rest", "cs_db", "cs_sent", "sm", "dev", "is", "lv", "vs")


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
