"""Who may use the bot, by the host's choice."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.ui import Access

HOME, ELSEWHERE, ALICE, MALLORY = 10, 11, 1, 2


@pytest.mark.parametrize(
    ("guilds", "users", "user", "guild", "lets"),
    [
        ((), (), MALLORY, ELSEWHERE, True),
        ((), (), MALLORY, None, True),
        ((HOME,), (), MALLORY, HOME, True),
        ((HOME,), (), ALICE, ELSEWHERE, False),
        ((HOME,), (), ALICE, None, False),
        ((), (ALICE,), ALICE, ELSEWHERE, True),
        ((), (ALICE,), ALICE, None, True),
        ((), (ALICE,), MALLORY, HOME, False),
        ((), (ALICE,), MALLORY, None, False),
        ((HOME,), (ALICE,), MALLORY, HOME, True),
        ((HOME,), (ALICE,), ALICE, ELSEWHERE, True),
        ((HOME,), (ALICE,), ALICE, None, True),
        ((HOME,), (ALICE,), MALLORY, ELSEWHERE, False),
        ((HOME,), (ALICE,), MALLORY, None, False),
    ],
)
def test_who_may_use_the_bot_where(guilds: Any, users: Any, user: int, guild: int | None, lets: bool) -> None:
    interaction: Any = SimpleNamespace(user=SimpleNamespace(id=user), guild_id=guild)
    assert Access(frozenset(guilds), frozenset(users)).lets(interaction) is lets
