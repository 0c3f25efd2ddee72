"""A bot as somebody writes it today: discord.py and blinkpy, a signed-in `Blink` for each person, nothing on disk."""

import asyncio
import io
import os
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
from blinkpy.auth import Auth
from blinkpy.blinkpy import Blink
from discord import app_commands

from bench.households import FIRST_ACCOUNT
from bench.payloads import FIRST_PERSON

_TRIES, _GAP = 30, 2.0


class BlinkpyBot(discord.Client):
    """A client with one command, and everybody's Blink."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(clip)
        self.homes: dict[int, Blink] = {}

    async def setup_hook(self) -> None:
        """Register the command."""
        self.http_session = aiohttp.ClientSession()
        await self.tree.sync()

    async def blink_of(self, who: int) -> Blink:
        """Return a person's Blink, signed in."""
        if who not in self.homes:
            blink = Blink(session=self.http_session)
            login = {
                "refresh_token": f"refresh-{who}",
                "host": "e008.immedia-semi.com",
                "region_id": "e008",
                "account_id": FIRST_ACCOUNT + who,
            }
            blink.auth = Auth(login, no_prompt=True, session=self.http_session)
            await blink.start()
            self.homes[who] = blink
        return self.homes[who]


@app_commands.command(description="Record a clip")
async def clip(interaction: discord.Interaction[BlinkpyBot], camera: str) -> None:
    """Record on a camera and bring the video."""
    await interaction.response.defer(thinking=True)
    asked = int(datetime.now(UTC).timestamp())
    blink = await interaction.client.blink_of(interaction.user.id - FIRST_PERSON)
    wanted = next(one for one in blink.cameras.values() if one.camera_id == camera.rpartition(".")[2])
    await interaction.edit_original_response(content=f"Asking {wanted.name} to record…\nAsked <t:{asked}:R>")
    began = datetime.now(UTC).replace(microsecond=0)
    await wanted.record()  # waits until Blink is done
    await interaction.edit_original_response(content=f"Recorded. Waiting for the video…\nAsked <t:{asked}:R>")
    address = await _listed(blink, wanted.name, began)
    video = await (await blink.do_http_get(address)).read()
    await interaction.edit_original_response(
        content="Recorded", attachments=[discord.File(io.BytesIO(video), "front-door.mp4")]
    )


async def _listed(blink: Blink, name: str, began: datetime) -> str:
    """Return the address of a camera's newest video once it is listed."""
    since = (began - timedelta(seconds=5)).isoformat()
    for _ in range(_TRIES):
        for one in reversed(await blink.get_videos_metadata(since=since, stop=2)):
            if one["device_name"] == name and datetime.fromisoformat(one["created_at"]) >= began:
                return one["media"]
        await asyncio.sleep(_GAP)
    raise TimeoutError


if __name__ == "__main__":
    BlinkpyBot().run(os.environ["DISCORD_TOKEN"])
