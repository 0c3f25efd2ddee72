"""`/account` begins with how the link is, and the reply that gave a link out says what came of it and what is next."""

from dataclasses import replace

import pytest

from bot.blink import Camera, Inventory
from bot.models import Account, CameraKey, CameraKind, Person, Region, Tokens
from bot.wording import account
from tests.support.jobs import NOW

TOKENS = Tokens("access-secret", "refresh-secret", NOW, "ios")
LINKED = Account(6, "0" * 16, TOKENS, NOW, Region("e008", 7), last_success_at=NOW)
FRONT = Camera(CameraKey(CameraKind.CAMERA, 410, 1), "Front Door", "Home", "Outdoor", online=True)
YARD = Camera(CameraKey(CameraKind.OWL, 410, 2), "Yard", "Home", "Mini", online=False)
TWO = Inventory((FRONT, YARD), networks={410: "Home", 411: "*Shed*"})

STATES = {
    "it works": (LINKED, Inventory((FRONT,)), "**Your Blink account is linked: 1 camera.**"),
    "one is offline": (LINKED, TWO, "**Your Blink account is linked: 2 cameras, 1 offline.**"),
    "there is none": (LINKED, Inventory(), "**Your Blink account is linked: no cameras.**"),
    "Blink does not answer": (LINKED, None, "**Your Blink account is linked.** Blink does not answer"),
    "it was signed out": (replace(LINKED, signed_out_at=NOW), TWO, "**Blink signed this bot out <t:"),
}
AFTER = {
    "nothing listed yet": (None, None, "In a minute, `/cameras` shows them", []),
    "no cameras": (Inventory(), None, "Add one in the Blink app", []),
    "only devices that are too new": (Inventory(unknown=2), None, "2 devices that I do not know", []),
    "a camera to try": (TWO, FRONT, "Linked: 2 cameras.", ["Record on Front Door"]),
    "none to try": (TWO, None, "Linked: 2 cameras.", []),
}


@pytest.mark.parametrize(("linked", "inventory", "first"), STATES.values(), ids=STATES.keys())
def test_account_begins_with_the_state_of_the_link(linked: Account, inventory: Inventory | None, first: str) -> None:
    card = account.account(linked, Person(6), inventory, "none")
    assert card.text.startswith(first)
    labels = [one.label for one in card.buttons]
    assert labels == [*(["Link again"] if linked.signed_out_at else []), "Export my data", "Unlink"]


def test_account_names_systems_as_they_are_called_and_no_secret() -> None:
    card = account.account(LINKED, Person(6), TWO, "none")
    assert ("Systems", r"Home, \*Shed\*") in card.fields
    assert "no password" in card.small
    assert "\n" not in card.small, "it is one line of small print"
    assert "secret" not in f"{card}"


@pytest.mark.parametrize(("inventory", "first", "words", "labels"), AFTER.values(), ids=AFTER.keys())
def test_the_reply_says_what_is_linked_and_what_is_next(
    inventory: Inventory | None, first: Camera | None, words: str, labels: list[str]
) -> None:
    card = account.linked(inventory, first, 6)
    assert words in card.text
    assert [one.label for one in card.buttons] == labels
    assert [one.custom_id for one in card.buttons] == (["cam:clip:camera.410.1:6"] if first else [])


def test_a_deletion_that_is_interrupted_says_what_to_do() -> None:
    assert "I was interrupted: use `/unlink` again" in account.UNLINKING.text
