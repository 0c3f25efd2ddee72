"""Chooses the size, frame rate and bit rates that make a video fit."""

from dataclasses import dataclass
from fractions import Fraction

WIDTHS = (1280, 960, 640, 480)
FASTEST = 30.0  # frames a second
SLOWEST = 15.0
GOOD = 0.05  # bits per pixel, below which fewer pixels look better
POOR = 0.02  # bits per pixel, below which it is not worth watching
BUFFER = 1.0  # seconds by which the encoder may run ahead of its bit rate
MOST_BITS = 50_000_000  # a second, of which no clip needs more
HEADROOM = 0.97
FILE_OVERHEAD = 4096  # bytes
PACKET_OVERHEAD = 24  # bytes of an mp4's tables for each packet
COPIED_SOUND = 64_000  # bits a second that are not worth encoding again
SOUND_SHARE = 0.1  # of all bits, which copied sound may always have
MONO, STEREO = 64_000, 96_000  # bits a second


@dataclass(frozen=True, slots=True)
class Sound:
    """A video's sound, as its packets are: `size` in bytes, all of it."""

    codec: str
    size: int
    packets: int
    seconds: float
    channels: int


@dataclass(frozen=True, slots=True)
class Source:
    """A video, as its packets are and not as its header claims: it shows pictures from `begin`, for `seconds`."""

    width: int
    height: int
    frames: int
    begin: Fraction
    seconds: float
    sound: Sound | None

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """How to encode a video: about `rate` frames a second, at most `most_rate`; no `sound_bits` means copied sound."""

    width: int
    height: int
    rate: float
    most_rate: float
    video_bits: int  # a second
    sound_bits: int | None  # a second


def plan(source: Source, limit: int) -> Plan | None:
    """Return the best-looking plan that fits into `limit` bytes, None if none is worth watching."""
    bits = (limit * HEADROOM - FILE_OVERHEAD - PACKET_OVERHEAD * source.frames) * 8
    sound_bits = None
    if source.sound is not None:
        sound_bits = _sound_bits(source.sound, bits)
        size = source.sound.size if sound_bits is None else sound_bits * source.sound.seconds / 8
        bits -= (size + PACKET_OVERHEAD * source.sound.packets) * 8
    video_bits = min(int(bits / (source.seconds + BUFFER)), MOST_BITS)
    for width, most_rate, least in _steps(source.width // 2 * 2):
        height = source.height * width // source.width // 2 * 2
        rate = min(source.rate, most_rate)
        if height > 0 and video_bits >= width * height * rate * least:
            return Plan(width, height, rate, most_rate, video_bits, sound_bits)
    return None


def _sound_bits(sound: Sound, bits: float) -> int | None:
    if sound.codec == "aac" and sound.size * 8 <= max(COPIED_SOUND * sound.seconds, SOUND_SHARE * bits):
        return None
    return MONO if sound.channels == 1 else STEREO


def _steps(own: int) -> list[tuple[int, float, float]]:
    """Return widths with their most frames a second, best first, and the bits per pixel that each needs."""
    widths = [own, *(width for width in WIDTHS if width < own)]
    return [*((width, FASTEST, GOOD) for width in widths), *((widths[-1], most, POOR) for most in (FASTEST, SLOWEST))]
