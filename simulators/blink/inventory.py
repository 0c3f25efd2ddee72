"""The lists of an account's things: its region, its networks, its Sync Modules and its cameras."""

from __future__ import annotations

from .answers import Answer, as_json
from .routing import Call, Route
from .wire import device, homescreen, network_full, stamp, sync_module


async def tier(call: Call) -> Answer:
    """Say which region an account lives in."""
    return as_json({"tier": call.account.tier, "account_id": call.account.id})


async def home(call: Call) -> Answer:
    """Answer the homescreen, whose headers carry the numeric client and the user."""
    headers = {"Client-Id": str(call.account.client_of(call.token)), "User-Id": str(call.account.user_id)}
    return as_json(homescreen(call.account, call.now), headers=headers)


async def networks(call: Call) -> Answer:
    """List the networks."""
    own = call.account.networks
    summary = {str(network.id): {"name": network.name, "onboarded": True} for network in own}
    return as_json({"summary": summary, "networks": [network_full(network) for network in own]})


async def network(call: Call) -> Answer:
    """Show one network."""
    return as_json({"network": network_full(call.network())})


async def update(call: Call) -> Answer:
    """Change a network's settings, of which only the name is remembered, and show it."""
    own = call.network()
    own.name = str(call.fields.get("name", own.name))
    return as_json({"network": network_full(own)})


async def modules(call: Call) -> Answer:
    """Show a network's one Sync Module; this call leaves the state of the stick out."""
    module = sync_module(call.network())
    del module["local_storage_status"], module["local_storage_compatible"]
    return as_json({"syncmodule": module})


async def config(call: Call) -> Answer:
    """Show a battery camera."""
    camera = call.camera("camera")
    one = device(camera, call.now)
    return as_json({"camera": [{**one, "temperature": camera.temperature, "wifi_strength": camera.wifi}]})


async def signals(call: Call) -> Answer:
    """Show a battery camera's signals."""
    own = device(call.camera("camera"), call.now)["signals"]
    return as_json({**own, "updated_at": stamp(call.moment)})


async def usage(call: Call) -> Answer:
    """List the battery cameras of every network with what they have used."""
    return as_json(
        {
            "range_days": 7,
            "reference": {"usage": 400},
            "networks": [
                {
                    "network_id": own.id,
                    "name": own.name,
                    "cameras": [
                        {"id": camera.id, "name": camera.name, "usage": 0, "lv_seconds": 0, "clip_seconds": 0}
                        for camera in own.cameras
                        if camera.kind == "camera"
                    ],
                }
                for own in call.account.networks
            ],
        }
    )


ROUTES = (
    Route("tier", "GET", "/api/v1/users/tier_info", tier, "first contact"),
    Route("homescreen", "GET", "/api/v3/accounts/{account}/homescreen", home),
    Route("networks", "GET", "/networks", networks),
    Route("network", "GET", "/network/{network}", network),
    Route("update", "POST", "/network/{network}/update", update, body=frozenset({"name", "lv_save"})),
    Route("modules", "GET", "/network/{network}/syncmodules", modules),
    Route("config", "GET", "/network/{network}/camera/{camera}/config", config),
    Route("signals", "GET", "/network/{network}/camera/{camera}/signals", signals),
    Route("usage", "GET", "/api/v1/camera/usage", usage),
)
