"""The tracks of a new video, each fed with packets of the old one; only the worker imports this."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

from collections.abc import Iterator
from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorRange, VideoReformatter
from av.video.stream import VideoStream

from .plan import BUFFER, Plan

CLOCK = Fraction(1, 90_000)  # seconds
THREADS = 2
QUALITY = 23  # by x264's own measure; more bits are hardly seen
SOUND_RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # samples a second


class Picture:
    """H.264 video of the planned size, which keeps the camera's own timing."""

    def __init__(self, output: OutputContainer, source: VideoStream, chosen: Plan, begin: Fraction) -> None:
        """Add the track to `output`, which then starts at the source's moment `begin`."""
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
        """Return what one old packet becomes; the empty one at the end brings the rest."""
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
        """Add the track to `output`, which then starts at the source's moment `begin`."""
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
        """Add the track to `output`, which then starts at the source's moment `begin`."""
        rate = source.rate if source.rate in SOUND_RATES else SOUND_RATES[-1]
        stream = output.add_stream("aac", rate)
        stream.codec_context.layout = "mono" if source.channels == 1 else "stereo"
        stream.bit_rate = bits
        self._stream = stream
        self._begin = begin

    def packets(self, packet: Packet) -> Iterator[Packet]:
        """Return what one old packet becomes; the empty one at the end brings the rest."""
        for frame in packet.decode():
            if frame.pts is not None:
                frame.pts -= round(self._begin / frame.time_base)
            yield from self._stream.encode(frame)
        if packet.dts is None:
            yield from self._stream.encode(None)
