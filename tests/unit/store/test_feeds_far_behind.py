"""A feed that is far behind, or of an account that is linked no longer, is saved in one go or not at all."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from bot.models import Region
from bot.store import Store
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_shared_alert,
    a_shared_subscription,
    a_subscription,
    an_account,
    an_alert,
    followed,
)

LONG_AGO = NOON - timedelta(days=1)


async def test_hundreds_of_recordings_cost_no_more_round_trips_than_one(store: Store) -> None:
    feed = await followed(store, a_subscription(), a_shared_subscription())
    early = an_alert(path=None)
    assert await store.alerts.feeds.advance(feed, news=[early], finished=[], forget_before=LONG_AGO)
    own = [an_alert(after=n) for n in range(300)]
    news = [*own, *(a_shared_alert(media_id=one.media_id, happened_at=one.happened_at) for one in own)]
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        statements.append(statement)

    event.listen(store.database._engine.sync_engine, "before_cursor_execute", note)
    whole = replace(early, path="/whole.mp4")
    assert await store.alerts.feeds.advance(feed, news=news, finished=[*news, whole], forget_before=LONG_AGO)
    assert len(statements) < 15
    assert await store.alerts.alert_messages.waiting_of(ALICE) == sorted(
        [whole, *own], key=lambda one: (one.happened_at, one.media_id)
    )
    assert len(await store.alerts.alert_messages.waiting_of(BOB)) == 300
    assert await store.alerts.feeds.advance(feed, news=news, finished=news, forget_before=LONG_AGO)
    assert len(await store.alerts.alert_messages.waiting_of(ALICE)) == 301


async def test_a_look_at_the_account_that_was_linked_before_saves_nothing(store: Store) -> None:
    feed = replace(await followed(store), account_id=5)
    await store.accounts.link(an_account(ALICE, link_id="another", region=Region("u011", 6)))
    [again] = await store.alerts.feeds.keep()
    assert not await store.alerts.feeds.advance(
        feed, news=[an_alert(account_id=5)], finished=[], forget_before=LONG_AGO
    )
    assert await store.alerts.alert_messages.waiting_of(ALICE) == []
    assert await store.alerts.feeds.keep() == [again]
    assert await store.alerts.feeds.advance(replace(again, account_id=6), news=[], finished=[], forget_before=LONG_AGO)
