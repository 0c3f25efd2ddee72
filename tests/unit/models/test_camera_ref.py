import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import (
    CAMERA_OR_SYSTEM_PATTERN,
    CAMERA_PATTERN,
    CameraKey,
    CameraKind,
    CameraRef,
    is_shared,
    split_owner,
)
from bot.models.camera_ref import with_owner

IDS = st.integers(0, 10**18 - 1)
KEYS = st.builds(CameraKey, st.sampled_from(CameraKind), IDS, IDS)
OWNERS = st.none() | st.integers(0, 10**20 - 1)
CAMERAS = st.builds(CameraRef.of, KEYS, OWNERS)
SYSTEMS = st.builds(CameraRef, IDS, st.none(), OWNERS)


@given(CAMERAS | SYSTEMS)
def test_what_a_reference_spells_is_parsed_as_the_same(ref: CameraRef):
    assert CameraRef.parse(str(ref)) == ref
    assert re.fullmatch(CAMERA_OR_SYSTEM_PATTERN, str(ref))
    assert bool(re.fullmatch(CAMERA_PATTERN, str(ref))) == (ref.key is not None)
    assert is_shared(str(ref)) == (ref.owner_id is not None)


@given(st.integers(0, 10**20 - 1), st.text(min_size=1))
def test_the_owner_of_any_choice_is_found_again(owner_id: int, choice: str):
    assert split_owner(with_owner(owner_id, choice)) == (owner_id, choice)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Front Door",
        "camera.1",
        "camera.1.2.3",
        "camera.\u0661.2",
        "siren.1.2",
        "network.",
        "network.1.2",
        "of.7.",
        "of.7.of.8.camera.1.2",
        "of.x.camera.1.2",
        "camera.1.2\n",
        "camera." + "1" * 19 + ".2",
    ],
)
def test_anything_else_is_no_reference(text: str):
    assert CameraRef.parse(text) is None


@given(st.text())
def test_no_text_breaks_the_parser(text: str):
    ref = CameraRef.parse(text)
    assert ref is None or str(ref) is not None
