"""What somebody may hear of and where they may write, as their server has it now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import Unsure
from bot.blink import utcnow
from bot.delivery import MembershipChecker, RetryPolicies
from bot.delivery.membership import Absent
from bot.jobs import BotNotInServer
from bot.metrics import Metrics
from bot.models import Alert, AlertPlace, CameraKey, CameraKind, Channel, Hours, Kind, Posting, Right, Share
from bot.sharing import Shares
from bot.store import open_store
from simulators.discord import Fault
from tests.support.alerts import an_alert
from tests.support.databases import with_tables
from tests.support.examples import KEYRING
from tests.unit.delivery.conftest import POLICIES, TIMEOUTS, DeliverySetup

GARDEN = CameraKey(CameraKind.CAMERA, 410, 611)
CLIP = frozenset({Right.CLIP})


async def _may_hear(town: DeliverySetup, membership: MembershipChecker | None = None, **changes: Any) -> bool:
    """Ask for Alice and the front door of Bob's account."""
    return bool(await (membership or town.membership()).may_hear([_alert(town, **changes)]))


def _alert(town: DeliverySetup, **changes: Any) -> Alert:
    values = {"user_id": town.alice.id, "owner_id": town.bob.id, "guild_id": town.guild.id, "happened_at": utcnow()}
    return an_alert(**(values | changes))


def _channel(town: DeliverySetup) -> Channel:
    return Channel(town.guild.id, town.channel.id)


async def _may_post(membership: MembershipChecker, user_id: int, channel: Channel) -> bool:
    return (await membership.posting(user_id, AlertPlace(channel))).allowed


async def test_a_member_has_the_roles_that_the_server_gave_them(town: DeliverySetup) -> None:
    role = town.discord.add_role(town.guild, "Neighbours")
    town.discord.give_role(town.alice, role)
    assert await town.membership().role_ids(town.alice.id, town.guild.id) == {role.id, town.guild.id}


async def test_who_has_left_has_no_roles(town: DeliverySetup) -> None:
    town.discord.leave(town.alice, town.guild)
    assert await town.membership().role_ids(town.alice.id, town.guild.id) is Absent.PERSON


async def test_of_a_server_without_the_bot_nothing_is_known(town: DeliverySetup) -> None:
    elsewhere = town.discord.add_guild("Elsewhere", bot=False)
    assert await town.membership().role_ids(town.alice.id, elsewhere.id) is Absent.BOT
    assert await town.membership().role_ids(town.alice.id, 1) is Absent.BOT


async def test_discord_is_asked_once_for_a_while(town: DeliverySetup) -> None:
    membership = town.membership()
    for _ in range(3):
        assert await membership.role_ids(town.alice.id, town.guild.id)
    assert len(town.asked("GET", f"/members/{town.alice.id}")) == 1
    assert await membership.role_ids(town.bob.id, town.guild.id)
    assert len(town.asked("GET", f"/members/{town.bob.id}")) == 1


async def test_what_was_true_for_a_while_is_asked_again(town: DeliverySetup) -> None:
    membership = town.membership(kept=0.0)
    assert await membership.role_ids(town.alice.id, town.guild.id)
    town.discord.leave(town.alice, town.guild)
    assert await membership.role_ids(town.alice.id, town.guild.id) is Absent.PERSON


async def test_no_more_than_so_many_answers_are_kept(town: DeliverySetup) -> None:
    membership = town.membership(most=1)
    for person in (town.alice, town.bob, town.alice):
        assert await membership.role_ids(person.id, town.guild.id)
    assert len(town.asked("GET", f"/members/{town.alice.id}")) == 2


async def test_a_share_to_a_person_lets_them_hear_while_they_are_in_the_server(town: DeliverySetup) -> None:
    await town.share(town.alice)
    assert await _may_hear(town)
    town.discord.leave(town.alice, town.guild)
    assert not await _may_hear(town)


async def test_a_share_to_a_role_lets_whoever_has_it_hear(town: DeliverySetup) -> None:
    role = town.discord.add_role(town.guild, "Neighbours")
    await town.share(role)
    assert not await _may_hear(town)
    town.discord.give_role(town.alice, role)
    assert await _may_hear(town)
    town.discord.take_role(town.alice, role)
    assert not await _may_hear(town)


async def test_a_share_of_another_camera_is_no_help_where_the_cameras_own_is_for_others(town: DeliverySetup) -> None:
    await town.share(town.discord.add_role(town.guild, "Neighbours"))
    await town.share(town.alice, id="fedcba9876543210", scope=str(GARDEN))
    assert await _may_hear(town, camera=GARDEN)
    assert not await _may_hear(town)


async def test_a_share_to_everybody_lets_every_member_hear(town: DeliverySetup) -> None:
    await town.share(town.guild.everyone)
    assert await _may_hear(town)
    town.discord.leave(town.alice, town.guild)
    assert not await _may_hear(town)


async def test_a_share_that_is_taken_back_ends_at_once(town: DeliverySetup) -> None:
    membership, given = town.membership(), await town.share(town.alice)
    assert await _may_hear(town, membership)
    await town.store.shares.revoke(given.id)
    assert not await _may_hear(town, membership)


@pytest.mark.parametrize(
    "changes",
    [
        {"rights": frozenset(Right) - {Right.ALERTS}},
        {"until": utcnow() - timedelta(seconds=1)},
        {"account_id": 111},
        {"scope": str(GARDEN)},
        {"owner_id": 7},
    ],
    ids=["of other rights", "over", "of another account", "of another camera", "of somebody else"],
)
async def test_where_no_share_may_be_meant_discord_is_not_even_asked(
    town: DeliverySetup, changes: dict[str, Any]
) -> None:
    await town.share(town.alice, **changes)
    before = len(town.discord.requests)
    assert not await _may_hear(town)
    assert len(town.discord.requests) == before


async def test_a_share_lets_hear_of_what_happened_in_its_hours_alone(town: DeliverySetup) -> None:
    await town.share(town.alice, hours=Hours(8 * 60, 18 * 60, "UTC"))
    day, night = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 24, 3, tzinfo=UTC)
    by_day, by_night = _alert(town, happened_at=day), _alert(town, happened_at=night)
    assert await town.membership().may_hear([by_day, by_night]) == [by_day]


async def test_a_share_is_no_use_in_another_server(town: DeliverySetup) -> None:
    other = town.discord.add_guild("Other")
    await town.share(town.alice, guild_id=other.id)
    assert not await _may_hear(town)


async def test_a_share_of_a_network_covers_its_cameras(town: DeliverySetup) -> None:
    await town.share(town.alice, scope="network.410")
    assert await _may_hear(town, camera=GARDEN)


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, None), (403, None), (403, {"message": "blocked", "code": 40333})],
    ids=["its own trouble", "a page of Cloudflare's", "a code of Cloudflare's"],
)
async def test_while_discord_is_away_nobody_is_sure_and_nothing_is_kept_of_that(
    town: DeliverySetup, status: int, body: Any
) -> None:
    await town.share(town.alice)
    one_try = RetryPolicies(TIMEOUTS, Metrics())
    one_try.question = replace(one_try.question, patience=0.0)
    membership = MembershipChecker(town.messenger, town.shares, one_try)
    town.discord.faults.append(fault := Fault("GET", "/guilds/*", times=None, status=status, body=body))
    with pytest.raises(Unsure):
        await _may_hear(town, membership)
    assert not await _may_post(membership, town.alice.id, _channel(town))
    assert fault.hits
    town.discord.faults.clear()
    assert await _may_hear(town, membership)
    assert await _may_post(membership, town.alice.id, _channel(town))


async def test_while_the_database_is_away_nobody_is_sure(
    town: DeliverySetup, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_store(with_tables(tmp_path / "closed.db").url, KEYRING) as closed:
        pass
    membership = MembershipChecker(town.messenger, Shares(closed.shares, now=utcnow), POLICIES)
    with pytest.raises(Unsure):
        await _may_hear(town, membership)
    assert "whether somebody may hear of a camera is not known" in caplog.text


async def test_whoever_may_write_in_a_channel_may_have_alerts_there(town: DeliverySetup) -> None:
    assert await _may_post(town.membership(), town.alice.id, _channel(town))


@pytest.mark.parametrize("right", ["view_channel", "send_messages", "attach_files"])
async def test_whoever_may_not_see_it_or_not_write_in_it_may_not(town: DeliverySetup, right: str) -> None:
    await town.forbid(town.alice.id, town.channel, right)
    assert not await _may_post(town.membership(), town.alice.id, _channel(town))
    assert await _may_post(town.membership(), town.bob.id, _channel(town))


@pytest.mark.parametrize("right", ["view_channel", "send_messages", "attach_files"])
async def test_the_bot_must_see_it_and_write_in_it_too_and_each_time_discord_is_asked(
    town: DeliverySetup, right: str
) -> None:
    membership, place = town.membership(), AlertPlace(_channel(town))
    assert await membership.posting(town.alice.id, place) == Posting()
    assert town.client.user
    await town.forbid(town.client.user.id, town.channel, right)
    posting = await membership.posting(town.alice.id, place)
    assert (posting.allowed, posting.person_lacks) == (False, ())
    assert right in posting.bot_lacks


async def test_a_role_is_mentioned_if_anyone_may_or_both_may(town: DeliverySetup) -> None:
    role, world = town.discord.add_role(town.guild, "Porch"), town.discord.world
    place = AlertPlace(_channel(town), role.id)
    assert town.client.user
    assert not (await town.membership().posting(town.alice.id, place)).mentions
    town.discord.allow(None, town.channel, "mention_everyone")
    assert not (await town.membership().posting(town.alice.id, place)).mentions, "its person may not"
    town.discord.allow(town.alice, town.channel, "mention_everyone")
    assert (await town.membership().posting(town.alice.id, place)).mentions
    town.discord.forbid(None, town.channel, "mention_everyone")
    assert not (await town.membership().posting(town.alice.id, place)).mentions, "the bot may not"
    world.get_role(town.guild.id, role.id).mentionable = True
    assert (await town.membership().posting(town.alice.id, place)).mentions
    everybody = AlertPlace(_channel(town), town.guild.id)
    world.get_role(town.guild.id, town.guild.id).mentionable = True
    assert not (await town.membership().posting(town.alice.id, everybody)).mentions


async def test_whoever_has_left_the_server_may_not(town: DeliverySetup) -> None:
    town.discord.leave(town.alice, town.guild)
    assert not await _may_post(town.membership(), town.alice.id, _channel(town))


async def test_nobody_may_write_in_a_channel_that_is_gone_or_belongs_elsewhere(town: DeliverySetup) -> None:
    elsewhere = town.discord.add_guild("Elsewhere").add_channel("cameras")
    assert not await _may_post(town.membership(), town.alice.id, Channel(town.guild.id, elsewhere.id))
    town.discord.world.delete_channel(town.channel.id)
    assert not await _may_post(town.membership(), town.alice.id, _channel(town))


async def _thread(town: DeliverySetup, kind: int) -> Channel:
    made = await town.client.http.start_thread_without_message(
        town.channel.id, name="Night", auto_archive_duration=60, type=kind, invitable=True, reason=None
    )
    return Channel(town.guild.id, int(made["id"]))


async def test_in_a_thread_whoever_may_write_in_threads_may_have_alerts(town: DeliverySetup) -> None:
    thread = await _thread(town, kind=11)
    await town.forbid(town.bob.id, town.channel, "send_messages_in_threads")
    assert await _may_post(town.membership(), town.alice.id, thread)
    assert not await _may_post(town.membership(), town.bob.id, thread)


async def test_in_a_private_thread_only_who_was_let_in_may(town: DeliverySetup) -> None:
    thread = await _thread(town, kind=12)
    await town.client.http.add_user_to_thread(thread.channel_id, town.alice.id)
    assert await _may_post(town.membership(), town.alice.id, thread)
    assert not await _may_post(town.membership(), town.bob.id, thread)
    town.discord.make_administrator(town.bob, town.guild)
    assert await _may_post(town.membership(), town.bob.id, thread)


async def _may(town: DeliverySetup, given: Share, *, max_age: float = 0.0) -> bool | None:
    return await town.membership().may_have(town.alice.id, given.id, Kind.CLIP, max_age=max_age)


async def test_a_person_may_while_they_are_in_the_server(town: DeliverySetup) -> None:
    given = await town.share(town.alice, rights=CLIP)
    assert await _may(town, given)
    town.discord.leave(town.alice, town.guild)
    assert await _may(town, given) is False


async def test_who_has_the_role_may(town: DeliverySetup) -> None:
    role = town.discord.add_role(town.guild, "Neighbours")
    given = await town.share(role, rights=CLIP)
    assert await _may(town, given) is False
    town.discord.give_role(town.alice, role)
    assert await _may(town, given)


async def test_a_revoked_share_is_for_nobody_and_discord_is_not_asked(town: DeliverySetup) -> None:
    given = await town.share(town.alice, rights=CLIP)
    await town.store.shares.revoke(given.id)
    before = len(town.discord.requests)
    assert await _may(town, given) is False
    assert len(town.discord.requests) == before


async def test_an_older_answer_is_no_help_where_a_new_one_is_needed(town: DeliverySetup) -> None:
    given, membership = await town.share(town.alice, rights=CLIP), town.membership()
    assert await membership.role_ids(town.alice.id, town.guild.id)
    town.discord.leave(town.alice, town.guild)
    assert await membership.may_have(town.alice.id, given.id, Kind.CLIP, max_age=60.0)
    assert await membership.may_have(town.alice.id, given.id, Kind.CLIP, max_age=0.0) is False
    assert await membership.role_ids(town.alice.id, town.guild.id) is Absent.PERSON, "alerts know it too then"


async def test_nobody_knows_while_discord_is_away(town: DeliverySetup) -> None:
    given = await town.share(town.alice, rights=CLIP)
    town.discord.faults.append(Fault("GET", "/guilds/*", times=None, status=503))
    assert await _may(town, given) is None


async def test_a_bot_out_of_the_server_cannot_know(town: DeliverySetup) -> None:
    given = await town.share(town.alice, rights=CLIP)
    town.discord.remove_bot(town.guild)
    with pytest.raises(BotNotInServer):
        await _may(town, given)
