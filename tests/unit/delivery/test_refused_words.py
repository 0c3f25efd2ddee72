"""A reply whose words Discord refuses ends all the same, and its person is told elsewhere."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from bot.delivery import DeliveryTimeouts, RetryPolicies
from bot.delivery.errors import Refusal
from bot.delivery.job_endings import Endings
from bot.metrics import Metrics
from bot.models import End, Person, Reply, Stage
from bot.wording import Card
from tests.support.jobs import NOW, a_job

BLOCKED = "Front Door"


class FilteredMessenger:
    """Discord with a filter for the camera's name in servers, and open direct messages."""

    def __init__(self) -> None:
        self.shown, self.sent = list[Card](), list[Card]()

    async def edit_by_token(self, _: Reply, card: Card, __: Any = None) -> None:
        if BLOCKED in f"{card.title} {card.text}":
            raise Refusal(code=200000)
        self.shown.append(card)

    async def edit_by_bot(self, *_: Any) -> None:
        raise Refusal

    async def send_dm(self, _: int, card: Card, *__: Any, **___: Any) -> None:
        self.sent.append(card)


async def test_a_reply_whose_words_are_refused_says_that_it_is_over() -> None:
    messenger, person = FilteredMessenger(), Person(6)

    async def of_person(_: int) -> Person:
        return person

    people = SimpleNamespace(person=of_person)
    policies = RetryPolicies(DeliveryTimeouts(gaps=(0.0,), patience=0.0), Metrics())
    uploads = asyncio.Semaphore(1)
    endings = Endings(cast("Any", messenger), cast("Any", people), policies, uploads, now=lambda: NOW)
    told = await endings.show(a_job(stage=Stage.ENDED, end=End.BUSY), None)
    assert told.dm
    [reply], [copy] = messenger.shown, messenger.sent
    assert "Your clip has ended." in reply.text
    assert BLOCKED in copy.title
