"""Encodes a hostile video again so that it fits, packet by packet and within bounds; only the worker imports this."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorRange, VideoReformatter
from av.video.stream import VideoStream

from .shrink_plan import BUFFER, Plan, Sound, Source, plan

DECODERS = ("h264", "hevc", "mpeg4", "aac", "mp3", "pcm_s16le", "pcm_alaw", "pcm_mulaw")
MOST_PIXELS = 4096 * 2304
LEAST_SIDE = 16  # pixels
SHORTEST = 0.1  # seconds, so that one picture is a video too
CLOCK = Fraction(1, 90_000)  # seconds
THREADS = 2
QUALITY = 23  # by x264's own measure; more bits are hardly seen
SOUND_RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # samples a second


def reencode(video: str, target: str, limit: int) -> bool:
    """Write the video to `target` in at most `limit` bytes; return False if it does not fit or is not worth watching.

    Raises FFmpegError, Undecodable, or anything else that a hostile file leads to.
    """
    source = _measure(video)
    chosen = plan(source, limit)
    if chosen is None:
        return False
    _write(video, target, source, chosen)
    return Path(target).stat().st_size <= limit


def _write(path: str, target: str, source: Source, chosen: Plan) -> None:
    """Decode and encode packet by packet, so that little is in memory at a time."""
    with (
        _opened(path) as container,
        av.open(target, "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        found = _streams(container)
        picture = Picture(output, found.video, chosen, source.begin)
        sound = _sound(output, found, chosen, source)
        for packet in container.demux(found.present):
            track = picture if packet.stream is found.video else sound
            if track is not None:
                for made in track.packets(packet):
                    output.mux_one(made)


def _sound(
    output: OutputContainer, found: KeptStreams, chosen: Plan, source: Source
) -> CopiedSound | EncodedSound | None:
    if found.sound is None:
        return None
    if chosen.sound_bits is None:
        return CopiedSound(output, found.sound, source.begin)
    return EncodedSound(output, found.sound, chosen.sound_bits, source.begin)


class Undecodable(Exception):
    """It is no video, or one that we do not decode."""


class KeptStreams(NamedTuple):
    """The streams that are kept."""

    video: VideoStream
    sound: AudioStream | None

    @property
    def present(self) -> list[VideoStream | AudioStream]:
        """The streams that there are: both, or the only one."""
        return [self.video] if self.sound is None else [self.video, self.sound]


def _opened(path: str) -> InputContainer:
    """Open an mp4 that may refer to no other file and needs few decoders; raises FFmpegError."""
    options = {
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join(DECODERS),
        "max_pixels": str(MOST_PIXELS),
    }
    return av.open(path, format="mp4", options=options, metadata_errors="ignore")


def _streams(container: InputContainer) -> KeptStreams:
    """Return the first video and the first sound; raises Undecodable."""
    if not container.streams.video:
        raise Undecodable
    found = KeptStreams(container.streams.video[0], next(iter(container.streams.audio), None))
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


def _measure(path: str) -> Source:
    """Go through all packets, since a header can claim anything; decodes nothing. Raises Undecodable, FFmpegError."""
    seen, heard = _Tally(), _Tally()
    with _opened(path) as container:
        video, sound = found = _streams(container)
        for packet in container.demux(found.present):
            (heard if packet.stream is sound else seen).add(packet)
        if seen.begin is None:
            raise Undecodable
        context = sound and sound.codec_context
        kept = context and Sound(context.name, heard.size, heard.packets, heard.seconds, context.channels)
        return Source(video.width, video.height, seen.packets, seen.begin, seen.seconds, kept)


class Picture:
    """H.264 video of the planned size, which keeps the camera's own timing."""

    def __init__(self, output: OutputContainer, source: VideoStream, chosen: Plan, begin: Fraction) -> None:
        """Add the track to `output`; the source's moment `begin` is where the new file starts."""
        # As good as it needs to be, but never more bits than planned: https://trac.ffmpeg.org/wiki/Encode/H.264
        options = {
            "preset": "veryfast",
            "crf": str(QUALITY),
            "maxrate": str(chosen.video_bits),
            "bufsize": str(int(chosen.video_bits * BUFFER)),
        }
        rate = max(Fraction(chosen.rate).limit_denominator(1001), Fraction(1))
        stream = output.add_stream("libx264", rate, options)
        stream.width, stream.height, stream.pix_fmt = chosen.width, chosen.height, "yuv420p"
        if source.sample_aspect_ratio:
            stream.sample_aspect_ratio = source.sample_aspect_ratio
        stream.color_range = ColorRange.MPEG
        stream.thread_count = THREADS
        stream.codec_context.time_base = CLOCK
        self._stream = stream
        self._scale = VideoReformatter()
        self._begin = begin
        self._gap = 1 / chosen.most_rate
        self._due = 0.0

    def packets(self, packet: Packet) -> Iterator[Packet]:
        """Return the new packets that come of an old one; the empty one at the end brings the rest."""
        size = {"width": self._stream.width, "height": self._stream.height}
        for frame in packet.decode():
            if frame.pts is None or not self._is_due(moment := frame.pts * frame.time_base - self._begin):
                continue
            scaled = self._scale.reformat(frame, **size, format="yuv420p", dst_color_range=ColorRange.MPEG)
            scaled.pts, scaled.time_base = round(moment / CLOCK), CLOCK
            scaled.pict_type = 0  # else the old kinds of frames are forced on the new encoder
            yield from self._stream.encode(scaled)
        if packet.dts is None:
            yield from self._stream.encode(None)

    def _is_due(self, moment: Fraction) -> bool:
        """Say whether this frame is kept: in time order, and no more of them a second than planned."""
        now = float(moment)
        if now < self._due - self._gap / 4:
            return False
        self._due = max(self._due + self._gap, now + self._gap / 2)
        return True


class CopiedSound:
    """The sound as it was."""

    def __init__(self, output: OutputContainer, source: AudioStream, begin: Fraction) -> None:
        """Add the track to `output`; the source's moment `begin` is where the new file starts."""
        self._stream = output.add_stream_from_template(source)
        self._begin = begin

    def packets(self, packet: Packet) -> Iterator[Packet]:
        """Return the packet, moved to the new file's time."""
        if packet.dts is None or packet.pts is None:
            return
        shift = round(self._begin / packet.time_base)
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        packet.stream = self._stream
        yield packet


class EncodedSound:
    """AAC of the planned bit rate."""

    def __init__(self, output: OutputContainer, source: AudioStream, bits: int, begin: Fraction) -> None:
        """Add the track to `output`; the source's moment `begin` is where the new file starts."""
        rate = source.rate if source.rate in SOUND_RATES else SOUND_RATES[-1]
        stream = output.add_stream("aac", rate)
        stream.codec_context.layout = "mono" if source.channels == 1 else "stereo"
        stream.bit_rate = bits
        self._stream = stream
        self._begin = begin

    def packets(self, packet: Packet) -> Iterator[Packet]:
        """Return the new packets that come of an old one; the empty one at the end brings the rest."""
        for frame in packet.decode():
            if frame.pts is not None:
                frame.pts -= round(self._begin / frame.time_base)
            yield from self._stream.encode(frame)
        if packet.dts is None:
            yield from self._stream.encode(None)
