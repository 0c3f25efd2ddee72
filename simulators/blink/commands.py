"""Commands: what a POST to a camera or a network starts, how it stands, and how it is ended."""

from __future__ import annotations

from .answers import Answer, Refused, as_json, no_longer, not_found
from .behaviour import Kind
from .clips import Command
from .networks import Camera
from .routing import EMPTY, Call, Handler, Route
from .wire import command_answer, command_status

CAMERA = "/network/{network}/camera/{camera}"
OWL = "/api/v1/accounts/{account}/networks/{network}/owls/{camera}"
DOORBELL = "/api/v1/accounts/{account}/networks/{network}/doorbells/{camera}"
APP = "/accounts/{account}/networks/{network}/commands"
PATHS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (CAMERA, ("camera",)),
    (OWL, ("mini", "floodlight")),
    (DOORBELL, ("doorbell",)),
)


def _started(call: Call, command: Command) -> Answer:
    return as_json(command_answer(command, call.network(), call.now))


def _clip(*kinds: Kind) -> Handler:
    async def clip(call: Call) -> Answer:
        camera = call.camera(*kinds)
        call.turn_away(camera.busy(call.now))
        return _started(call, camera.record_clip())

    return clip


def _thumbnail(*kinds: Kind) -> Handler:
    async def thumbnail(call: Call) -> Answer:
        camera = call.camera(*kinds)
        call.turn_away(camera.network.busy(camera, call.now))
        return _started(call, camera.take_thumbnail())

    return thumbnail


def _motion(enabled: bool, *kinds: Kind) -> Handler:
    async def motion(call: Call) -> Answer:
        return _set_motion(call, call.camera(*kinds), enabled)

    return motion


async def owl_config(call: Call) -> Answer:
    """Turn a Mini's motion detection on or off."""
    camera, enabled = call.camera("mini", "floodlight"), call.fields.get("enabled")
    if not isinstance(enabled, bool):
        raise Refused(as_json({"message": "enabled is missing"}, 400), "config: enabled is missing")
    return _set_motion(call, camera, enabled)


def _set_motion(call: Call, camera: Camera, enabled: bool) -> Answer:
    call.turn_away(camera.network.busy(camera, call.now))

    def apply() -> None:
        camera.enabled = enabled

    return _started(call, camera.network.set("config_lfr" if camera.kind == "camera" else "config_set", camera, apply))


def _arm(armed: bool) -> Handler:
    async def arm(call: Call) -> Answer:
        network = call.network()
        call.turn_away(network.busy(None, call.now))

        def apply() -> None:
            network.armed = armed

        if armed and not any(camera.enabled for camera in network.cameras):  # it arms all the same (blinkpy#213)
            apply()
            return as_json({"message": "No Cameras Enabled for Motion", "code": 304})
        return _started(call, network.set("arm" if armed else "disarm", None, apply))

    return arm


async def status(call: Call) -> Answer:
    """Answer a poll."""
    return as_json(command_status(_own(call), call.network(), call.now))


async def done(call: Call) -> Answer:
    """End a command, or answer 404 when it has already ended."""
    command = _own(call)
    if not command.end(call.now):
        raise Refused(not_found("Command not found"))
    return as_json({"message": f"Command {command.id} set to :done", "code": 902})


async def app_done(call: Call) -> Answer:
    """End a command as the app does; by the camera's manners the call has another answer and does nothing."""
    match _own(call).behaviour.done:
        case "902":
            return await done(call)
        case "900":
            raise Refused(no_longer(400))
        case "900 with 200":
            return no_longer(200)
        case "404":
            raise Refused(not_found("Command not found"))


async def old_done(call: Call) -> Answer:
    """Answer the oldest path, without a slash at its end, as a live account saw it (niclydon/blink-rosie)."""
    _own(call)
    raise Refused(no_longer(400))


def _own(call: Call) -> Command:
    number = int(call.params["command"])
    for command in call.network().commands:
        if command.id == number:
            return command
    raise Refused(not_found("Command not found"))


ROUTES = (
    *(Route("clip", "POST", path + "/clip", _clip(*kinds), body=EMPTY) for path, kinds in PATHS),
    *(Route("thumbnail", "POST", path + "/thumbnail", _thumbnail(*kinds), body=EMPTY) for path, kinds in PATHS),
    *(
        Route(word, "POST", f"{path}/{word}", _motion(word == "enable", *kinds), body=EMPTY)
        for word in ("enable", "disable")
        for path, kinds in PATHS
        if path != OWL
    ),
    Route("owl_config", "POST", OWL + "/config", owl_config, body=frozenset({"enabled"})),
    *(
        Route(
            word,
            "POST",
            f"/api/v1/accounts/{{account}}/networks/{{network}}/state/{word}",
            _arm(word == "arm"),
            body=EMPTY,
        )
        for word in ("arm", "disarm")
    ),
    Route("command", "GET", "/network/{network}/command/{command}", status),
    Route("command", "GET", APP + "/{command}", status),
    Route("done", "POST", "/network/{network}/command/{command}/done/", done, body=EMPTY),
    Route("done", "POST", "/network/{network}/command/{command}/done", old_done, body=EMPTY),
    Route("done", "POST", APP + "/{command}/done", app_done, body=EMPTY),
)
