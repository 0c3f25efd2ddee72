"""Discord loses answers, replays, expires, refuses: the clip is recorded once and its reply still ends."""

from dataclasses import replace

import pytest

from simulators.blink import Behaviour
from simulators.discord import Fault
from tests.support.house import CALLBACK, REPLY, text_of
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.street import HELD, Street
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", CALLBACK, status=500, action="apply-then-answer"),
        Fault("POST", CALLBACK, status=502, action="apply-then-answer", times=2),
        Fault("POST", CALLBACK, action="apply-then-reset"),
        Fault("POST", CALLBACK, status=500),
        Fault("POST", CALLBACK, action="reset"),
        Fault("POST", CALLBACK, action="apply-then-answer", times=None),
    ],
    ids=["applied, then 500", "applied, then 502 twice", "applied, then reset", "500", "reset", "500 for ever"],
)
async def test_an_acknowledgement_whose_answer_is_lost_leads_to_one_clip(street: Street, fault: Fault) -> None:
    async with street.house.bot():
        street.house.discord.faults.append(fault)
        reply = await street.house.finished(await street.house.clip(street.alice, street.front), timeout=20)
    assert "Recorded <t:" in text_of(reply)
    assert len(street.front.accepted) == 1


async def test_an_acknowledgement_that_never_arrives_starts_no_camera_and_leaves_nothing(street: Street) -> None:
    async with street.house.bot():
        street.house.discord.faults.append(Fault("POST", CALLBACK, times=None, action="reset"))
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.known(clip))
        await until(lambda: not street.house.known(clip), timeout=20)
    assert street.front.accepted == []


async def test_an_interaction_that_comes_too_late_starts_no_camera(alone: Street) -> None:
    alone.house.discord.ack_deadline = 0.0
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        await until(lambda: clip.callbacks)
        assert clip.callbacks[0].code == 10062
        alone.house.discord.ack_deadline = 3.0
        await alone.house.finished(await alone.house.clip(alone.alice, alone.mini))
    assert alone.front.accepted == []


async def test_an_interaction_replayed_after_a_resume_records_once(alone: Street) -> None:
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        await alone.house.finished(clip)
        alone.house.discord.replay_on_resume(clip)
        alone.house.discord.drop_gateway(4000)
        await until(lambda: alone.house.discord.resumes == 1)
        await alone.house.finished(await alone.house.clip(alone.alice, alone.mini))
    assert [one.code for one in clip.callbacks].count(None) == 1  # a try that was slow is repeated, and refused
    assert len(alone.front.accepted) == 1


async def test_two_bots_at_once_record_once(alone: Street) -> None:
    async with alone.house.bot(), alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        reply = await alone.house.finished(clip)
        await alone.house.finished(await alone.house.clip(alone.alice, alone.mini))
    assert [one.code for one in clip.callbacks].count(None) == 1  # a try that was slow is repeated, and refused
    assert "Recorded <t:" in text_of(reply)
    assert len(alone.front.accepted) == 1
    assert len(alone.mini.accepted) == 1


@pytest.mark.parametrize("share", [True, False], ids=["shared: by the bot itself", "private: by direct message"])
async def test_a_clip_that_ends_after_the_token_expired_still_arrives(alone: Street, share: bool) -> None:
    alone.house.quick()
    alone.front.behaviour = Behaviour.quick(stages=(("dev", "running", 0.4), ("vs", "done", 0.0)))
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front, public=share)
        await until(lambda: alone.front.accepted)
        clip.expire()
        await until(lambda: not alone.house.live(clip))
    video = alone.front.videos[0].mp4
    if share:
        assert alone.house.discord.file(clip.message["attachments"][0]["url"]) == video
        assert alone.house.dms(alone.alice) == []
    else:
        [copy] = alone.house.dms(alone.alice)
        assert alone.house.discord.file(copy["attachments"][0]["url"]) == video
        assert "can no longer be changed" in text_of(copy)


async def test_a_reply_that_somebody_deleted_does_not_lose_the_video(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(stages=(("dev", "running", 0.4), ("vs", "done", 0.0)))
    async with street.house.bot():
        street.house.discord.faults.append(Fault("PATCH", REPLY, None, 404, {"code": 10008, "message": "Unknown"}))
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: not street.house.live(clip) and street.front.accepted)
    [copy] = street.house.dms(street.alice)
    assert street.house.discord.file(copy["attachments"][0]["url"]) == street.front.videos[0].mp4


async def test_closed_direct_messages_are_said_once_and_remembered(street: Street) -> None:
    street.alice.close_dms()
    async with street.house.bot():
        first = await street.house.clip(street.alice, street.front)
        await until(lambda: "direct messages are closed" in text_of(first.message))
        assert first.message["attachments"], "the video stays in the reply"
        await until(lambda: not street.house.live(first))
        second = await street.house.clip(street.alice, street.mini)
        await street.house.finished(second)
        await until(lambda: not street.house.live(second))
        assert "closed" not in text_of(second.message)
    sends = [one for one in street.house.discord.requests if one.method == "POST" and one.path.endswith("/messages")]
    assert len(sends) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PATCH", REPLY, 3, 503),
        Fault("PATCH", REPLY, 2, action="reset"),
        Fault("PATCH", REPLY, 1, action="apply-then-reset"),
        Fault.rate_limit("PATCH", REPLY, retry_after=0.2),
    ],
    ids=["503", "reset", "applied, then reset", "429"],
)
async def test_a_discord_that_stumbles_gets_the_same_video_again_whole(street: Street, fault: Fault) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        street.house.discord.faults.append(fault)
        reply = await street.house.finished(clip)
    [attachment] = reply["attachments"]
    assert street.house.discord.file(attachment["url"]) == street.front.videos[0].mp4


async def test_a_direct_message_whose_answer_is_lost_is_not_sent_twice(street: Street) -> None:
    street.alice.open_dm()
    async with street.house.bot():
        street.house.discord.faults.append(Fault("POST", "/channels/*/messages", action="apply-then-reset"))
        clip = await street.house.clip(street.alice, street.front)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    assert len(street.house.dms(street.alice)) == 1


async def test_a_file_that_discord_calls_too_large_is_said_so(street: Street) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        clip.attachment_size_limit = 100  # less than the interaction has promised
        reply = await street.house.finished(clip)
    assert "too large for Discord" in text_of(reply)


async def test_the_first_connect_is_retried(alone: Street) -> None:
    alone.house.discord.refuse_gateway(0.5)
    alone.house.discord.faults.append(Fault("GET", "/users/@me", 2, 503))
    async with alone.house.bot():
        assert "Recorded <t:" in text_of(await alone.house.finished(await alone.house.clip(alone.alice, alone.front)))


async def test_a_user_installed_bot_answers_where_it_is_not_a_member(street: Street) -> None:
    elsewhere = street.house.discord.add_guild("Elsewhere", bot=False)
    channel = elsewhere.add_channel("chat")
    async with street.house.bot():
        clip = await street.house.discord.slash(street.alice, channel, "clip", {"camera": "front door"})
        assert "Recorded <t:" in text_of(await street.house.finished(clip))


async def test_the_gateway_is_closed_with_1000(alone: Street) -> None:
    async with alone.house.bot():
        await alone.house.finished(await alone.house.clip(alone.alice, alone.front))
    assert alone.house.discord.gateway_closes == [1000]


async def test_a_second_bot_that_starts_in_the_middle_of_a_clip_does_not_draw_over_its_end(alone: Street) -> None:
    alone.front.behaviour = Behaviour.quick(
        stages=(("sm", "running", 0.5), ("dev", "running", 0.5), ("vs", "done", 0.0))
    )
    alone.house.pace = replace(alone.house.pace, every=0.5)
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        await until(lambda: alone.front.accepted)
        async with alone.house.bot():
            await alone.house.finished(clip)
            await until(lambda: not alone.house.live(clip))
            await alone.house.finished(await alone.house.clip(alone.alice, alone.mini))
            assert "Recorded <t:" in text_of(clip.message)
    assert len(alone.front.accepted) == 1


async def test_a_direct_message_that_takes_its_time_does_not_keep_the_camera(alone: Street) -> None:
    alone.house.discord.faults.append(Fault("POST", "/channels/*/messages", None, 503))
    async with alone.house.bot():
        first = await alone.house.clip(alone.alice, alone.front)
        await alone.house.finished(first)
        again = await alone.house.finished(await alone.house.clip(alone.alice, alone.front))
        assert "Recorded <t:" in text_of(again)
        assert alone.house.live(first)


async def test_unlinking_in_the_middle_of_a_clip_ends_it_truthfully_and_keeps_nothing(alone: Street) -> None:
    alone.front.behaviour = HELD
    alone.house.waits(command_deadline=60.0)
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        await until(lambda: alone.front.accepted)
        await alone.house.execute("DELETE FROM accounts")
        alone.account.expire_access_tokens()
        assert "No Blink account is linked" in text_of(await alone.house.finished(clip))
        await until(lambda: not alone.house.known(clip))
