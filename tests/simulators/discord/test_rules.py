"""What Discord enforces around interactions, files and DMs."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest

from simulators.discord import SimError
from tests.simulators.discord.conftest import Api, GuildSetup
from tests.simulators.discord.toybot import clip, refused
from tests.support.waiting import until

Act = Callable[[discord.Interaction[Any]], Awaitable[Any]]


async def test_a_late_callback_is_an_unknown_interaction(town: GuildSetup) -> None:
    town.sim.ack_deadline = 0.05
    told: list[str] = []
    town.sim.subscribe(lambda event, channel_id, data: told.append(event))
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await until(lambda: used.late and "INTERACTION_TIMEOUT" in told)
    assert await refused(interaction.response.defer()) == (404, 10062)
    assert [(callback.type, callback.code) for callback in used.callbacks] == [(5, 10062)]
    with pytest.raises(TimeoutError):
        await used.acked(0.01)


async def test_an_answer_in_time_may_be_completed_after_the_deadline(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await interaction.response.defer()
    used.created -= 10
    await interaction.edit_original_response(content="late, but expected")
    assert used.message is not None


async def test_a_second_callback_is_told_that_the_first_counted(town: GuildSetup, api: Api) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    await (await town.received()).response.defer()
    path = f"/interactions/{used.id}/{used.token}/callback"
    assert await api("POST", path, token=None, json={"type": 5}) == (
        400,
        {"message": "Interaction has already been acknowledged.", "code": 40060},
    )
    assert [callback.code for callback in used.callbacks] == [None, 40060]


AFTER: dict[str, Act] = {
    "edit": lambda interaction: interaction.edit_original_response(content="?"),
    "delete": lambda interaction: interaction.delete_original_response(),
    "fetch": lambda interaction: interaction.original_response(),
    "follow up": lambda interaction: interaction.followup.send("?"),
}


@pytest.mark.parametrize("act", AFTER.values(), ids=AFTER)
async def test_an_expired_token_is_an_invalid_webhook_token(town: GuildSetup, act: Act) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await interaction.response.defer()
    used.expire()
    assert await refused(act(interaction)) == (401, 50027)


@pytest.mark.parametrize("act", AFTER.values(), ids=AFTER)
async def test_a_token_that_was_not_acknowledged_is_an_unknown_webhook(town: GuildSetup, act: Act) -> None:
    await town.sim.slash(town.alice, town.channel, "wait")
    assert await refused(act(await town.received())) == (404, 10015)


async def test_the_bot_token_still_edits_a_public_reply_after_the_expiry(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    await (await town.received()).response.send_message("working")
    used.expire()
    assert used.message is not None
    channel = town.bot.get_partial_messageable(town.channel.id)
    await channel.get_partial_message(int(used.message["id"])).edit(content="done", attachments=[clip()])
    assert used.message["content"] == "done"


@pytest.mark.parametrize("act", ["edit", "fetch", "delete"])
async def test_an_ephemeral_reply_is_out_of_the_bot_tokens_reach(town: GuildSetup, act: str) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    await (await town.received()).response.send_message("for you", ephemeral=True)
    assert used.message is not None
    message = town.bot.get_partial_messageable(town.channel.id).get_partial_message(int(used.message["id"]))
    options = {"content": "?"} if act == "edit" else {}
    assert await refused(getattr(message, act)(**options)) == (404, 10008)
    with pytest.raises(SimError):
        await town.sim.click(town.bob, used.message["id"], "again:7")


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
async def test_the_interaction_has_its_own_file_size_limit(town: GuildSetup, size: int, fits: bool) -> None:
    town.channel.attachment_size_limit = 1000
    used = await town.sim.slash(town.alice, town.channel, "wait")
    town.channel.attachment_size_limit = None
    interaction = await town.received()
    assert interaction.filesize_limit == 1000
    await interaction.response.defer()
    edit = interaction.edit_original_response(attachments=[clip(size)])
    if fits:
        await edit
        assert used.message is not None
    else:
        assert await refused(edit) == (413, 40005)


@pytest.mark.parametrize("where", ["everywhere", "this channel"])
async def test_a_channel_has_a_file_size_limit(town: GuildSetup, where: str) -> None:
    assert town.sim.attachment_size_limit == 10 * 1024 * 1024
    dm = town.alice.open_dm()
    if where == "everywhere":
        town.sim.attachment_size_limit = 1000
    else:
        dm.attachment_size_limit = 1000
    assert await refused(town.bot.get_partial_messageable(dm.id).send(file=clip(1001))) == (413, 40005)


async def test_ten_attachments_are_the_most(town: GuildSetup) -> None:
    dm = town.bot.get_partial_messageable(town.alice.open_dm().id)
    message = await dm.send(files=[clip(1) for _ in range(10)])
    assert await refused(message.edit(attachments=[*message.attachments, clip(1)])) == (400, 30015)


@pytest.mark.parametrize("code", [50007, 50278])
async def test_closed_dms_refuse_the_message_but_not_the_channel(town: GuildSetup, code: int) -> None:
    town.alice.close_dms(code)
    dm = await town.bot.create_dm(discord.Object(town.alice.id))
    assert await refused(dm.send("hello?")) == (403, code)
    town.alice.open_dms()
    await dm.send("hello")


async def test_a_nonce_makes_a_message_once(town: GuildSetup) -> None:
    dm = await town.bot.create_dm(discord.Object(town.alice.id))
    first = await dm.send("clip", nonce="job-1")
    again = await dm.send("clip", nonce="job-1")
    other = await dm.send("clip", nonce="job-2")
    assert first.id == again.id != other.id
    assert town.alice.dm is not None
    assert len(town.sim.messages(town.alice.dm)) == 2
    assert await refused(dm.send("clip", nonce="j" * 26)) == (400, 50035)


async def test_a_person_can_only_do_what_the_client_offers(town: GuildSetup) -> None:
    impossible: list[Awaitable[Any]] = [
        town.sim.slash(town.alice, town.channel, "unheard-of"),
        town.sim.slash(town.alice, town.channel, "clip"),
        town.sim.slash(town.alice, town.channel, "clip", {"camera": 7}),
        town.sim.slash(town.alice, town.channel, "clip", {"camera": "a", "other": "b"}),
        town.sim.slash(town.alice, town.bob.open_dm(), "clip", {"camera": "a"}),
        town.sim.autocomplete(town.alice, town.channel, "clip", {"share": True}, focused="share"),
        town.sim.click(town.alice, 1, "again:7"),
    ]
    for act in impossible:
        with pytest.raises(SimError):
            await act
    assert town.bot.seen == []


async def test_a_person_can_be_an_option(town: GuildSetup) -> None:
    await town.sim.slash(town.alice, town.channel, "wait", {"user": town.bob})
    interaction = await town.received()
    assert interaction.namespace.user.name == "bob"


@pytest.mark.parametrize(("typed", "deadline", "code"), [("many", 1.5, 50035), ("slow", 0.2, 10062)])
async def test_autocomplete_without_acceptable_choices_times_out(
    town: GuildSetup, typed: str, deadline: float, code: int
) -> None:
    town.sim.ack_deadline = deadline
    with pytest.raises(TimeoutError):
        await town.sim.autocomplete(town.alice, town.channel, "clip", {"camera": typed}, focused="camera")
    asked = town.sim.interactions[-1]
    await until(lambda: asked.callbacks)
    assert asked.callbacks[0].code == code
