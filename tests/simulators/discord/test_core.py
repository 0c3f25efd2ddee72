"""The main job: a command, its one reply moving, the file in it, the button under it."""

import discord

from tests.simulators.discord.conftest import GuildSetup
from tests.simulators.discord.toybot import clip
from tests.support.waiting import until

LOADING, EPHEMERAL = 1 << 7, 1 << 6


async def test_a_command_moves_through_its_reply_to_the_file(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "clip", {"camera": "Porch", "share": True})
    await used.acked()
    await until(lambda: used.message and used.message["attachments"])
    texts = [(message["content"], bool(message["flags"] & LOADING)) for _, message in used.history]
    assert texts == [("", True), ("asking for Porch", False), ("done", False)]
    edited = [bool(message["edited_timestamp"]) for _, message in used.history]
    assert edited == [False, False, True], "what ends a deferral is no change of the reply"
    assert used.message is not None
    (attachment,) = used.message["attachments"]
    assert attachment["filename"] == "clip.mp4"
    assert attachment["content_type"] == "video/mp4"
    assert town.sim.file(attachment["url"]) == clip().fp.read()
    assert used.message["interaction_metadata"]["user"]["username"] == "alice"
    assert used.message["interaction_metadata"]["name"] == "clip"
    assert used.message["interaction_metadata"]["authorizing_integration_owners"] == {"0": str(town.guild.id)}


async def test_an_ephemeral_reply_is_seen_by_its_owner_only(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "clip", {"camera": "Porch"})
    await until(lambda: used.message and used.message["content"] == "done")
    (mine,) = town.sim.messages(town.channel, viewer=town.alice)
    assert mine["flags"] & EPHEMERAL
    assert town.sim.messages(town.channel, viewer=town.bob) == []
    assert town.sim.messages(town.channel) == []


async def test_autocomplete_offers_choices(town: GuildSetup) -> None:
    choices = await town.sim.autocomplete(town.alice, town.channel, "clip", {"camera": "Fr"}, focused="camera")
    assert choices == [{"name": "Fr0", "value": "Fr0"}, {"name": "Fr1", "value": "Fr1"}]


async def test_a_dynamic_button_answers(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "clip", {"camera": "Porch", "share": True})
    message = await until(lambda: used.message if used.message and used.message["components"] else None)
    pressed = await town.sim.click(town.bob, message["id"], "again:7")
    await pressed.acked()
    assert pressed.label == "Again"
    assert pressed.message is not None
    assert pressed.message["content"] == "again 7"
    assert pressed.message["flags"] & EPHEMERAL


async def test_a_menu_edits_its_message(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "menu")
    await used.acked()
    assert used.message is not None
    chosen = await town.sim.select(town.alice, used.message["id"], "pick", ["Two"])
    await chosen.acked()
    assert used.message["content"] == "picked Two"
    assert used.message["components"] == []
    assert [message["content"] for _, message in used.history] == ["pick one", "picked Two"]


async def test_edits_keep_or_replace_attachments_by_id(town: GuildSetup) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    (interaction,) = await until(lambda: town.bot.seen)
    await interaction.response.send_message("two", files=[clip(10, "a.mp4"), clip(20, "b.mp4")])
    original = await interaction.original_response()
    await original.edit(attachments=[original.attachments[1], clip(30, "c.mp4")])
    assert used.message is not None
    assert [(file["filename"], file["size"]) for file in used.message["attachments"]] == [("b.mp4", 20), ("c.mp4", 30)]
    await original.edit(content="text only")
    assert len(used.message["attachments"]) == 2
    await original.edit(attachments=[])
    assert used.message["attachments"] == []


async def test_everything_visible_is_told_to_subscribers(town: GuildSetup) -> None:
    told: list[str] = []
    stop = town.sim.subscribe(lambda event, channel_id, data: told.append(event))
    used = await town.sim.slash(town.alice, town.channel, "menu")
    await used.acked()
    interaction_message = used.message
    assert interaction_message is not None
    await town.bot.get_partial_messageable(town.channel.id).get_partial_message(int(interaction_message["id"])).delete()
    assert used.message is None
    stop()
    await town.sim.slash(town.alice, town.channel, "menu")
    assert told == ["INTERACTION_CREATE", "INTERACTION_ACK", "MESSAGE_CREATE", "MESSAGE_DELETE"]


async def test_a_dm_reaches_the_person(town: GuildSetup) -> None:
    assert town.alice.dm is None
    dm = await town.bot.create_dm(discord.Object(town.alice.id))
    await dm.send("your clip", file=clip())
    assert town.alice.dm is not None
    (message,) = town.sim.messages(town.alice.dm, viewer=town.alice)
    assert message["content"] == "your clip"
    used = await town.sim.slash(town.alice, town.alice.dm, "clip", {"camera": "Porch"})
    await used.acked()
    assert town.bot.seen[-1].context.dm_channel
