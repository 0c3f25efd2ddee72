"""The street has what its hints promise."""

import asyncio

from bot.demo.simblink import Account
from bot.demo.street import ALICES, BOBS, build

MISSING = "Basement"


def cameras(account: Account) -> set[str]:
    return {camera.name for camera in account.cameras}


def test_every_hint_but_one_is_about_a_camera_of_its_owner() -> None:
    street = build()
    for resident, hints in zip(street.residents, (ALICES, BOBS), strict=True):
        assert {title for title, _ in hints} - {MISSING} == cameras(resident.account)
        assert MISSING not in cameras(resident.account)


async def test_the_videos_go_where_the_hints_say() -> None:
    street = build()
    [alice, _] = [resident.account for resident in street.residents]
    by_name = {camera.name: camera for camera in alice.cameras}
    made = {}
    for name in ("Porch", "Back Yard", "Driveway"):
        by_name[name].record_clip()
        [made[name]] = by_name[name].made
    assert [(one.in_cloud, one.usb_appears is not None) for one in made.values()] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert by_name["Porch"].network.cameras == [by_name["Porch"]]
    assert 13.5 < len(await asyncio.to_thread(lambda: made["Driveway"].mp4)) / 2**20 < 14.5
    assert alice.world.manifest_pace == 15.0
