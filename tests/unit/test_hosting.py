"""A host that throws files away is recognised, and one that keeps them is left in peace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.hosting import forgets

CONTAINER = """\
overlay / overlay rw,relatime,lowerdir=/var/lib/x 0 0
tmpfs /dev tmpfs rw,nosuid 0 0
tmpfs /dev/shm tmpfs rw 0 0
/dev/vdb /data ext4 rw,relatime 0 0
/dev/vdc /my\\040volume ext4 rw 0 0
"""
RENDER, RAILWAY, FLY = {"RENDER": "true"}, {"RAILWAY_ENVIRONMENT": "production"}, {"FLY_APP_NAME": "clips"}
DOKKU = {"DYNO": "worker.1", "DOKKU_APP_TYPE": "dockerfile"}
KEY = "a-secret-of-the-tests-with-32-characters"


@pytest.mark.parametrize("environ", [RENDER, RAILWAY, FLY, DOKKU], ids=["Render", "Railway", "Fly", "Dokku"])
@pytest.mark.parametrize("file", ["/app/data/bot.db", "/dev/shm/bot.db", "/database/bot.db"])
def test_a_file_on_no_volume_is_thrown_away(environ: dict[str, str], file: str) -> None:
    found = forgets(Path(file), environ, CONTAINER)
    assert found is not None
    assert not found.never_keeps


@pytest.mark.parametrize("environ", [RENDER, RAILWAY, FLY, DOKKU], ids=["Render", "Railway", "Fly", "Dokku"])
@pytest.mark.parametrize("file", ["/data/bot.db", "/data/deep/bot.db", "/my volume/bot.db"])
def test_a_file_on_a_volume_is_kept(environ: dict[str, str], file: str) -> None:
    assert forgets(Path(file), environ, CONTAINER) is None


def test_railways_own_word_for_its_volume_counts() -> None:
    environ = RAILWAY | {"RAILWAY_VOLUME_MOUNT_PATH": "/app/data"}
    assert forgets(Path("/app/data/bot.db"), environ, CONTAINER) is None
    assert forgets(Path("/app/bot.db"), environ, CONTAINER) is not None


def test_heroku_keeps_nothing_anywhere() -> None:
    found = forgets(Path("/data/bot.db"), {"DYNO": "worker.1"}, CONTAINER)
    assert found is not None
    assert found.never_keeps


@pytest.mark.parametrize(
    ("environ", "file", "mounts"),
    [
        ({}, Path("/app/data/bot.db"), CONTAINER),
        (RENDER, None, CONTAINER),
        ({"DYNO": "worker.1"}, None, CONTAINER),
        (FLY, Path("/app/data/bot.db"), ""),
        (FLY, Path("/app/data/bot.db"), "nonsense\n\n"),
    ],
    ids=["a machine of one's own", "PostgreSQL", "PostgreSQL on Heroku", "no list of mounts", "an unreadable list"],
)
def test_no_false_alarm(environ: dict[str, str], file: Path | None, mounts: str) -> None:
    assert forgets(file, environ, mounts) is None


def _bot(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), "TOKEN_KEYS": KEY}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("command", ["run", "accounts"])
def test_sqlite_on_heroku_is_refused_with_what_to_do(tmp_path: Path, command: str) -> None:
    done = _bot(tmp_path, command, DYNO="worker.1", DISCORD_TOKEN="a.b.c")
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("✗ DATABASE_URL: Heroku deletes every file")
    assert "heroku addons:create heroku-postgresql" in line
    assert not (tmp_path / "data").exists()


def test_on_shared_memory_the_bot_says_so_and_works(tmp_path: Path) -> None:
    file = Path("/dev/shm") / f"{tmp_path.name}-bot.db"
    if not file.parent.is_dir():
        pytest.skip("/dev/shm is not there")
    try:
        done = _bot(tmp_path, "accounts", FLY_APP_NAME="clips", DATABASE_URL=f"sqlite:///{file}")
        assert done.returncode == 0
        assert "does not lie on a volume" in done.stdout + done.stderr
    finally:
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
