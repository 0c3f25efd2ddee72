"""Follow one clip from the command to its video, and note what Blink says and when."""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.blink import BlinkError, Busy, Camera, CommandState, MediaEntry, SignedOut, Started, utcnow
from bot.cameras import usb_name
from bot.models import CameraKind
from bot.video import seconds_of
from bot.wording.shell import doctor as words

from .answers import Doctor

_LARGEST = 100 * 2**20
_SHORT = 8  # fields; the full form of a command has some thirty


@dataclass(frozen=True, slots=True)
class Pace:
    """How often Blink is asked, and for how long; seconds."""

    poll: float = 1.0
    command_for: float = 120.0
    look: float = 3.0
    look_for: float = 120.0
    usb_every: float = 15.0
    usb_poll: float = 2.0
    usb_for: float = 60.0


class Follower:
    """Records one clip on a camera, and follows it to its video."""

    def __init__(self, doctor: Doctor, camera: Camera, pace: Pace) -> None:
        self._doctor = doctor
        self._client = doctor.client
        self._camera = camera
        self._pace = pace

    async def record(self) -> None:
        """Ask for a clip, once, and note all that follows; raises SignedOut."""
        doctor, number = self._doctor, self._doctor.number(self._camera)
        asked = utcnow()
        try:
            answer = await self._client.record_clip(self._camera.key)
        except SignedOut:
            raise
        except BlinkError as error:
            doctor.lines.append(doctor.refused("clip", error))
            return
        heard = self._doctor.listener.last("the recording")
        if isinstance(answer, Busy):
            message = doctor.mask.sentence(answer.message)
            doctor.lines.append(words.busy(number, answer.status, doctor.mask.code(answer.code), message))
            doctor.settled.add(words.BUSY)
            return
        form = "short" if len(heard.fields) <= _SHORT else "full"
        doctor.lines.append(words.begun(number, form, heard.status, heard.seconds))
        if self._camera.key.kind is not CameraKind.CAMERA:
            doctor.settled.add(words.FORM)
        state = await self._command(answer, asked)
        if state is None or not state.failed:
            await self._video(answer, utcnow(), complete=state is not None)

    async def _command(self, started: Started, asked: datetime) -> CommandState | None:
        """Poll the command until it is complete, and return its last state; None if it is not in time."""
        doctor, seen = self._doctor, list[tuple[str, str, float]]()
        state, deadline = started.state, asked + timedelta(seconds=self._pace.command_for)
        while True:
            stage = (doctor.mask.word(state.stage), doctor.mask.word(state.condition))
            if not seen or seen[-1][:2] != stage:
                seen.append((*stage, self._since(asked)))
            if state.complete or utcnow() > deadline:
                break
            await asyncio.sleep(self._pace.poll)
            with doctor.noting("command"):
                state = await self._client.command(self._camera.key.network_id, started.command_id)
        fields = self._doctor.listener.last("the command").fields
        doctor.lines.append(words.stages(seen))
        doctor.lines.append(
            words.ended(
                complete=state.complete,
                status=doctor.mask.code(fields.get("status")),
                code=doctor.mask.code(state.code),
                message=doctor.mask.sentence(state.message),
                media_id=fields.get("media_id") is not None,
                after=self._since(asked),
            )
        )
        if state.complete:
            doctor.settled.add(words.FINISHED)
            return state
        with suppress(BlinkError):  # an open command keeps the Sync Module occupied
            await self._client.end_command(self._camera.key.network_id, started.command_id)
        return None

    async def _video(self, started: Started, ended: datetime, *, complete: bool) -> None:
        """Look for the command's recording in the cloud and on the USB drive."""
        doctor, module = self._doctor, self._doctor.inventory.usb.get(self._camera.key.network_id)
        entry = await self._in_cloud(started, ended)
        if entry:
            doctor.settled.add(words.LISTED)
            await self._download(entry)
        elif complete:
            reason = await self._reason(started)
            doctor.lines.append(words.not_listed(self._pace.look_for, reason))
            if reason == "no_subscription":
                doctor.settled.add(words.NO_PLAN)
        if module is not None and module.module_id is not None and module.state == "active":
            after = await self._on_usb(started, ended)
            doctor.lines.append(words.on_usb(after, self._pace.usb_for))
            doctor.settled.add(words.USB)

    async def _in_cloud(self, started: Started, ended: datetime) -> MediaEntry | None:
        """Wait until Blink lists the whole recording; None if it does not in time."""
        doctor, first = self._doctor, 0.0
        found: dict[str, Any] | None = None
        while self._since(ended) <= self._pace.look_for:
            listed: list[MediaEntry] = []
            with doctor.noting("the recordings"):
                listed = await self._client.media_since(started.at - timedelta(seconds=5), partial=True)
            own = [entry for entry in listed if self._is_own(entry, started)]
            if own and found is None:
                first, found = self._since(ended), self._raw(own[0].media_id)
            if own and not own[0].partial:
                source = doctor.mask.word((found or {}).get("source"))
                began = (own[0].created_at - started.at).total_seconds()
                doctor.lines.append(words.listed(source, listed=first, whole=self._since(ended), began=began))
                return own[0]
            await asyncio.sleep(self._pace.look)
        if found is not None:
            doctor.lines.append(
                words.listed(doctor.mask.word(found.get("source")), listed=first, whole=None, began=0.0)
            )
        return None

    async def _download(self, entry: MediaEntry) -> None:
        doctor = self._doctor
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "video.mp4"
            try:
                size = await self._client.download(entry.path, file, limit=_LARGEST)
            except SignedOut:
                raise
            except BlinkError as error:
                doctor.lines.append(doctor.refused("video", error))
                return
            length = await seconds_of(file)
        doctor.lines.append(words.video(-(-size // 1024), length))
        if length is not None:
            doctor.settled.add(words.LENGTH)

    async def _reason(self, started: Started) -> str:
        """Return Blink's own word for why the app's list has no video of this recording."""
        try:
            await self._client.events_since(started.at - timedelta(seconds=5))
        except BlinkError:
            return "unknown"
        key = self._camera.key
        for entry in self._doctor.listener.last("the events").entries("media"):
            if (entry.get("network_id"), entry.get("device_id")) == (key.network_id, key.camera_id):
                return self._doctor.mask.word(entry.get("no_media_reason"))
        return "none"

    async def _on_usb(self, started: Started, ended: datetime) -> float | None:
        """Return after how many seconds the recording was on the drive; None if it never was."""
        module, begun = self._doctor.inventory.usb[self._camera.key.network_id], utcnow()
        while self._since(begun) <= self._pace.usb_for:
            with self._doctor.noting("USB drive"):
                request = await self._client.usb.request_manifest(module)
                if isinstance(request, Started):
                    asked = utcnow()
                    while (listed := await self._client.usb.manifest(module, request.command_id)) is None:
                        if self._since(asked) > self._pace.usb_for:
                            return None
                        await asyncio.sleep(self._pace.usb_poll)
                    name = usb_name(self._camera.name)
                    for clip in listed.clips:
                        if usb_name(clip.camera_name) == name and clip.created_at >= started.at:
                            return self._since(ended)
            await asyncio.sleep(self._pace.usb_every)
        return None

    def _is_own(self, entry: MediaEntry, started: Started) -> bool:
        key = self._camera.key
        same = (entry.network_id, entry.camera_id) == (key.network_id, key.camera_id)
        return same and entry.created_at >= started.at

    def _raw(self, media_id: int) -> dict[str, Any]:
        """Return a recording as Blink lists it."""
        pages = (one for one in reversed(self._doctor.listener.heard) if one.what == "the recordings")
        entries = (entry for page in pages for entry in page.entries("media"))
        return next((entry for entry in entries if entry.get("id") == media_id), dict[str, Any]())

    def _since(self, moment: datetime) -> float:
        return (utcnow() - moment).total_seconds()
