"""Rich messages: many embeds, pictures and files in one, and a full field of buttons."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest

from simulators.discord import SimError
from tests.simulators.discord.conftest import Api, GuildSetup
from tests.simulators.discord.toybot import clip, refused, view

Wire = dict[str, Any]


def albums(count: int) -> list[discord.Embed]:
    """Embeds with a picture each, and a small one for the first."""
    made = [discord.Embed(title=f"Camera {index}").set_image(url=f"attachment://{index}.jpg") for index in range(count)]
    made[0].set_thumbnail(url="attachment://1.jpg")
    return made


def pictures(count: int) -> list[discord.File]:
    return [clip(100 + index, f"{index}.jpg") for index in range(count)]


async def by_answer(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message(embeds=albums(10), files=pictures(10))


async def by_edit(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(embeds=albums(10), attachments=pictures(10))


async def by_two_edits(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(attachments=pictures(10))
    await interaction.edit_original_response(embeds=albums(10))


WAYS = {"an answer": by_answer, "an edit": by_edit, "the files first": by_two_edits}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_ten_embeds_show_ten_files_of_their_message(
    town: GuildSetup, way: Callable[[discord.Interaction[Any]], Awaitable[None]]
) -> None:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await way(interaction)
    assert used.message is not None
    embeds = used.message["embeds"]
    shown = [town.sim.file(embed["image"]["url"]) for embed in embeds]
    assert [len(file) for file in shown] == list(range(100, 110))
    assert town.sim.file(embeds[0]["thumbnail"]["proxy_url"]) == shown[1]
    assert [file["filename"] for file in used.message["attachments"]] == [f"{index}.jpg" for index in range(10)]
    told = await interaction.original_response()
    assert [embed.image.url for embed in told.embeds] == [embed["image"]["url"] for embed in embeds]
    await interaction.edit_original_response(content="still there")
    assert used.message["embeds"] == embeds


@pytest.mark.parametrize("name", ["clip.mp4", "other.jpg"])
async def test_an_embed_shows_only_pictures_of_its_own_message(town: GuildSetup, name: str) -> None:
    channel = town.bot.get_partial_messageable(town.channel.id)
    sent = await channel.send(embed=discord.Embed(title="x").set_image(url=f"attachment://{name}"), file=clip())
    assert sent.embeds[0].image.url == f"attachment://{name}"


ELEVEN: dict[str, Callable[[discord.Interaction[Any]], Awaitable[Any]]] = {
    "answer": lambda used: used.response.send_message(files=pictures(11)),
    "follow-up": lambda used: used.followup.send(files=pictures(11)),
    "edit": lambda used: used.edit_original_response(attachments=pictures(11)),
    "message": lambda used: used.client.get_partial_messageable(used.channel_id).send(files=pictures(11)),
}


@pytest.mark.parametrize("way", ELEVEN)
async def test_eleven_files_are_refused(town: GuildSetup, way: str) -> None:
    await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    if way in {"follow-up", "edit"}:
        await interaction.response.send_message("x")
    assert await refused(ELEVEN[way](interaction)) == (400, 30015)


async def test_every_button_of_five_full_rows_can_be_pressed(town: GuildSetup) -> None:
    buttons = [discord.ui.Button[Any](label=str(index), custom_id=f"again:{index}") for index in range(25)]
    channel = town.bot.get_partial_messageable(town.channel.id)
    message = await channel.send("here", view=view(*buttons))
    (wire,) = town.sim.messages(town.channel)
    assert [len(row["components"]) for row in wire["components"]] == [5] * 5
    for index in (0, 12, 24):
        pressed = await town.sim.click(town.alice, message.id, f"again:{index}")
        await pressed.acked()
        assert pressed.message is not None
        assert pressed.message["content"] == f"again {index}"
    with pytest.raises(SimError):
        await town.sim.click(town.alice, message.id, "again:25")


async def test_six_rows_are_refused(town: GuildSetup, api: Api) -> None:
    rows = [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": str(index)}]}
        for index in range(6)
    ]
    path = f"/channels/{town.channel.id}/messages"
    status, body = await api("POST", path, json={"content": "x", "components": rows})
    assert (status, body["code"]) == (400, 50035)


@pytest.mark.parametrize("values", [[], ["a", "c"], ["a", "b", "c"]], ids=len)
async def test_a_menu_takes_none_or_several(town: GuildSetup, values: list[str]) -> None:
    menu = discord.ui.Select[Any](
        custom_id="cameras", min_values=0, max_values=3, options=[discord.SelectOption(label=name) for name in "abc"]
    )
    chosen: list[list[str]] = []

    async def choose(interaction: discord.Interaction[Any]) -> None:
        chosen.append(menu.values)
        await interaction.response.defer()

    menu.callback = choose  # type: ignore[method-assign]
    message = await town.bot.get_partial_messageable(town.channel.id).send("which?", view=view(menu))
    await (await town.sim.select(town.alice, message.id, "cameras", values)).acked()
    assert chosen == [values]
