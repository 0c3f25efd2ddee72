"""A video that is too large for Discord: made to fit, or said why not, with a picture to be had instead."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.models import NotShrunk
from simulators.blink import Behaviour, Fault
from simulators.discord import Fault as DiscordFault
from tests.support.house import buttons_of, text_of
from tests.support.reading import answered, menus_of
from tests.support.street import HELD, Street, let_go
from tests.support.waiting import until
from tests.unit.video.films import Seen, play

MIB = 2**20
PICTURE = Behaviour.quick(video_megabytes=0.3)  # all of it picture
HEAVY = Behaviour.quick(video_size=400_000)  # most of it nothing, for a shrinker that does not look
LIMIT = 300_000
REPLY = "/webhooks/*"
JUNK = b"\0\0\0\x18ftypisom" + b"\xa5" * 400_000


class Cuts:
    """A shrinker that leaves the beginning of a video, since to encode one takes longer than all the rest."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        await asyncio.to_thread(target.write_bytes, await asyncio.to_thread(_beginning, video, limit * 9 // 10))
        return None


class Cannot:
    """A shrinker that makes nothing smaller, and says why."""

    def __init__(self, why: NotShrunk) -> None:
        self.why = why

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        return self.why


class Never:
    """A shrinker that is not done before the bot stops."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        await asyncio.Event().wait()
        return None


def _beginning(video: Path, size: int) -> bytes:
    with video.open("rb") as file:
        return file.read(size)


@pytest.fixture
def tight(street: Street) -> Street:
    """The street, whose camera makes videos larger than the channel takes, and whose bot cuts them."""
    street.front.behaviour = HEAVY
    street.house.channel.attachment_size_limit = LIMIT
    street.house.shrinker = Cuts()
    return street


def cut(street: Street, message: dict[str, Any], limit: int = LIMIT) -> bool:
    """Return whether the one file of a message is the beginning of the front camera's video, made for this limit."""
    [file] = message["attachments"]
    content, whole = street.house.discord.file(file["url"]), street.front.videos[0].mp4
    return limit * 0.8 < len(content) <= limit and whole.startswith(content)


def played(street: Street, message: dict[str, Any], folder: Path) -> Seen:
    """Play the one video of a message."""
    [file] = message["attachments"]
    path = folder / "delivered.mp4"
    path.write_bytes(street.house.discord.file(file["url"]))
    return play(path)


async def test_it_is_made_to_fit_with_its_sound_and_the_reply_says_from_what(tight: Street, tmp_path: Path) -> None:
    tight.front.behaviour, tight.house.shrinker = PICTURE, None
    async with tight.house.bot():
        clip = await tight.house.clip(tight.alice, tight.front)
        reply = await tight.house.finished(clip, timeout=30)
        await until(lambda: not tight.house.live(clip))
    [video] = tight.front.videos
    assert len(video.mp4) > LIMIT
    original = tmp_path / "original.mp4"
    original.write_bytes(video.mp4)
    before, after = play(original), played(tight, reply, tmp_path)
    assert after.size <= LIMIT
    assert after.codecs == ("h264", "aac")
    assert after.seconds == pytest.approx(before.seconds, abs=0.3)
    assert after.heard == pytest.approx(before.heard, abs=0.3)
    assert "It had" in text_of(reply)
    assert f"{len(video.mp4) / 1024:.1f} KiB" in text_of(reply)
    assert any("making it fit for Discord" in text_of(message) for _, message in clip.history)
    [copy] = tight.house.dms(tight.alice)
    assert tight.house.discord.file(copy["attachments"][0]["url"]) == video.mp4, "where there is room it comes whole"
    assert "It had" not in text_of(copy)
    assert tight.house.rows("SELECT size, shrunk_from FROM clip_jobs") == [(after.size, len(video.mp4))]


@pytest.mark.parametrize("shrinker", [Cuts(), Cannot(NotShrunk.NOT_INSTALLED)], ids=["it is", "it cannot be"])
async def test_the_copy_is_made_to_fit_where_only_the_reply_takes_the_whole(street: Street, shrinker: Any) -> None:
    street.front.behaviour = Behaviour.quick(video_size=11 * MIB)
    street.house.channel.attachment_size_limit = 50 * MIB
    street.house.shrinker = shrinker
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        reply = await street.house.finished(clip, timeout=30)
        await until(lambda: not street.house.live(clip), timeout=60)
    assert street.house.discord.file(reply["attachments"][0]["url"]) == street.front.videos[0].mp4
    assert "It had" not in text_of(reply)
    copies = street.house.dms(street.alice)
    if isinstance(shrinker, Cuts):
        [copy] = copies
        assert cut(street, copy, 10 * MIB)
        assert "It had 11.0 MiB" in text_of(copy)
    else:
        assert copies == []
        assert street.house.rows("SELECT ending, sent_as_dm, missed FROM clip_jobs") == [("delivered", 0, 0)]


async def test_eleven_mebibytes_arrive_in_ten(street: Street, tmp_path: Path) -> None:
    street.front.behaviour = Behaviour.quick(video_megabytes=11.0)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        reply = await street.house.finished(clip, timeout=60)
        [copy] = await until(lambda: street.house.dms(street.alice))
        await until(lambda: not street.house.live(clip))
    assert 5 * MIB < played(street, reply, tmp_path).size <= 10 * MIB
    files = [street.house.discord.file(message["attachments"][0]["url"]) for message in (reply, copy)]
    assert files[0] == files[1], "it is encoded once"
    for message in (reply, copy):
        assert "It had 1" in text_of(message)
        assert "MiB, so I made it smaller" in text_of(message)
    assert len(street.front.accepted) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(413, {"message": "Request entity too large", "code": 40005}), (413, "<html>413</html>")],
    ids=["40005", "a proxy's 413"],
)
async def test_a_refusal_although_it_is_within_the_limit_leads_to_a_smaller_one(
    street: Street, status: int, body: Any
) -> None:
    street.front.behaviour, street.house.shrinker = HEAVY, Cuts()
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, public=True)
        street.house.discord.faults.append(DiscordFault("PATCH", REPLY, 1, status, body, from_bytes=LIMIT))
        reply = await street.house.finished(clip, timeout=30)
    [file] = reply["attachments"]
    content, whole = street.house.discord.file(file["url"]), street.front.videos[0].mp4
    assert whole.startswith(content)
    assert len(content) <= len(whole) * 0.8
    assert "so I made it smaller" in text_of(reply)


async def test_a_preview_that_discord_does_not_take_leaves_the_progress(street: Street) -> None:
    street.front.behaviour = HELD
    async with street.house.bot():
        refused = DiscordFault(
            "PATCH", REPLY, 1, 413, {"code": 40005, "message": "Request entity too large"}, from_bytes=1
        )
        street.house.discord.faults.append(refused)
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: refused.hits and "The camera is recording" in text_of(clip.message))
        let_go(street.front)
        reply = await street.house.finished(clip)
    assert refused.hits == 1
    assert street.house.discord.file(reply["attachments"][0]["url"]) == street.front.videos[0].mp4


async def test_discord_taking_much_less_than_it_says_leads_to_a_reason(street: Street) -> None:
    street.house.shrinker = Cannot(NotShrunk.TOO_LONG)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        clip.attachment_size_limit = 100
        reply = await street.house.finished(clip, timeout=30)
    assert "Discord refused a file of that size here" in text_of(reply)


@pytest.mark.parametrize(
    ("shrinker", "body", "why", "share"),
    [
        (Cannot(NotShrunk.NOT_INSTALLED), None, "lacks the part that makes videos smaller", True),
        (Cannot(NotShrunk.TOO_SLOW), None, "took too long", False),
        (Cannot(NotShrunk.TOO_LONG), None, "too long to be made small enough", False),
        (None, JUNK, "could not be made smaller", False),
    ],
    ids=["not installed, shared", "too slow", "too long", "really cannot"],
)
async def test_where_it_cannot_be_made_to_fit_the_end_says_why_and_offers_a_picture(
    tight: Street, shrinker: Any, body: Any, why: str, share: bool
) -> None:
    house = tight.house
    house.shrinker = shrinker
    if body:
        house.blink.faults.append(Fault("video", body=body, headers={"Content-Type": "video/mp4"}))
    async with house.bot():
        clip = await house.clip(tight.alice, tight.front, public=share)
        reply = await house.finished(clip, timeout=30)
        await until(lambda: not house.live(clip))
        assert "too large for Discord" in text_of(reply)
        assert why in text_of(reply)
        assert reply["attachments"] == []
        assert set(buttons_of(reply)) == {"Take a picture", "Retry"}
    async with house.bot():
        click = await house.discord.click(tight.alice, reply["id"], buttons_of(reply)["Take a picture"])
        pictured = await house.finished(click)
    [file] = pictured["attachments"]
    assert house.discord.file(file["url"]) == tight.front.picture.jpeg
    assert "Taken <t:" in text_of(pictured)
    assert bool(pictured["flags"] & 64) is not share
    assert len(tight.front.accepted) == 1


async def test_a_recording_from_the_list_is_made_to_fit_too(tight: Street) -> None:
    async with tight.house.bot():
        await tight.house.finished(await tight.house.clip(tight.alice, tight.front), timeout=30)
        used = await tight.house.discord.slash(tight.alice, tight.house.channel, "recordings")
        listed = await until(lambda: answered(used))
        [menu] = menus_of(listed)
        chosen = await tight.house.discord.select(
            tight.alice, listed["id"], menu["custom_id"], [menu["options"][0]["value"]]
        )
        reply = await tight.house.finished(chosen, timeout=30)
    assert cut(tight, reply)
    assert "so I made it smaller" in text_of(reply)


async def test_a_video_of_unknown_length_is_measured_as_it_comes(tight: Street) -> None:
    tight.house.blink.faults.append(Fault("video", times=None, action="unsized"))
    async with tight.house.bot():
        reply = await tight.house.finished(await tight.house.clip(tight.alice, tight.front), timeout=30)
    assert cut(tight, reply)
    assert f"It had {len(tight.front.videos[0].mp4) / 1024:.1f} KiB" in text_of(reply)


async def test_a_length_that_promises_more_than_comes_is_no_video(street: Street) -> None:
    street.house.blink.faults.append(Fault("video", times=1, action="half"))
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    assert street.house.discord.file(reply["attachments"][0]["url"]) == street.front.videos[0].mp4


async def test_a_restart_while_it_is_made_to_fit_makes_it_fit_again(tight: Street) -> None:
    tight.house.shrinker = Never()
    async with tight.house.bot():
        clip = await tight.house.clip(tight.alice, tight.front)
        await until(lambda: "making it fit" in text_of(clip.message), timeout=20)
    tight.house.shrinker = Cuts()
    async with tight.house.bot():
        reply = await tight.house.finished(clip, timeout=30)
        await until(lambda: not tight.house.live(clip))
    assert cut(tight, reply)
    assert len(tight.front.accepted) == 1
