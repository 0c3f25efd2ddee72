"""What a bot without intents finds out over REST when nobody has just used a command: who is where, and may what."""

from typing import Any

import discord
import pytest

from simulators.discord import Channel, Guild, SimError, User
from tests.simulators.discord.conftest import GuildSetup
from tests.simulators.discord.toybot import Again, clip, refused, view
from tests.support.hands import choose, chosen_in, files_of, menu_of
from tests.support.waiting import until


async def rights(town: GuildSetup, user: User, channel: Channel | None = None) -> discord.Permissions:
    """Ask as a bot does that knows only ids."""
    guild = await town.bot.fetch_guild(town.guild.id)
    place = await guild.fetch_channel((channel or town.channel).id)
    return place.permissions_for(await guild.fetch_member(user.id))


def may(found: discord.Permissions) -> tuple[bool, bool]:
    return found.view_channel, found.send_messages


async def test_a_server_comes_without_what_only_the_gateway_tells(town: GuildSetup) -> None:
    guild = await town.bot.fetch_guild(town.guild.id)
    assert guild.name == "The Willows"
    assert not guild.channels
    assert not guild.members
    assert guild.approximate_member_count == 4, "its owner, the bot and the two"
    assert (await town.bot.fetch_guild(town.guild.id, with_counts=False)).approximate_member_count is None


async def test_a_members_rights_in_a_channel_follow_their_roles_and_its_overwrites(town: GuildSetup) -> None:
    family = town.sim.add_role(town.guild, "family")
    assert may(await rights(town, town.alice)) == (True, True)
    town.sim.forbid(town.alice, town.channel, "send_messages")
    assert may(await rights(town, town.alice)) == (True, False)
    assert may(await rights(town, town.bob)) == (True, True)
    town.sim.forbid(town.guild.everyone, town.channel, "view_channel")
    assert await refused(town.bot.fetch_channel(town.channel.id)) == (403, 50001), "the bot is everybody too"
    town.sim.allow(None, town.channel, "view_channel")
    assert [may(await rights(town, one)) for one in (town.alice, town.bob)] == [(False, False)] * 2
    town.sim.allow(family, town.channel, "view_channel")
    town.sim.give_role(town.bob, family)
    assert may(await rights(town, town.bob)) == (True, True)
    town.sim.take_role(town.bob, family)
    assert may(await rights(town, town.bob)) == (False, False)
    town.sim.make_administrator(town.alice, town.guild)
    assert may(await rights(town, town.alice)) == (True, True)


async def test_the_newer_word_on_a_right_counts(town: GuildSetup) -> None:
    town.sim.forbid(town.alice, town.channel, "view_channel", "send_messages")
    town.sim.allow(town.alice, town.channel, "view_channel")
    assert may(await rights(town, town.alice)) == (True, False)
    with pytest.raises(SimError):
        town.sim.forbid(town.alice, town.channel, "fly")
    with pytest.raises(SimError):
        town.sim.forbid(town.alice, town.alice.open_dm(), "view_channel")


async def test_who_left_and_where_the_bot_is_not(town: GuildSetup) -> None:
    town.sim.leave(town.alice, town.guild)
    guild = await town.bot.fetch_guild(town.guild.id)
    assert await refused(guild.fetch_member(town.alice.id)) == (404, 10007)
    elsewhere = town.sim.add_guild("Elsewhere", bot=False)
    await without_the_bot(town, elsewhere, elsewhere.add_channel("general"))


async def test_a_bot_that_is_thrown_out_sees_the_server_no_more(town: GuildSetup) -> None:
    town.sim.remove_bot(town.guild)
    await without_the_bot(town, town.guild, town.channel)
    with pytest.raises(SimError):
        town.sim.remove_bot(town.guild)


async def without_the_bot(town: GuildSetup, guild: Guild, channel: Channel) -> None:
    assert await refused(town.bot.fetch_guild(guild.id)) == (403, 50001)
    assert await refused(town.bot.http.get_member(guild.id, town.bob.id)) == (403, 50001)
    assert await refused(town.bot.fetch_channel(channel.id)) == (403, 50001)
    assert await refused(town.bot.get_partial_messageable(channel.id).send("x")) == (403, 50001)


async def test_a_message_needs_the_bots_rights(town: GuildSetup) -> None:
    place = town.bot.get_partial_messageable(town.channel.id)
    sent = await place.send("x")
    town.sim.forbid(None, town.channel, "attach_files")
    assert await refused(place.send(file=clip())) == (403, 50013)
    await place.send("still allowed")
    town.sim.forbid(None, town.channel, "send_messages")
    assert await refused(place.send("x")) == (403, 50013)
    town.sim.forbid(None, town.channel, "view_channel")
    assert await refused(place.send("x")) == (403, 50001)
    assert await refused(sent.edit(content="y")) == (403, 50001)
    assert await refused(town.bot.fetch_channel(town.channel.id)) == (403, 50001)
    town.sim.allow(None, town.channel, "view_channel", "send_messages", "attach_files")
    await place.send(file=clip())


async def test_a_channel_that_is_gone_is_unknown(town: GuildSetup) -> None:
    other = town.guild.add_channel("porch")
    place = town.bot.get_partial_messageable(other.id)
    await place.send("x")
    town.sim.delete_channel(other)
    assert await refused(place.send("x")) == (404, 10003)
    assert await refused(town.bot.fetch_channel(other.id)) == (404, 10003)


async def test_whoever_cannot_see_a_channel_can_use_nothing_there(town: GuildSetup) -> None:
    message = await town.bot.get_partial_messageable(town.channel.id).send("here", view=view(Again(7)))
    town.sim.forbid(town.alice, town.channel, "view_channel")
    with pytest.raises(SimError):
        await town.sim.slash(town.alice, town.channel, "wait")
    with pytest.raises(SimError):
        await town.sim.click(town.alice, message.id, "again:7")
    await (await town.sim.click(town.bob, message.id, "again:7")).acked()


async def test_a_chosen_channel_comes_with_the_rights_of_who_chose_it(town: GuildSetup) -> None:
    quiet, hidden = town.guild.add_channel("quiet"), town.guild.add_channel("hidden")
    town.sim.forbid(town.alice, quiet, "send_messages")
    town.sim.forbid(town.alice, hidden, "view_channel")

    async def chosen(user: User, channel: Channel) -> discord.app_commands.AppCommandChannel:
        used = await town.sim.slash(user, town.channel, "post", {"to": channel})
        heard = (await town.received()).namespace["to"]
        assert used.payload["channel"]["permissions"] == used.payload["member"]["permissions"]
        return heard

    found = await chosen(town.alice, quiet)
    assert (found.id, found.name, found.guild_id) == (quiet.id, "quiet", town.guild.id)
    assert may(found.permissions) == (True, False)
    assert may((await chosen(town.bob, quiet)).permissions) == (True, True)
    assert (await found.fetch()).id == quiet.id
    elsewhere = town.sim.add_guild("Elsewhere").add_channel("general")
    for impossible in (hidden, elsewhere, town.alice.open_dm()):
        with pytest.raises(SimError):
            await town.sim.slash(town.alice, town.channel, "post", {"to": impossible})


async def test_a_channel_of_another_kind_is_not_offered(town: GuildSetup) -> None:
    town.channel.record.type = 2
    with pytest.raises(SimError):
        await town.sim.slash(town.alice, town.channel, "post", {"to": town.channel})


@pytest.mark.parametrize("where", ["dm", "channel"])
async def test_the_newest_messages_of_a_place_can_be_read(town: GuildSetup, where: str) -> None:
    place: Any = await town.bot.create_dm(discord.Object(town.alice.id))
    if where == "channel":
        place = town.bot.get_partial_messageable(town.channel.id)
    for number in range(3):
        await place.send(f"clip {number}", file=clip(100 + number), view=view(Again(number)))
    found = [one async for one in place.history(limit=2)]
    assert [one.content for one in found] == ["clip 2", "clip 1"]
    assert [one.attachments[0].size for one in found] == [102, 101]
    assert [one.components[0].children[0].custom_id for one in found] == ["again:2", "again:1"]
    assert found[0].author.id == town.sim.application_id


@pytest.mark.parametrize("where", ["dm", "channel"])
async def test_a_nonce_makes_a_message_with_a_video_once(town: GuildSetup, where: str) -> None:
    channel = town.channel if where == "channel" else town.alice.open_dm()
    place = town.bot.get_partial_messageable(channel.id)
    sent = [await place.send("clip", file=clip(), nonce="alert-1") for _ in range(2)]
    assert sent[0].id == sent[1].id
    assert len(town.sim.messages(channel)) == 1


async def test_what_a_menu_has_chosen_already_is_told(town: GuildSetup) -> None:
    options = [discord.SelectOption(label=name, default=name != "b") for name in "abc"]
    menu = discord.ui.Select[Any](custom_id="cameras", min_values=0, max_values=3, options=options)
    heard: list[list[str]] = []

    async def picked(interaction: discord.Interaction[Any]) -> None:
        heard.append(menu.values)
        for option in menu.options:
            option.default = option.value in menu.values
        await interaction.response.edit_message(view=menu.view)

    menu.callback = picked  # type: ignore[method-assign]
    await town.bot.get_partial_messageable(town.channel.id).send("which?", view=view(menu))

    def shown() -> dict[str, Any]:
        (wire,) = town.sim.messages(town.channel)
        return wire

    def chosen() -> list[str]:
        return chosen_in(menu_of(shown(), "cameras"))

    assert chosen() == ["a", "c"]
    for values in (["b", "c"], []):
        await (await choose(town.sim, town.alice, shown(), *values)).acked()
        await until(lambda values=values: chosen() == values)
    assert heard == [["b", "c"], []]


@pytest.mark.parametrize("where", ["dm", "channel"])
async def test_a_message_that_shows_a_picture_gets_the_video_later(town: GuildSetup, where: str) -> None:
    channel = town.channel if where == "channel" else town.alice.open_dm()
    place = town.bot.get_partial_messageable(channel.id)
    embed = discord.Embed(title="Motion").set_image(url="attachment://still.jpg")
    sent = await place.send(embed=embed, file=clip(500, "still.jpg"), nonce="alert-1")
    known = place.get_partial_message(sent.id)  # all that is left of it after a restart
    await known.edit(embed=discord.Embed(title="Motion"), attachments=[clip(3000)])
    (wire,) = town.sim.messages(channel, town.alice)
    assert {name: len(data) for name, data in files_of(town.sim, wire).items()} == {"clip.mp4": 3000}
    assert "image" not in wire["embeds"][0]
    assert wire["edited_timestamp"]
    town.sim.attachment_size_limit = 1000
    assert await refused(known.edit(attachments=[clip(3000)])) == (413, 40005)
    town.sim.world.delete_message(channel.id, sent.id)
    assert await refused(known.edit(content="x")) == (404, 10008)


async def test_closed_dms_take_no_message_but_the_change_of_an_older_one(town: GuildSetup) -> None:
    place = await town.bot.create_dm(discord.Object(town.alice.id))
    sent = await place.send("motion")
    town.alice.close_dms()
    assert await refused(place.send("motion")) == (403, 50007)
    assert (await sent.edit(content="motion, with its video")).content == "motion, with its video"
