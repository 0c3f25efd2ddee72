"""Ctrl-C at a question of `python -m bot link`: the command ends at once, and the terminal is as it was."""

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.databases import with_tables

KEY = "a-secret-of-the-tests-with-32-characters"
CTRL_C = b"\x03"
# A terminal that the first process of a session opens becomes its own, and sends it Ctrl-C as a signal, which what runs
# in the background of a shell would ignore.
IN_ITS_TERMINAL = """\
import os, signal, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
_LONGEST = 60


class Terminal:
    """A terminal in which a command runs."""

    def __init__(self, screen: int, keyboard: int, process: subprocess.Popen[bytes]) -> None:
        self._screen, self._keyboard, self._process = screen, keyboard, process

    def reads(self, words: str) -> None:
        """Wait until the screen has shown these words."""
        shown = b""
        while words.encode() not in shown:
            assert select.select([self._screen], [], [], _LONGEST)[0], f"{words!r} does not come after {shown!r}"
            shown += os.read(self._screen, 4096)

    def types(self, keys: bytes) -> None:
        os.write(self._screen, keys)

    def ended(self) -> int:
        return self._process.wait(_LONGEST)

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._keyboard)[3] & termios.ECHO)


@contextmanager
def terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """Run a command of the bot in a terminal."""
    screen, keyboard = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IN_ITS_TERMINAL, "-m", "bot", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(Path.cwd()), "TOKEN_KEYS": KEY},
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        start_new_session=True,
    )
    try:
        yield Terminal(screen, keyboard, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
        os.close(keyboard)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with_tables(tmp_path / "data" / "bot.db")
    return tmp_path


def test_ctrl_c_ends_a_question(folder: Path) -> None:
    with terminal(folder, "link", "42") as shown:
        shown.reads("Blink e-mail")
        shown.types(CTRL_C)
        shown.reads("Aborted!")
        assert shown.ended() == 1


def test_ctrl_c_at_a_hidden_question_lets_the_terminal_show_again_what_is_typed(folder: Path) -> None:
    with terminal(folder, "link", "42") as shown:
        shown.reads("Blink e-mail")
        shown.types(b"alice@example.com\n")
        shown.reads("Blink password")
        assert not shown.echoes
        shown.types(CTRL_C)
        assert shown.ended() == 1
        assert shown.echoes
