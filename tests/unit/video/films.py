"""Real videos for the tests: noise, which no encoder can make small, and a tone."""

import array
import math
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

HERTZ = 44_100
PICTURES = 6  # different ones, which then repeat


@dataclass(frozen=True)
class Film:
    """What is in a video: bits a second of noise, and a tone of so many bits a second, or none."""

    seconds: float = 3.0
    width: int = 640
    height: int = 360
    rate: int = 20
    bits: int = 8_000_000
    tone: int = 64_000
    codec: str = "libx264"
    spread: int = 256  # of the noise, in shades


def make(path: Path, film: Film) -> Path:
    """Write the film as an mp4."""
    with av.open(str(path), "w", format="mp4") as container:
        options = {"preset": "ultrafast", "maxrate": str(film.bits), "bufsize": str(film.bits // 2)}
        picture: Any = None
        if film.bits:
            picture = container.add_stream(film.codec, film.rate, options)
            picture.width, picture.height, picture.pix_fmt = film.width, film.height, "yuv420p"
            picture.bit_rate = film.bits
        tone: Any = container.add_stream("aac", HERTZ, layout="mono", bit_rate=film.tone) if film.tone else None
        frames = _noise(film)
        heard = 0
        for index in range(round(film.seconds * film.rate)):
            frame = frames[index % len(frames)]
            frame.pts, frame.time_base = index, Fraction(1, film.rate)
            if picture is not None:
                container.mux(picture.encode(frame))
            while tone is not None and heard < (index + 1) * HERTZ // film.rate:
                container.mux(tone.encode(_tone(heard)))
                heard += 1024
        for stream in filter(None, (picture, tone)):
            container.mux(stream.encode(None))
    return path


def left_in(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


@dataclass(frozen=True)
class Seen:
    """What a player finds in a video when it plays all of it."""

    width: int
    height: int
    frames: int
    seconds: float
    heard: float
    codecs: tuple[str, ...]
    size: int


def play(path: Path) -> Seen:
    """Decode everything."""
    shown: list[float] = []
    heard = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(*container.streams.video, *container.streams.audio):
            if isinstance(frame, AudioFrame):
                heard += frame.samples / frame.sample_rate
            else:
                shown.append(frame.time)
        video = container.streams.video[0]
        codecs = tuple(stream.codec_context.name for stream in container.streams)
        seconds = (container.duration or 0) / av.time_base
        return Seen(video.width, video.height, len(shown), seconds, heard, codecs, path.stat().st_size)


def contents_come_first(path: Path) -> bool:
    """Say whether a player can start before it has the whole file."""
    content = path.read_bytes()
    return content.index(b"moov") < content.index(b"mdat")


def _noise(film: Film) -> list[VideoFrame]:
    chance = random.Random(film.width)
    shades = bytes(128 + (value % film.spread) - film.spread // 2 for value in range(256))
    frames = []
    for _ in range(PICTURES):
        frame = VideoFrame(film.width, film.height, "yuv420p")
        for plane in frame.planes:
            plane.update(chance.randbytes(plane.buffer_size).translate(shades))
        frames.append(frame)
    return frames


def _tone(start: int) -> AudioFrame:
    wave = array.array("f", (math.sin(2 * math.pi * 440 * (start + n) / HERTZ) / 2 for n in range(1024)))
    frame = AudioFrame("fltp", "mono", 1024)
    frame.planes[0].update(wave.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = HERTZ, start, Fraction(1, HERTZ)
    return frame
