"""A chat as plain text: for a terminal of any kind, a pipe, or the log of a CI."""

import os
import re
import shutil
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from simulators.discord.components import BUTTON, ROW, STRING_SELECT, TEXT_DISPLAY, walk

Wire = Mapping[str, Any]

LOADING, EPHEMERAL = 1 << 7, 1 << 6
GUTTER = 10
WIDEST = 110
BOLD, DIM, RED, GREEN = "1", "2", "31", "32"
_MOMENT = re.compile(r"<t:(\d+)(?::(\w))?>")
_MENTION = re.compile(r"<@(\d+)>")
_COMMAND = re.compile(r"<(/[-_\w ]+):\d+>")
_SIZE = re.compile(r"^(?:#{1,3}|-#) ")
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


class Transcript:
    """Prints a conversation as it goes on; colours only on a terminal whose owner wants them."""

    def __init__(self, out: TextIO, names: Mapping[int, str] | None = None) -> None:
        """Print to `out`, with people's names in place of the ids by which messages mention them."""
        self._out = out
        self._names = names or {}
        self._colour = out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._width = min(shutil.get_terminal_size((WIDEST, 0)).columns, WIDEST)
        self._began = time.monotonic()
        if reconfigure := getattr(out, "reconfigure", None):
            reconfigure(errors="replace")  # an encoding without ticks and emoji is no reason to end

    def say(self, text: str = "", *style: str) -> None:
        """Print words of the demo's own."""
        for paragraph in text.split("\n"):
            for line in textwrap.wrap(paragraph, self._width) or [""]:
                self._print(self._styled(line, style))

    def address(self, url: str) -> None:
        """Print where the page is, so that nobody overlooks it."""
        rule = "─" * min(self._width, len(url) + 18)
        self._print(f"\n{rule}\n  Open the demo: {self._styled(url, (BOLD,))}\n{rule}\n")

    def success(self, text: str) -> None:
        """Print what was verified."""
        self.say(f"✓ {text}\n", GREEN)

    def failure(self, text: str) -> None:
        """Print what went wrong, in one line."""
        self._print(self._styled(f"✗ {text}", (RED,)))

    def quote(self, lines: Sequence[str]) -> None:
        """Print lines of somebody else's."""
        for line in lines:
            self._print(f"    {line}")

    def command(self, who: str, where: str, text: str) -> None:
        """Print what a person does, and count the time from here."""
        self._began = time.monotonic()
        self._print(f"{self._styled(where, (BOLD,))}\n{'':{GUTTER}}{self._styled(who, (BOLD,))}  {text}\n")

    def event(self, text: str) -> None:
        """Print what happens outside, and count the time from here."""
        self._began = time.monotonic()
        self.say(f"{text}\n", BOLD)

    def message(self, message: Wire, where: str) -> None:
        """Print a message as it is now."""
        seconds = f"{time.monotonic() - self._began:.1f} s"
        who = self._styled(str(message["author"]["username"]), (BOLD,))
        self._print(f"{seconds:>{GUTTER - 2}}  {who} {self._styled(f'({where})', (DIM,)) if where else ''}")
        colours = [one["accent_color"] for one in _components(message) if one.get("accent_color") is not None]
        bar = self._styled("│", _tint(colours[0]) if colours else ())
        for line, style in _lines(message):
            named = _MENTION.sub(lambda found: f"@{self._names.get(int(found[1]), found[1])}", line)
            for part in textwrap.wrap(named, max(self._width - GUTTER - 2, 20)) or [""]:
                self._print(f"{'':{GUTTER}}{bar} {self._styled(part, style)}")
        self._print()

    def _styled(self, text: str, style: Sequence[str]) -> str:
        return f"\033[{';'.join(style)}m{text}\033[0m" if self._colour and text and style else text

    def _print(self, text: str = "") -> None:
        try:
            print(text, file=self._out, flush=True)
        except BrokenPipeError:
            # The reader of a pipe may have seen enough. Python flushes once more at exit, so the pipe is replaced.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())


def over(message: Wire) -> bool:
    """Say whether a reply has come to its end: only then it has a button; a picture can come before."""
    return any(one["type"] in (BUTTON, STRING_SELECT) for one in _components(message))


def answered(message: Wire) -> bool:
    """Say whether a reply is more than "thinking"."""
    return not int(message.get("flags") or 0) & LOADING


def _lines(message: Wire) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each line of a message with its style."""
    if int(message.get("flags") or 0) & LOADING:
        yield "is thinking…", (DIM,)
    for line in texts(message):
        headline = line.startswith(("**", "#"))
        yield plain(line), (BOLD,) if headline else (DIM,) if line.startswith("-# ") else ()
    for file in _listed(message, "attachments"):
        yield f"📎 {file['filename']}  {int(file['size']):,} bytes", ()
    for one in _components(message):
        if one["type"] == ROW:
            yield " ".join(f"[{_label(button)}]" for button in _listed(one, "components")), ()
        elif accessory := one.get("accessory", {}).get("label"):
            yield f"[{accessory}]", ()


def texts(message: Wire) -> list[str]:
    """Return the lines that a message says, in Discord's markdown."""
    shown = [str(one["content"]) for one in _components(message) if one["type"] == TEXT_DISPLAY]
    return [line for text in [str(message.get("content") or ""), *shown] for line in text.splitlines()]


def _components(message: Wire) -> list[Wire]:
    """Return all components of a message, nested ones too."""
    return [one for _, one in walk(message.get("components"))]


def _listed(wire: Wire, key: str) -> list[Wire]:
    """Return a list of objects that may be absent or null."""
    return wire.get(key) or []


def _label(button: Wire) -> str:
    emoji: Wire = button.get("emoji") or {}
    return f"{emoji.get('name') or ''} {button.get('label') or button.get('placeholder') or ''}".strip()


def plain(text: str) -> str:
    """Return Discord's markdown as what a person reads."""
    text = _MOMENT.sub(lambda found: _when(int(found[1]), found[2]), _SIZE.sub("", _COMMAND.sub(r"\1", text)))
    return re.sub(r"\\([\W_])", r"\1", re.sub(r"(?<!\\)(\*\*|`)", "", text))


def _when(moment: int, form: str | None) -> str:
    if form != "R":
        local = datetime.fromtimestamp(moment, UTC).astimezone()
        return f"{local.day} {local:%B %Y %H:%M}"
    seconds = round(moment - time.time())
    size, unit = next((one for one in _UNITS if abs(seconds) >= one[0]), (1, "second"))
    count = abs(seconds) // size
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return "now" if seconds == 0 else f"in {words}" if seconds > 0 else f"{words} ago"


def _tint(colour: int | None) -> tuple[str, ...]:
    """Return the colour of a container's bar, for a terminal that has all of them."""
    if colour is None:
        return ()
    return ("38", "2", str(colour >> 16 & 255), str(colour >> 8 & 255), str(colour & 255))
