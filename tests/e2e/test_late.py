"""Ends that come too late for their reply: by direct message, by a mention, or at the next thing a person does."""

from typing import Any

import pytest

from bot.models import NotifyClips
from simulators.blink import Behaviour, Fault
from simulators.discord import Fault as DiscordFault
from simulators.discord import rules
from tests.support.house import buttons_of, text_of
from tests.support.linking import press, use
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

EPHEMERAL = 1 << 6
MESSAGES = "/channels/*/messages"
SLOW = Behaviour.quick(stages=(("dev", "running", 0.4), ("vs", "done", 0.0)))


async def late(street: Street, *, share: bool = False, user: Any = None) -> Any:
    """Ask for a clip whose reply can no longer be edited when its video comes, and wait until it is over."""
    clip = await asked(street, share=share, user=user)
    await until(lambda: not street.house.live(clip))
    return clip


async def asked(street: Street, *, share: bool = False, user: Any = None) -> Any:
    street.front.behaviour = SLOW
    accepted = len(street.front.accepted)
    clip = await street.house.clip(user or street.alice, street.front, public=share)
    await until(lambda: len(street.front.accepted) > accepted)
    clip.expire()
    return clip


async def delete_reply(street: Street, clip: Any) -> None:
    """Delete the shared reply, as a moderator does."""
    street.house.discord.world.delete_message(street.house.channel.id, int(clip.message["id"]))


def video(street: Street, message: dict[str, Any]) -> bool:
    """Say whether this message has the newest video."""
    [file] = message["attachments"]
    return street.house.discord.file(file["url"]) == street.front.videos[-1].mp4


def sent(street: Street) -> list[Any]:
    """Return what the bot has sent to channels, refused or not."""
    return [one for one in street.house.discord.requests if one.method == "POST" and one.path.endswith("/messages")]


async def news(used: Any) -> dict[str, Any]:
    """Wait for the late news beside a command's own reply."""
    [told] = await until(lambda: used.followups, timeout=10)
    return told


@pytest.mark.parametrize("nonces", ["remembered", "forgotten"])
async def test_killed_between_the_message_and_its_note_it_is_not_sent_again(
    alone: Street, nonces: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = alone.house
    house.discord.faults.append(DiscordFault("POST", MESSAGES, times=None, action="apply-then-reset"))
    async with house.bot():
        clip = await asked(alone)
        await until(lambda: house.dms(alone.alice))
    assert house.live(clip), "the bot never heard that its message was sent"
    house.discord.faults.clear()
    if nonces == "forgotten":
        monkeypatch.setattr(rules, "NONCE_LIFE", 0.0)
    async with house.bot():
        await until(lambda: not house.live(clip))
    [copy] = house.dms(alone.alice)
    assert video(alone, copy)
    assert "can no longer be changed" in text_of(copy)
    assert house.rows("SELECT sent_as_dm, missed FROM clip_jobs") == [(1, 0)]


async def test_a_shared_clip_whose_reply_is_deleted_comes_as_a_mention_where_messages_are_closed(
    street: Street,
) -> None:
    bob = street.house.discord.add_user("bob")
    street.alice.close_dms()
    async with street.house.bot():
        clip = await asked(street, share=True)
        await delete_reply(street, clip)
        await until(lambda: not street.house.live(clip))
        used = await street.house.discord.slash(street.alice, street.house.channel, "account")
        await until(lambda: answered(used))
        [told] = street.house.discord.messages(street.house.channel, bob)
    assert video(street, told)
    assert told["content"].startswith(f"<@{street.alice.id}> 📹 Front Door: Here is your clip.\n")
    assert "direct messages are closed" in text_of(told)
    mention = sent(street)[-1].body
    assert mention["allowed_mentions"] == {"parse": [], "users": [street.alice.id]}
    assert used.followups == [], "it has been told"


async def test_a_mention_in_the_place_of_a_hostile_camera_pings_nobody_else(street: Street) -> None:
    street.front.name = "@everyone <@&1>"
    street.alice.close_dms()
    async with street.house.bot():
        clip = await asked(street, share=True)
        await delete_reply(street, clip)
        await until(lambda: not street.house.live(clip))
    mention = sent(street)[-1].body
    assert mention["allowed_mentions"] == {"parse": [], "users": [street.alice.id]}
    assert mention["content"].startswith(rf"<@{street.alice.id}> 📹 @everyone \<@&1>: ")


@pytest.mark.parametrize(
    "command", ["clip", "snapshot", "recordings", "cameras", "account", "notify", "link", "unlink"]
)
async def test_a_private_end_that_could_be_told_nowhere_is_told_once_at_the_next_command(
    street: Street, command: str
) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        assert house.discord.messages(house.channel, bob) == []
        other = await house.discord.slash(bob, house.channel, "account")
        await until(lambda: answered(other))
        options = {"camera": "Kitchen"} if command in ("clip", "snapshot") else {}
        used = await house.discord.slash(street.alice, house.channel, command, options)
        told = await news(used)
        assert "While I could not reach you" in text_of(told)
        assert "Front Door" in text_of(told)
        assert told["flags"] & EPHEMERAL
        if options:
            reply = await house.finished(used)
            assert reply["attachments"], "the news has not taken the place of the reply"
        assert used.message["id"] != told["id"]
        again = await house.discord.slash(street.alice, house.channel, "account")
        await until(lambda: answered(again))
        await until(lambda: house.rows("SELECT 1 FROM clip_jobs WHERE missed AND user_id = ?", street.alice.id) == [])
        last = await house.discord.slash(street.alice, house.channel, "notify")
        await until(lambda: answered(last))
    assert again.followups == last.followups == other.followups == []


async def test_late_news_survive_a_restart_and_come_with_a_button_too(alone: Street) -> None:
    house = alone.house
    async with house.bot():
        first = await house.clip(alone.alice, alone.mini)
        reply = await house.finished(first)
        await until(lambda: not house.live(first))
        alone.alice.close_dms()
        await late(alone)
    async with house.bot():
        click = await house.discord.click(alone.alice, reply["id"], buttons_of(reply)["Record again"])
        assert "Front Door" in text_of(await news(click))
        assert (await house.finished(click))["attachments"]


async def test_late_news_come_also_where_the_command_itself_fails(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        house.blink.faults.append(Fault("homescreen", times=None, status=503))
        used = await house.discord.slash(street.alice, house.channel, "recordings", {})
        assert "While I could not reach you" in text_of(await news(used))


async def test_two_commands_at_once_tell_late_news_once(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        used = [await house.discord.slash(street.alice, house.channel, "account") for _ in range(3)]
        await until(lambda: house.rows("SELECT 1 FROM clip_jobs WHERE missed AND user_id = ?", street.alice.id) == [])
        await until(lambda: all(answered(one) for one in used))
    assert sum(len(one.followups) for one in used) == 1


async def test_news_that_could_not_be_told_are_told_the_next_time(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        house.discord.faults.append(DiscordFault("POST", "/webhooks/*", 1, 403, {"code": 50013, "message": "no"}))
        failed = await house.discord.slash(street.alice, house.channel, "account")
        await until(lambda: house.discord.faults[-1].hits)
        assert failed.followups == []
        assert "Front Door" in text_of(await news(await house.discord.slash(street.alice, house.channel, "account")))


async def test_who_wants_no_messages_gets_none_and_reads_of_it_at_the_next_command(street: Street) -> None:
    house = street.house
    async with house.bot():
        await house.discord.slash(street.alice, house.channel, "notify", {"clips": NotifyClips.NEVER.value})
        await until(lambda: house.rows("SELECT notify_clips FROM people WHERE user_id = ?", street.alice.id))
        await late(street)
        used = await house.discord.slash(street.alice, house.channel, "cameras")
        assert "Front Door" in text_of(await news(used))
    assert house.dms(street.alice) == []
    assert sent(street) == []


async def test_opened_direct_messages_work_again_after_a_late_end(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        street.alice.open_dms()
        await late(street)
        [copy] = house.dms(street.alice)
        assert video(street, copy)


async def test_unlinking_forgets_late_news(street: Street) -> None:
    house = street.house
    street.alice.close_dms()
    async with house.bot():
        await late(street)
        question = await use(street, street.alice, "unlink")
        await press(house, street.alice, question, "Yes, delete everything")
        await until(lambda: house.rows("SELECT 1 FROM clip_jobs WHERE user_id = ?", street.alice.id) == [])
