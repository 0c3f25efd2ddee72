"""The numbers over HTTP: only for who has the token, and only where there is one."""

import pytest

from bot.web import Scrape
from tests.support.page import PageSetup, Visitor

TOKEN = "a-token-of-the-tests"


async def _numbers() -> bytes:
    return b"blinkclip_tasks 3.0\n"


@pytest.fixture
async def counted(stage: PageSetup) -> PageSetup:
    await stage.restart(scrape=Scrape(TOKEN, _numbers))
    return stage


async def test_without_a_token_in_the_settings_there_are_no_numbers(stage: PageSetup, visitor: Visitor) -> None:
    answer = await visitor.ask("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status == 404


async def test_who_has_the_token_reads_the_numbers(counted: PageSetup, visitor: Visitor) -> None:
    for scheme in ("Bearer", "bearer"):
        answer = await visitor.ask("GET", "/metrics", headers={"Authorization": f"{scheme} {TOKEN}"})
        assert (answer.status, answer.html) == (200, "blinkclip_tasks 3.0\n")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        TOKEN,
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        "Bearer \udcff",
    ],
)
async def test_who_has_another_token_reads_nothing(counted: PageSetup, visitor: Visitor, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    answer = await visitor.ask("GET", "/metrics", headers=headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in answer.html
    assert "blinkclip" not in answer.html


async def test_the_token_in_the_address_opens_nothing(counted: PageSetup, visitor: Visitor) -> None:
    assert (await visitor.ask("GET", f"/metrics?token={TOKEN}")).status == 401


async def test_the_numbers_can_only_be_read(counted: PageSetup, visitor: Visitor) -> None:
    assert (await visitor.ask("POST", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).status == 405


def test_the_token_is_not_in_what_is_logged_of_it() -> None:
    assert TOKEN not in repr(Scrape(TOKEN, _numbers))
