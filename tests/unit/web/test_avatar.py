"""The face of the person a link is for: their avatar where it is one, else initials."""

import base64
from typing import Any

import pytest

from bot.models import Invited
from bot.ui.account import avatar_of
from bot.wording import pages

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ADDRESS = "data:image/png;base64," + base64.b64encode(PNG).decode()


class Avatar:
    """Discord's asset, as far as it is asked."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content

    def with_format(self, _: str) -> "Avatar":
        return self

    def with_size(self, _: int) -> "Avatar":
        return self

    async def read(self) -> bytes:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


class User:
    """Somebody with or without an avatar."""

    def __init__(self, avatar: Avatar | None) -> None:
        self.avatar = avatar


@pytest.mark.parametrize(
    ("avatar", "expected"),
    [
        (Avatar(PNG), ADDRESS),
        (None, None),
        (Avatar(b"<svg onload=alert(1)>"), None),
        (Avatar(PNG + bytes(70_000)), None),
        (Avatar(ConnectionResetError()), None),
    ],
    ids=["a picture", "none", "no picture", "too large", "out of reach"],
)
async def test_an_avatar_is_taken_along_or_left(avatar: Avatar | None, expected: str | None) -> None:
    user: Any = User(avatar)
    assert await avatar_of(user) == expected


@pytest.mark.parametrize(
    ("address", "shown"),
    [(ADDRESS, True), (None, False), ("https://evil.example/a.png", False), ("data:text/html,<b>", False)],
)
def test_no_address_but_a_picture_of_ours_is_shown(address: str | None, shown: bool) -> None:
    face = pages.face(Invited(1, "Alice Liddell", address))
    assert (face.picture is not None) is shown
    assert face.initials == "AL"
