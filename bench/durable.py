"""The least that keeps its word: a bare bot that writes down who asked for what, durably, before it acknowledges."""

import os
from datetime import UTC, datetime

import aiosqlite
import discord
from discord import app_commands

from bench.bare import Bare, answer

_TABLE = """
CREATE TABLE IF NOT EXISTS clips
(interaction_id INTEGER PRIMARY KEY, user_id INTEGER, camera TEXT, token TEXT, created_at TEXT)
"""


class Durable(Bare):
    """A client with one command, and a table."""

    def __init__(self) -> None:
        super().__init__()
        self.tree.add_command(clip, override=True)

    async def setup_hook(self) -> None:
        """Open the database, and register the command."""
        self.rows = await aiosqlite.connect("durable.db")
        await self.rows.execute("PRAGMA journal_mode = WAL")
        await self.rows.execute("PRAGMA synchronous = FULL")
        await self.rows.execute(_TABLE)
        await super().setup_hook()

    async def close(self) -> None:
        """Close both, so that no thread is left."""
        await super().close()
        await self.rows.close()


@app_commands.command(description="Record a clip")
async def clip(interaction: discord.Interaction[Durable], camera: str) -> None:
    """Write it down, acknowledge, and edit once."""
    row = (interaction.id, interaction.user.id, camera, interaction.token, datetime.now(UTC).isoformat())
    await interaction.client.rows.execute("INSERT INTO clips VALUES (?, ?, ?, ?, ?)", row)
    await interaction.client.rows.commit()
    await answer(interaction)


if __name__ == "__main__":
    Durable().run(os.environ["DISCORD_TOKEN"])
