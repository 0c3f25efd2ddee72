"""What comes of a walk past each camera of the street."""

import aiohttp
import pytest

from simulators.demo.street import build, walks

SAID = {
    "Front Door": (True, "Front Door films you. Blink lists the recording in a moment"),
    "Hallway (Cabin)": (True, "Hallway films you. Blink lists"),
    "Garage": (False, "Garden is not armed, so Garage films nothing. /arm arms it."),
    "Shed": (False, "Shed is offline and sees nothing."),
    "Porch": (False, "Guest House is not armed"),
}
ARMED = {
    "Garage": (True, "Garage films you. Blink lists"),
    "Back Yard": (True, "no Blink plan keeps that"),
    "Porch": (True, "onto the USB drive"),
    "Shed": (False, "Shed is offline"),
}


@pytest.mark.parametrize("armed", [False, True], ids=["as it is", "all armed"])
def test_a_walk_past_a_camera_says_what_came_of_it(armed: bool) -> None:
    account = build().residents[0].account
    before = {camera.id: len(camera.made) for camera in account.cameras}
    for network in account.networks:
        network.armed = network.armed or armed
    past = {walk.camera: walk for walk in walks(account)}
    assert len(past) == len(account.cameras), "each has a name of its own"
    for name, (filmed, sentence) in (ARMED if armed else SAID).items():
        assert sentence in past[name].past()
        camera = next(camera for camera in account.cameras if str(camera.id) == past[name].key)
        assert len(camera.made) - before[camera.id] == filmed


def test_a_camera_whose_motion_detection_is_off_says_so() -> None:
    street = build()
    street.front.enabled = False
    [front] = [walk for walk in walks(street.residents[0].account) if walk.key == str(street.front.id)]
    assert front.past() == "The motion detection of Front Door is off, so it films nothing. /motion turns it on."


def test_what_was_filmed_is_listed_a_moment_later_and_whole_later_still() -> None:
    street = build()
    [front] = [walk for walk in walks(street.residents[0].account) if walk.key == str(street.front.id)]
    front.past()
    filmed, now = street.front.made[-1], street.blink.world.clock()
    assert not filmed.listed(now)
    assert filmed.listed(now + 2.0)
    assert filmed.partial(now + 2.0)
    assert not filmed.partial(now + 12.0)


async def test_a_resident_walks_past_their_own_cameras_on_the_page() -> None:
    street = build()
    alice = street.residents[0].account
    page = street.page()
    url = await page.start()
    try:
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/socket", origin=url) as ws:
            shown = (await ws.receive_json(timeout=5))["guide"]["walks"]
            assert [one["key"] for one in shown] == [str(camera.id) for camera in alice.cameras]
            made = len(street.front.made)
            await ws.send_json({"op": "walk", "nonce": 1, "camera": str(street.front.id)})
            while (heard := await ws.receive_json(timeout=5))["op"] != "answer":
                pass
            assert heard["told"].startswith("Front Door films you.")
            assert len(street.front.made) == made + 1
    finally:
        await page.close()
