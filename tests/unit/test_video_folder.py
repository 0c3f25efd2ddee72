"""The folder for videos under way."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.video_folder import video_folder


def test_the_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with video_folder(tmp_path) as folder:
        (folder / "clip.mp4").write_bytes(b"x")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_what_a_killed_process_left_is_swept_and_one_in_use_is_not(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from bot.video_folder import video_folder\n"
        "with video_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'clip.mp4').write_bytes(b'x'); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    left = [folder for folder in tmp_path.iterdir() if folder.is_dir()]
    assert done.returncode == -9
    assert len(left) == 1
    with video_folder(tmp_path) as mine:
        with video_folder(tmp_path) as second:
            assert mine.exists()
            assert second.exists()
        assert not left[0].exists()


def test_a_strangers_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "lock").touch()
    os.symlink(precious, tmp_path / "blink-clip-bot-evil")
    with video_folder(tmp_path):
        assert (precious / "lock").exists()


def test_bots_that_start_at_the_same_moment_leave_each_other_their_folders(tmp_path: Path) -> None:
    def start(number: int) -> bool:
        with video_folder(tmp_path) as folder:
            return folder.exists()

    with ThreadPoolExecutor(8) as bots:
        assert all(bots.map(start, range(150)))
    assert list(tmp_path.iterdir()) == []
