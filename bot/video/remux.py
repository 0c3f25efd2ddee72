"""Copies what was recorded of a live view into an mp4, without decoding it; only the worker imports this.

A live view is an MPEG-TS that begins anywhere, may lose parts, and may start its clock again on the way.
"""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

import math
from collections.abc import Iterator
from dataclasses import dataclass

import av
import av.error
import av.logging
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from .reencode import KeptStreams

CLOCK = 90_000  # ticks a second, in every MPEG-TS
JUMP_FORWARD, JUMP_BACK = 2 * CLOCK, CLOCK // 2  # between two packets; a larger jump begins another time line
PROBED_BYTES, PROBED_SECONDS = 32 << 20, 30  # of the stream, in which the camera must have told its picture's size
TAGS = {"h264": "avc1", "hevc": "hvc1"}  # Apple's players take no hev1: https://trac.ffmpeg.org/wiki/Encode/H.265
TOO_SHORT = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Film:
    """The content of an mp4, in ticks: `length` from the moment `begin` of the stream on, maybe with sound."""

    begin: int
    length: int
    sound: bool

    @property
    def skipped(self) -> float:
        """Seconds of the stream before its first key frame."""
        return self.begin / CLOCK

    @property
    def seconds(self) -> float:
        """Seconds of the mp4."""
        return self.length / CLOCK


def remux(raw: str, target: str, *, most_seconds: float, sound: bool) -> Film | None:
    """Write the stream to `target`, unless it is too short, and say how it is; None if it has no picture.

    Raises FFmpegError, or anything else that a hostile file leads to.
    """
    av.logging.set_libav_level(av.logging.PANIC)  # or it prints an error for each picture before the first key frame
    most = round(most_seconds * CLOCK)
    try:
        film = _survey(raw, most, sound)
    except (av.error.EOFError, av.error.InvalidDataError):  # an empty file, or no MPEG-TS
        return None
    if film is not None and film.seconds >= TOO_SHORT:
        _copy(raw, target, film, most, sound)
    return film


def _survey(raw: str, most: int, sound: bool) -> Film | None:
    """Go through all packets to find the first key frame, and what there is from there on."""
    begin, end, heard = None, 0, list[int]()
    with _opened(raw) as container:
        found = _streams(container, sound)
        if found is None:
            return None
        for packet, at in _Joined(found).packets(container):
            if packet.stream is found.sound:
                heard.append(at)
            elif begin is None and packet.is_keyframe:
                begin = at
            if packet.stream is found.video and begin is not None and at < begin + most:
                end = at + (packet.duration or 0)
    if begin is None:
        return None
    return Film(begin, end - begin, any(begin <= at < begin + most for at in heard))


def _copy(raw: str, target: str, film: Film, most: int, sound: bool) -> None:
    """Write the packets that are not earlier than the first key frame; sound of that time may stand before it."""
    with _opened(raw) as container, av.open(target, "w", format="mp4", options={"movflags": "+faststart"}) as output:
        found = _streams(container, sound)
        assert found is not None
        kept = found if film.sound else found._replace(sound=None)
        copies = {stream.index: output.add_stream_from_template(stream) for stream in kept.present}
        copies[found.video.index].codec_context.codec_tag = TAGS[found.video.codec_context.name]
        for packet, at in _Joined(found).packets(container):
            copy = copies.get(packet.stream.index)
            if copy is not None and film.begin <= at < film.begin + most:
                assert packet.pts is not None
                assert packet.dts is not None
                packet.pts, packet.dts = packet.pts - packet.dts + at - film.begin, at - film.begin
                packet.stream = copy
                output.mux_one(packet)


def _opened(raw: str) -> InputContainer:
    """Open a stream that may refer to no other file and needs few decoders; raises FFmpegError."""
    options = {
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join((*TAGS, "aac")),
        "probesize": str(PROBED_BYTES),
        "analyzeduration": str(PROBED_SECONDS * av.time_base),
    }
    return av.open(raw, format="mpegts", options=options, metadata_errors="ignore")


def _streams(container: InputContainer, sound: bool) -> KeptStreams | None:
    """Return the first video, and if wanted the first sound that is more than announced; None without a video."""
    for video in container.streams.video:
        if video.codec_context.name in TAGS and video.width and video.height:
            heard = (stream for stream in container.streams.audio if sound and _is_known(stream))
            return KeptStreams(video, next(heard, None))
    return None


def _is_known(stream: AudioStream) -> bool:
    """Say whether the sound came as AAC in ADTS: an mp4's header can be made of nothing else."""
    context = stream.codec_context
    return context.name == "aac" and bool(context.sample_rate) and bool(context.channels)


class _Joined:
    """The packets on one clock, which starts at 0 and never jumps."""

    def __init__(self, streams: KeptStreams) -> None:
        self._streams = streams
        self._end = 0  # so far
        self._shift = 0  # from the camera's clock to this one
        self._latest: dict[int, int] = {}  # of each stream since the camera's clock jumped, on that clock
        self._shift_before = 0  # the same two up to the jump
        self._before: dict[int, int] = {}

    def packets(self, container: InputContainer) -> Iterator[tuple[Packet, int]]:
        """Return the packets that are kept, as they are, and when each is to be decoded."""
        latest: dict[int, int] = {}
        for packet in container.demux(self._streams.present):
            if packet.dts is None or packet.pts is None or not self._is_whole(packet):
                continue
            index = packet.stream.index
            at = packet.dts + self._shift_of(index, packet.dts, packet.duration or 0)
            if at > latest.get(index, -1):  # an mp4 takes no packet that goes back
                latest[index] = at
                yield packet, at

    def _is_whole(self, packet: Packet) -> bool:
        """Say whether nothing of a packet was lost; only the size in its header shows that a frame of sound is cut."""
        if packet.stream is self._streams.video:
            return not packet.is_corrupt
        header = bytes(packet)[:6]  # ADTS: https://wiki.multimedia.cx/index.php/ADTS
        told = (int.from_bytes(header[3:6], "big") >> 5) & 0x1FFF
        return not packet.is_corrupt and header[:1] == b"\xff" and told == packet.size

    def _shift_of(self, stream: int, dts: int, duration: int) -> int:
        """Return the ticks to add to a time of the camera's clock; they change when that clock jumps."""
        if stream not in self._latest and _distance(dts, self._before) < _distance(dts, self._latest):
            return self._shift_before  # it was sent before the jump, and comes out after the other stream's jump
        if _jumps(dts, self._latest):
            self._before, self._shift_before = self._latest, self._shift
            self._latest, self._shift = {}, self._end - dts
        self._latest[stream] = dts
        self._end = max(self._end, dts + self._shift + duration)
        return self._shift


def _jumps(dts: int, latest: dict[int, int]) -> bool:
    """Say whether a packet's time is far from all streams' latest; one stream alone may pause."""
    return not any(-JUMP_BACK <= dts - last <= JUMP_FORWARD for last in latest.values())


def _distance(dts: int, latest: dict[int, int]) -> float:
    return min((abs(dts - last) for last in latest.values()), default=math.inf)
