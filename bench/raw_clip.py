"""The least that brings one clip with discord.py and aiohttp: the bot's requests, without its store, queue or care."""

import asyncio
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bench.households import FIRST_ACCOUNT
from bench.payloads import FIRST_PERSON

_HOST = "https://rest-e008.immedia-semi.com"
_GAPS = (1.0, 1.0, 2.0, 3.0)


class Raw(discord.Client):
    """A client with one command, and the way to Blink."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(clip)
        self.homes: dict[int, dict[str, Any]] = {}

    async def setup_hook(self) -> None:
        """Register the command."""
        self.blink = aiohttp.ClientSession()
        await self.tree.sync()


@app_commands.command(description="Record a clip")
async def clip(interaction: discord.Interaction[Raw], camera: str) -> None:
    """Record on a camera and bring the video, with an edit for each stage."""
    await interaction.response.defer(thinking=True)
    who = interaction.user.id - FIRST_PERSON
    asked = int(datetime.now(UTC).timestamp())
    network, number = (int(one) for one in re.findall(r"\d+", camera))

    async def show(headline: str, *files: discord.File) -> None:
        text = f"**{headline}**\nAsked <t:{asked}:R>"
        embed = discord.Embed(title="Front Door", description=text)
        for name, value in (("Network", "Home"), ("Battery", "ok"), ("Wi-Fi", "5/5")):
            embed.add_field(name=name, value=value)
        await interaction.edit_original_response(embed=embed, attachments=files or discord.utils.MISSING)

    async def ask(method: str, path: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer access-{who}"}
        async with interaction.client.blink.request(method, _HOST + path, headers=headers) as response:
            return await response.json()

    async def fetch(path: str, target: Path) -> Path:
        headers = {"Authorization": f"Bearer access-{who}"}
        async with interaction.client.blink.get(_HOST + path, headers=headers) as response:
            await asyncio.to_thread(target.write_bytes, await response.read())
        return target

    account = FIRST_ACCOUNT + who
    homes = interaction.client.homes
    if who not in homes:
        homes[who] = await ask("GET", f"/api/v3/accounts/{account}/homescreen")
    latest = next(one["thumbnail"] for one in homes[who]["cameras"] if one["id"] == number)
    began = datetime.now(UTC) - timedelta(seconds=6)
    started = await ask("POST", f"/network/{network}/camera/{number}/clip")
    with TemporaryDirectory() as folder:
        await show("Asking Blink to record…")
        picture = discord.File(await fetch(latest, Path(folder, "latest.jpg")))
        stage, files = "", [picture]
        while True:
            state = await ask("GET", f"/network/{network}/command/{started['id']}")
            if state["complete"]:
                break
            if state["commands"][0]["state_stage"] != stage:
                stage = state["commands"][0]["state_stage"]
                await show(f"The camera: {stage}", *files)
                files = []
            await asyncio.sleep(1.0)
        await show("Recorded. Waiting for Blink to list the video…")
        listed: list[dict[str, Any]] = []
        for gap in _GAPS:
            path = f"/api/v1/accounts/{account}/media/changed?since={began:%Y-%m-%dT%H:%M:%S%%2B00:00}&page="
            if listed := (await ask("GET", f"{path}1"))["media"] or (await ask("GET", f"{path}0"))["media"]:
                break
            await asyncio.sleep(gap)
        video = await fetch(listed[-1]["media"], Path(folder, "front-door.mp4"))
        await show("Recorded", discord.File(video))


if __name__ == "__main__":
    Raw().run(os.environ["DISCORD_TOKEN"])
