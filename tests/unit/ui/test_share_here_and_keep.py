"""The file of a reply: where Discord puts it in a message, and where it may come from."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.components import _component_factory

from bot.ui.share_here_and_keep import url_of

NAME = "front-door-20261128-071600-01234567.mp4"
CDN = "https://cdn.discordapp.com/ephemeral-attachments/1/2"
ADDRESS = f"{CDN}/{NAME}?ex=1&is=2&hm=3"


def message(*components: dict[str, Any], attached: str | None = None) -> discord.Message:
    files = [SimpleNamespace(url=attached)] if attached else []
    return cast(
        "discord.Message",
        SimpleNamespace(attachments=files, components=[_component_factory(cast("Any", one)) for one in components]),
    )


def gallery(*urls: str) -> dict[str, Any]:
    return {"type": 12, "id": 2, "items": [{"media": {"url": url}} for url in urls]}


def container(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 17, "id": 1, "components": [{"type": 10, "id": 3, "content": "Front Door"}, *inside]}


def beside(url: str) -> dict[str, Any]:
    picture = {"type": 11, "id": 4, "media": {"url": url}}
    return {"type": 9, "id": 5, "components": [{"type": 10, "id": 6, "content": "a"}], "accessory": picture}


@pytest.mark.parametrize(
    "shown",
    [
        message(attached=ADDRESS),
        message(gallery(ADDRESS)),
        message(container(gallery(f"{CDN}/other.mp4", ADDRESS))),
        message(container({"type": 13, "id": 7, "file": {"url": ADDRESS}})),
        message(container(beside(ADDRESS))),
    ],
    ids=["attached", "gallery", "gallery in a container", "file in a container", "beside the text"],
)
def test_the_file_is_found_wherever_discord_puts_it(shown: discord.Message) -> None:
    assert str(url_of(shown, NAME)) == ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        f"{CDN}/other.mp4",
        f"http://cdn.discordapp.com/attachments/1/2/{NAME}",
        f"https://cdn.discordapp.com.example/attachments/1/2/{NAME}",
        f"https://127.0.0.1/{NAME}",
        f"attachment://{NAME}",
    ],
)
def test_another_file_or_host_is_none(url: str) -> None:
    assert url_of(message(container(gallery(url)), attached=url), NAME) is None
