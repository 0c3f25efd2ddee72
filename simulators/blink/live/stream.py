"""A camera's live picture: an MPEG-TS that names the camera and shows a running clock, made as far as it is wanted."""

# PyAV types its packets only in part:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

import av

from simulators.blink.pictures import AAC, ENCODING, SAMPLE_RATE, SAMPLES, Film, draw_frame, hum, video_encoder

PAYLOAD = 7 * 188
KEY_FRAME_EVERY = 2  # seconds
Sound = Literal["aac", "none", "announced"]


class Payload(NamedTuple):
    """A piece of the stream, which is whole so many seconds after the first picture."""

    due: float
    data: bytes


class Broadcast:
    """One camera's stream, the same bytes for everybody who watches it."""

    def __init__(self, film: Film, sound: Sound) -> None:
        self._made: list[Payload] = []
        self._rest = _payloads(film, sound)

    def between(self, start: float, end: float) -> list[Payload]:
        """Return the payloads due between two moments; the first call is slow, so a server makes it in a thread."""
        with ENCODING:
            while (not self._made or self._made[-1].due < end) and (payload := next(self._rest, None)):
                self._made.append(payload)
        return [one for one in self._made if start <= one.due < end]


@lru_cache(maxsize=32)
def broadcast(film: Film, sound: Sound) -> Broadcast:
    """Return a film's stream; everybody in this process shares the part that is made."""
    return Broadcast(film, sound)


class _Output:
    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, data: bytes) -> int:
        self.waiting += data
        return len(data)


def _payloads(film: Film, sound: Sound) -> Iterator[Payload]:
    """Yield the stream for as long as the film lasts."""
    output, options = _Output(), {"flush_packets": "1", "max_interleave_delta": "1"}
    with av.open(output, "w", format="mpegts", options=options) as container:
        codec = video_encoder()
        how = {"g": str(film.rate * KEY_FRAME_EVERY), "threads": "1"}
        if codec == "libx264":
            how |= {"preset": "veryfast", "tune": "zerolatency", "x264-params": "scenecut=0", "crf": "24"}
        picture = container.add_stream(codec, rate=film.rate, options=how)
        picture.width, picture.height, picture.pix_fmt = film.width, film.height, "yuv420p"
        tone = None if sound == "none" else container.add_stream("aac", rate=SAMPLE_RATE, layout="mono", options=AAC)
        hummed, heard = hum(film), 0
        for index in range(round(film.seconds * film.rate)):
            frame = draw_frame(film, index, "yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, film.rate)
            container.mux(picture.encode(frame))
            while tone and sound == "aac" and heard * film.rate <= (index + 1) * SAMPLE_RATE:
                container.mux(tone.encode(next(hummed)))
                heard += SAMPLES
            while len(output.waiting) >= PAYLOAD:
                yield Payload(index / film.rate, bytes(output.waiting[:PAYLOAD]))
                del output.waiting[:PAYLOAD]
