"""Starting a live view over HTTP; polling and ending it is as for every other command."""

from __future__ import annotations

import secrets
from typing import Any

from simulators.blink.answers import Answer, Refused, as_json, bad_request, message
from simulators.blink.behaviour import Kind
from simulators.blink.routing import Call, Handler, Route

from .sessions import LiveSession

BASE = "/accounts/{account}/networks/{network}"
PATHS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (f"/api/v6{BASE}/cameras/{{camera}}/liveview", ("camera",)),
    (f"/api/v5{BASE}/cameras/{{camera}}/liveview", ("camera",)),
    (f"/api/v2{BASE}/owls/{{camera}}/liveview", ("mini", "floodlight")),
    (f"/api/v2{BASE}/doorbells/{{camera}}/liveview", ("doorbell",)),
)
BODY = frozenset({"intent", "motion_event_start_time"})
POLLED_EVERY = 15  # seconds


def _start(*kinds: Kind) -> Handler:
    async def start(call: Call) -> Answer:
        camera = call.camera(*kinds)
        if call.fields.get("intent") != "liveview" or call.fields.get("motion_event_start_time") is not None:
            raise Refused(bad_request("Invalid intent"), f"live_view: {call.fields}")
        call.turn_away(camera.busy(call.now))
        if call.world.live.occupied(call.account, call.now):
            call.turn_away(camera.behaviour.busy_shape or camera.network.busy_shape)
        manners = camera.behaviour.live
        if camera.status == "offline" or manners.start == "refused":
            raise Refused(message("Camera is offline", None, 400))
        if manners.start == "not found":
            raise Refused(Answer(404, b"<html><body>Not Found</body></html>", "text/html; charset=utf-8"))
        return as_json(_answer(call.world.live.start(camera)))

    return start


def _answer(session: LiveSession) -> dict[str, Any]:
    """Return every field that clients have seen, but no server and no token if there is none."""
    return {
        "command_id": session.id,
        "join_available": True,
        "join_state": "available",
        **({"server": session.server} if session.server else {}),
        "duration": session.live.duration,
        "extended_duration": 5400,
        "continue_interval": 30,
        "continue_warning": 10,
        "polling_interval": max(1, round(session.ours(POLLED_EVERY))),
        "submit_logs": True,
        "new_command": True,
        "media_id": None,
        "video_id": None,
        "options": {"poor_connection": False},
        **({"liveview_token": session.token} if session.token else {}),
        "parent_command_id": None,
        "player_transaction": secrets.token_urlsafe(12),
        "first_joiner": True,
        "is_mclv": True,
        "type": "lv",
    }


ROUTES = tuple(Route("live_view", "POST", path, _start(*kinds), body=BODY) for path, kinds in PATHS)
