"""Transport streams made by hand, packet by packet, in the times and faults that a test wants."""

from collections.abc import Iterable

PACKET = 188
SECOND = 90_000
VIDEO, SOUND, PROGRAMS = 0x100, 0x101, 0x1000
H264, HEVC, AAC = 0x1B, 0x24, 0x0F
KEY = {
    H264: b"\x00\x00\x01\x67sps\x00\x00\x01\x68pps\x00\x00\x01\x65",
    HEVC: b"\x00\x00\x01\x40\x01vps\x00\x00\x01\x26\x01",
}
OTHER = {H264: b"\x00\x00\x01\x09\x10\x00\x00\x01\x41", HEVC: b"\x00\x00\x01\x02\x01"}


def packets(identifier: int, payload: bytes, *, random_access: bool = False) -> bytes:
    """The payload in packets; stuffing fills the last one."""
    made, first = b"", True
    while payload or first:
        flags = b"\x40" if random_access and first else b""
        room = PACKET - 4 - (2 if flags else 0)
        part, payload = payload[:room], payload[room:]
        adaptation = b""
        if flags or len(part) < room:
            length = PACKET - 4 - len(part) - 1
            adaptation = bytes([length]) + ((flags or b"\x00") + b"\xff" * (length - 1) if length else b"")
        head = bytes([0x47, (0x40 if first else 0) | identifier >> 8, identifier & 0xFF, 0x30 if adaptation else 0x10])
        made += head + adaptation + part
        first = False
    return made


def _section(table: int, body: bytes) -> bytes:
    return b"\x00" + bytes([table, 0xB0, len(body) + 4]) + body + b"\xcc\xcc\xcc\xcc"


def tables(codec: int = H264) -> bytes:
    """The list of programs, with the network's own first, and the one program's streams: sound, then video."""
    programs = b"\x00\x01\xc1\x00\x00" + b"\x00\x00\xe0\x10" + b"\x00\x01" + (0xE000 | PROGRAMS).to_bytes(2, "big")
    streams = b"\x00\x01\xc1\x00\x00\xe1\x00\xf0\x03\x0a\x01\x00"
    for kind, identifier in ((AAC, SOUND), (codec, VIDEO)):
        streams += bytes([kind]) + (0xE000 | identifier).to_bytes(2, "big") + b"\xf0\x02\x52\x00"
    return packets(0, _section(0, programs)) + packets(PROGRAMS, _section(2, streams))


def picture(
    time: int | None, *, key: bool = False, codec: int = H264, before: bytes = b"", random_access: bool = False
) -> bytes:
    """One picture, whose slice stands behind `before`."""
    stamp = b""
    if time is not None:
        time %= 2**33
        stamp = bytes([0x21 | time >> 29 & 0x0E, time >> 22 & 0xFF, 1 | time >> 14 & 0xFE, time >> 7 & 0xFF])
        stamp += bytes([1 | time << 1 & 0xFE])
    head = b"\x00\x00\x01\xe0\x00\x00\x80" + bytes([0x80 if stamp else 0, len(stamp)]) + stamp
    slices = (KEY if key else OTHER)[codec] + b"\x9a" * 600
    return packets(VIDEO, head + before + slices, random_access=random_access)


def film(
    seconds: float, *, first: int = 12_345, key_every: int = 10, from_key: bool = False, codec: int = H264
) -> bytes:
    """Ten pictures a second; it begins in the middle between two key frames unless `from_key`."""
    made = b""
    for number in range(round(seconds * 10)):
        shift = 0 if from_key else key_every // 2
        key = (number + shift) % key_every == 0
        made += (tables(codec) if number % 5 == 0 else b"") + picture(
            first + number * SECOND // 10, key=key, codec=codec
        )
    return made


def payloads(stream: bytes, size: int = 7 * PACKET) -> Iterable[bytes]:
    """The stream as a relay cuts it."""
    return (stream[at : at + size] for at in range(0, len(stream), size))
