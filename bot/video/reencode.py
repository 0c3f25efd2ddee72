"""Encodes a video again so that it fits; only the worker imports this."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from pathlib import Path

import av
from av.container import OutputContainer

from .plan import Plan, Source, plan
from .probe import Streams, measure, opened, streams
from .tracks import CopiedSound, EncodedSound, Picture


def reencode(video: str, target: str, limit: int) -> bool:
    """Write the video to `target` in at most `limit` bytes; return False if it does not fit or is not worth watching.

    Raises FFmpegError, Undecodable, or anything else that a hostile file leads to.
    """
    source = measure(video)
    chosen = plan(source, limit)
    if chosen is None:
        return False
    _write(video, target, source, chosen)
    return Path(target).stat().st_size <= limit


def _write(path: str, target: str, source: Source, chosen: Plan) -> None:
    """Decode and encode packet by packet, so that little is in memory at a time."""
    with (
        opened(path) as container,
        av.open(target, "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        found = streams(container)
        picture = Picture(output, found.video, chosen, source.begin)
        sound = _sound(output, found, chosen, source)
        for packet in container.demux(found.present):
            track = picture if packet.stream is found.video else sound
            if track is not None:
                for made in track.packets(packet):
                    output.mux_one(made)


def _sound(output: OutputContainer, found: Streams, chosen: Plan, source: Source) -> CopiedSound | EncodedSound | None:
    if found.sound is None:
        return None
    if chosen.sound_bits is None:
        return CopiedSound(output, found.sound, source.begin)
    return EncodedSound(output, found.sound, chosen.sound_bits, source.begin)
