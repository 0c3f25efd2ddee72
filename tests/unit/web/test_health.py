"""What a host asks: whether the bot lives, and whether it is ready."""

import json
from collections.abc import Mapping

from tests.support.page import PageSetup, Visitor


async def _broken() -> Mapping[str, str]:
    return {"gateway": "ok", "database": "failed"}


async def test_a_bot_that_is_well_is_ready(stage: PageSetup, visitor: Visitor) -> None:
    answer = await visitor.ask("GET", "/readyz")
    assert (answer.status, json.loads(answer.html)) == (200, {"gateway": "ok"})


async def test_a_bot_that_lacks_something_lives_and_is_not_ready(stage: PageSetup, visitor: Visitor) -> None:
    await stage.restart(ready=_broken)
    answer = await visitor.ask("GET", "/readyz")
    assert (answer.status, json.loads(answer.html)) == (503, {"gateway": "ok", "database": "failed"})
    assert (await visitor.ask("GET", "/livez")).status == 200
