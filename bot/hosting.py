"""The bot's host, and whether a file there outlives the next restart."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HEROKU = "Heroku"
_THROWN_AWAY = frozenset({"overlay", "aufs", "tmpfs", "ramfs", "devtmpfs", "rootfs"})
_MOUNTS = Path("/proc/self/mounts")

# Each host sets one in every process: devcenter.heroku.com/articles/dynos, render.com/docs/environment-variables,
# docs.railway.com/variables/reference, fly.io/docs/machines/runtime-environment.
_MARKS = (("DYNO", HEROKU), ("RENDER", "Render"), ("RAILWAY_ENVIRONMENT", "Railway"), ("FLY_APP_NAME", "Fly.io"))
_DOKKU = "DOKKU_APP_"  # Dokku sets DYNO as well (dokku/dokku pull request 1465), and DOKKU_APP_TYPE; it has disks


# File systems with their files on another machine, or behind a gap that locks may not cross, like WSL's 9p.
_REMOTE = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "gpfs",
    "beegfs",
    "fuse.",
    "davfs",
    "ncpfs",
)


@dataclass(frozen=True, slots=True)
class Forgetful:
    """A host that throws this file away; `never_keeps` if it offers no disk that would keep it."""

    host: str
    file: Path
    never_keeps: bool


def forgets(file: Path | None, environ: Mapping[str, str] = os.environ, mounts: str | None = None) -> Forgetful | None:
    """Return the host that will throw `file` away; None if it is kept, there is no file, or nobody can know.

    `mounts` has the form of /proc/self/mounts, which is read if none is given.
    """
    host = _host(environ)
    if file is None or host is None:
        return None
    if host == HEROKU:
        return Forgetful(host, file, never_keeps=True)
    volume = environ.get("RAILWAY_VOLUME_MOUNT_PATH")
    if volume and file.is_relative_to(volume):
        return None
    kept = _on_a_volume(file, _read_mounts() if mounts is None else mounts)
    return None if kept else Forgetful(host, file, never_keeps=False)


def network_disk(file: Path | None, mounts: str | None = None) -> str | None:
    """Return the kind of network disk that `file` lies on; None if it lies on none, or nobody can know.

    SQLite's locks and its log are not safe there: https://www.sqlite.org/wal.html.
    """
    if file is None:
        return None
    mount = _mount_of(file.absolute(), _read_mounts() if mounts is None else mounts)
    return mount[1] if mount and mount[1].startswith(_REMOTE) else None


def _host(environ: Mapping[str, str]) -> str | None:
    """Return the host's name, or None for a machine of one's own."""
    if any(name.startswith(_DOKKU) for name in environ):
        return "Dokku"
    return next((name for mark, name in _MARKS if environ.get(mark)), None)


def _on_a_volume(file: Path, mounts: str) -> bool:
    """Return whether a file lies on another disk than the container's; without a list of mounts, True."""
    mount = _mount_of(file, mounts)
    return mount is None or (mount[0] != "/" and mount[1] not in _THROWN_AWAY)


def _mount_of(file: Path, mounts: str) -> tuple[str, str] | None:
    """Return the mount point that holds a file and its file system, or None without a list of mounts."""
    found = [(_unescaped(fields[1]), fields[2]) for line in mounts.splitlines() if len(fields := line.split()) > 2]
    holding = [(point, kind) for point, kind in found if file.is_relative_to(point)]
    if not holding:
        return None
    longest = max(len(point) for point, _ in holding)
    return [one for one in holding if len(one[0]) == longest][-1]  # the latest mount lies on top


def _unescaped(point: str) -> str:
    """Decode a mount point, in which the kernel writes blanks and backslashes as octal numbers."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, letter)
    return point


def _read_mounts() -> str:
    try:
        return _MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return ""
