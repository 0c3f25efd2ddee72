"""The pictures of a round go out together, as far as a place takes them."""

from pathlib import Path

import pytest

from bot.delivery import job_endings
from bot.delivery.errors import DoesNotFit
from bot.jobs import Media
from bot.models import CameraKey, CameraKind, End, Job, Round, Shot
from bot.wording import clip
from tests.support.examples import a_job, a_target

NAMES = ("Attic", "Kitchen!", "Kitchen?")


def _taken() -> tuple[Job, Round]:
    shots = [
        Shot(CameraKey(CameraKind.CAMERA, 7, number), name, path=f"/{number}") for number, name in enumerate(NAMES, 1)
    ]
    taken = Round((*shots, Shot(CameraKey(CameraKind.CAMERA, 7, 9), "Yard", end=End.CAMERA_OFFLINE)))
    return a_job(round=taken, target=a_target()), taken


def _media(*sizes: int) -> Media:
    first, *others = [Media(Path(f"{number}.jpg"), size) for number, size in enumerate(sizes)]
    return Media(first.path, first.size, others=tuple(others))


def test_all_that_fit_go_together_under_different_names_with_the_cameras_as_captions() -> None:
    job, taken = _taken()
    shown, file = job_endings._gallery(job, taken, _media(10, 20, 30), 60)
    assert shown == job
    files = (file, *file.others)
    assert [one.caption for one in files] == list(NAMES)
    assert len({one.name for one in files}) == 3
    assert file.size == 60
    assert file.name == clip.filename(job)


def test_what_does_not_fit_beside_the_others_is_left_out_and_told() -> None:
    job, taken = _taken()
    shown, file = job_endings._gallery(job, taken, _media(10, 60, 30), 50)
    assert [one.caption for one in (file, *file.others)] == ["Attic", "Kitchen?"]
    assert [(one.name, one.end) for one in shown.round.failed] == [  # type: ignore[union-attr]
        ("Kitchen!", End.TOO_LARGE),
        ("Yard", End.CAMERA_OFFLINE),
    ]


def test_a_place_that_takes_none_of_them_takes_none() -> None:
    job, taken = _taken()
    with pytest.raises(DoesNotFit):
        job_endings._gallery(job, taken, _media(10, 20, 30), 9)
