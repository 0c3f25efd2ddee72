"""What of the page's messages is understood."""

import json
from typing import Any

import pytest

from simulators.page import requests

GOOD: dict[str, Any] = {"op": "run", "nonce": 1, "tab": "channel", "command": "clip", "options": {"camera": "x"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": "shutdown"},
        {"op": "run"},
        GOOD | {"nonce": -1},
        GOOD | {"nonce": "1"},
        GOOD | {"tab": "../dm"},
        GOOD | {"command": "c" * 101},
        GOOD | {"extra": 1},
        GOOD | {"options": {"camera": "x" * 1001}},
        GOOD | {"options": {"camera": ["x"]}},
        GOOD | {"options": {"camera": 10**400}},
        GOOD | {"options": {"camera": float("nan")}},
        GOOD | {"options": {f"o{number}": "x" for number in range(26)}},
        {"op": "click", "nonce": 1, "message": "1 OR 1", "custom_id": "x"},
        {"op": "click", "nonce": 1, "message": "1", "custom_id": "x" * 101},
        {"op": "select", "nonce": 1, "message": "1", "custom_id": "x", "values": ["x"] * 26},
        {"op": "walk", "nonce": 1, "camera": "Front Door"},
        {"op": "walk", "nonce": 1, "camera": 610001},
        {"op": "walk", "camera": "610001"},
        {"op": "view", "user": 7},
        ["run"],
        None,
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_what_the_page_never_sends_is_not_understood(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        requests.parse(json.dumps(wrong))


def test_what_the_page_sends_is_understood() -> None:
    assert requests.parse(json.dumps(GOOD)) == requests.Run(**GOOD)
