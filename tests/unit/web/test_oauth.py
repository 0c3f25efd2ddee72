"""Asking Discord who sits at the browser closes the attack by a forwarded link."""

from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.page import CODE, EMAIL, PASSWORD, SMS, USER, PageSetup, Visitor, signed_in, through_discord
from tests.unit.web.discord import Discord


async def test_the_person_of_the_link_goes_on(stage: PageSetup, visitor: Visitor, discord: Discord) -> None:
    stage.blink.says(SMS, signed_in())
    assert "Discord asks you to confirm" in (await visitor.open(await stage.invite())).text
    seen = await through_discord(visitor, visitor.path)
    assert seen.heading == "Sign in to Blink"
    await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert (await visitor.press("code", code=CODE)).heading == "Your Blink account is linked"


async def test_whoever_gets_a_forwarded_link_cannot_use_it(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    discord.signed_in_as = 666
    path = await stage.invite()
    seen = await through_discord(visitor, path)
    assert (seen.status, seen.heading) == (403, "This link is for somebody else")
    assert "close this page: they would see your cameras" in seen.text
    assert (await visitor.open(path)).heading == "Is this your Discord account?"
    answer = await visitor.send("confirm", do="password", username=EMAIL, password=PASSWORD)
    assert answer.status == 403
    assert stage.blink.heard == []


async def test_discord_is_asked_for_no_more_than_who_it_is_and_never_sees_the_link(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    path = await stage.invite()
    await through_discord(visitor, path)
    (query,) = discord.queries
    assert query["scope"] == "identify"
    assert set(query) == {
        *("response_type", "client_id", "scope", "redirect_uri", "state", "code_challenge", "code_challenge_method")
    }
    assert path.removeprefix("/link/") not in discord.asked[0]


async def test_a_state_works_once_and_in_its_own_browser(stage: PageSetup, visitor: Visitor, discord: Discord) -> None:
    path = await stage.invite()
    await visitor.open(path)
    away = await visitor.send("confirm")
    back = (await visitor.ask("GET", away.location)).location
    other = stage.visitor()
    await other.open(path)
    for stranger in (other, stage.visitor()):
        answer = await stranger.ask("GET", back)
        assert (answer.status, answer.heading) == (403, "Please start again")
    state = dict(parse_qsl(urlsplit(back).query))["state"]
    assert (await visitor.ask("GET", back.replace(state, state[::-1]))).status == 403
    assert (await visitor.ask("GET", "/oauth/discord")).status == 403
    assert (await visitor.ask("GET", back)).status == 303
    assert (await visitor.ask("GET", back)).status == 403
    assert len(discord.tokens) == 1, "only one code was used"


async def test_a_code_for_another_trip_is_refused_by_its_verifier(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    path = await stage.invite()
    await visitor.open(path)
    backs = []
    for _ in range(2):
        away = await visitor.send("confirm")
        backs.append(dict(parse_qsl(urlsplit((await visitor.ask("GET", away.location)).location).query)))
    mixed = f"/oauth/discord?state={backs[0]['state']}&code={backs[1]['code']}"
    answer = await visitor.ask("GET", mixed)
    assert (answer.status, answer.heading) == (403, "Discord did not say who you are")


async def test_a_trip_that_took_too_long_starts_again(stage: PageSetup, visitor: Visitor, discord: Discord) -> None:
    await visitor.open(await stage.invite())
    away = await visitor.send("confirm")
    back = await visitor.ask("GET", away.location)
    stage.clock.pass_by(minutes=10, seconds=1)
    assert (await visitor.ask("GET", back.location)).heading == "Please start again"
    assert discord.tokens == {}


@pytest.mark.parametrize(
    ("mood", "status", "heading"),
    [
        ("declines", 403, "Discord did not confirm that it is you"),
        ("broken", 502, "Discord does not answer"),
        ("hangs up", 502, "Discord does not answer"),
        ("strange", 502, "Discord does not answer"),
        ("refuses", 403, "Discord did not say who you are"),
    ],
)
async def test_each_trouble_with_discord_has_its_own_words_and_a_way_back(
    stage: PageSetup,
    visitor: Visitor,
    discord: Discord,
    mood: Literal["declines", "broken", "hangs up", "strange", "refuses"],
    status: int,
    heading: str,
) -> None:
    discord.mood = mood
    path = await stage.invite()
    seen = await through_discord(visitor, path)
    assert (seen.status, seen.heading) == (status, heading)
    assert f'<a class="button" href="{path}">Start again</a>' in seen.html
    discord.mood = "well"
    assert (await through_discord(visitor, path)).heading == "Sign in to Blink"


async def test_before_the_bot_has_logged_in_nobody_is_sent_away(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    await stage.restart(oauth=discord.application(None))
    await visitor.open(await stage.invite())
    answer = await visitor.send("confirm")
    assert (answer.status, answer.heading) == (503, "Discord does not answer")


async def test_the_person_may_go_on_in_another_browser_but_finds_nothing_typed_there(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    stage.blink.says(SMS)
    path = await stage.invite()
    await through_discord(visitor, path)
    await visitor.press("password", username=EMAIL, password=PASSWORD)
    other = stage.visitor()
    seen = await through_discord(other, path)
    assert (seen.heading, seen.page.values["username"]) == ("Sign in to Blink", "")
    assert (await visitor.send("code", code=CODE)).status == 403
    assert (await visitor.open(path)).heading == "Is this your Discord account?"
    assert USER.user_id not in stage.memory.links


async def test_only_the_newest_trips_of_a_link_are_remembered(
    stage: PageSetup, visitor: Visitor, discord: Discord
) -> None:
    await visitor.open(await stage.invite())
    away = [(await visitor.send("confirm")).location for _ in range(7)]
    backs = [(await visitor.ask("GET", url)).location for url in away]
    assert (await visitor.ask("GET", backs[0])).status == 403
    assert (await visitor.ask("GET", backs[2])).status == 303
