"""An answer is judged by what it holds, and by its words only if it holds nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blink import BlinkClient, Refused, Request, Started, Transport, UsbModule
from bot.blink.errors import NOT_READY
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import CAMERA, SECRETS

MODULE = UsbModule(1234, 77, "active")
IN_PROCESS = {"message": "command is in process", "error": None, "code": 2113}

ACCEPTED: dict[str, Any] = {
    "a camera that is busy": {"message": "The camera is busy recording for you", "id": 5},
    "the code of busy": {"message": "System is busy, please wait", "code": 307, "id": 5},
    "the code of a bad sign-in": {"message": "Unauthorized Access", "code": 101, "id": 5},
    "the other form": {"message": "busy", "command_id": 5},
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
@pytest.mark.parametrize("status", [200, 201, 202])
async def test_a_command_with_an_id_is_taken_whatever_its_words(
    blink: Scripted, client: BlinkClient, body: Any, status: int
) -> None:
    blink.says(Say(body, status))
    for started in (client.record_clip, client.take_picture, lambda _: client.usb.request_manifest(MODULE)):
        answer = await started(CAMERA)
        assert isinstance(answer, Started)
        assert answer.command_id == 5
    assert len(blink.heard) == 3, "nothing was asked twice"


async def test_a_list_is_read_whatever_its_words(blink: Scripted, client: BlinkClient) -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    words = {"message": "Sync Module busy", "code": 307}
    blink.says(Say({**words, "media": []}))
    assert await client.media_since(since) == []
    blink.says(Say({**words, "networks": [{"id": 1, "name": "Home"}]}))
    assert (await client.inventory()).networks == {1: "Home"}
    blink.says(Say({**words, "manifest_id": 3, "clips": []}))
    assert await client.usb.manifest(MODULE, 5)
    blink.says(Say({**words, "complete": True, "status": 0}))
    assert (await client.command(1234, 5)).complete


async def test_new_tokens_are_kept_whatever_the_words_beside_them(blink: Scripted, transport: Transport) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": SECRETS[2]}
    refresh = Request("the sign-in", "POST", "api.oauth.blink.com", "/oauth/token", form=form)
    blink.says(Say({"access_token": "a", "message": "Unauthorized Access", "code": 101}))
    assert (await transport.request(refresh)).body["access_token"] == "a"


@pytest.mark.parametrize("status", [409, 200])
async def test_a_usb_list_in_the_making_is_not_ready_and_never_busy(
    blink: Scripted, client: BlinkClient, status: int
) -> None:
    blink.says(Say(IN_PROCESS, status))
    assert await client.usb.manifest(MODULE, 5) is None
    with pytest.raises(Refused) as refused:
        await client.usb.request_manifest(MODULE)
    assert refused.value.code == NOT_READY == 2113


@pytest.mark.parametrize("message", ["Conflict", "", "That was asked already"])
async def test_a_409_that_has_a_code_of_its_own_is_a_refusal(
    blink: Scripted, client: BlinkClient, message: str
) -> None:
    blink.says(Say({"message": message, "code": 2805}, 409))
    with pytest.raises(Refused) as refused:
        await client.record_clip(CAMERA)
    assert (refused.value.status, refused.value.code, refused.value.message) == (409, 2805, message)
