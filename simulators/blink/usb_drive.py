"""The USB drive in a Sync Module: its clips, and the manifests that number them for a request."""

from __future__ import annotations

from dataclasses import dataclass, field

from .clips import Command, Recording
from .cloud import Cloud


@dataclass(eq=False)
class Manifest:
    """One list of the stick's clips, which the Sync Module makes by a command."""

    id: int
    command: Command
    stale: bool = False
    clips: dict[int, Recording] | None = None  # by number, as they were when it was finished; None: nobody read it yet


@dataclass(eq=False)
class Stick:
    """The clips and manifests of the drive in a Sync Module; the network knows the drive's state."""

    cloud: Cloud
    manifests: list[Manifest] = field(default_factory=list[Manifest])
    _kept: list[Recording] = field(default_factory=list[Recording])  # a clip that was deleted stays here
    _uploads: dict[tuple[int, int], tuple[Command, Recording]] = field(
        default_factory=dict[tuple[int, int], tuple[Command, Recording]]
    )
    _free: list[int] = field(default_factory=list[int])

    def clips(self, now: float) -> list[Recording]:
        """Return the clips on it, oldest first."""
        return sorted((one for one in self._kept if one.on_usb(now)), key=lambda one: (one.created_at, one.media_id))

    def keep(self, recording: Recording, appears: float) -> None:
        """Plan that a recording is on the drive from `appears` on."""
        self._kept.append(recording)
        recording.usb_appears = appears
        recording.usb_number = self._free.pop(0) if self._free else self.cloud.new_id("usb clip")

    def add_manifest(self, command: Command) -> Manifest:
        """Add the manifest that a command of the Sync Module makes."""
        manifest = Manifest(self.cloud.new_id("manifest"), command)
        self.manifests.append(manifest)
        return manifest

    def read(self, manifest: Manifest) -> dict[int, Recording]:
        """Return a finished manifest's clips by number, always the same ones."""
        if manifest.clips is None:
            finished = manifest.command.started + manifest.command.behaviour.seconds
            manifest.clips = {one.usb_number: one for one in self.clips(finished)}
        return manifest.clips

    def current(self, number: int) -> Manifest | None:
        """Return the manifest of this number if it is the newest and not stale: only that one serves its clips."""
        made = [one for one in self.manifests if self._made(one)]
        return made[-1] if made and made[-1].id == number and not made[-1].stale else None

    def numbered(self, number: int) -> Recording | None:
        """Return the clip that has this number now."""
        return next((one for one in self.clips(self.cloud.clock()) if one.usb_number == number), None)

    def upload(self, manifest: Manifest, recording: Recording, command: Command) -> None:
        """Plan that a command uploads a clip to the cloud, under the number that it has now."""
        self._uploads[manifest.id, recording.usb_number] = command, recording

    def uploaded(self, manifest: int, number: int) -> Recording | None:
        """Return the recording that a finished upload brought to the cloud, None before that."""
        command, recording = self._uploads.get((manifest, number), (None, None))
        if command is None or command.cut_short or not command.state(self.cloud.clock()).complete:
            return None
        return recording

    def restart(self, *, silent: bool) -> None:
        """Give every clip another one's number, and make every manifest stale unless it is `silent`."""
        clips = self.clips(self.cloud.clock())
        numbers = [one.usb_number for one in clips]
        if len(clips) == 1:
            self._free, numbers = numbers, [self.cloud.new_id("usb clip")]
        for recording, number in zip(clips, [*numbers[1:], *numbers[:1]], strict=True):
            recording.usb_number = number
        for manifest in self.manifests if not silent else ():
            manifest.stale = True

    def _made(self, manifest: Manifest) -> bool:
        return manifest.command.state(self.cloud.clock()).complete and not manifest.command.cut_short
