"""Every other way a clip can end: its own sentence, its cause, and what to do next."""

from collections.abc import Callable
from typing import Any

import pytest

from simulators.blink import Behaviour, Fault
from tests.support.house import House, buttons_of, text_of
from tests.support.lodgers import alone, cleared, lodging, street
from tests.support.street import Street

__all__ = ["alone", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def arranged() -> Callable[[House], None]:
    """Let the bot look for videos that never come, and for commands that never end, only for a moment."""
    return lambda house: house.waits(look_for=0.6, command_deadline=1.0)


Arrange = Callable[[Street], Any]


def _behave(**changes: Any) -> Arrange:
    def arrange(street: Street) -> None:
        street.front.behaviour = Behaviour.quick(**changes)

    return arrange


def _fault(match: Any, **changes: Any) -> Arrange:
    return lambda street: street.house.blink.faults.append(Fault(match, **changes))


def _offline(street: Street) -> None:
    street.front.status = "offline"


def _revoked(street: Street) -> None:
    street.account.expire_access_tokens()
    street.account.revoke_refresh()


ENDS: dict[str, tuple[Arrange, list[str], int | None]] = {
    "the camera fails": (_behave(fail=True), ["could not record", "Clip failed", "523"], 1),
    "the command never completes": (_behave(never_completes=True), ["do not know whether"], 1),
    "the camera is offline": (_offline, ["is offline", "Wi-Fi"], 0),
    "Blink is away": (_fault("homescreen", times=None, status=503), ["does not answer", "HTTP 503"], 0),
    "too many requests": (_fault("clip", status=429), ["slow down", "Retry"], 0),
    "Blink refuses": (
        _fault("clip", status=400, body={"message": "Nope, not today", "code": 4242}),
        ["refused to record", "Nope, not today", "4242"],
        0,
    ),
    "signed out": (_revoked, ["signed this bot out"], 0),
    "always 401": (
        _fault("clip", times=None, status=401, body={"message": "Unauthorized Access", "code": 101}),
        ["Blink refuses for now", "Retry"],
        0,
    ),
    "the mp4 is an error page": (
        _fault("video", times=None, status=200, body="<html>sorry</html>"),
        ["does not hand it over"],
        1,
    ),
    "the list of recordings cannot be read": (
        _fault("media", times=None, status=500),
        ["could not look for its video", "how it looks there now"],
        1,
    ),
    "the video is held back": (
        _fault("video", times=None, status=403),
        ["slow down", "had been asked by then", "Retry"],
        1,
    ),
    "the list of cameras is nonsense": (
        _fault("homescreen", times=None, status=200, body="hello"),
        ["do not understand"],
        0,
    ),
}


@pytest.mark.parametrize("name", ENDS)
async def test_an_end_has_its_sentence_its_cause_and_its_next_step(street: Street, name: str) -> None:
    arrange, expected, accepted = ENDS[name]
    arrange(street)
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    for words in expected:
        assert words in text_of(reply), text_of(reply)
    assert len(street.front.accepted) == accepted
    pictures = [file["filename"] for file in reply["attachments"]]
    assert all(name.endswith(".jpg") for name in pictures)
    assert bool(pictures) is ("how it looks there now" in text_of(reply))


@pytest.mark.parametrize("action", ["apply-then-reset", "half"])
async def test_an_unclear_answer_is_never_asked_again_and_its_video_is_still_found(street: Street, action: Any) -> None:
    street.house.blink.faults.append(Fault("clip", action=action))
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    assert street.house.discord.file(reply["attachments"][0]["url"]) == street.front.videos[0].mp4
    assert len(street.house.blink.asked("clip")) == 1


async def test_an_expired_access_token_is_renewed_once_and_the_clip_is_recorded_once(street: Street) -> None:
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.mini))
        street.account.expire_access_tokens()
        refreshes = len(street.house.blink.asked("token"))
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    assert "Recorded <t:" in text_of(reply)
    assert len(street.front.accepted) == 1
    assert len(street.house.blink.asked("token")) == refreshes + 1


async def test_an_unknown_camera_is_answered_with_the_names_that_exist_and_buttons(street: Street) -> None:
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, "Bathroom"))
        assert "There is no camera" in text_of(reply)
        assert "Front Door · Home" in text_of(reply)
        picked = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Front Door · Home"])
        assert "Recorded <t:" in text_of(await street.house.finished(picked))


async def test_somebody_without_a_link_reads_how_to_get_one(street: Street) -> None:
    stranger = street.house.discord.add_user("carol")
    async with street.house.bot():
        clip = await street.house.clip(stranger, "Front Door")
        reply = await street.house.finished(clip)
    assert "No Blink account is linked" in text_of(reply)
    assert "python -m bot link" in text_of(reply)
    assert [callback.type for callback in clip.callbacks] == [4], "one answer, which nothing can leave unfinished"


async def test_a_hostile_camera_name_is_shown_as_it_is(alone: Street) -> None:
    name = "**@everyone** [x](https://evil.example) <@1>"
    hostile = alone.account.add_network("`Bad`").add_camera(name, behaviour=Behaviour.quick())
    async with alone.house.bot():
        reply = await alone.house.finished(await alone.house.clip(alone.alice, hostile))
    assert r"\*\*@everyone\*\* \[x](https://evil.example) \<@1>" in text_of(reply)


async def test_an_ambiguous_name_is_a_choice(alone: Street) -> None:
    other = alone.account.add_network("Cabin").add_camera("Front Door", behaviour=Behaviour.quick())
    async with alone.house.bot():
        reply = await alone.house.finished(await alone.house.clip(alone.alice, "front door"))
        assert set(buttons_of(reply)) == {"Front Door · Home", "Front Door · Cabin"}
        picked = await alone.house.discord.click(alone.alice, reply["id"], buttons_of(reply)["Front Door · Cabin"])
        await alone.house.finished(picked)
    assert (len(other.accepted), len(alone.front.accepted)) == (1, 0)
