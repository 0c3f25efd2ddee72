"""A Sync Module's stick over HTTP: list it, have a clip of it uploaded, fetch that clip, delete it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from .answers import Answer, Refused, as_json, busy, in_process, manifest_stale, media_not_found, no_manifest, not_found
from .clips import Command, Recording
from .networks import Network
from .pictures import encode
from .routing import EMPTY, Call, Route
from .usb_drive import Manifest
from .wire import manifest_answer

BASE = "/api/v1/accounts/{account}/networks/{network}/sync_modules/{module}/local_storage"
CLIP = BASE + "/manifest/{manifest}/clip/request/{clip}"


async def request(call: Call) -> Answer:
    """Let the Sync Module list its stick."""
    network, hasty = _readable(call), _hasty(call)
    call.turn_away(network.busy(None, call.now), hasty)
    return replace(_started(network, network.request_manifest().command), surprise=hasty)


async def poll(call: Call) -> Answer:
    """Answer the list when it is ready, and until then as `world.manifest_pending` says."""
    network = _readable(call)
    manifest = next((one for one in network.stick.manifests if one.command.id == int(call.params["command"])), None)
    if manifest is None:
        raise Refused(not_found())
    if manifest.stale:
        raise Refused(manifest_stale())
    if not manifest.command.state(call.now).complete:
        return _pending(call, network, manifest.command)
    if manifest.command.cut_short:
        raise Refused(no_manifest())
    clips, names = network.stick.read(manifest), {camera.id: camera.name for camera in network.cameras}
    return as_json(await asyncio.to_thread(manifest_answer, manifest, clips, names, call.world))


async def upload(call: Call) -> Answer:
    """Let the Sync Module upload a clip of the newest manifest."""
    network = _readable(call)
    call.turn_away(network.busy(None, call.now))
    manifest, recording = _listed(call, network)
    return _started(network, network.upload(manifest, recording))


async def video(call: Call) -> Answer:
    """Answer a clip that has been uploaded; an upload outlives newer manifests, but not a restart."""
    stick = call.module().stick
    manifest = next((one for one in stick.manifests if one.id == int(call.params["manifest"])), None)
    if manifest is None or manifest.stale:
        raise Refused(manifest_stale())
    recording = stick.uploaded(manifest.id, int(call.params["clip"]))
    if recording is None:
        raise Refused(media_not_found())
    return Answer(200, await asyncio.to_thread(encode, recording.film, recording.size), "video/mp4")


async def delete(call: Call) -> Answer:
    """Delete a clip of the newest manifest from the stick."""
    _, recording = _listed(call, _readable(call))
    recording.usb_deleted = call.now
    return as_json({})


async def status(call: Call) -> Answer:
    """Say how the stick is."""
    network = call.module()
    usb, clips = network.usb, network.stick.clips(call.now)
    return as_json(
        {
            "enabled": usb == "active",
            "usb_state": usb or "unavailable",
            "usb_storage_used": 100 if usb == "memory_full" else min(99, len(clips)),  # in per cent
            "usb_storage_full": usb == "memory_full",
        }
    )


def _readable(call: Call) -> Network:
    network = call.module()
    if not network.stick_readable:
        raise Refused(no_manifest())
    return network


def _hasty(call: Call) -> str | None:
    """Return the surprise of a manifest that is requested again too soon; each one occupies the Sync Module."""
    network = call.module()
    made = network.stick.manifests
    since = call.now - made[-1].command.started if made else call.world.manifest_pace
    if since >= call.world.manifest_pace:
        return None
    return f"manifest: Sync Module {network.sync_id} was asked again after {since:.1f} s"


def _pending(call: Call, network: Network, command: Command) -> Answer:
    match call.world.manifest_pending:
        case "2113":
            return in_process()
        case "empty":
            return _started(network, command)
        case "404":
            return not_found()
        case "1700":
            return no_manifest()
        case "busy":
            return busy(network.busy_shape, call.path)


def _listed(call: Call, network: Network) -> tuple[Manifest, Recording]:
    """Return the manifest in the path, which must be the newest, and the clip that has the number in it now."""
    stick, number = network.stick, int(call.params["clip"])
    manifest = stick.current(int(call.params["manifest"]))
    if manifest is None:
        raise Refused(manifest_stale())
    if number not in stick.read(manifest):
        raise Refused(media_not_found(), f"clip {number} is not in manifest {manifest.id}")
    recording = stick.numbered(number)
    if recording is None:
        raise Refused(media_not_found())
    return manifest, recording


def _started(network: Network, command: Command) -> Answer:
    return as_json({"id": command.id, "network_id": network.id})


ROUTES = (
    Route("manifest", "POST", BASE + "/manifest/request", request, body=EMPTY),
    Route("manifest_poll", "GET", BASE + "/manifest/request/{command}", poll),
    Route("usb_clip", "POST", CLIP, upload, body=EMPTY),
    Route("usb_video", "GET", CLIP, video),
    Route("usb_delete", "POST", BASE + "/manifest/{manifest}/clip/delete/{clip}", delete, body=EMPTY),
    Route("usb_status", "GET", BASE + "/status", status),
)
