"""The fixtures of most end-to-end tests."""

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from bot.delivery.progress import DiscordDisplay
from bot.models import Job
from bot.ui import autocomplete
from tests.support.sharing import shared
from tests.support.street import database, street

__all__ = ["database", "patient", "previewed", "prompt", "shared", "street"]

_clip = import_module("bot.ui.clip")  # in the package, the name is the command's
# After so many seconds the bot says that it could not save a command, and what it offers while Blink is silent.
_PATIENT: dict[ModuleType, float] = {_clip: 6.0, autocomplete: 2.0}
_PROMPT: dict[ModuleType, float] = {module: module._IN_TIME for module in _PATIENT}


def _set(limits: dict[ModuleType, float], patch: pytest.MonkeyPatch) -> None:
    for module, seconds in limits.items():
        patch.setattr(module, "_IN_TIME", seconds)


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """Let the bot answer as late as a busy machine likes."""
    with pytest.MonkeyPatch.context() as patch:
        _set(_PATIENT, patch)
        yield


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot answer within the time that it gives itself: how soon it does is what a test is about."""
    _set(_PROMPT, monkeypatch)


@pytest.fixture
def previewed(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return what is set once a camera's latest picture is there, to be drawn with what is new next."""
    there, preview = asyncio.Event(), DiscordDisplay.preview

    def noting(display: DiscordDisplay, job: Job, picture: Path) -> None:
        preview(display, job, picture)
        there.set()

    monkeypatch.setattr(DiscordDisplay, "preview", noting)
    return there
