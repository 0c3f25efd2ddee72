"""Where the bot goes when Blink names an address: never into the network of its host."""

from pathlib import Path

import pytest

from bot import app
from bot.blink import BlinkClient, BlinkError, NotUnderstood
from bot.blink.sockets import is_public
from tests.support.internet import Internet
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import ACCOUNT, Bearer

REGION = "rest-e008.immedia-semi.com"
ELSEWHERE = "cdn.discordapp.com"  # a foreign host of which the tests' certificate holds
PUBLIC = "8.8.8.8"
VIDEO = Say(
    b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x08moov",
    headers={"Content-Type": "video/mp4", "Connection": "close"},
)


async def fetched(blink: Scripted, internet: Internet, path: str, tmp_path: Path) -> int:
    """Download a video through the transport of the running bot."""
    async with app.blink_transport(internet.connectors) as transport:
        client = BlinkClient(transport, Bearer(), tier="e008", account_id=ACCOUNT)
        return await client.download(path, tmp_path / "video.mp4", limit=1000)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "255.255.255.255",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "::1",
        "::",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "52.216.1.1", "2600:9000:2000::1", "2001:4860:4860::8888"])
def test_an_address_that_is_public(address: str) -> None:
    assert is_public(address)


async def test_a_video_on_another_public_host_comes_without_the_bearer(blink: Scripted, tmp_path: Path) -> None:
    blink.says(VIDEO)
    internet = Internet(blink.port, **{ELSEWHERE: [PUBLIC]})
    assert await fetched(blink, internet, f"https://{ELSEWHERE}/x.mp4?signature=ab", tmp_path) == 24
    [heard] = blink.heard
    assert (heard.bearer, heard.target) == (None, "/x.mp4?signature=ab")


async def test_blinks_own_names_are_taken_to_wherever_they_resolve(blink: Scripted, tmp_path: Path) -> None:
    blink.says(VIDEO)
    internet = Internet(blink.port, **{REGION: ["127.0.0.1"]})
    assert await fetched(blink, internet, "/x.mp4", tmp_path) == 24
    assert [heard.bearer for heard in blink.heard] == [Bearer().tokens[0]]


@pytest.mark.parametrize("name", [ELSEWHERE, "127.1", "2130706433", "0x7f.1", f"{REGION}.example.org"])
async def test_a_video_on_a_name_for_this_machine_is_not_asked_for(blink: Scripted, tmp_path: Path, name: str) -> None:
    blink.says(VIDEO)
    internet = Internet(blink.port, **{name: ["127.0.0.1"]})
    with pytest.raises(BlinkError):
        await fetched(blink, internet, f"https://{name}/x.mp4", tmp_path)
    assert (internet.connected, blink.heard) == ([], [])


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "[::1]", "localhost"])
async def test_a_redirect_into_the_hosts_own_network_is_not_followed(
    blink: Scripted, tmp_path: Path, host: str
) -> None:
    target = f"https://{host}:{blink.port}/x.mp4"
    blink.says(Say(b"", 302, {"Location": target, "Connection": "close"}), VIDEO)
    internet = Internet(blink.port, **{REGION: [PUBLIC], "localhost": ["127.0.0.1"]})
    with pytest.raises(BlinkError):
        await fetched(blink, internet, "/x.mp4", tmp_path)
    assert (internet.connected, [heard.host for heard in blink.heard]) == ([PUBLIC], [REGION])


async def test_a_name_that_is_public_at_first_and_this_machine_then_is_left_alone(
    blink: Scripted, tmp_path: Path
) -> None:
    again = Say(b"", 302, {"Location": f"https://{ELSEWHERE}/y.mp4", "Connection": "close"})
    blink.says(again, VIDEO)
    internet = Internet(blink.port, **{ELSEWHERE: [PUBLIC, "127.0.0.1"]})
    with pytest.raises(BlinkError):
        await fetched(blink, internet, f"https://{ELSEWHERE}/x.mp4", tmp_path)
    assert (internet.connected, [heard.target for heard in blink.heard]) == ([PUBLIC], ["/x.mp4"])


async def test_another_hosts_refusal_says_nothing_of_the_sign_in(blink: Scripted) -> None:
    away = Say(b"", 302, {"Location": f"https://{ELSEWHERE}/x", "Connection": "close"})
    blink.says(away, Say({"message": "Unauthorized Access", "code": 101}, 401))
    internet = Internet(blink.port, **{REGION: [PUBLIC], ELSEWHERE: [PUBLIC]})
    async with app.blink_transport(internet.connectors) as transport:
        with pytest.raises(NotUnderstood):
            await BlinkClient(transport, Bearer(), tier="e008", account_id=ACCOUNT).inventory()
