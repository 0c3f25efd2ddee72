"""The pictures of a round go out together, and a reply whose words Discord refuses ends all the same."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.delivery import DeliveryTimeouts, RetryPolicies, job_endings
from bot.delivery.attachments import Attachment
from bot.delivery.retry import DeliveryRefused, DiscordUnavailable, DmsClosed, DoesNotFit
from bot.jobs import Media
from bot.metrics import Metrics
from bot.models import CameraKey, CameraKind, End, Job, NotifyClips, Person, Reply, Round, Shot, Stage
from bot.wording import Card, clip
from tests.support.examples import a_job, a_target
from tests.support.jobs import JOB, NOW

BLOCKED = "Front Door"
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


class Places:
    """Discord, where a reply takes what it says, and direct messages are open or closed."""

    def __init__(self, *, closed: bool) -> None:
        self.closed = closed
        self.replies, self.copies = list[tuple[Card, Attachment | None]](), list[tuple[Card, Attachment | None]]()

    async def edit_by_token(self, _: Reply, card: Card, file: Attachment | None = None, **__: Any) -> None:
        self.replies.append((card, file))

    async def edit_by_bot(self, *_: Any) -> None:
        raise AssertionError("the token has not expired")

    async def open_dm(self, _: int) -> None:
        if self.closed:
            raise DmsClosed

    async def send_dm(self, user_id: int, card: Card, file: Attachment | None = None, **__: Any) -> None:
        await self.open_dm(user_id)
        self.copies.append((card, file))


def _endings(messenger: object, uploads: asyncio.Semaphore | None = None, **people: Any) -> job_endings.Endings:
    policies = RetryPolicies(DeliveryTimeouts(gaps=(0.0,), patience=60.0 if uploads else 0.0), Metrics())
    kept, uploads = cast("Any", SimpleNamespace(**people)), uploads or asyncio.Semaphore(1)
    return job_endings.Endings(cast("Any", messenger), kept, policies, uploads, now=lambda: NOW)


class OpenedLate(Places):
    """Discord, where direct messages are opened at the third try; `holding` says at each whether an upload waits."""

    def __init__(self) -> None:
        super().__init__(closed=False)
        self.uploads = asyncio.Semaphore(1)
        self.holding = list[bool]()

    async def open_dm(self, _: int) -> None:
        if len(self.holding) < 3:
            self.holding.append(self.uploads.locked())
            if len(self.holding) < 3:
                raise DiscordUnavailable


async def test_no_upload_waits_while_direct_messages_are_not_opened() -> None:
    job, _ = _taken()
    places, person = OpenedLate(), Person(6, NotifyClips.ALWAYS)

    async def of_person(_: int) -> Person:
        return person

    endings = _endings(places, places.uploads, person=of_person)
    assert (await endings.show(job.ended(End.DELIVERED), _media(10, 20, 30))).dm
    assert places.holding == [False] * 3


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
async def test_a_reply_that_takes_fewer_keeps_none_from_the_direct_messages(closed: bool) -> None:
    job, _ = _taken()
    job = replace(job, reply=replace(job.reply, file_limit=50))
    places, person = Places(closed=closed), Person(6, NotifyClips.ALWAYS)

    async def of_person(_: int) -> Person:
        return person

    async def remember(_: Person) -> None:
        pass

    told = await _endings(places, person=of_person, remember_dms=remember).show(
        job.ended(End.DELIVERED), _media(10, 60, 30)
    )
    assert (told.reply, told.dm, told.dms_closed) == (True, not closed, closed)
    assert [len(card.images) for card, _ in places.replies] == [2] * (2 if closed else 1)
    assert [len(card.images) for card, _ in places.copies] == ([] if closed else [3])


class FilteredMessenger:
    """Discord with a filter for the camera's name in servers, and open direct messages."""

    def __init__(self) -> None:
        self.shown, self.sent = list[Card](), list[Card]()

    async def edit_by_token(self, _: Reply, card: Card, __: Any = None) -> None:
        if BLOCKED in f"{card.title} {card.text}":
            raise DeliveryRefused(code=200000)
        self.shown.append(card)

    async def edit_by_bot(self, *_: Any) -> None:
        raise DeliveryRefused

    async def send_dm(self, _: int, card: Card, *__: Any, **___: Any) -> None:
        self.sent.append(card)


async def test_a_reply_whose_words_are_refused_says_that_it_is_over() -> None:
    messenger, person = FilteredMessenger(), Person(6)

    async def of_person(_: int) -> Person:
        return person

    told = await _endings(messenger, person=of_person).show(replace(JOB, stage=Stage.ENDED, end=End.BUSY), None)
    assert told.dm
    [reply], [copy] = messenger.shown, messenger.sent
    assert "Your clip has ended." in reply.text
    assert BLOCKED in copy.title
