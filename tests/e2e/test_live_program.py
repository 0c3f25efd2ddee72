"""The live view as `python -m bot` records it: with its own way to the relay, and at its own pace."""

from pathlib import Path
from urllib.parse import unquote

from simulators.blink import Behaviour, Camera, LiveBehaviour
from simulators.demo.tls import Authority
from tests.support.house import BOT_TOKEN, KEY, House, built, text_of, video_in
from tests.support.program import program
from tests.support.waiting import until

RELAY = "u012.immedia-semi.com"
PATIENT = LiveBehaviour(silence=4000.0, connect_within=4000.0)  # Blink is in a hurry here, and the bot is not


async def test_the_program_records_live_views_and_tells_their_relay_no_secret(
    tmp_path: Path, authority: Authority
) -> None:
    async with built(tmp_path, authority) as house:
        house.world.relay_host = RELAY
        alice, hers = house.resident("alice")
        bob, his = house.resident("bob")
        door = hers.add_network("Home").add_camera("Front Door", behaviour=Behaviour.quick(live=PATIENT))
        shed = his.add_network("Cabin").add_camera("Shed", behaviour=Behaviour.quick(covered=False, live=PATIENT))
        shed.record_motion()  # whose entry in the list says that no plan covers it
        await house.link(alice, hers)
        await house.link(bob, his)
        hers.expire_access_tokens()  # so that a refresh token is used, too
        async with program(house, authority, LOG_LEVEL="DEBUG") as bot:
            await until(lambda: "clip" in house.discord.commands)
            clips = [await house.clip(alice, door, seconds=10), await house.clip(bob, shed)]
            replies = [await house.finished(clip, timeout=40) for clip in clips]
            await until(lambda: not any(house.live(clip) for clip in clips))
            bot.stop()
            assert await bot.ended() == 0
        for camera, reply in zip((door, shed), replies, strict=True):
            assert video_in(reply), text_of(reply)
            _seen_once(house, camera)
        secrets = {BOT_TOKEN, KEY, *(clip.token for clip in clips), *_bearers(house), *_refresh_tokens(house)}
        assert len(secrets) >= 7
        tokens = {session.token for session in house.world.live.made}
        assert "delivered" in bot.words
        assert [secret for secret in secrets | tokens if secret in bot.words] == []
        heard = [bytes(one) for one in house.blink.relay.heard]
    assert len(heard) == len(tokens) == 2
    for session in house.world.live.made:
        [said] = [one for one in heard if session.wire_token in one]
        assert said.count(session.token.encode()) == 1
        assert [secret for secret in secrets | tokens - {session.token} if secret.encode() in said] == []


def _seen_once(house: House, camera: Camera) -> None:
    """See that one session was started for a camera, over one connection, and that the client ended it."""
    [session] = house.world.live.of(camera)
    starts = [one for one in house.blink.asked("live_view") if f"/{camera.id}/" in one.path]
    assert len(starts) == session.connections == 1
    assert session.ended == "by the client"
    assert camera.accepted == []


def _bearers(house: House) -> set[str]:
    asked = [one.headers["Authorization"] for one in house.blink.requests if "Authorization" in one.headers]
    return {one.removeprefix("Bearer ") for one in asked}


def _refresh_tokens(house: House) -> set[str]:
    return {unquote(one.body["refresh_token"]) for one in house.blink.asked("token")}
