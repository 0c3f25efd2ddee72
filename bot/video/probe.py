"""Opens a hostile video within bounds, and finds out what it really holds; only the worker imports this."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from .plan import Sound, Source

DECODERS = ("h264", "hevc", "mpeg4", "aac", "mp3", "pcm_s16le", "pcm_alaw", "pcm_mulaw")
MOST_PIXELS = 4096 * 2304
LEAST_SIDE = 16  # pixels
SHORTEST = 0.1  # seconds, so that one picture is a video too


class Undecodable(Exception):
    """It is no video, or one that we do not decode."""


class Streams(NamedTuple):
    """The streams that are kept."""

    video: VideoStream
    sound: AudioStream | None

    @property
    def present(self) -> list[VideoStream | AudioStream]:
        """Both, or the only one."""
        return [self.video] if self.sound is None else [self.video, self.sound]


def opened(path: str) -> InputContainer:
    """Open an mp4 that may refer to no other file and needs few decoders; raises FFmpegError."""
    options = {
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join(DECODERS),
        "max_pixels": str(MOST_PIXELS),
    }
    return av.open(path, format="mp4", options=options, metadata_errors="ignore")


def streams(container: InputContainer) -> Streams:
    """Return the first video and the first sound; raises Undecodable."""
    if not container.streams.video:
        raise Undecodable
    found = Streams(container.streams.video[0], next(iter(container.streams.audio), None))
    for stream in found.present:
        if stream.codec_context.name not in DECODERS:
            raise Undecodable
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}  # also if the size changes on the way
    width, height = found.video.width, found.video.height
    if min(width, height) < LEAST_SIDE or width * height > MOST_PIXELS:
        raise Undecodable
    return found


@dataclass(slots=True)
class _Tally:
    """The totals of one stream's packets."""

    packets: int = 0
    size: int = 0
    begin: Fraction | None = None
    end: Fraction = Fraction(0)

    def add(self, packet: Packet) -> None:
        if packet.dts is None or packet.pts is None:  # an empty one ends each stream
            return
        start = packet.pts * packet.time_base
        end = start + (packet.duration or 0) * packet.time_base
        self.packets, self.size = self.packets + 1, self.size + packet.size
        self.begin, self.end = (start, end) if self.begin is None else (min(self.begin, start), max(self.end, end))

    @property
    def seconds(self) -> float:
        return max(float(self.end - (self.begin or 0)), SHORTEST)


def measure(path: str) -> Source:
    """Go through all packets, since a header can claim anything; decodes nothing. Raises Undecodable, FFmpegError."""
    seen, heard = _Tally(), _Tally()
    with opened(path) as container:
        video, sound = found = streams(container)
        for packet in container.demux(found.present):
            (heard if packet.stream is sound else seen).add(packet)
        if seen.begin is None:
            raise Undecodable
        context = sound and sound.codec_context
        kept = context and Sound(context.name, heard.size, heard.packets, heard.seconds, context.channels)
        return Source(video.width, video.height, seen.packets, seen.begin, seen.seconds, kept)
