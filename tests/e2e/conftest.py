"""The fixtures of most end-to-end tests."""

import pytest

from bot.ui import autocomplete
from tests.support.sharing import shared
from tests.support.street import database, street

__all__ = ["database", "patient", "shared", "street"]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is offered while somebody types come as late as a busy machine likes."""
    monkeypatch.setattr(autocomplete, "_IN_TIME", 2.0)
