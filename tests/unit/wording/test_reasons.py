"""Every end that can be reached: a cause and a next step that fit Discord, and the page that lists them."""

import importlib.util
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from bot.models import End, Job, Kind
from bot.wording import clip
from bot.wording.reasons import reason
from tests.support.reading import drawn, rows_of, sent, text_of, titles_of

ROOT = Path(__file__).parents[3]
COPIED = {"introduce": False, "late": False}
BUTTONS = {
    "**Retry**": "Retry",
    "Pick one below": None,
    "Pick the one you mean": None,
    "take a picture;": "Take a picture",
}


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reasons_of_the_page", ROOT / "docs" / "reasons.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REASONS = _script()
EVERY: list[Job] = list(REASONS.every())


def test_every_end_is_among_them() -> None:
    assert {job.end for job in EVERY} == set(End)
    assert {job.request.kind for job in EVERY} == set(Kind)


@pytest.mark.parametrize("job", EVERY, ids=lambda job: f"{job.end}, {job.request.kind}")
def test_it_names_a_cause_and_a_next_step_and_fits(job: Job) -> None:
    why, card = reason(job), clip.card(job)
    shown = drawn(card)
    assert [card.title] == titles_of(shown)
    assert why.headline in text_of(shown if job.end is not End.DELIVERED else sent(clip.dm_card(job, **COPIED)))
    labels = [button["label"] for row in rows_of(shown) for button in row]
    assert len(labels) == len(set(labels)) <= 25
    if job.end is End.DELIVERED:
        return
    for part in (why.headline, why.cause):
        assert part.endswith((".", "!"))
        assert part in text_of(shown)
        assert "  " not in part
    assert why.next_step in text_of(shown)
    assert len(why.next_step) > 10
    for words, label in BUTTONS.items():
        if words in why.next_step:
            assert labels if label is None else label in labels, f"{words!r} needs its button"


@pytest.mark.parametrize("job", EVERY, ids=lambda job: f"{job.end}, {job.request.kind}")
def test_what_it_says_is_true_of_what_was_asked_for(job: Job) -> None:
    text = text_of(drawn(clip.card(job)))
    if job.request.kind is Kind.SNAPSHOT:
        for untrue in ("recorded", "video", "clip "):
            assert untrue not in text.replace("`/clip", ""), text
    if job.request.kind is Kind.RECENT:
        for untrue in ("Nothing was recorded", "The camera recorded", "new one", "picture", "had been asked"):
            assert untrue not in text, text
    if job.result.pictured:
        assert "how it looks there now" in text
        assert clip.card(job).images == (clip.filename(job),)
    elif job.reason:
        assert "picture could not be taken" in text
    if job.progress.command_id or job.progress.confirmed:
        assert "Nothing was recorded" not in text, text


def test_no_two_ends_share_a_headline() -> None:
    ends: dict[str, set[End | None]] = defaultdict(set)
    for job in EVERY:
        ends[reason(job).headline].add(job.end)
    assert [headline for headline, of in ends.items() if len(of) > 1] == []


def test_the_page_lists_them_all() -> None:
    page = REASONS.PAGE.read_text("utf-8")
    assert REASONS.renewed(page) == page, "run `make docs`"
