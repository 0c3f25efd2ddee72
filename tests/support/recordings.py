"""What a person does with `/recordings`: list, choose, and see what was chosen."""

from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.blink.clips import Recording
from tests.support.house import House
from tests.support.reading import answered, buttons_of, menus_of
from tests.support.street import Street
from tests.support.waiting import until

EPHEMERAL = 1 << 6


def at(minutes: float) -> datetime:
    """Return a moment so many minutes ago, as Blink counts: in whole seconds."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)


async def listing(street: Street, user: Any = None, place: Any = None, **options: Any) -> dict[str, Any]:
    """Use `/recordings` and return its reply."""
    house = street.house
    used = await house.discord.slash(user or street.alice, place or house.channel, "recordings", options)
    return await until(lambda: answered(used), timeout=10)


def menu_of(message: dict[str, Any]) -> dict[str, Any]:
    """Return the one menu of a message."""
    [menu] = menus_of(message)
    assert not buttons_of(message)
    return menu


def labels_of(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(option["label"], option["description"]) for option in menu_of(message)["options"]]


async def choose(house: House, user: Any, listed: dict[str, Any], index: int = 0) -> Any:
    """Choose from the menu of a listing."""
    menu = menu_of(listed)
    value = menu["options"][index]["value"]
    return await house.discord.select(user, listed["id"], menu["custom_id"], [value])


async def chosen(street: Street, recording: Recording | None = None) -> dict[str, Any]:
    """List, choose the newest, and return the reply that shows it; it is over when this returns."""
    recording = recording or street.front.record_motion(at(1))
    used = await choose(street.house, street.alice, await listing(street))
    reply = await street.house.finished(used)
    await until(lambda: not street.house.live(used))
    assert street.house.discord.file(reply["attachments"][0]["url"]) == recording.mp4
    return reply
