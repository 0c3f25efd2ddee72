"""The answer of `/cameras`: pages of cards, one for each camera."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.blink import Camera
from bot.cameras import Shown, Thumbnail
from bot.models import ALL, Kind

from .cards import Button, Card, Tone, ago, plain
from .custom_ids import SIGNS
from .share_refusals import not_read, too_often

_LONGEST_NAME = 80
# Of Discord's locales, by Unicode's CLDR: https://www.unicode.org/cldr/charts/latest/supplemental/index.html
_FAHRENHEIT = frozenset({"en-US"})
_FULL = 5
_WEAK = 2  # of Blink's five bars
_STORAGE = {
    "active": "",
    "none": "",  # most people have a plan instead
    "unmounted": "USB drive not mounted",
    "memory_full": "USB drive full",
    "format_required": "USB drive needs formatting",
}


def none(*, shared: bool, unknown: int = 0) -> Card:
    """Return the answer if there is no camera to show: `unknown` devices are too new, `shared` ones out of reach."""
    if unknown:
        text = (
            f"**No camera that I know, and {unknown_devices(unknown)}.** What is newer than this bot shows here after"
            " an update; its host finds the kind in the log."
        )
        return Card("Your cameras", text, Tone.WAITING)
    if shared:
        text = (
            "**No camera can be shown now.** Those that are shared with you show while their owner's Blink answers; try"
            " again in a minute, or ask their owner."
        )
        return Card("Cameras", text, Tone.WAITING)
    return Card("Your cameras", "**This Blink account has no cameras.** Add one in the Blink app.", Tone.WAITING)


def count(
    cameras: Sequence[Shown], *, unknown: int = 0, silent: Sequence[str] = (), number: int = 1, pages: int = 1
) -> str:
    """Return the line above the first card: how many cameras there are, how many are not well, and which page it is.

    Below it stands whose cameras are shown as last seen, and which `silent` owners have cameras that could not be seen.
    """
    offline = sum(not one.camera.online for one in cameras)
    low = sum(one.low for one in cameras)
    later = {one.owner.name: one.again_at for one in cameras if one.owner and one.again_at}
    parts = [
        "1 camera" if len(cameras) == 1 else f"{len(cameras)} cameras",
        f"{offline} offline" if offline else "",
        f"{low} with a low battery" if low else "",
        unknown_devices(unknown) if unknown else "",
        f"page {number} of {pages}" if pages > 1 else "",
    ]
    old = [f"{plain(owner, 40)}'s are shown as last seen. {too_often(owner, at)}" for owner, at in later.items()]
    return "\n".join([" · ".join(filter(None, parts)), *old, *([not_read(silent)] if silent else [])])


def unknown_devices(number: int) -> str:
    """Return how many devices Blink lists that this version does not know."""
    return "1 device that I do not know" if number == 1 else f"{number} devices that I do not know"


def page(
    cameras: Sequence[Shown],
    pictures: Mapping[str, Thumbnail],
    *,
    number: int,
    pages: int,
    owner: int,
    locale: str = "en-US",
) -> tuple[Card, ...]:
    """Return the cards of one page, at most five; those with a picture name its file in `thumbnail`.

    `locale` is the reader's, and chooses the scale of temperatures.
    """
    cards = [
        _card(one, pictures.get(one.choice), row=row, owner=owner, locale=locale) for row, one in enumerate(cameras)
    ]
    last = _turning(number, pages, row=len(cards), owner=owner)
    pictured = sum(Kind.SNAPSHOT in one.kinds for one in cameras)
    if pictured > 1 or (pictured and pages > 1):
        if pages > 1 and len(cameras) == _FULL:
            last = last[1:]  # Discord takes no further component, and the pages go round without Back
        last += (Button("All", f"cam:snap:{ALL}:{owner}", emoji=SIGNS[Kind.SNAPSHOT], row=len(cards)),)
    return (*cards[:-1], replace(cards[-1], buttons=cards[-1].buttons + last))


def caption(camera: Camera) -> str:
    """Return the description of a picture for screen readers."""
    return f"The latest picture of {camera.label}"


def _card(shown: Shown, picture: Thumbnail | None, *, row: int, owner: int, locale: str) -> Card:
    camera = shown.camera
    well = Tone.WAITING if shown.low else Tone.GOOD
    buttons: list[Button] = []
    if Kind.CLIP in shown.kinds:
        buttons.append(Button("Clip", f"cam:clip:{shown.choice}:{owner}", "primary", SIGNS[Kind.CLIP], row=row))
    if Kind.SNAPSHOT in shown.kinds:
        buttons.append(Button("Picture", f"cam:snap:{shown.choice}:{owner}", emoji=SIGNS[Kind.SNAPSHOT], row=row))
    return Card(
        f"{'🟢' if camera.online else '🔴'} {plain(shown.label, _LONGEST_NAME)}",
        _state(shown, locale),
        well if camera.online else Tone.BAD,
        small=_pictured(camera, picture),
        buttons=tuple(buttons),
        thumbnail=f"camera-{row + 1}.jpg" if picture else None,
    )


def _state(shown: Shown, locale: str) -> str:
    """Return how a camera is; its battery, Wi-Fi and USB drive only if something is wrong with them."""
    camera = shown.camera
    armed = {True: "armed", False: "not armed", None: "armed: unknown"}[camera.armed]
    facts = [
        plain(camera.network, _LONGEST_NAME),
        camera.model,
        armed,
        "motion detection off" if camera.motion is False else "",
        "" if camera.temperature is None else temperature(camera.temperature, locale),
    ]
    wrong = [
        "battery low ⚠️" if shown.low else "",
        f"weak Wi-Fi ({camera.wifi:.0f}/5)" if camera.wifi is not None and camera.wifi <= _WEAK else "",
        _STORAGE.get(shown.drive, f"USB drive: {plain(shown.drive, 40)}"),
    ]
    lines = [
        "" if camera.online else "**Offline**; as last known:",
        " · ".join(filter(None, facts)),
        " · ".join(filter(None, wrong)),
        "Blink keeps no video of it: `/clip` records its live view" if shown.live and Kind.CLIP in shown.kinds else "",
    ]
    return "\n".join(filter(None, lines))


def temperature(degrees: float, locale: str | None) -> str:
    """Return a temperature in the reader's scale; Blink gives °F."""
    return f"{degrees:.0f} °F" if locale in _FAHRENHEIT else f"{(degrees - 32) / 1.8:.0f} °C"


def _pictured(camera: Camera, picture: Thumbnail | None) -> str:
    if picture:
        return f"picture {ago(picture.taken_at)}" if picture.taken_at else ""
    return "its picture did not come" if camera.picture else "no picture yet"


def _turning(number: int, pages: int, *, row: int, owner: int) -> tuple[Button, ...]:
    def button(label: str, act: str, to: int) -> Button:
        return Button(label, f"cameras:{act}:{to}:{owner}", row=row)

    refresh = button("Refresh", "refresh", number)
    if pages == 1:
        return (refresh,)
    # The pages go round, so that no button is dead and each keeps its place.
    return (
        button("‹ Back", "back", number - 1 or pages),  # noqa: RUF001 - an arrow's head
        button("Next ›", "next", number % pages + 1),  # noqa: RUF001 - an arrow's head
        refresh,
    )
