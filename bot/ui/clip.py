"""`/clip` and `/snapshot`: record on a camera, or take a picture with it."""

from discord import app_commands

from bot.models import Kind, Right

from .autocomplete import cameras_for
from .requests import record
from .services import Interaction


@app_commands.command(description="Record a clip on one of your Blink cameras and get the video")
@app_commands.describe(
    camera="The camera to record on",
    share="Show the video to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.CLIP))
async def clip(interaction: Interaction, camera: str, share: bool = False) -> None:
    """Record a clip."""
    await record(interaction, camera, share=share)


@app_commands.command(description="Take a picture with one of your Blink cameras")
@app_commands.describe(
    camera="The camera to take a picture with",
    share="Show the picture to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.SNAPSHOT))
async def snapshot(interaction: Interaction, camera: str, share: bool = False) -> None:
    """Take a picture."""
    await record(interaction, camera, share=share, kind=Kind.SNAPSHOT)
