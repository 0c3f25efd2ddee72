"""The least that answers Discord with discord.py: it acknowledges `/clip`, edits once, and offers names from memory."""

import os

import discord
from discord import app_commands

NAMES = ("Front Door", "Garage", "Kitchen")


class Bare(discord.Client):
    """A client with one command."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(clip)

    async def setup_hook(self) -> None:
        """Register the command."""
        await self.tree.sync()


async def names(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer what contains the letters typed so far."""
    wanted = current.casefold()
    return [app_commands.Choice(name=name, value=name) for name in NAMES if wanted in name.casefold()]


@app_commands.command(description="Record a clip")
@app_commands.autocomplete(camera=names)
async def clip(interaction: discord.Interaction, camera: str) -> None:
    """Acknowledge, and edit once."""
    await answer(interaction)


async def answer(interaction: discord.Interaction) -> None:
    """Acknowledge an interaction, and edit its reply once."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    embed = discord.Embed(title="No Blink account is linked for you.", description="Use `/link` to link one.")
    await interaction.edit_original_response(embed=embed)


if __name__ == "__main__":
    Bare().run(os.environ["DISCORD_TOKEN"])
