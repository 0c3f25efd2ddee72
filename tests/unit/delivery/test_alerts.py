"""An alert message as it arrives in Discord: once, where its person wants it, and only while they may see it."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import NoDirectMessages
from bot.blink import utcnow
from bot.delivery import AlertSender
from bot.jobs import Shrinker
from bot.models import AlertMessage, CameraNews, Channel, Footage, HealthChange, HealthMessage, NotShrunk, Watcher
from simulators.discord import Fault
from tests.support.alerts import an_alert, an_alert_message
from tests.support.house import buttons_of, text_of
from tests.unit.delivery.conftest import POLICIES, DeliverySetup

VIDEO = b"\0\0\0\x18ftypmp42" + b"v" * 1000
TOO_LARGE = 11 * 2**20


class Scissors:
    """A shrinker that writes a file of so many bytes, whatever the video."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size
        self.limits: list[int] = []

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        self.limits.append(limit)
        if self.size is None or self.size > limit:
            return NotShrunk.TOO_LONG
        await asyncio.to_thread(target.write_bytes, b"s" * self.size)
        return None


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "videos" / "motion.mp4"
    path.parent.mkdir()
    path.write_bytes(VIDEO)
    return path


@pytest.fixture
def picture(video: Path) -> Path:
    path = video.with_suffix(".jpg")
    path.write_bytes(b"\xff\xd8\xff" + b"p" * 500)
    return path


def _sender(town: DeliverySetup, shrinker: Shrinker | None = None) -> AlertSender:
    return AlertSender(town.messenger, town.membership(), shrinker or Scissors(), POLICIES, asyncio.Semaphore(2))


def _message(town: DeliverySetup, **changes: Any) -> AlertMessage:
    """Return a message to Alice of her own front door."""
    return an_alert_message(an_alert(user_id=town.alice.id, owner_id=town.alice.id), made_at=utcnow(), **changes)


def _shared(town: DeliverySetup) -> AlertMessage:
    """Return a message to Alice of Bob's front door."""
    head = an_alert(user_id=town.alice.id, owner_id=town.bob.id, guild_id=town.guild.id, label="Front Door (bob's)")
    return an_alert_message(head, made_at=utcnow())


def _watcher(town: DeliverySetup, *, channel: bool = False) -> Watcher:
    return Watcher(town.alice.id, channel=Channel(town.guild.id, town.channel.id) if channel else None)


async def _show(
    town: DeliverySetup,
    message: AlertMessage,
    footage: Footage = Footage.HERE,
    *,
    channel: bool = False,
    sender: AlertSender | None = None,
    video: Path | None = None,
    picture: Path | None = None,
) -> AlertMessage | None:
    sender = sender or _sender(town)
    return await sender.show(message, _watcher(town, channel=channel), footage, video=video, picture=picture)


def _kinds(message: dict[str, Any]) -> set[str]:
    """Return the kinds of all files that a message shows."""
    return {one["filename"].rpartition(".")[2] for one in message["attachments"]}


@pytest.fixture
def large(video: Path) -> Path:
    """A video that Discord does not take as it is."""
    video.write_bytes(b"v" * TOO_LARGE)
    return video


async def test_the_video_comes_as_a_direct_message(town: DeliverySetup, video: Path) -> None:
    shown = await _show(town, _message(town), video=video)
    [message] = town.messages(town.alice.dm)
    assert shown
    assert (str(shown.channel_id), str(shown.message_id)) == (message["channel_id"], message["id"])
    assert "Motion at Front Door" in text_of(message)
    assert town.discord.file(message["attachments"][0]["id"]) == VIDEO
    assert message["attachments"][0]["description"] == "Motion at Front Door · Home"
    assert list(buttons_of(message)) == ["Record now", "Mute 1 h", "Mute this camera"]


async def test_an_answer_that_gets_lost_brings_no_second_message(town: DeliverySetup, video: Path) -> None:
    town.discord.faults.append(fault := Fault("POST", "/channels/*/messages", action="apply-then-reset"))
    assert await _show(town, _message(town), video=video)
    assert fault.hits == 1
    assert len(town.messages(town.alice.dm)) == 1


async def test_the_video_takes_the_pictures_place(town: DeliverySetup, video: Path, picture: Path) -> None:
    sender = _sender(town)
    first = await _show(town, _message(town), Footage.COMING, sender=sender, picture=picture)
    assert first
    [message] = town.messages(town.alice.dm)
    assert "The video follows" in text_of(message)
    assert _kinds(message) == {"jpg"}
    assert await _show(town, first, sender=sender, video=video) == first
    [message] = town.messages(town.alice.dm)
    assert "follows" not in text_of(message)
    assert _kinds(message) == {"mp4"}


@pytest.mark.parametrize("footage", [one for one in Footage if one is not Footage.HERE])
async def test_where_there_is_no_video_the_message_says_why(town: DeliverySetup, footage: Footage) -> None:
    assert await _show(town, _message(town), footage)
    [message] = town.messages(town.alice.dm)
    assert not message["attachments"]
    assert "Motion at Front Door" in text_of(message)


async def test_ones_own_cameras_are_told_in_the_channel_that_was_chosen(town: DeliverySetup, video: Path) -> None:
    shown = await _show(town, _message(town), channel=True, video=video)
    [message] = town.messages(town.channel)
    assert shown
    assert shown.channel_id == town.channel.id
    assert _kinds(message) == {"mp4"}
    assert not town.messages(town.alice.dm)


async def test_who_may_no_longer_write_in_the_channel_hears_directly(town: DeliverySetup, video: Path) -> None:
    await town.forbid(town.alice.id, town.channel, "view_channel")
    assert await _show(town, _message(town), channel=True, video=video)
    [message] = town.messages(town.alice.dm)
    assert "It comes here because the channel for your alerts is closed" in text_of(message)
    assert not town.messages(town.channel)


@pytest.mark.parametrize("status", [(404, 10003), (403, 50001), (403, 50013)], ids=str)
async def test_where_the_channel_is_closed_to_the_bot_its_person_hears_directly(
    town: DeliverySetup, video: Path, status: tuple[int, int]
) -> None:
    body = {"message": "no", "code": status[1]}
    path = f"/channels/{town.channel.id}/messages"
    town.discord.faults.append(Fault("POST", path, times=None, status=status[0], body=body))
    assert await _show(town, _message(town), channel=True, video=video)
    [message] = town.messages(town.alice.dm)
    assert _kinds(message) == {"mp4"}
    assert "It comes here because" in text_of(message)


async def test_a_channel_that_closes_while_the_video_comes_keeps_nothing(town: DeliverySetup, video: Path) -> None:
    first = await _show(town, _message(town), Footage.COMING, channel=True)
    assert first
    await town.forbid(town.alice.id, town.channel, "send_messages")
    moved = await _show(town, first, channel=True, video=video)
    [message] = town.messages(town.alice.dm)
    assert moved
    assert str(moved.message_id) == message["id"]
    assert _kinds(message) == {"mp4"}
    assert not town.messages(town.channel)
    first_nonce, second_nonce = (one.body["nonce"] for one in town.asked("POST", "/messages"))
    assert first_nonce != second_nonce  # else Discord may answer with the first message, wherever it stands


async def test_a_message_that_was_deleted_does_not_come_back(town: DeliverySetup, video: Path) -> None:
    first = await _show(town, _message(town), Footage.COMING)
    assert first
    town.discord.world.delete_message(first.channel_id, first.message_id)
    assert await _show(town, first, video=video) == first
    assert not town.messages(town.alice.dm)


async def test_a_shared_camera_is_never_told_in_a_channel(town: DeliverySetup, video: Path) -> None:
    await town.share(town.alice)
    assert await _show(town, _shared(town), channel=True, video=video)
    [message] = town.messages(town.alice.dm)
    assert "It comes here because" not in text_of(message)
    assert list(buttons_of(message)) == ["Mute 1 h", "Mute this camera"]
    assert not town.messages(town.channel)


async def test_one_shared_camera_among_ones_own_keeps_them_all_out_of_the_channel(
    town: DeliverySetup, video: Path
) -> None:
    await town.share(town.alice)
    several = replace(_message(town), alerts=(*_message(town).alerts, *_shared(town).alerts))
    assert await _show(town, several, channel=True, video=video)
    assert not town.messages(town.channel)
    assert len(town.messages(town.alice.dm)) == 1


@pytest.mark.parametrize("footage", [Footage.HERE, Footage.COMING])
async def test_what_was_taken_back_is_not_shown(
    town: DeliverySetup, video: Path, picture: Path, footage: Footage
) -> None:
    assert await _show(town, _shared(town), footage, video=video, picture=picture) is None
    assert not town.messages(town.alice.dm)


async def test_what_is_taken_back_while_the_video_is_made_to_fit_is_not_shown(town: DeliverySetup, large: Path) -> None:
    given = await town.share(town.alice)

    class Slow(Scissors):
        async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
            await town.store.shares.revoke(given.id)
            return await super().shrink(video, target, limit=limit)

    assert await _show(town, _shared(town), sender=_sender(town, Slow(1000)), video=large) is None
    assert not town.messages(town.alice.dm)


async def test_a_video_that_is_too_large_is_made_smaller(town: DeliverySetup, large: Path) -> None:
    assert await _show(town, _message(town), sender=_sender(town, Scissors(1000)), video=large)
    [message] = town.messages(town.alice.dm)
    assert message["attachments"][0]["size"] == 1000
    assert "The video had 11.0 MiB, so I made it smaller" in text_of(message)
    assert sorted(path.name for path in large.parent.iterdir()) == [large.name]


async def test_a_place_that_takes_less_than_it_says_gets_a_smaller_video(town: DeliverySetup, video: Path) -> None:
    town.discord.attachment_size_limit = 900
    scissors = Scissors(800)
    assert await _show(town, _message(town), sender=_sender(town, scissors), video=video)
    [message] = town.messages(town.alice.dm)
    assert message["attachments"][0]["size"] == 800
    assert scissors.limits == [int(len(VIDEO) * 0.8)]


@pytest.mark.parametrize("channel", [False, True])
async def test_a_video_that_does_not_fit_leaves_its_picture_and_the_reason(
    town: DeliverySetup, large: Path, picture: Path, channel: bool
) -> None:
    assert await _show(town, _message(town), channel=channel, video=large, picture=picture)
    [message] = town.messages(town.channel if channel else town.alice.dm)
    assert "too large for Discord" in text_of(message)
    assert _kinds(message) == {"jpg"}


@pytest.mark.parametrize("code", [50007, 50278])
async def test_who_takes_no_direct_messages_cannot_be_reached(town: DeliverySetup, video: Path, code: int) -> None:
    town.alice.close_dms(code)
    with pytest.raises(NoDirectMessages):
        await _show(town, _message(town), video=video)


@pytest.mark.parametrize("body", [None, {"message": "blocked", "code": 40333}], ids=["a page", "a code"])
@pytest.mark.parametrize("path", ["/users/@me/channels", "/channels/*/messages"])
async def test_while_cloudflare_blocks_the_bot_nobodys_direct_messages_count_as_closed(
    town: DeliverySetup, video: Path, path: str, body: Any
) -> None:
    town.discord.faults.append(fault := Fault("POST", path, times=None, status=403, body=body))
    assert await _show(town, _message(town), video=video) is None
    assert fault.hits
    town.discord.faults.clear()
    assert await _show(town, _message(town), video=video)
    assert len(town.messages(town.alice.dm)) == 1


async def test_closed_direct_messages_keep_nobody_from_their_channel(town: DeliverySetup, video: Path) -> None:
    town.alice.close_dms()
    assert await _show(town, _message(town, resumed=True), channel=True, video=video)
    assert len(town.messages(town.channel)) == 1


async def test_while_discord_is_away_nothing_is_shown_and_the_next_try_shows_it(
    town: DeliverySetup, video: Path
) -> None:
    town.discord.faults.append(Fault("POST", "/channels/*/messages", times=None, status=503))
    assert await _show(town, _message(town), video=video) is None
    town.discord.faults.clear()
    assert await _show(town, _message(town), video=video)
    assert len(town.messages(town.alice.dm)) == 1


async def test_what_arrived_although_discord_seemed_away_is_not_sent_twice(town: DeliverySetup, video: Path) -> None:
    sender = _sender(town)
    town.discord.faults.append(Fault("POST", "/channels/*/messages", times=None, action="apply-then-reset"))
    assert await _show(town, _message(town), sender=sender, video=video) is None
    town.discord.faults.clear()
    town.discord._rules._nonces.clear()  # Discord forgets them within minutes
    assert await _show(town, _message(town), sender=sender, video=video)
    assert len(town.messages(town.alice.dm)) == 1


@pytest.mark.parametrize("channel", [False, True])
async def test_after_a_restart_the_message_is_found_again(town: DeliverySetup, video: Path, channel: bool) -> None:
    other = replace(_message(town), id="0" * 24)
    assert await _show(town, other, Footage.COMING, channel=channel)
    first = await _show(town, _message(town), Footage.COMING, channel=channel)
    assert await _show(town, replace(other, id="1" * 24), Footage.COMING, channel=channel)
    message = replace(_message(town), resumed=True)
    found = await _sender(town).find(message, _watcher(town, channel=channel))
    assert first
    assert found == replace(message, channel_id=first.channel_id, message_id=first.message_id)


async def test_a_message_that_somebody_else_wrote_with_the_same_button_is_not_taken(town: DeliverySetup) -> None:
    first = await _show(town, _message(town), Footage.COMING, channel=True)
    assert first
    town.discord.world.messages[town.channel.id][first.message_id].author_id = town.bob.id
    assert await _sender(town).find(_message(town), _watcher(town, channel=True)) is None


async def test_what_was_never_sent_is_not_found(town: DeliverySetup) -> None:
    assert await _show(town, replace(_message(town), id="0" * 24), Footage.COMING)
    assert await _sender(town).find(_message(town), _watcher(town, channel=True)) is None


async def test_while_discord_is_away_nothing_is_found_and_nothing_fails(town: DeliverySetup) -> None:
    town.discord.faults.append(fault := Fault("*", "/*", times=None, status=503))
    assert await _sender(town).find(_message(town), _watcher(town, channel=True)) is None
    assert fault.hits


async def test_what_another_process_may_have_sent_is_not_sent_twice(town: DeliverySetup, video: Path) -> None:
    assert await _show(town, _message(town), Footage.COMING)
    sent = len(town.asked("POST", "/messages"))
    assert await _show(town, _message(town, resumed=True), video=video)
    [message] = town.messages(town.alice.dm)
    assert _kinds(message) == {"mp4"}
    assert len(town.asked("POST", "/messages")) == sent


async def test_nothing_is_sent_while_it_cannot_be_seen_whether_it_was_sent_before(
    town: DeliverySetup, video: Path
) -> None:
    town.discord.faults.append(Fault("GET", "/channels/*/messages", times=None, status=503))
    assert await _show(town, _message(town, resumed=True), video=video) is None
    assert not town.messages(town.alice.dm)


async def test_the_log_has_no_place_of_a_video(
    town: DeliverySetup, large: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    town.discord.faults.append(Fault("POST", "/channels/*/messages", times=2, status=503))
    assert await _show(town, _message(town), channel=True, video=large)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "Discord failed" in told
    for secret in (str(large), large.name, "/media/1.mp4", "bot-token", "Front Door"):
        assert secret not in told


async def test_news_of_health_that_another_process_may_have_sent_are_not_sent_twice(town: DeliverySetup) -> None:
    news = (CameraNews("Front Door", HealthChange.OFFLINE),)
    message = HealthMessage("0" * 24, town.alice.id, utcnow(), news)
    first = await _sender(town).show_health(message)
    assert first
    town.discord._rules._nonces.clear()  # Discord forgets them within minutes
    assert await _sender(town).show_health(replace(message, resumed=True)) == replace(first, resumed=True)
    assert len(town.messages(town.alice.dm)) == 1
