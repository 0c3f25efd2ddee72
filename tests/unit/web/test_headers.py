"""What every answer bears, whoever asked for what."""

import asyncio
import re
from pathlib import Path

import pytest

import bot.web
from bot.web import Pages, serve
from tests.support.page import PASSWORD, PageSetup, Visitor, signed_in
from tests.unit.web.discord import Discord

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


async def every_kind_of_answer(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    path = await stage.invite()
    await visitor.sign_in(path)
    for method, where in [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("GET", "/static/page.css"),
        ("GET", "/static/icon.svg"),
        ("GET", "/static/../server.py"),
        ("GET", "/nowhere"),
        ("DELETE", "/"),
        ("GET", "/link/" + "x" * 43),
        ("GET", "/oauth/discord?state=x&code=y"),
        ("POST", path),
    ]:
        await visitor.ask(method, where)
    await visitor.ask("POST", path, data=b"x" * 20_000, headers={"Content-Type": "application/x-www-form-urlencoded"})
    stage.memory.broken = True
    await visitor.ask("GET", await stage.invite())
    assert {answer.status for answer in visitor.answers} == {200, 303, 403, 404, 405, 413, 415, 500}


async def test_every_answer_forbids_what_it_does_not_need(stage: PageSetup, visitor: Visitor) -> None:
    await every_kind_of_answer(stage, visitor)
    for answer in visitor.answers:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Server"] == "blink-clip-bot"
        assert "Strict-Transport-Security" not in answer.headers, "this stage is not https"


async def test_every_answer_over_https_says_that_it_stays_so(stage: PageSetup, visitor: Visitor) -> None:
    await stage.restart(scheme="https")
    await every_kind_of_answer(stage, visitor)
    assert {answer.headers["Strict-Transport-Security"] for answer in visitor.answers} == {"max-age=31536000"}


async def test_a_form_may_lead_to_discord_only_where_discord_is_asked(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    seen = await visitor.open(await stage.invite())
    assert f"form-action 'self' {discord.site};" in seen.headers["Content-Security-Policy"]


async def test_pages_load_nothing_but_our_own_two_files_and_hold_no_script_or_style(
    stage: PageSetup, visitor: Visitor
) -> None:
    await every_kind_of_answer(stage, visitor)
    tags = re.findall(r"<[^>]+>", "".join(answer.html for answer in visitor.answers if "<html" in answer.html))
    loaded = {match[1] for tag in tags if (match := re.search(r'(?:src|<link.* href)="([^"]*)"', tag))}
    assert loaded == {"/static/page.css", "/static/icon.svg"}
    tags = [tag for tag in tags if tag != '<a class="button" href="https://discord.com/channels/@me">']  # leads away
    assert not [tag for tag in tags if re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?:", tag)]


async def test_a_mistake_is_told_without_its_cause(
    stage: PageSetup, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    stage.memory.broken = True
    seen = await visitor.open(await stage.invite())
    assert (seen.status, seen.heading) == (500, "Something broke on our side")
    assert PASSWORD not in seen.html
    reference = seen.text.split("finds the cause in the log under ")[1][:8]
    assert f"reference {reference}: RuntimeError" in caplog.text
    assert PASSWORD not in caplog.text


async def test_without_pages_there_are_only_health_and_the_first_page(stage: PageSetup, visitor: Visitor) -> None:
    path = await stage.invite()
    await stage.stop()
    stage.ready = lambda: asyncio.sleep(0, {"gateway": "never"})
    async with serve(0, ready=stage.ready, host="127.0.0.1") as port:
        answers = [
            await visitor.ask("GET", f"http://127.0.0.1:{port}{where}") for where in ("/", "/livez", "/readyz", path)
        ]
    assert [answer.status for answer in answers] == [200, 200, 503, 404]
    assert "A Discord bot that records clips" in answers[0].text
    assert [answers[1].html, answers[2].html] == ["alive\n", '{"gateway": "never"}']
    assert all(answer.headers["Content-Security-Policy"] == POLICY for answer in answers)


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://example.org/bot", "https://", "x"])
def test_a_public_url_that_cannot_be_served_is_refused(stage: PageSetup, url: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        Pages(stage.linking, public_url=url)


def test_every_file_that_pages_need_is_where_the_package_data_line_says() -> None:
    here = Path(bot.web.__file__).parent
    found = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    other = {name for name in found if not name.endswith((".py", ".pyc"))}
    assert other == {f"templates/{name}.html" for name in TEMPLATES} | {"static/page.css", "static/icon.svg"}


TEMPLATES = ("base", "code", "confirm", "credentials", "done", "parts", "plain")
