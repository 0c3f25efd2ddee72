"""One open browser: it shows what its user may see, and acts in that user's name."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from simulators.discord import Channel, User
from simulators.page import projection, requests
from simulators.page.engine import Engine, Refused, Wire
from simulators.page.files import Shelf
from simulators.page.guide import Guide

TABS: tuple[requests.Tab, ...] = ("channel", "dm")
MOST_AT_ONCE = 16
"""Requests of one browser that may be under way; a person never has more than two or three."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scene:
    """The part that all browsers of one page share."""

    run: str
    """Made up at each start, so that a browser can tell a new demo from a lost connection."""
    server_name: str
    channel: Channel
    guides: Sequence[Guide]
    engine: Engine
    shelf: Shelf
    dismissed: set[str]

    @property
    def users(self) -> list[User]:
        """The users through whose eyes one may look."""
        return [guide.user for guide in self.guides]

    @property
    def commands(self) -> list[Wire]:
        """The slash commands, with everybody and everything here that may be chosen in them."""
        return projection.commands(self.engine.sim.commands, self.users, [self.channel])

    def place(self, tab: requests.Tab, viewer: User) -> Channel | None:
        """Return the channel behind a tab, which for the DM depends on who looks."""
        return self.channel if tab == "channel" else self.engine.sim.dm(viewer)


class Browser:
    """The server's end of one websocket."""

    def __init__(self, scene: Scene, ws: web.WebSocketResponse) -> None:
        self._scene, self._ws = scene, ws
        self._guide = scene.guides[0]
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()
        self._told: Wire = {}
        self._shown: dict[str, dict[str, Wire]] = {}
        self._acts: set[asyncio.Task[None]] = set()

    @property
    def _viewer(self) -> User:
        return self._guide.user

    def changed(self) -> None:
        """Note that the simulator changed; many changes at once become one update."""
        self._changed.set()

    async def serve(self) -> None:
        """Talk with the browser until it leaves or misbehaves."""
        pump = asyncio.create_task(self._pump())
        try:
            await self._listen()
        finally:
            for task in (pump, *self._acts):
                task.cancel()
            await asyncio.gather(pump, *self._acts, return_exceptions=True)

    async def _pump(self) -> None:
        self._changed.set()
        while not self._ws.closed:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._update()
            except ConnectionError:
                return
            except Exception:
                log.exception("a change could not be shown")
                await self._ws.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _listen(self) -> None:
        async for frame in self._ws:
            if frame.type is not WSMsgType.TEXT:
                await self._ws.close(code=WSCloseCode.UNSUPPORTED_DATA)
                return
            try:
                await self._obey(requests.parse(frame.data))
            except ValueError as error:
                log.info("closed a websocket that sent what the page never sends: %s", type(error).__name__)
                await self._ws.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not understood")
                return

    async def _obey(self, request: Any) -> None:
        match request:
            case requests.View(user=user):
                async with self._sending:
                    self._guide = next((one for one in self._scene.guides if str(one.user.id) == user), self._guide)
                    self._told = {}
                    self._shown.clear()
                self.changed()
            case requests.Dismiss(message=message):
                self._scene.dismissed.add(message)
                self.changed()
            case requests.Refresh():
                self.changed()
            case _:
                if len(self._acts) >= MOST_AT_ONCE:
                    await self._send({"op": "answer", "nonce": request.nonce, "error": "Too much at once"})
                    return
                act = asyncio.create_task(self._answer(request, self._viewer))
                self._acts.add(act)
                act.add_done_callback(self._acts.discard)

    async def _answer(self, request: requests.Act, viewer: User) -> None:
        answer: Wire = {"op": "answer", "nonce": request.nonce}
        try:
            answer |= await self._do(request, viewer)
        except Refused as refusal:
            answer["error"] = str(refusal)
        try:
            await self._update()
            await self._send(answer)
        except ConnectionError:
            log.debug("the browser left before its answer")

    async def _do(self, request: requests.Act, viewer: User) -> Wire:
        """Carry out a request, and return the content of its answer."""
        scene, engine = self._scene, self._scene.engine
        match request:
            case requests.Click():
                await engine.click(viewer, int(request.message), request.custom_id)
            case requests.Select():
                await engine.select(viewer, int(request.message), request.custom_id, request.values)
            case requests.Run() | requests.Complete():
                place = scene.place(request.tab, viewer) or viewer.open_dm()
                known = {one["name"]: one for one in scene.commands}
                if request.command not in known:
                    raise Refused("This command is outdated, please try again in a few moments")
                options = projection.meant(known[request.command], request.options, scene.users, [scene.channel])
                if isinstance(request, requests.Run):
                    await engine.run(viewer, place, request.command, options)
                else:
                    focused = request.focused
                    return {"choices": await engine.complete(viewer, place, request.command, options, focused)}
            case requests.OnPerson():
                place = scene.place(request.tab, viewer) or viewer.open_dm()
                target = next((one for one in scene.users if str(one.id) == request.person), None)
                if target is None:
                    raise Refused("This person is not here")
                await engine.on_person(viewer, place, request.command, target)
            case requests.Walk():
                guide = next(one for one in scene.guides if one.user is viewer)
                return {"told": guide.walk(request.camera)}
        return {}

    async def _update(self) -> None:
        """Send the changes since the last update of this browser."""
        async with self._sending:
            if (state := self._state()) != self._told:
                self._told = state
                await self._send(state)
            for tab in TABS:
                now = {one["id"]: one for one in self._messages(tab)}
                before = self._shown.get(tab, {})
                fresh = [one for key, one in now.items() if before.get(key) != one]
                gone = [key for key in before if key not in now]
                first = tab not in self._shown
                if fresh or gone or first:
                    self._shown[tab] = now
                    await self._send({"op": "update", "tab": tab, "all": first, "gone": gone, "messages": fresh})

    def _messages(self, tab: requests.Tab) -> list[Wire]:
        scene = self._scene
        place = scene.place(tab, self._viewer)
        seen: Sequence[Wire] = scene.engine.sim.messages(place, viewer=self._viewer) if place is not None else []
        return [
            projection.message(one, scene.shelf, [*scene.users, scene.channel], scene.engine.pressed)
            for one in seen
            if str(one["id"]) not in scene.dismissed
        ]

    def _state(self) -> Wire:
        scene = self._scene
        return {
            "op": "state",
            "run": scene.run,
            "server": scene.server_name,
            "channel": scene.channel.name,
            "bot": scene.engine.sim.world.bot_user.name,
            "viewer": str(self._viewer.id),
            "users": [
                {"id": str(guide.user.id), "name": guide.user.name, "linked": guide.linked} for guide in scene.guides
            ],
            "guide": self._guide.shown(),
            "commands": scene.commands,
            "person_commands": sorted(scene.engine.sim.person_commands),
        }

    async def _send(self, message: Wire) -> None:
        await self._ws.send_str(json.dumps(message))
