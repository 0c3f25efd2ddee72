"""`/clip` and `/snapshot`: record on a camera, or take a picture with it."""

from discord import app_commands

from bot.models import DEFAULT_LIVE, LONGEST_LIVE, SHORTEST_LIVE, CameraRef, Kind, Right, longest_live

from .autocomplete import cameras_for
from .requests import record
from .services import Interaction
from .telemetry import counted

_LENGTHS = (SHORTEST_LIVE, 10, DEFAULT_LIVE, 20, 30, 45, LONGEST_LIVE)
_SURE = 30


@counted
async def lengths(interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
    """Offer the lengths that the chosen camera's live view can have."""
    ref = CameraRef.parse(str(interaction.namespace.camera or ""))
    most = longest_live(ref.key) if ref and ref.key else _SURE
    typed = str(current).strip()
    return [
        app_commands.Choice(name=f"{one} seconds", value=one)
        for one in _LENGTHS
        if one <= most and str(one).startswith(typed)
    ]


@app_commands.command(description="Record a clip on one of your Blink cameras and get the video")
@app_commands.describe(
    camera="The camera to record on",
    seconds="Record the live view for that long (otherwise a clip, as long as the camera's settings say)",
    share="Show the video to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.CLIP))
@app_commands.autocomplete(seconds=lengths)
async def clip(
    interaction: Interaction, camera: str, seconds: app_commands.Range[int, 5, 60] | None = None, share: bool = False
) -> None:
    """Record a clip, or the live view for some seconds."""
    await record(interaction, camera, share=share, seconds=seconds)


@app_commands.command(description="Take a picture with one of your Blink cameras")
@app_commands.describe(
    camera="The camera to take a picture with",
    share="Show the picture to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.SNAPSHOT))
async def snapshot(interaction: Interaction, camera: str, share: bool = False) -> None:
    """Take a picture."""
    await record(interaction, camera, share=share, kind=Kind.SNAPSHOT)
