"""A strict cloud: what no client may send is refused, and what nobody modelled is also remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import OAUTH, PROD, Phone, clip_path, picture_path


@dataclass(frozen=True)
class Wrong:
    """A request that must be refused, with its status and, where nobody would expect it, a surprise."""

    path: Callable[[BlinkSetup], str]
    status: int
    method: str = "GET"
    host: str | None = None
    more: dict[str, Any] = field(default_factory=dict[str, Any])
    surprise: str | None = None


def home_screen(house: BlinkSetup) -> str:
    return f"/api/v3/accounts/{house.account.id}/homescreen"


def media(query: str) -> Callable[[BlinkSetup], str]:
    return lambda house: f"/api/v1/accounts/{house.account.id}/media/changed?{query}"


SINCE = "since=2026-01-01T00:00:00%2B0000"
REFUSED = {
    "a route that nobody knows": Wrong(lambda _: "/api/v9/everything", 404, surprise="no such route"),
    "a known path with another method": Wrong(home_screen, 404, "POST", surprise="no such route"),
    "a host that is not Blink's": Wrong(home_screen, 404, host="www.blink.com", surprise="no such route"),
    "the homescreen at the first-contact host": Wrong(home_screen, 404, host=PROD, surprise="no such route"),
    "another region": Wrong(home_screen, 406, host="rest-u001.immedia-semi.com"),
    "an unknown query field": Wrong(
        lambda h: home_screen(h) + "?fast=1", 400, surprise="homescreen: unknown query field fast"
    ),
    "a repeated query field": Wrong(media(f"{SINCE}&page=1&page=2"), 400, surprise="repeated"),
    "a media list without a moment": Wrong(media("page=1"), 400, surprise="since"),
    "a moment without a time zone": Wrong(media("since=2026-01-01T00:00:00&page=1"), 400, surprise="since"),
    "a page that is no number": Wrong(media(f"{SINCE}&page=first"), 400, surprise="page"),
    "a clip with settings": Wrong(
        lambda h: clip_path(h.front),
        400,
        "POST",
        more={"json": {"duration": 30}},
        surprise="unknown body field duration",
    ),
    "a clip with text": Wrong(
        lambda h: clip_path(h.front), 400, "POST", more={"data": "now"}, surprise="unexpected body"
    ),
    "a question with a body": Wrong(home_screen, 400, more={"json": {}}, surprise="unexpected body"),
    "a battery camera as a Mini": Wrong(
        lambda h: clip_path(h.mini).replace(str(h.mini.id), str(h.front.id)), 404, "POST"
    ),
    "a Mini as a battery camera": Wrong(lambda h: f"/network/{h.home.id}/camera/{h.mini.id}/clip", 404, "POST"),
    "a doorbell as a battery camera": Wrong(lambda h: f"/network/{h.home.id}/camera/{h.bell.id}/clip", 404, "POST"),
    "a Mini as a doorbell": Wrong(lambda h: clip_path(h.mini).replace("owls", "doorbells"), 404, "POST"),
    "a camera that does not exist": Wrong(
        lambda h: f"/network/{h.home.id}/camera/1/clip", 404, "POST", surprise="camera 1 is not in network"
    ),
    "a network that does not exist": Wrong(lambda h: f"/network/1/camera/{h.front.id}/clip", 404, "POST"),
    "a command that does not exist": Wrong(lambda h: f"/network/{h.home.id}/command/1", 404),
    "the headers of an old app": Wrong(home_screen, 426, more={"headers": {"APP-BUILD": "ANDROID_28373244"}}),
    "a picture under the wrong type": Wrong(lambda h: picture_path(h.mini, "catalina") + "?ts=1&ext=", 400),
    "a video that does not exist": Wrong(
        lambda h: picture_path(h.front).replace("thumbnail/thumbnail.jpg", "clip/1.mp4"), 404
    ),
    "deleting nothing": Wrong(
        lambda h: f"/api/v1/accounts/{h.account.id}/media/delete", 400, "POST", more={"json": {}}, surprise="media_list"
    ),
    "deleting in hunsalz's words": Wrong(
        lambda h: f"/api/v1/accounts/{h.account.id}/media/delete",
        400,
        "POST",
        more={"json": {"media_ids": [1]}},
        surprise="unknown body field media_ids",
    ),
    "the app's newer way to check a code": Wrong(
        lambda _: "/oauth/v2/verify_otp", 404, "POST", host=OAUTH, surprise="no such route"
    ),
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED.keys())
async def test_the_cloud_refuses(house: BlinkSetup, wrong: Wrong) -> None:
    heard = await house.phone.send(wrong.method, wrong.path(house), host=wrong.host, **wrong.more)
    assert heard.status == wrong.status
    if wrong.surprise:
        assert [wrong.surprise in surprise for surprise in house.sim.surprises] == [True]
    else:
        assert house.sim.surprises == []
    assert not house.front.accepted
    assert not house.mini.accepted


@pytest.mark.parametrize("bearer", ["", "made-up", "expired", "a refresh token"])
async def test_a_bearer_that_is_not_in_force_opens_nothing(house: BlinkSetup, bearer: str) -> None:
    phone = house.phone
    match bearer:
        case "expired":
            house.account.expire_access_tokens()
        case "a refresh token":
            phone.token = phone.refresh
        case _:
            phone.token = bearer
    for heard in (await phone.get(home_screen(house)), await phone.clip(house.front)):
        assert (heard.status, heard.json["code"]) == (401, 101)
        assert heard.json["message"] == "Unauthorized Access"
    assert not house.front.accepted


def foreign_paths(house: BlinkSetup, stranger: Phone) -> list[tuple[str, str]]:
    barn = stranger.account.cameras[0]
    theirs, network = stranger.account.id, barn.network.id
    barn.record_motion()
    command = barn.record_clip().id
    recording = barn.recordings[0].media_id
    picture = picture_path(barn)
    return [
        ("GET", f"/api/v3/accounts/{theirs}/homescreen"),
        ("GET", f"/api/v1/accounts/{theirs}/media/changed?{SINCE}&page=1"),
        ("POST", clip_path(barn)),
        ("POST", clip_path(barn, "thumbnail")),
        ("GET", f"/network/{network}"),
        ("GET", f"/network/{network}/command/{command}"),
        ("POST", f"/network/{network}/command/{command}/done/"),
        ("GET", picture),
        ("GET", picture.replace("thumbnail/thumbnail.jpg", f"clip/{recording}.mp4")),
        # one's own account in front of another's network
        ("GET", picture.replace(str(theirs), str(house.account.id))),
        ("POST", f"/api/v1/accounts/{house.account.id}/networks/{network}/state/arm"),
    ]


async def test_one_account_opens_nothing_of_another(house: BlinkSetup) -> None:
    stranger = house.neighbour()
    accepted = 1  # the clip that foreign_paths starts by itself
    for seen, (method, path) in enumerate(foreign_paths(house, stranger), start=1):
        heard = await house.phone.send(method, path)
        assert heard.status in (401, 404), path
        assert len(house.sim.surprises) == seen, path
        assert "alice@example.com's bearer at" in house.sim.surprises[-1]
    assert len(stranger.account.cameras[0].accepted) == accepted
    assert {request.account_id for request in house.sim.requests} == {house.account.id}


async def test_deleting_another_accounts_video_leaves_it(house: BlinkSetup) -> None:
    stranger = house.neighbour()
    recording = stranger.account.cameras[0].record_motion()
    path = f"/api/v1/accounts/{house.account.id}/media/delete"
    heard = await house.phone.post(path, json={"media_list": [recording.media_id]})
    assert (heard.status, heard.json["code"]) == (404, 700)
    assert recording.deleted_at is None
