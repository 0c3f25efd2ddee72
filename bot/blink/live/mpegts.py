"""Tell how long a recording is, from the MPEG transport stream that a relay sends (ISO/IEC 13818-1)."""

from collections.abc import Iterator

_PACKET = 188
_SYNC = 0x47
_PAT = 0
_PAT_TABLE, _PMT_TABLE = 0x00, 0x02
_H264, _HEVC = 0x1B, 0x24  # stream types
_PES_START = b"\x00\x00\x01"
_NAL_START = b"\x00\x00\x01"
_VIDEO_STREAMS = range(0xE0, 0xF0)
_H264_SLICES, _H264_KEY = range(1, 6), (5,)
_HEVC_SLICES, _HEVC_KEYS = range(32), range(16, 24)
_MOST_SEARCHED = 4096  # bytes of a picture before its first slice: parameter sets and messages

_SECOND = 90_000
_WRAP = 2**33
_FARTHEST_AHEAD, _FARTHEST_BACK = 2 * _SECOND, -_SECOND // 2  # a picture shown earlier may come later


class MediaClock:
    """Measures the media from the first key frame on, by the times that its pictures carry.

    It takes the stream in pieces of any size, and looks for the next packet if one does not begin where it should.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None  # None before the first key frame
        self._rest = b""
        self._in_step = False
        self._map: int | None = None  # the packet identifier of the program map
        self._video: int | None = None
        self._hevc = False
        self._picture = bytearray()  # the beginning of the picture that has yet to show whether it is a key frame
        self._searching = False
        self._picture_time: int | None = None
        self._last: int | None = None
        self._position = self._longest = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the stream."""
        for packet in self._packets(piece):
            self._read(packet)

    def _packets(self, piece: bytes) -> Iterator[bytes]:
        stream, at = self._rest + piece, 0
        while len(stream) - at >= _PACKET:
            if stream[at] != _SYNC:
                self._in_step = False
                at = stream.find(_SYNC, at)
                if at < 0:
                    at = len(stream)
            elif self._in_step:
                yield stream[at : at + _PACKET]
                at += _PACKET
            elif len(stream) - at == _PACKET:
                break  # the next piece tells whether a packet begins behind this one
            elif stream[at + _PACKET] == _SYNC:
                self._in_step = True
            else:
                at += 1
        self._rest = stream[at:]

    def _read(self, packet: bytes) -> None:
        begins = bool(packet[1] & 0x40)
        identifier = (packet[1] & 0x1F) << 8 | packet[2]
        has_adaptation, has_payload = packet[3] & 0x20, packet[3] & 0x10
        at = 4 + (1 + packet[4] if has_adaptation else 0)
        random_access = bool(has_adaptation and packet[4] and packet[5] & 0x40)
        payload = packet[at:] if has_payload else b""
        if identifier == _PAT and begins:
            self._read_programs(_section(payload, _PAT_TABLE))
        elif identifier == self._map and begins:
            self._read_streams(_section(payload, _PMT_TABLE))
        elif identifier == self._video:
            if begins:
                self._begin_picture(payload, random_access=random_access)
            elif self._searching:
                self._search(payload)

    def _read_programs(self, section: bytes) -> None:
        for at in range(5, len(section) - 3, 4):
            if section[at] or section[at + 1]:  # program 0 is the network's own
                self._map = (section[at + 2] & 0x1F) << 8 | section[at + 3]
                return

    def _read_streams(self, section: bytes) -> None:
        if len(section) < 9:
            return
        at = 9 + ((section[7] & 0x0F) << 8 | section[8])
        while at + 5 <= len(section):
            kind, identifier = section[at], (section[at + 1] & 0x1F) << 8 | section[at + 2]
            if kind in (_H264, _HEVC):
                self._video, self._hevc = identifier, kind == _HEVC
                return
            at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])

    def _begin_picture(self, payload: bytes, *, random_access: bool) -> None:
        self._searching = False
        if len(payload) < 9 or payload[:3] != _PES_START or payload[3] not in _VIDEO_STREAMS:
            return
        self._picture_time = _time(payload[9:14]) if payload[7] & 0x80 else None
        if self.seconds is not None:
            self._advance()
        elif random_access:
            self._begin()
        else:
            self._picture.clear()
            self._searching = True
            self._search(payload[9 + payload[8] :])

    def _search(self, payload: bytes) -> None:
        """Look for the picture's first slice, which tells whether it is a key frame."""
        self._picture += payload
        at = self._picture.find(_NAL_START)
        while 0 <= at < len(self._picture) - 3:
            byte = self._picture[at + 3]
            kind = byte >> 1 & 0x3F if self._hevc else byte & 0x1F
            if kind in (_HEVC_SLICES if self._hevc else _H264_SLICES):
                self._searching = False
                if kind in (_HEVC_KEYS if self._hevc else _H264_KEY):
                    self._begin()
                return
            at = self._picture.find(_NAL_START, at + 3)
        self._searching = len(self._picture) < _MOST_SEARCHED

    def _begin(self) -> None:
        self.seconds = 0.0
        self._last = self._picture_time

    def _advance(self) -> None:
        """Move on to a picture's time; a jump begins another time line, which goes on from the end of this one."""
        time = self._picture_time
        if time is None:
            return
        if self._last is not None:
            step = (time - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
            if _FARTHEST_BACK <= step <= _FARTHEST_AHEAD:
                self._position += step
            else:
                self._position = self._longest
        self._last = time
        self._longest = max(self._longest, self._position)
        self.seconds = self._longest / _SECOND


def _section(payload: bytes, table: int) -> bytes:
    """Return a table's section from its length on, without its checksum. Returns nothing if it is another table."""
    begin = 1 + payload[0] if payload else 0
    section = payload[begin:]
    if len(section) < 3 or section[0] != table:
        return b""
    length = (section[1] & 0x0F) << 8 | section[2]
    return section[3 : max(3, 3 + length - 4)]


def _time(field: bytes) -> int | None:
    """Return the 33 bits of a time stamp, which stand in five bytes between marks."""
    if len(field) < 5:
        return None
    return (field[0] & 0x0E) << 29 | field[1] << 22 | (field[2] & 0xFE) << 14 | field[3] << 7 | field[4] >> 1
