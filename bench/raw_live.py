"""The least that brings a live view: its media frames go into a file, which PyAV remuxes in another process."""

import asyncio
import json
import os
import re
import ssl
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bench.payloads import FIRST_PERSON

_HEADER, _FRAME = struct.Struct(">II16sIBBI64sI16sI"), struct.Struct(">BII")
_MEDIA, _STOP, _KEEP_ALIVE, _PING, _PONG, _STATISTICS = 0x00, 0x08, 0x0A, 0x10, 0x11, 0x12
_REMUXERS = asyncio.Semaphore(2)
_REMUX = """
import sys, av
with av.open(sys.argv[1], format="mpegts") as raw, av.open(sys.argv[2], "w", format="mp4") as made:
    copies = {one.index: made.add_stream_from_template(one) for one in raw.streams if one.type in ("video", "audio")}
    for packet in raw.demux():
        if packet.dts is not None:
            packet.stream = copies[packet.stream.index]
            made.mux(packet)
"""


class Raw(discord.Client):
    """A client with one command, and the way to Blink."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(clip)
        self.logins: list[dict[str, Any]] = json.loads(os.environ["LIVE_LOGINS"])

    async def setup_hook(self) -> None:
        """Register the command."""
        self.blink = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        await self.tree.sync()


@app_commands.command(description="Record a live view")
async def clip(interaction: discord.Interaction[Raw], camera: str, seconds: int) -> None:
    """Record a camera's live view and bring the video."""
    await interaction.response.defer(thinking=True)
    asked = int(time.time())
    login = interaction.client.logins[interaction.user.id - FIRST_PERSON - 1]
    network, number = (int(one) for one in re.findall(r"\d+", camera))
    host = f"https://rest-{login['tier']}.immedia-semi.com"
    there = f"/accounts/{login['account_id']}/networks/{network}"
    headers = {"Authorization": f"Bearer {login['token']}"}
    http = interaction.client.blink

    async def show(text: str, *files: discord.File) -> None:
        embed = discord.Embed(title="Front Door", description=text)
        await interaction.edit_original_response(embed=embed, attachments=files or discord.utils.MISSING)

    started = f"{host}/api/v6{there}/cameras/{number}/liveview"
    body = {"intent": "liveview", "motion_event_start_time": None}
    async with http.post(started, headers=headers, json=body) as response:
        session = await response.json()
    with TemporaryDirectory() as folder:
        raw, video = Path(folder, "live.ts"), Path(folder, "live.mp4")
        await show(f"Recording…\nAsked <t:{asked}:R>")
        with raw.open("wb") as file:  # noqa: ASYNC230 - the least
            await _record(session["server"], session["liveview_token"], file.write, seconds)
        async with http.post(f"{host}{there}/commands/{session['command_id']}/done", headers=headers) as response:
            await response.read()
        async with _REMUXERS:
            remuxing = await asyncio.create_subprocess_exec(sys.executable, "-c", _REMUX, str(raw), str(video))
            await remuxing.wait()
        await show("Recorded", discord.File(video))


async def _record(server: str, token: str, write: Callable[[bytes], int], seconds: int) -> None:
    """Write all media for some seconds from the first on, or until the relay ends it."""
    address = re.fullmatch(r"immis://([^:/]+):(\d+)/(.{16})__IMDS_(\w*)\?client_id=(\d+)", server)
    assert address
    host, port, connection, serial, client = address.groups()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context, server_hostname=None)
    fields = (serial[:16].encode(), int(client), 1, 8, 64, token.encode(), 16, connection.encode(), 1)
    writer.write(_HEADER.pack(0x28, 16, *fields))
    alive = asyncio.create_task(_keep_alive(writer))
    began = None
    with suppress(OSError, EOFError):
        while began is None or time.monotonic() < began + seconds:
            kind, value, length = _FRAME.unpack(await reader.readexactly(_FRAME.size))
            payload = await reader.readexactly(length)
            if kind == _MEDIA:
                began = began or time.monotonic()
                write(payload)
            elif kind == _PING:
                writer.write(_FRAME.pack(_PONG, value, 0))
            elif kind == _STOP:
                break
        writer.write(_FRAME.pack(_STOP, 0, 0))
        await writer.drain()
    alive.cancel()
    writer.close()


async def _keep_alive(writer: asyncio.StreamWriter) -> None:
    number = 0
    while True:
        if number % 10 == 0:
            writer.write(_FRAME.pack(_KEEP_ALIVE, number // 10 + 1, 0))
        number += 1
        await asyncio.sleep(1.0)
        writer.write(_FRAME.pack(_STATISTICS, 1000, 24) + bytes(24))


if __name__ == "__main__":
    Raw().run(os.environ["DISCORD_TOKEN"])
