"""A bot that says what a test tells it to say, over the simulated Discord's real gateway and REST."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import av
from aiohttp import ClientSession, ClientWebSocketResponse, FormData
from playwright.async_api import Page

from simulators.discord import SimDiscord
from tests.simulators.discord.v2 import V2, Wire, box

TOKEN = "demo-token"
CAMERAS = ("Front Door", "Garage", "Garden", "<img src=x onerror=alert(1)>")
COMMANDS: list[dict[str, Any]] = [
    {
        "name": "clip",
        "description": "Record a clip and get the video",
        "options": [
            {"type": 3, "name": "camera", "description": "Which camera", "required": True, "autocomplete": True},
            {"type": 5, "name": "share", "description": "Show it to everybody here"},
        ],
    },
    {"name": "cameras", "description": "List your cameras"},
    {"name": "link", "description": "Link your account"},
    {
        "name": "notify",
        "description": "When to write to you",
        "options": [
            {
                "type": 3,
                "name": "clips",
                "description": "When",
                "required": True,
                "choices": [{"name": name, "value": name} for name in ("always", "when late", "never")],
            }
        ],
    },
]
Handler = Callable[["ScriptedBot", dict[str, Any]], Awaitable[None]]


def video(folder: Path, seconds: int = 4) -> bytes:
    """Make a small mp4 that every browser with H.264 plays."""
    path = folder / "clip.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index in range(seconds * 10):
            frame = av.VideoFrame(320, 180, "yuv420p")
            for number, plane in enumerate(frame.planes):
                plane.update(bytes([(index * 5 + number * 60) % 200 + 20]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.read_bytes()


class ScriptedBot:
    """The other end of the simulator: `handlers` by command name or custom id; silence where there is none."""

    def __init__(self, sim: SimDiscord, port: int) -> None:
        self.sim, self.base = sim, f"http://127.0.0.1:{port}"
        self.handlers: dict[str, Handler] = {}
        self.cameras = list(CAMERAS)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ScriptedBot":
        self.session = ClientSession(headers={"Authorization": f"Bot {TOKEN}"})
        self._ws = await self.session.ws_connect(f"{self.base.replace('http', 'ws')}/?v=10&encoding=json")
        await self._ws.receive_json()
        identify = {"token": TOKEN, "intents": 0, "properties": {"os": "", "browser": "", "device": ""}}
        await self._ws.send_json({"op": 2, "d": identify})
        self._spawn(self._listen(self._ws))
        await self.sim.ready()
        await self.call("PUT", f"/applications/{self.sim.application_id}/commands", COMMANDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ws.close()
        await self.session.close()

    async def call(self, method: str, path: str, body: Any, files: tuple[tuple[str, bytes], ...] = ()) -> Any:
        """Send one REST request and return its JSON answer."""
        data, headers = json.dumps(body), {"Content-Type": "application/json"}
        form = FormData()
        if files:
            form.add_field("payload_json", data, content_type="application/json")
            for index, (name, content) in enumerate(files):
                form.add_field(f"files[{index}]", content, filename=name, content_type="application/octet-stream")
            headers = {}
        async with self.session.request(
            method, f"{self.base}/api/v10{path}", data=form if files else data, headers=headers
        ) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.status != 204 else None

    async def answer(self, interaction: dict[str, Any], kind: int, data: dict[str, Any] | None = None) -> None:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        await self.call("POST", path, {"type": kind} | ({"data": data} if data else {}))

    async def edit(self, interaction: dict[str, Any], body: Any, files: tuple[tuple[str, bytes], ...] = ()) -> Any:
        """Edit the interaction's reply."""
        path = f"/webhooks/{self.sim.application_id}/{interaction['token']}/messages/@original"
        return await self.call("PATCH", path, body, files)

    async def post(self, channel_id: int, body: Any, files: tuple[tuple[str, bytes], ...] = ()) -> Any:
        return await self.call("POST", f"/channels/{channel_id}/messages", body, files)

    async def dm(self, user_id: int, body: Any, files: tuple[tuple[str, bytes], ...] = ()) -> Any:
        channel = await self.call("POST", "/users/@me/channels", {"recipient_id": str(user_id)})
        return await self.call("POST", f"/channels/{channel['id']}/messages", body, files)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, ws: ClientWebSocketResponse) -> None:
        async for frame in ws:
            event = json.loads(frame.data)
            if event.get("t") == "INTERACTION_CREATE":
                self._spawn(self._act(event["d"]))

    async def _act(self, interaction: dict[str, Any]) -> None:
        data = interaction["data"]
        if interaction["type"] == 4:
            typed = next(option["value"] for option in data["options"] if option.get("focused")).lower()
            found = [{"name": name, "value": f"id:{name}"} for name in self.cameras if typed in name.lower()]
            await self.answer(interaction, 8, {"choices": found})
        elif handler := self.handlers.get(data.get("name") or data["custom_id"]):
            await handler(self, interaction)


EPHEMERAL, MESSAGE, DEFER, UPDATE = 1 << 6, 4, 5, 6


def card(*parts: Wire, flags: int = 0, **looks: Any) -> Wire:
    """Return the body of a message of one container."""
    return {"flags": flags | V2, "components": [box(*parts, **looks)]}


async def run(screen: Page, text: str, *keys: str) -> None:
    """Type into the message box as a person does."""
    await screen.click("#entry")
    await screen.keyboard.type(text)
    for key in keys:
        await screen.keyboard.press(key)
