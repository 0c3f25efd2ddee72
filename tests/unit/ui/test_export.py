"""What people take home of what is kept about them."""

import json
import threading
from types import SimpleNamespace
from typing import Any, cast

from bot.models import Right
from bot.ui.export import exported
from tests.support.examples import ALICE, a_share


class Services:
    """Services in which everything is kept once, or nothing; `shares` is what Alice shares."""

    def __init__(self, kept: object, *shares: object) -> None:
        self.accounts = self.people = self.alerts = self.runner = self
        self.account = self.person = self.watcher = self._returning(kept)
        self.subscriptions_of = self.health_of = self.jobs_of = self._returning([])
        self.untold = SimpleNamespace(of_person=self._returning({}))
        self.shares = SimpleNamespace(
            given_by=self._returning([*shares]), refused_by=self._returning([]), uses=self._returning([])
        )

    def _returning(self, value: object) -> Any:
        async def read(user_id: int, **_: Any) -> object:
            assert user_id == ALICE
            return value

        return read

    async def exported(self) -> dict[str, Any]:
        return json.loads(await exported(cast("Any", self), ALICE))


async def test_an_owner_does_not_read_who_has_left_what_they_share() -> None:
    share = a_share(rights=frozenset({Right.SNAPSHOT, Right.CLIP}), refused_by=frozenset({77}))
    [shown] = (await Services(None, share).exported())["shares"]
    assert shown["rights"] == ["clip", "snapshot"]
    assert shown["label"] == share.label
    assert "refused_by" not in shown


async def test_the_file_is_written_beside_the_event_loop() -> None:
    threads = set[threading.Thread]()

    class Kept:
        def __str__(self) -> str:
            threads.add(threading.current_thread())
            return "kept"

    assert (await Services(Kept()).exported())["choices"] == "kept"
    assert threads
    assert threading.current_thread() not in threads
