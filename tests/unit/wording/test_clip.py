"""What a person reads, for every stage and every end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.models import CommandStatus, End, HeldBack, Kind, Owner, Stage
from bot.wording import Card, any_command, clip
from bot.wording.reasons import reason
from tests.support.jobs import NOW, TARGET, a_job
from tests.support.reading import buttons_of, drawn, rows_of, text_of

LONG = "x" * 5000
HOSTILE = "[click](https://evil.example) **@everyone** <@1> `code` \n# title ||spoiler||"


def _shown(card: Card) -> str:
    return text_of(drawn(card))


@pytest.mark.parametrize("end", [end for end in End if end is not End.DELIVERED])
def test_every_end_names_its_cause_and_the_next_step(end: End) -> None:
    options = (("camera.410.610", "Front Door · Home"),) if "camera" in end else ()
    job = a_job(stage=Stage.ENDED, end=end, options=options)
    why = reason(job)
    assert why.headline.endswith(".")
    assert why.cause.endswith((".", "!"))
    assert len(why.next_step) > 10
    assert why.headline in _shown(clip.card(job))
    assert why.next_step in _shown(clip.card(job))


def test_no_two_ends_say_the_same() -> None:
    headlines = {reason(a_job(stage=Stage.ENDED, end=end)).headline for end in End}
    assert len(headlines) == len(End)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ENDED])
@pytest.mark.parametrize("text", [LONG, HOSTILE, ""], ids=["long", "hostile", "empty"])
def test_progress_keeps_discords_limits_and_shows_hostile_names_as_they_are(stage: Stage, text: str) -> None:
    job = a_job(
        stage=stage,
        asked=text,
        target=replace(TARGET, name=text, network=text),
        status=CommandStatus(condition=text, stage=text, message=text, code=307),
    )
    spoken = _shown(clip.card(job, position=2))
    assert len(spoken) <= 4000
    assert "<@1>" not in spoken.replace(r"\<@1>", "")
    assert "[click](" not in spoken.replace(r"\[click](", "")


@pytest.mark.parametrize("end", End)
def test_every_end_can_be_drawn_whatever_the_names(end: End) -> None:
    options = tuple((f"camera.410.{number}", LONG) for number in range(25))
    target = replace(TARGET, name=LONG, network=LONG, usb=LONG)
    status = CommandStatus(message=LONG, code=1, http_status=500)
    job = a_job(stage=Stage.ENDED, end=end, asked=LONG, target=target, status=status, options=options, size=20 * 2**20)
    shown = drawn(clip.card(job))
    assert 0 < len(text_of(shown).strip()) <= 4000
    assert sum(map(len, rows_of(shown))) <= 25


def test_the_first_copy_says_why_it_comes_and_how_to_stop_it() -> None:
    job = a_job(stage=Stage.ENDED, end=End.DELIVERED, asked_at=NOW)
    card = clip.dm_card(job, introduce=True, late=False)
    assert "longer than 30 seconds" in card.text
    assert "Stop these messages" in [button.label for button in card.buttons]


def test_a_video_is_named_for_its_camera_and_time_in_letters_every_system_takes() -> None:
    job = a_job(target=replace(TARGET, name="../Café: Front/Door"), asked_at=NOW + timedelta(seconds=5))
    assert clip.filename(job) == "caf-front-door-20261123-120005-01234567.mp4"


def test_buttons_carry_only_what_their_templates_read_back() -> None:
    job = a_job(stage=Stage.ENDED, end=End.CAMERA_AMBIGUOUS, options=(("owl.1.2", "Hall · A"), ("owl.3.4", "Hall · B")))
    ids = [*buttons_of(drawn(clip.card(job))).values()]
    assert ids == [f"clip:pick:{job.id}:0", f"clip:pick:{job.id}:1"]
    assert all(len(one or "") <= 100 for one in ids)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ENDED])
def test_a_clip_that_goes_on_after_a_restart_says_so_and_nothing_else(stage: Stage) -> None:
    job = a_job(stage=stage, status=CommandStatus(condition="running", stage="dev"))
    card = clip.paused(job)
    assert card.text.startswith("**The bot restarts; your clip goes on by itself.**")
    assert card.title == clip.card(job).title
    assert not card.buttons


def test_a_picture_that_goes_on_after_a_restart_is_not_called_a_clip() -> None:
    text = clip.paused(a_job(kind=Kind.SNAPSHOT)).text
    assert "your picture goes on by itself" in text


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ENDED])
def test_progress_is_told_from_all_else_that_a_reply_can_say(stage: Stage) -> None:
    job = a_job(stage=stage, status=CommandStatus(condition="running", stage="dev"))
    for card in (clip.card(job), clip.card(job, position=2), clip.card(job, waiting=True), clip.paused(job)):
        assert clip.is_progress(job, _shown(card))
    for other in (any_command.NOT_WRITTEN, any_command.STORE_AWAY, any_command.mistake("01234567")):
        assert not clip.is_progress(job, _shown(other))


@pytest.mark.parametrize("end", End)
def test_an_end_is_no_progress(end: End) -> None:
    job = a_job(stage=Stage.ENDED, end=end, options=(("0" * 32, "1/2/3"),))
    assert not clip.is_progress(job, _shown(clip.card(job)))


HELD = {
    HeldBack(0): "three of your cameras are at work, and this one is next",
    HeldBack(1): "three of your cameras are at work, and one more waits before this one",
    HeldBack(3, of_owner=True): "three of Alice's cameras are at work, and 3 more wait before this one",
}


@pytest.mark.parametrize(("held", "sentence"), HELD.items())
def test_who_waits_for_their_own_cameras_reads_their_place(held: HeldBack, sentence: str) -> None:
    owner = Owner(3, "Alice", "0" * 16) if held.of_owner else None
    assert sentence in _shown(clip.card(a_job(stage=Stage.QUEUED, owner=owner), held=held))


def test_one_too_many_is_refused_with_what_is_true() -> None:
    own, shared = (
        reason(a_job(stage=Stage.ENDED, end=End.TOO_MANY, owner=owner)).headline
        for owner in (None, Owner(3, "Alice", "0" * 16))
    )
    assert own == "Five of your cameras are already at work or waiting."
    assert shared == "Five cameras are already at work or waiting, yours or Alice's."


@pytest.mark.parametrize("end", End)
def test_every_end_shows_hostile_names_as_they_are(end: End) -> None:
    target = replace(TARGET, name=HOSTILE, network=HOSTILE)
    spoken = _shown(clip.card(a_job(stage=Stage.ENDED, end=end, asked=HOSTILE, target=target)))
    assert "<@1>" not in spoken.replace(r"\<@1>", "")
    assert "[click](" not in spoken.replace(r"\[click](", "")
