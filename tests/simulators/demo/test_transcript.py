"""A chat as plain text."""

import io
import time
from typing import Any

import pytest

from simulators.demo.transcript import Transcript, over, plain


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def message(**parts: Any) -> dict[str, Any]:
    return {"author": {"username": "Blink Clips"}, "content": "", **parts}


def printed(*, width: int, out: io.StringIO | None = None, **parts: Any) -> str:
    out = out or io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        Transcript(out).message(message(**parts), "only alice sees this")
    return out.getvalue()


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("**Here is your clip.**", "Here is your clip."),
        ("-# Blink: running · cs\\_sent", "Blink: running · cs_sent"),
        ("press **Retry** or use `/clip`", "press Retry or use /clip"),
        ("use </share add:12345678901234567>", "use /share add"),
        ("2 \\*\\* 3", "2 ** 3"),
    ],
)
def test_markdown_becomes_what_a_person_reads(markdown: str, read: str) -> None:
    assert plain(markdown) == read


@pytest.mark.parametrize(
    ("seconds", "read"),
    [(7230, "in 2 hours"), (45, "in 4"), (-15, "ago"), (-86400, "1 day ago")],
)
def test_a_relative_time_is_counted_from_now(seconds: int, read: str) -> None:
    assert read in plain(f"<t:{int(time.time()) + seconds}:R>")


def test_a_date_is_written_out() -> None:
    now = time.time()
    assert str(time.localtime(now).tm_year) in plain(f"Recorded <t:{int(now)}:f>")


def test_an_embed_its_file_and_its_buttons_are_drawn_under_the_sender() -> None:
    text = printed(
        width=80,
        embeds=[
            {"title": "📹 Door", "description": "**Done.**\n-# Blink: done", "fields": [{"name": "Size", "value": "1"}]}
        ],
        attachments=[{"filename": "door.mp4", "size": 12345}],
        components=[{"components": [{"label": "Remove", "emoji": {"name": "🗑️"}}, {"label": "More", "emoji": None}]}],
    )
    lines = [line.removeprefix("          │ ") for line in text.splitlines()[1:]]
    assert "Blink Clips (only alice sees this)" in text
    assert lines == ["📹 Door", "Done.", "Blink: done", "Size: 1", "📎 door.mp4  12,345 bytes", "[🗑️ Remove] [More]", ""]


def test_a_narrow_terminal_breaks_the_progress_line_between_its_steps() -> None:
    text = printed(width=46, embeds=[{"description": "✓ asked Blink → **▸ Sync Module told** → camera recording"}])
    lines = [line.removeprefix("          │ ") for line in text.splitlines()[1:]]
    assert lines == ["✓ asked Blink →", "▸ Sync Module told →", "camera recording", ""]


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    embeds = [{"title": "Door", "color": 0x23A55A}]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\033[38;2;35;165;90m│" in printed(width=80, out=Terminal(), embeds=embeds)
    monkeypatch.setenv("TERM", "dumb")
    assert "\033" not in printed(width=80, out=Terminal(), embeds=embeds)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033" not in printed(width=80, out=Terminal(), embeds=embeds)


def test_a_reply_is_over_when_it_has_a_file_or_a_button() -> None:
    assert not over(message(embeds=[{"title": "Door"}], attachments=[], components=[]))
    assert not over(message(attachments=[{"filename": "latest.jpg"}], components=[]))
    assert over(message(components=[{"components": [{"label": "Retry"}]}]))
