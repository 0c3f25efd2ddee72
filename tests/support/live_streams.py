"""Live views as cameras send them: an MPEG-TS with numbered pictures, and with all that can be wrong with one.

Each picture is grey, and its shade is its number, so that a test can tell which ones came through.
"""

import array
import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.frame import VideoFrame

RATE = 15
GROUP = 2 * RATE  # pictures from one key frame to the next
HERTZ = 16_000
SAMPLES = 1024  # in one frame of AAC
CLOCK = 90_000
LAP = 2**33  # ticks after which the clock of an MPEG-TS starts again
CELL = 188  # bytes of one packet of an MPEG-TS
VIDEO, SOUND = 0x100, 0x101  # the streams' numbers in it
TABLES = (0, 0x11, 0x1000)  # and those that announce them
PARAMETERS = b"\0\0\1\x67"  # how a picture's parameters begin
FIRST_SHADE = 30


@dataclass(frozen=True)
class Live:
    """A live view that starts with picture number `first`, at `at` seconds on the camera's clock."""

    seconds: float = 8.0
    first: int = 0
    at: float = 1.0
    codec: str = "libx264"
    sound: bool = True
    latm: bool = False
    headers_after: float = 0.0  # seconds without the picture's parameters
    noise: int = 0  # bits a second, if the pictures are noise instead


@lru_cache(maxsize=32)
def stream(live: Live) -> bytes:
    """Return the MPEG-TS."""
    file = io.BytesIO()
    options = {"mpegts_flags": "latm" if live.latm else "", "pat_period": "0.5", "mpegts_copyts": "1"}
    with av.open(file, "w", format="mpegts", options={k: v for k, v in options.items() if v}) as container:
        picture: Any = container.add_stream(live.codec, RATE, _encoder(live))
        picture.width, picture.height, picture.pix_fmt = (1280, 720, "yuv420p") if live.noise else (96, 64, "yuv420p")
        picture.codec_context.gop_size = GROUP
        picture.codec_context.max_b_frames = 0
        tone: Any = container.add_stream("aac", HERTZ, layout="mono", bit_rate=32_000) if live.sound else None
        heard, begin = 0, round(live.at * HERTZ)
        for index, frame in enumerate(_frames(live)):
            frame.pts, frame.time_base = round((live.at + index / RATE) * CLOCK), Fraction(1, CLOCK)
            for packet in picture.encode(frame):
                container.mux(_bare(packet) if index < live.headers_after * RATE else packet)
            while tone is not None and heard < (index + 1) * HERTZ // RATE:
                container.mux(tone.encode(_tone(begin, heard)))
                heard += SAMPLES
        for track in filter(None, (picture, tone)):
            container.mux(track.encode(None))
    return file.getvalue()


def cells(content: bytes) -> list[bytes]:
    """Return the packets of an MPEG-TS."""
    return [content[at : at + CELL] for at in range(0, len(content), CELL)]


def pid(cell: bytes) -> int:
    """Return the number of the stream that a packet of an MPEG-TS belongs to."""
    return int.from_bytes(cell[1:3], "big") & 0x1FFF


def without(content: bytes, *pids: int) -> bytes:
    """Return the MPEG-TS without some of its streams, which it still announces."""
    return without_between(content, 0, 1, *pids)


def without_between(content: bytes, begin: float, end: float, *pids: int) -> bytes:
    """Return the MPEG-TS without some of its streams between two shares of the file."""
    all_cells = cells(content)
    lost = range(round(begin * len(all_cells)), round(end * len(all_cells)))
    return b"".join(cell for index, cell in enumerate(all_cells) if index not in lost or pid(cell) not in pids)


def from_picture(content: bytes, number: int) -> bytes:
    """Return the MPEG-TS from where picture `number` begins."""
    starts = [index for index, cell in enumerate(cells(content)) if pid(cell) == VIDEO and cell[1] & 0x40]
    return content[starts[number] * CELL :]


def thinned(content: bytes, share: float) -> bytes:
    """Return the MPEG-TS with some of its packets lost, though never the first ones."""
    chance = random.Random(1)
    return b"".join(cell for index, cell in enumerate(cells(content)) if index < 20 or chance.random() >= share)


def in_one_session(*parts: bytes) -> bytes:
    """Return one MPEG-TS of several, which counts its packets on, though its clock jumps."""
    counts: dict[int, int] = {}
    counted: list[bytes] = []
    for cell in cells(b"".join(parts)):
        counts[pid(cell)] = count = counts.get(pid(cell), -1) + bool(cell[3] & 0x10)
        counted.append(cell[:3] + bytes([cell[3] & 0xF0 | count & 0x0F]) + cell[4:])
    return b"".join(counted)


@dataclass(frozen=True)
class Played:
    """A video as a player shows it: which pictures when, how much sound from when, and how many packets are broken."""

    seconds: float
    damaged: int  # packets that could not be decoded
    numbers: list[int]
    times: list[float]
    heard: float
    heard_from: float | None
    codecs: tuple[str, ...]
    tag: str


def play(path: Path) -> Played:
    """Decode everything."""
    numbers: list[int] = []
    times: list[float] = []
    heard, heard_from, damaged = 0.0, None, 0
    with av.open(str(path)) as container:
        for packet in container.demux():
            try:
                frames = packet.decode()
            except av.FFmpegError:
                damaged += 1
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    heard += frame.samples / frame.sample_rate
                    heard_from = frame.time if heard_from is None else heard_from
                else:
                    times.append(frame.time)
                    numbers.append(bytes(frame.planes[0])[0] - FIRST_SHADE)
        tracks = tuple(stream.codec_context for stream in container.streams)
        seconds = (container.duration or 0) / av.time_base
        codecs = tuple(track.name for track in tracks)
        return Played(seconds, damaged, numbers, times, heard, heard_from, codecs, tracks[0].codec_tag)


def _encoder(live: Live) -> dict[str, str]:
    if live.codec != "libx264":
        return {"preset": "ultrafast", "x265-params": f"keyint={GROUP}:min-keyint={GROUP}:scenecut=0:log-level=none"}
    options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "slices=2:scenecut=0", "threads": "1"}
    if live.noise:
        return options | {"b": str(live.noise), "maxrate": str(live.noise), "bufsize": str(live.noise)}
    return options | {"crf": "15"}


def _frames(live: Live) -> Iterator[VideoFrame]:
    chance = random.Random(1)
    for number in range(live.first, live.first + round(live.seconds * RATE)):
        if live.noise:
            frame = VideoFrame(1280, 720, "yuv420p")
            for plane in frame.planes:
                plane.update(chance.randbytes(plane.buffer_size))
        else:
            frame = VideoFrame(96, 64, "yuv420p")
            shade = bytes([FIRST_SHADE + number])
            for plane, value in zip(frame.planes, (shade, b"\x80", b"\x80"), strict=True):
                plane.update(value * plane.buffer_size)
        yield frame


def _tone(begin: int, start: int) -> AudioFrame:
    wave = array.array("f", (math.sin(2 * math.pi * 440 * (start + n) / HERTZ) / 2 for n in range(SAMPLES)))
    frame = AudioFrame("fltp", "mono", SAMPLES)
    frame.planes[0].update(wave.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = HERTZ, begin + start, Fraction(1, HERTZ)
    return frame


def _bare(packet: Packet) -> Packet:
    """Return the packet without the picture's parameters (NAL units 7 and 8)."""
    units = bytes(packet).replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    bare = Packet(b"".join(b"\0\0\0\1" + unit for unit in units if unit[0] & 31 not in (7, 8)))
    bare.pts, bare.dts, bare.time_base = packet.pts, packet.dts, packet.time_base
    bare.stream, bare.is_keyframe = packet.stream, packet.is_keyframe
    return bare


def is_part_of(video: bytes, payloads: list[bytes]) -> bool:
    """Say whether all of an mp4's picture is in what a relay sent, byte for byte; its end may be cut off."""
    with av.open(io.BytesIO(video)) as container:
        *shown, last = [unit for packet in container.demux(video=0) for unit in _mp4_units(bytes(packet))]
    with av.open(io.BytesIO(b"".join(payloads)), format="mpegts") as container:
        sent = {unit for packet in container.demux(video=0) for unit in _ts_units(bytes(packet))}
    return bool(shown) and sent.issuperset(shown) and any(unit.startswith(last) for unit in sent)


def _mp4_units(packet: bytes) -> Iterator[bytes]:
    """Yield the units of H.264 of a packet in which each comes after its length."""
    while packet:
        end = 4 + int.from_bytes(packet[:4], "big")
        yield packet[4:end].rstrip(b"\0")
        packet = packet[end:]


def _ts_units(packet: bytes) -> list[bytes]:
    """Return the units of H.264 of a packet in which each comes after a start code."""
    return [unit.rstrip(b"\0") for unit in packet.split(b"\0\0\1") if unit.rstrip(b"\0")]
