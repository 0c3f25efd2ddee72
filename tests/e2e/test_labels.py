"""Cameras of one name: wherever they are offered together, people can tell them apart."""

from typing import Any

from simulators.blink import Behaviour
from tests.support.house import buttons_of, text_of
from tests.support.reading import answered, titles_of
from tests.support.street import Street
from tests.support.waiting import until

FIRST, SECOND, OTHER = "Front Door · Home", "Front Door · Home (2)", "Front Door · Shed"


async def test_cameras_of_one_name_differ_wherever_they_are_offered(street: Street) -> None:
    house, discord, bob = street.house, street.house.discord, street.house.discord.add_user("bob")
    quick = Behaviour.quick()
    street.front.network.add_camera("Front Door", behaviour=quick)
    street.account.add_network("Shed").add_camera("Front Door", behaviour=quick)

    async def use(user: Any, command: str, **options: Any) -> dict[str, Any]:
        used = await discord.slash(user, house.channel, command, options)
        return await until(lambda: answered(used), timeout=10)

    async def offered(user: Any, command: str, number: int, **options: Any) -> list[str]:
        """Type `front` until Blink's list is known."""
        found: list[str] = []
        for _ in range(20):
            typed = {**options, "camera": "front"}
            choices = await discord.autocomplete(user, house.channel, command, typed, focused="camera")
            found = [one["name"] for one in choices]
            if len(found) == number:
                break
        return sorted(found)

    async with house.bot():
        assert await offered(street.alice, "clip", 3) == sorted([FIRST, SECOND, OTHER])
        assert await offered(street.alice, "share add", 3, who=bob) == sorted([FIRST, SECOND, OTHER])
        asked = await house.clip(street.alice, "front door")
        assert set(buttons_of(await house.finished(asked))) >= {FIRST, SECOND, OTHER}
        assert set(buttons_of(await use(street.alice, "motion", camera="front door", state="on"))) == {
            FIRST,
            SECOND,
            OTHER,
        }
        pages = [await use(street.alice, "cameras")]
        titles = titles_of(pages[0])
        assert len(set(titles)) == len(titles) > 0
        for scope in ("Home", "Shed"):
            assert "may now" in text_of(
                await use(street.alice, "share add", who=bob, camera=f"all of {scope}", preset="use")
            )
        shared = [f"{label} (alice's)" for label in (FIRST, SECOND, OTHER)]
        assert await offered(bob, "clip", 3) == sorted(shared)
        asked = await house.clip(bob, "front door")
        assert set(buttons_of(await house.finished(asked))) >= set(shared)
