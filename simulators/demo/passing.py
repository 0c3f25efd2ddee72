"""Walking past a camera of the street: whether it records, and the page's words about it."""

from collections.abc import Sequence

from simulators.blink import Account, Camera
from simulators.page import Walk

LISTED_AFTER = 1.5
PARTIAL_FOR = 8.0
"""Seconds that Blink takes for the entry and then for its video, so that both can be seen to come."""


def walks(account: Account) -> Sequence[Walk]:
    """Return a walk past each camera of an account; two of one name differ by their network."""
    names = [camera.name for camera in account.cameras]
    return [
        Walk(
            str(camera.id),
            camera.name if names.count(camera.name) == 1 else f"{camera.name} ({camera.network.name})",
            lambda camera=camera: _pass(camera),
        )
        for camera in account.cameras
    ]


def _pass(camera: Camera) -> str:
    name, network = camera.name, camera.network
    filmed = camera.detect_motion(listed_after=LISTED_AFTER, partial_for=PARTIAL_FOR, seconds=4.0)
    if filmed and filmed.in_cloud:
        return f"{name} films you. Blink lists the recording in a moment, and its video comes a little later."
    if filmed and filmed.usb_appears is not None:
        return f"{name} films you onto the USB drive of its Sync Module, so its cloud does not know of it."
    if filmed:
        return f"{name} films you, but no Blink plan keeps that: Blink lists nothing."
    if camera.status == "offline":
        return f"{name} is offline and sees nothing."
    if not network.armed:
        return f"{network.name} is not armed, so {name} films nothing. /arm arms it."
    return f"The motion detection of {name} is off, so it films nothing. /motion turns it on."
