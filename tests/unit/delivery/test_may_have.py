"""Whether a share is still for somebody at the moment at which they are to see something."""

from bot.models import Kind, Right, Share
from simulators.discord import Fault
from tests.unit.delivery.conftest import DeliverySetup

CLIP = frozenset({Right.CLIP})


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
    assert await membership.role_ids(town.alice.id, town.guild.id) is None, "alerts know it too then"


async def test_nobody_knows_while_discord_is_away_or_the_bot_is_out_of_the_server(town: DeliverySetup) -> None:
    given = await town.share(town.alice, rights=CLIP)
    town.discord.faults.append(Fault("GET", "/guilds/*", times=None, status=503))
    assert await _may(town, given) is None
    town.discord.faults.clear()
    town.discord.remove_bot(town.guild)
    assert await _may(town, given) is None
