"""The tour's clip, share and alert: asked for in the channel, followed by Discord's own events, and verified."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from simulators.discord import Interaction, User
from simulators.discord.components import walk

from .street import Street
from .transcript import EPHEMERAL, Transcript, answered, over, plain, texts

Wire = Mapping[str, Any]
MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE")
_ANSWERED_AT_ONCE = frozenset({"notify"})
_OFFERED_WITHIN = 10.0  # seconds
_VIDEO_LATE = 4.0  # seconds: for some looks the bot sees only that the camera has filmed, and shows its picture


class Failed(Exception):
    """The demo did not show what it promises; the text is one sentence."""


class Conversation:
    """The conversation between the people of the street and the bot."""

    def __init__(self, street: Street, transcript: Transcript) -> None:
        self._street = street
        self._transcript = transcript
        self._user = street.residents[0].user
        self._events: asyncio.Queue[tuple[str, int | None, Any]] = asyncio.Queue()
        self._leave = street.discord.subscribe(lambda event, place, data: self._events.put_nowait((event, place, data)))

    async def bot_is_ready(self) -> None:
        """Wait until the bot has registered its commands and its gateway is open."""
        missing = {"COMMANDS", "READY"}
        while missing:
            event, _, _ = await self._events.get()
            missing.discard(event)

    async def clip(self) -> None:
        """Ask for a clip, see its own video come, and keep it as a direct message; raises Failed."""
        camera = self._street.front
        began = time.monotonic()
        reply = await self._use(self._user, "clip", {"camera": camera.name}, camera=camera.name)
        if not any(file["filename"].endswith(".mp4") for file in reply["attachments"]):
            raise Failed(f"No video came. The bot said: {_headline(reply)}")
        seconds = time.monotonic() - began
        size = await self._verified(reply, "reply")
        self._transcript.success(f"The reply has the video that the camera recorded: {size:,} bytes, {seconds:.1f} s.")
        await self._press("Keep", reply)
        copy = await self._direct_message(reply["attachments"][0]["filename"])
        await self._verified(copy, "direct message")
        self._transcript.success("The direct message has the same video.")
        asked = [one for one in self._street.blink.asked("clip") if f"/{camera.id}/" in one.path]
        if len(asked) != 1 or len(camera.accepted) != 1:
            raise Failed(f"The camera was asked {len(asked)} times and recorded {len(camera.accepted)} times.")
        self._transcript.success("The camera was asked exactly once.")

    async def share(self) -> None:
        """Share the same camera with the second person, who takes a picture with it; raises Failed."""
        camera, friend = self._street.front, self._street.residents[1].user
        shared = {"who": friend, "camera": camera.name, "preset": "use", "until": "Sunday"}
        shown = {"who": f"@{friend.name}", "camera": camera.name, "preset": "Use", "until": "Sunday"}
        await self._use(self._user, "share add", shared, **shown)
        lent = await self._offered(friend, camera.name)
        reply = await self._use(friend, "snapshot", {"camera": lent["value"]}, camera=lent["name"])
        files = [self._street.discord.file(one["url"]) for one in reply["attachments"]]
        if files != [camera.picture.jpeg]:
            raise Failed(f"{friend.name} has no new picture of the camera. The bot said: {_headline(reply)}")
        self._transcript.success(f"{friend.name} has a picture from {self._user.name}'s camera, and no Blink account.")

    async def alert(self) -> None:
        """Let somebody walk past a camera, and see its video come by itself; raises Failed."""
        camera = self._street.front
        await self._use(self._user, "notify", {"motion": "all"}, motion="all")
        self._transcript.event(f"Somebody walks past {camera.name}.")
        filmed = camera.detect_motion(partial_for=_VIDEO_LATE, seconds=4.0)
        if filmed is None:
            raise Failed(f"{camera.name} did not see anybody.")
        message = await self._direct_message(".mp4")
        recorded = await asyncio.to_thread(lambda: filmed.mp4)
        if self._street.discord.file(message["attachments"][0]["url"]) != recorded:
            raise Failed("The video that came by itself is not what the camera filmed.")
        self._transcript.success("The video of what moved came by itself, in the message that had its picture first.")

    def leave(self) -> None:
        """Listen no longer."""
        self._leave()

    async def _use(self, user: User, command: str, options: Wire, **shown: str) -> Wire:
        """Use a command in the channel, print it and its reply as that changes, and return how the reply ends."""
        channel = self._street.channel
        words = " ".join(f"{name}: {value}" for name, value in shown.items())
        self._transcript.command(user.name, f"#{channel.name}", f"/{command} {words}")
        return await self._reply(await self._street.discord.slash(user, channel, command, options))

    async def _offered(self, friend: User, camera: str) -> Wire:
        """Type a camera's name until a friend is offered the first person's: the bot may still be asking Blink."""
        until = time.monotonic() + _OFFERED_WITHIN
        while time.monotonic() < until:
            choices = await self._street.discord.autocomplete(
                friend, self._street.channel, "snapshot", {"camera": camera}, focused="camera"
            )
            if shared := next((one for one in choices if self._user.name in one["name"]), None):
                return shared
            await asyncio.sleep(0.2)
        raise Failed(f"{friend.name} is not offered the camera that {self._user.name} shares.")

    async def _press(self, label: str, reply: Wire) -> None:
        """Press a button under a reply; raises Failed if there is none."""
        buttons = {one["label"]: one["custom_id"] for _, one in walk(reply["components"]) if "label" in one}
        if label not in buttons:
            raise Failed(f"There is no button {label} under the reply. The bot said: {_headline(reply)}")
        self._transcript.event(f"{self._user.name} presses {label}.")
        await self._street.discord.click(self._user, reply["id"], buttons[label])

    async def _reply(self, interaction: Interaction) -> Wire:
        """Print the reply as it changes, and return its last version."""
        while True:
            event, _, data = await self._events.get()
            if event == "INTERACTION_TIMEOUT" and data is interaction:
                raise Failed(f"The bot did not answer within {interaction.ack_deadline:.0f} seconds.")
            if event not in MESSAGES or int(data["id"]) != interaction.record.message_id:
                continue
            private = int(data.get("flags") or 0) & EPHEMERAL
            self._transcript.message(data, f"only {interaction.user.name} sees this" if private else "")
            if over(data) or (interaction.name in _ANSWERED_AT_ONCE and answered(data)):
                return data

    async def _direct_message(self, filename: str) -> Wire:
        """Print direct messages until one has a file whose name ends so, and return that one."""
        while True:
            event, place, data = await self._events.get()
            dm = self._user.dm
            if event in MESSAGES and dm is not None and place == dm.id:
                self._transcript.message(data, f"direct message to {self._user.name}")
                if any(file["filename"].endswith(filename) for file in data["attachments"]):
                    return data

    async def _verified(self, message: Wire, where: str) -> int:
        """Compare a message's file with the camera's own recording, and return its size; raises Failed."""
        recordings = self._street.front.videos
        recorded = await asyncio.to_thread(lambda: recordings[0].mp4) if recordings else b""
        delivered = self._street.discord.file(message["attachments"][0]["url"])
        if delivered != recorded:
            raise Failed(f"The file in the {where} is not the video that the camera recorded.")
        return len(delivered)


def _headline(message: Wire) -> str:
    """Return the first line that a message says below its title."""
    return plain(next((line for line in texts(message) if not line.startswith("#")), ""))
