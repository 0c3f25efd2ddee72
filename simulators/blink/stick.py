"""The USB drive in a Sync Module: the clips on it, and the manifests by whose numbers they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .behaviour import SETTING, scaled
from .clips import Command, Recording

if TYPE_CHECKING:
    from .networks import Network
    from .world import World


@dataclass(eq=False)
class Manifest:
    """One list of the stick's clips, which the Sync Module makes by a command."""

    id: int
    command: Command
    stale: bool = False
    clips: dict[int, Recording] | None = None  # by number, as they were when it was finished; None: nobody read it yet


@dataclass(eq=False)
class Stick:
    """What a Sync Module does with its drive; only one whose state is "active" takes new clips."""

    network: Network
    manifests: list[Manifest] = field(default_factory=list[Manifest])
    _uploads: dict[tuple[int, int], tuple[Command, Recording]] = field(
        default_factory=dict[tuple[int, int], tuple[Command, Recording]]
    )
    _free: list[int] = field(default_factory=list[int])

    @property
    def readable(self) -> bool:
        """Whether its clips can be listed and fetched."""
        return self.network.usb in ("active", "memory_full")

    def clips(self, now: float) -> list[Recording]:
        """Return what is on it, oldest first."""
        kept = [one for camera in self.network.cameras for one in camera.made if one.on_usb(now)]
        return sorted(kept, key=lambda one: (one.created_at, one.media_id))

    def keep(self, recording: Recording, appears: float) -> None:
        """Plan that a recording is here from `appears` on."""
        recording.usb_appears = appears
        recording.usb_number = self._free.pop(0) if self._free else self._world.new_id("usb clip")

    def request_manifest(self) -> Manifest:
        """Let the Sync Module list what is here."""
        manners = scaled(SETTING, self._world.manifest_seconds)
        command = self.network.accept("local_storage_manifest", None, manners)
        manifest = Manifest(self._world.new_id("manifest"), command)
        self.manifests.append(manifest)
        return manifest

    def read(self, manifest: Manifest) -> dict[int, Recording]:
        """Return a finished manifest's clips by number; reading it again brings the same."""
        if manifest.clips is None:
            finished = manifest.command.started + manifest.command.behaviour.seconds
            manifest.clips = {one.usb_number: one for one in self.clips(finished)}
        return manifest.clips

    def current(self, number: int) -> Manifest | None:
        """Return a manifest that clips may be asked for by: only the newest one, and not if it is stale."""
        made = [one for one in self.manifests if self._made(one)]
        return made[-1] if made and made[-1].id == number and not made[-1].stale else None

    def numbered(self, number: int) -> Recording | None:
        """Return the clip that has this number now."""
        return next((one for one in self.clips(self._world.clock()) if one.usb_number == number), None)

    def upload(self, manifest: Manifest, recording: Recording) -> Command:
        """Let the Sync Module send a clip into the cloud, where it lies under its number of now."""
        manners = scaled(SETTING, self._world.usb_upload_seconds)
        command = self.network.accept("local_storage_clip", None, manners)
        self._uploads[manifest.id, recording.usb_number] = command, recording
        return command

    def uploaded(self, manifest: int, number: int) -> Recording | None:
        """Return what a finished upload has brought into the cloud."""
        command, recording = self._uploads.get((manifest, number), (None, None))
        if command is None or command.cut_short or not command.state(self._world.clock()).complete:
            return None
        return recording

    def restart(self, *, silent: bool) -> None:
        """Give every clip another one's number; unless it is silent, the cloud knows that its manifests are stale."""
        clips = self.clips(self._world.clock())
        numbers = [one.usb_number for one in clips]
        if len(clips) == 1:
            self._free, numbers = numbers, [self._world.new_id("usb clip")]
        for recording, number in zip(clips, [*numbers[1:], *numbers[:1]], strict=True):
            recording.usb_number = number
        for manifest in self.manifests if not silent else ():
            manifest.stale = True

    def _made(self, manifest: Manifest) -> bool:
        return manifest.command.state(self._world.clock()).complete and not manifest.command.cut_short

    @property
    def _world(self) -> World:
        return self.network.account.world
