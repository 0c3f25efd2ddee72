"""Live views in tests of the whole bot: the delivered video, picture by picture what the relay has sent."""

import asyncio
import io
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from bot import app
from bot.video import NotRemuxed, PyAvRemuxer, Remuxed, remux
from simulators.blink import Behaviour, Camera
from simulators.blink.behaviour import LiveBehaviour
from simulators.blink.live.sessions import LiveSession
from tests.support.house import House, video_in
from tests.support.street import Street


@dataclass(frozen=True)
class Film:
    """A film as a player shows it: its length, when it begins, each picture, the seconds of sound, and the tracks."""

    seconds: float
    begins: float
    pictures: tuple[str, ...]
    heard: float
    tracks: tuple[str, ...]


class RemuxerHere(PyAvRemuxer):
    """Makes videos as the worker does, but in this process: to start another takes longer than all the rest."""

    async def remux(self, raw: Path, to: Path, *, most_seconds: float, sound: bool) -> Remuxed | NotRemuxed:
        return await asyncio.to_thread(_remuxed, raw, to, most_seconds, sound)


def _remuxed(raw: Path, to: Path, most_seconds: float, sound: bool) -> Remuxed | NotRemuxed:
    made = remux.remux(str(raw), str(to), most_seconds=most_seconds, sound=sound)
    if made is None:
        return NotRemuxed.EMPTY
    if made.seconds < remux.TOO_SHORT:
        return NotRemuxed.TOO_SHORT
    return Remuxed(to.stat().st_size, made.seconds, made.sound, made.skipped)


@pytest.fixture
def live(street: Street, monkeypatch: pytest.MonkeyPatch) -> Street:
    """The street, whose bot records live views; no camera there has a plan, and the bot does not know that yet."""
    return with_live_views(street, monkeypatch)


def with_live_views(street: Street, patch: pytest.MonkeyPatch) -> Street:
    """Let a street's bot record live views, and none of its cameras have a plan."""
    patch.setattr(app, "PyAvRemuxer", RemuxerHere)
    street.house.settings["live_view"] = "on"
    # A slow machine may be late; the tests that are about these limits set their own.
    street.house.live_timing = replace(street.house.live_timing, first_media=15.0, silence=15.0, gap=6.0)
    for camera in (street.front, street.mini, street.bell):
        gives(camera)
    return street


def gives(camera: Camera, *, covered: bool = False, behaviour: dict[str, Any] | None = None, **manners: Any) -> None:
    """Let a camera give its live view in this manner: by default at once, and with patience for a slow machine."""
    wished: dict[str, Any] = {"first_media": 0.6, "release": 1.0, "silence": 4000.0, "connect_within": 4000.0} | manners
    camera.behaviour = Behaviour.quick(covered=covered, live=LiveBehaviour(**wished), **behaviour or {})


def known_to_keep_nothing(street: Street) -> None:
    """Let Blink list that the front camera's videos are not kept, and that another's are."""
    gives(street.mini, covered=True)
    street.front.record_motion()
    street.mini.record_motion()


def sessions(house: House, camera: Camera) -> list[LiveSession]:
    """Return the live views that there were of a camera, oldest first."""
    return house.world.live.of(camera)


def film_in(house: House, message: dict[str, Any]) -> Film:
    """Play the video of a message."""
    [video] = [one for one in message["attachments"] if one["filename"].endswith(".mp4")]
    return film(house.discord.file(video["url"]))


def film(content: bytes, *, stream: bool = False) -> Film:
    """Decode everything from the first key frame on; only a `stream` may be damaged."""
    times: list[float] = []
    pictures: list[str] = []
    heard = 0.0
    with av.open(io.BytesIO(content), format="mpegts" if stream else "mp4") as container:
        seconds, tracks = (container.duration or 0) / av.time_base, tuple(one.type for one in container.streams)
        for packet in container.demux():
            if packet.stream.type == "video" and not pictures and not packet.is_keyframe:
                assert stream, "it does not begin with a key frame"
                continue
            try:
                frames = packet.decode()
            except av.FFmpegError:
                assert stream, "it is damaged"
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    heard += frame.samples / frame.sample_rate
                elif isinstance(frame, VideoFrame):
                    times.append(frame.time or 0.0)
                    pictures.append(_digest(frame))
    return Film(seconds, times[0] if times else 0.0, tuple(pictures), heard, tracks)


def check(house: House, camera: Camera, message: dict[str, Any], *, seconds: float, sound: bool = True) -> None:
    """Assert that the message has the beginning of the camera's latest live view, so many seconds of it."""
    assert video_in(message), message
    session = sessions(house, camera)[-1]
    shown, sent = film_in(house, message), film(b"".join(session.sent), stream=True)
    assert shown.begins == 0
    assert abs(shown.seconds - seconds) <= 1.0
    assert (shown.heard > shown.seconds - 1.0) if sound else ("audio" not in shown.tracks)
    assert len(set(shown.pictures)) > 5, "it is one picture"
    whole = len(shown.pictures) - 1  # the last one may have been cut
    assert shown.pictures[:whole] == sent.pictures[:whole]


def _digest(picture: VideoFrame) -> str:
    """Return what tells a picture from any other, without the padding of its lines."""
    digest = sha256()
    for plane in picture.planes:
        content = bytes(plane)
        for start in range(0, len(content), plane.line_size):
            digest.update(content[start : start + plane.width])
    return digest.hexdigest()
