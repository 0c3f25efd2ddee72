"""Messages of components: what may stand beside them, what an edit may change, and what the bot and others see."""

from typing import Any

import discord
import pytest

from simulators.discord import Interaction, User
from tests.simulators.discord.conftest import GuildSetup, Sender
from tests.simulators.discord.toybot import clip, refused
from tests.simulators.discord.v2 import (
    EPHEMERAL,
    FULL,
    V2,
    Wire,
    box,
    button,
    file,
    gallery,
    menu,
    places,
    row,
    section,
    text,
    thumbnail,
)
from tests.support.waiting import until

LENGTH = "BASE_TYPE_BAD_LENGTH"


def unseen(town: GuildSetup) -> list[str]:
    """Take away what the simulator found odd, so that the end of the test does not find it too."""
    found, town.sim.surprises[:] = town.sim.surprises[:], []
    return found


LEGACY: dict[str, Any] = {
    "content": "words",
    "embeds": [{"title": "x"}],
    "sticker_ids": ["1"],
    "poll": {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]},
}


@pytest.mark.parametrize("field", LEGACY)
async def test_nothing_may_be_beside_the_components(town: GuildSetup, send: Sender, field: str) -> None:
    status, answer = await send.post({"flags": V2, "components": [text()], field: LEGACY[field]})
    assert (status, answer["code"]) == (400, 50035)
    assert list(places(answer["errors"])) == [(field, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")]


@pytest.mark.parametrize("way", ["message", "answer", "follow-up", "edit by token", "edit by the bot", "update"])
async def test_every_way_is_judged(town: GuildSetup, send: Sender, way: str) -> None:
    bad = {"flags": V2, "components": [box(text(""))]}
    good = {"flags": V2, "components": [box(text("shown"), row(button()))]}
    path = "components.0.components.0.content"
    used = await send.used()
    if way not in {"message", "answer"}:
        await send.answer(used, 4, {"content": "x", "components": [row(button("again:0"))]})
    for body, status in ((bad, 400), (good, 200)):
        cleared = body | {"content": None}
        match way:
            case "message":
                found = await send.post(body)
            case "answer":
                found = await send.answer(used, 4, body)
            case "follow-up":
                found = await send("POST", send.hook(used), body)
            case "edit by token":
                found = await send.edit(used, cleared)
            case "edit by the bot":
                found = await send.patch(used.message or {}, cleared)
            case _:
                town.bot.seen.clear()
                assert used.message
                pressed = await forged(town, town.alice, used.message)
                found = await send.answer(pressed, 7, cleared)
        in_callback = way in {"answer", "update"}
        assert found[0] == (204 if in_callback and status == 200 else status), found
        if status == 400:
            prefix = "data." if in_callback else ""
            assert list(places(found[1]["errors"])) == [(prefix + path, LENGTH)]
    shown = town.sim.messages(town.channel)[-1]
    assert shown["components"][0]["components"][0]["content"] == "shown"


async def forged(town: GuildSetup, user: User, message: Wire) -> Interaction:
    """Press a button that the toy bot does not know, so that the test may answer."""
    return await town.sim.forge(user, message["id"], {"custom_id": "unknown", "component_type": 2})


async def test_a_deferral_ends_in_components(town: GuildSetup, send: Sender) -> None:
    used = await send.used()
    status, answer = await send.answer(used, 5, {"flags": V2 | EPHEMERAL})
    assert (status, [path for path, _ in places(answer["errors"])]) == (400, ["data.flags"])
    assert (await send.answer(used, 5, {"flags": EPHEMERAL}))[0] == 204
    assert (await send.edit(used, {"flags": V2, "components": [FULL]}, "a.jpg", "clip.mp4"))[0] == 200
    assert used.message
    assert used.message["flags"] == V2 | EPHEMERAL
    assert used.message["edited_timestamp"] is None


async def test_a_classic_message_is_cleared_when_it_becomes_one_of_components(town: GuildSetup, send: Sender) -> None:
    _, message = await send.post({"content": "words", "embeds": [{"title": "x"}], "components": [row(button())]})
    turn = {"flags": V2, "components": [text()]}
    for left, paths in (
        ({}, ["content", "embeds"]),
        ({"content": None}, ["embeds"]),
        ({"embeds": []}, ["content"]),
        ({"content": "new", "embeds": None}, ["content"]),
    ):
        status, answer = await send.patch(message, turn | left)
        assert (status, [path for path, _ in places(answer["errors"])]) == (400, paths)
    status, answer = await send.patch(message, turn | {"content": None, "embeds": []})
    assert (status, answer["flags"], answer["content"], answer["embeds"]) == (200, V2, "", [])


async def test_the_flag_stays_and_keeps_everything_else_out(town: GuildSetup, send: Sender) -> None:
    _, message = await send.post({"flags": V2, "components": [text("before")]})
    for body, path in (
        ({"content": "x"}, "content"),
        ({"embeds": [{"title": "x"}]}, "embeds"),
        ({"flags": 0, "content": "x", "components": []}, "flags"),
        ({"components": []}, "components"),
        ({"components": [button()]}, "components.0"),
    ):
        status, answer = await send.patch(message, body)
        assert status == 400
        assert path in [found for found, _ in places(answer["errors"])]
    status, answer = await send.patch(message, {"components": [text("after")]})
    assert (status, answer["flags"], answer["components"][0]["content"]) == (200, V2, "after")


async def test_answers_have_everything_that_was_left_out(town: GuildSetup, send: Sender) -> None:
    jpeg = {"url": "attachment://a.jpg"}
    parts = [section(text(), accessory=thumbnail()), {"type": 14}, {"type": 12, "items": [{"media": jpeg}]}, file()]
    _, answer = await send.post({"flags": V2, "components": [box(*parts)]}, "a.jpg")
    [container] = answer["components"]
    beside, line, pictures, whole = container["components"]
    assert (container["id"], container["accent_color"], container["spoiler"]) == (1, None, False)
    assert [beside["id"], beside["components"][0]["id"], beside["accessory"]["id"]] == [2, 3, 4]
    assert (line["divider"], line["spacing"]) == (True, 1)
    assert (whole["name"], whole["size"], whole["spoiler"]) == ("a.jpg", 1, False)
    for one in (beside["accessory"], pictures["items"][0]):
        assert (one["description"], one["spoiler"]) == (None, False)
        assert town.sim.file(one["media"]["url"]) == town.sim.file(one["media"]["proxy_url"]) == b"x"
        assert one["media"]["content_type"] == "image/jpeg"
        assert town.sim.file(one["media"]["attachment_id"]) == b"x"


async def test_files_that_components_show_are_not_told_as_attachments(town: GuildSetup, send: Sender) -> None:
    _, answer = await send.post({"flags": V2, "components": [file(), row(button("unknown"))]}, "a.jpg")
    assert answer["attachments"] == []
    [seen] = town.sim.messages(town.channel)
    assert [one["filename"] for one in seen["attachments"]] == ["a.jpg"], "whoever looks from outside sees all files"
    pressed = await town.sim.click(town.alice, answer["id"], "unknown")
    assert pressed.payload["message"]["attachments"] == []
    status, kept = await send.patch(answer, {"components": [gallery("attachment://a.jpg")]})
    assert (status, town.sim.file(kept["components"][0]["items"][0]["media"]["url"])) == (200, b"x")


async def test_a_file_that_nothing_shows_is_noticed(town: GuildSetup, send: Sender) -> None:
    _, message = await send.post({"flags": V2, "components": [file()]}, "a.jpg", "b.jpg")
    assert unseen(town) == [f"nothing shows b.jpg in message {message['id']}"]
    await send.patch(message, {"components": [text()]})
    assert unseen(town) == [f"nothing shows a.jpg, b.jpg in message {message['id']}"]
    await send.patch(message, {"components": [text()], "attachments": []})
    assert unseen(town) == []


async def test_texts_of_too_many_bytes_break_discord(town: GuildSetup, send: Sender) -> None:
    for length, status in ((3386, 200), (3387, 500)):
        found, _ = await send.post({"flags": V2, "components": [text("ゆ" * length)]})
        assert found == status, length


async def test_a_layout_of_discord_py_is_drawn_pressed_and_changed(town: GuildSetup) -> None:
    await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await interaction.response.defer()
    await interaction.edit_original_response(content="soon")

    def layout(title: str) -> discord.ui.LayoutView:
        made = discord.ui.LayoutView(timeout=None)
        again = discord.ui.Button[Any](label="Again", custom_id="again:7")
        shown = discord.ui.Container[Any](discord.ui.TextDisplay(title), accent_colour=0x5865F2)
        shown.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://clip.mp4")))
        shown.add_item(discord.ui.Section("beside", accessory=again))
        return made.add_item(shown)

    legacy = interaction.edit_original_response(view=layout("Front Door"), attachments=[clip()])
    assert await refused(legacy) == (400, 50035), "what is there already is not cleared by itself"
    message = await interaction.edit_original_response(view=layout("Front Door"), attachments=[clip()], content=None)
    assert message.flags.components_v2
    [reply] = town.sim.messages(town.channel)
    pressed = await town.sim.click(town.bob, reply["id"], "again:7")
    await until(lambda: pressed.message and pressed.message["content"] == "again 7")
    assert pressed.label == "Again"
    await message.edit(view=layout("Garage"))
    assert town.sim.messages(town.channel)[0]["components"][0]["components"][0]["content"] == "Garage"


async def test_a_menu_in_a_container_is_chosen_from(town: GuildSetup, send: Sender) -> None:
    _, message = await send.post({"flags": V2, "components": [box(row(menu("One", "Two")))]})
    chosen = await town.sim.select(town.alice, message["id"], "pick", ["Two"])
    await until(lambda: chosen.callbacks)
    assert (chosen.label, chosen.payload["data"]["values"]) == ("Two", ["Two"])
    assert chosen.callbacks[0].code == 50035, "the toy bot answers in words, which such a message cannot have"
