"""A server whose Blink a test writes down."""

from collections.abc import AsyncIterator

import pytest

from simulators.demo.tls import Authority
from tests.support.page import PageSetup, Visitor, opened
from tests.unit.web.discord import Discord


@pytest.fixture
async def stage(authority: Authority) -> AsyncIterator[PageSetup]:
    async with opened(authority) as stage:
        await stage.start()
        yield stage


@pytest.fixture
def visitor(stage: PageSetup) -> Visitor:
    return stage.visitor()


@pytest.fixture
async def discord(stage: PageSetup) -> AsyncIterator[Discord]:
    """A Discord that the stage's pages ask who sits at a browser."""
    async with Discord().running() as discord:
        discord.redirect_uri = f"{stage.url}/oauth/discord"
        await stage.restart(oauth=discord.application())
        yield discord
