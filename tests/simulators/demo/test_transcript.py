"""A chat as plain text."""

import io
import time
from typing import Any

import pytest

from simulators.demo.transcript import Transcript, over, plain
from tests.simulators.discord.v2 import box, button, menu, row, section, text


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
        ("### Try </clip:12> first", "Try /clip first"),
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


def test_components_a_file_and_buttons_are_drawn_under_the_sender() -> None:
    told = text("### 📹 Door\n**Done.**\n-# Blink: done")
    beside = section(text("Armed"), accessory=button("disarm", label="Disarm"))
    buttons = row(button(label="Remove", emoji={"name": "🗑️"}), button("more", label="More", emoji=None))
    shown = printed(
        width=80,
        attachments=[{"filename": "door.mp4", "size": 12345}],
        components=[box(told, beside, buttons, row(menu("a", placeholder="Which?")))],
    )
    lines = [line.removeprefix("          │ ") for line in shown.splitlines()[1:]]
    assert "Blink Clips (only alice sees this)" in shown
    words = ["📹 Door", "Done.", "Blink: done", "Armed"]
    assert lines == [*words, "📎 door.mp4  12,345 bytes", "[Disarm]", "[🗑️ Remove] [More]", "[Which?]", ""]


def test_a_direct_message_is_its_content() -> None:
    shown = printed(width=80, content="Motion at Front Door", components=[row(button(label="Record"))])
    assert [line.removeprefix("          │ ") for line in shown.splitlines()[1:]] == [
        "Motion at Front Door",
        "[Record]",
        "",
    ]


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    door = [box(text("Door"), accent_color=0x23A55A)]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\033[38;2;35;165;90m│" in printed(width=80, out=Terminal(), components=door)
    monkeypatch.setenv("TERM", "dumb")
    assert "\033" not in printed(width=80, out=Terminal(), components=door)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033" not in printed(width=80, out=Terminal(), components=door)


def test_a_reply_is_over_when_it_has_a_file_or_a_button() -> None:
    assert not over(message(attachments=[], components=[box(text("Door"))]))
    assert not over(message(attachments=[{"filename": "latest.jpg"}], components=[]))
    assert over(message(components=[box(text("Door"), row(button(label="Retry")))]))
