"""Real videos and pictures: a coloured, moving scene that names its camera and its number, made by PyAV."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import colorsys
import hashlib
import math
import random
import tempfile
import threading
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal

import av
from av.audio.frame import AudioFrame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane

INK = 235
SAMPLE_RATE = 16_000
SAMPLES = 1024  # in one frame of AAC
HUM_REPEATS = SAMPLE_RATE // 20  # samples: each pitch is a multiple of 20 Hz
AAC = {"aac_coder": "fast"}  # a third of the usual time, and a hum is a hum
ENCODING = threading.Lock()  # two encoders at once do not always make the same bytes of the same film
# Letters of three by five points, enough to name a camera: five rows of three bits, top row first, a digit for each.
POINTS = (
    "75557 26227 71747 71317 55711 74717 74757 71122 75757 75717 "
    "25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 "
    "65555 25552 65644 25563 65655 34216 72222 55557 55552 55775 55255 55222 71247 "
    "57575 02020 00002 00700 22000 25265"
)
LETTERS = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#:.-'&", POINTS.split(), strict=True))


@dataclass(frozen=True)
class Film:
    """The content of a video; equal films have equal bytes.

    `megabytes` is its rough size in MiB, all of it picture: noise that no encoder can squeeze.
    """

    title: str
    number: int
    seconds: float = 4.0
    width: int = 320
    height: int = 180
    rate: int = 15
    sound: bool = True
    megabytes: float | None = None


def encode(film: Film, size: int | None = None) -> bytes:
    """Return the film as an mp4 of at least `size` bytes; it takes a while, so a server asks for it in a thread."""
    with ENCODING:
        mp4 = _encoded_heavy(film) if film.megabytes else _encoded(film)
    missing = (size or 0) - len(mp4)
    if missing <= 0:
        return mp4
    box = max(missing, 8)
    return mp4 + box.to_bytes(4, "big") + b"free" + bytes(box - 8)


@lru_cache(maxsize=256)
def _encoded(film: Film) -> bytes:
    return _made(film, {"preset": "veryfast", "crf": "24"})


@lru_cache(maxsize=4)
def _encoded_heavy(film: Film) -> bytes:
    rate = int((film.megabytes or 0) * 2**23 / film.seconds)  # bits in a second
    return _made(film, {"preset": "ultrafast", "b": str(rate), "x264-params": "ratetol=0.01"})


def _made(film: Film, options: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="simulated-blink-") as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream(video_encoder(), rate=film.rate, options={**options, "threads": "1"})
            stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
            if film.sound:
                tone = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono", options=AAC)
                for sounds in (*hum(film), None):
                    container.mux(tone.encode(sounds))
            for index in range(max(1, round(film.seconds * film.rate))):
                frame = draw_frame(film, index, "yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, film.rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


@lru_cache(maxsize=64)
def photograph(film: Film) -> bytes:
    """Return the film's first picture as a JPEG."""
    codec = VideoCodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt, codec.time_base = film.width, film.height, "yuvj420p", Fraction(1, 1)
    frame = draw_frame(film, film.number % (film.rate * 60), "yuvj420p")
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def video_encoder() -> Literal["libx264", "mpeg4"]:
    """Name the H.264 encoder of this build of PyAV, else one that it always has."""
    return "libx264" if "libx264" in av.codecs_available else "mpeg4"


def draw_frame(film: Film, index: int, pixels: str) -> VideoFrame:
    frame = VideoFrame(film.width, film.height, pixels)
    light, blue, red = frame.planes
    _fill(light, _scene(film, index))
    for plane, tint in zip((blue, red), _tints(film.title), strict=True):
        plane.update(bytes([tint]) * plane.buffer_size)
    return frame


def hum(film: Film) -> Iterator[AudioFrame]:
    """Hum quietly for as long as the film lasts, each camera at its own pitch."""
    pitch = 220 + 20 * (_hash(film.title) % 12)
    for start in range(0, round(max(film.seconds, 1 / film.rate) * SAMPLE_RATE), SAMPLES):
        frame = AudioFrame("fltp", "mono", SAMPLES)
        frame.planes[0].update(_waves(pitch, start % HUM_REPEATS))
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


@lru_cache(maxsize=512)
def _waves(pitch: int, start: int) -> bytes:
    """Return one frame of a hum."""
    waves = (0.05 * math.sin(math.tau * pitch * at / SAMPLE_RATE) for at in range(start, start + SAMPLES))
    return array("f", waves).tobytes()


def _fill(plane: VideoPlane, rows: list[bytearray]) -> None:
    padding = bytes(plane.line_size - plane.width)
    plane.update(b"".join(bytes(row) + padding for row in rows))


def _scene(film: Film, index: int) -> list[bytearray]:
    """Draw one picture's light: sky above ground, a bar that walks, the title, the number and a clock."""
    width, height = film.width, film.height
    horizon = height * 2 // 3
    rows = [
        bytearray([60 + 50 * y // height if y < horizon else 140 - 40 * y // height]) * width for y in range(height)
    ]
    if film.megabytes:
        _snow(rows, f"{film.title} {film.number} {index}")
    bar = max(2, width // 24)
    left = (film.number * 7 + index * max(1, width // (film.rate * 4))) % (width - bar)
    for row in rows[height // 4 : height * 9 // 10]:
        row[left : left + bar] = bytes([200]) * bar
    small, large = max(1, width // 160), max(1, width // 64)
    _write(rows, film.title, 4, 4, small, INK)
    _write(rows, f"#{film.number}", 4, height - 5 * small - 4, small, INK)
    clock = f"{index // film.rate // 60:02d}:{index // film.rate % 60:02d}.{index % film.rate * 10 // film.rate}"
    _write(rows, clock, width - len(clock) * 4 * large - 4, height // 2 - 3 * large, large, INK)
    return rows


def _write(rows: list[bytearray], text: str, x: int, y: int, scale: int, ink: int) -> None:
    """Draw a text into rows of points, clipped at their edges; what has no glyph is left blank."""
    for place, letter in enumerate(text.upper()):
        for line, bits in enumerate(LETTERS.get(letter, "00000")):
            for column in range(3):
                if int(bits) & (4 >> column):
                    _dot(rows, x + (place * 4 + column) * scale, y + line * scale, scale, ink)


def _dot(rows: list[bytearray], x: int, y: int, scale: int, ink: int) -> None:
    for row in rows[max(0, y) : max(0, y + scale)]:
        left, right = max(0, x), min(len(row), x + scale)
        if left < right:
            row[left:right] = bytes([ink]) * (right - left)


def _snow(rows: list[bytearray], seed: str) -> None:
    """Fill the picture with noise, below the title and above the number."""
    chance = random.Random(seed)
    for row in rows[len(rows) // 8 : len(rows) * 7 // 8]:
        row[:] = chance.randbytes(len(row))


def _hash(title: str) -> int:
    return int.from_bytes(hashlib.sha256(title.encode()).digest()[:2], "big")


def _tints(title: str) -> tuple[int, int]:
    """Return the two colour values that belong to a camera's name."""
    hue = _hash(title) / 65536
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 0.75)
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(128 + 0.564 * (blue - light) * 224), round(128 + 0.713 * (red - light) * 224)
