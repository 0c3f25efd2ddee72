"""What a message holds, however Discord lists it."""

import discord

from bot.delivery.messenger import files_of


def test_a_picture_that_an_embed_shows_counts_as_a_file_of_its_message() -> None:
    shown, none = discord.Embed(), discord.Embed()
    shown.set_image(url="https://cdn.discordapp.com/attachments/1/2/front-door-20261124.jpg?ex=1&is=2&hm=3")
    assert files_of([], [none, shown]) == ["front-door-20261124.jpg"]
    shown.set_image(url="attachment://front-door-20261124.jpg")
    assert files_of([], [shown]) == ["front-door-20261124.jpg"]
    assert files_of([], [none]) == []
