"""A reply whose words Discord refuses ends all the same, and its person is told elsewhere."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from bot.accounts import Person
from bot.clips import End, Reply, Stage
from bot.delivery.ending import Ending
from bot.delivery.pace import Pace
from bot.delivery.patience import Patience, unobserved
from bot.delivery.refusals import Refusal
from bot.wording import Card
from tests.support.jobs import NOW, a_job

BLOCKED = "Front Door"


class Line:
    """Discord with a filter for the camera's name in servers, and open direct messages."""

    def __init__(self) -> None:
        self.shown, self.sent = list[Card](), list[Card]()

    async def edit_by_token(self, _: Reply, card: Card, __: Any) -> None:
        if BLOCKED in f"{card.title} {card.text}":
            raise Refusal(code=200000)
        self.shown.append(card)

    async def edit_by_bot(self, *_: Any) -> None:
        raise Refusal

    async def send_dm(self, _: int, card: Card, *__: Any, **___: Any) -> None:
        self.sent.append(card)


async def test_a_reply_whose_words_are_refused_says_that_it_is_over() -> None:
    line, person = Line(), Person(6)

    async def of_person(_: int) -> Person:
        return person

    async def nothing() -> None:
        pass

    people = SimpleNamespace(person=of_person)
    patience = Patience(Pace(gaps=(0.0,), patience=0.0), unobserved)
    ending = Ending(cast("Any", line), cast("Any", people), patience, now=lambda: NOW, uploads=asyncio.Semaphore(1))
    job = a_job(stage=Stage.ENDED, end=End.BUSY)
    told = await ending.show(job, None, last=nothing)
    assert told.dm
    [reply], [copy] = line.shown, line.sent
    assert "Your clip has come to its end." in reply.text
    assert BLOCKED in copy.title
