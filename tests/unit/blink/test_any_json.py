"""Whatever JSON comes, it is read or not understood; nothing else ever happens."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blink import Answer, NotUnderstood
from bot.blink.inventory import inventory
from bot.blink.json_models import (
    CommandAnswer,
    CommandStarted,
    EventPage,
    Homescreen,
    LiveViewStarted,
    ManifestAnswer,
    MediaPage,
    TierAnswer,
    TokenAnswer,
    Wire,
)
from bot.blink.responses import decoded, message_in

MODELS = (
    CommandAnswer,
    CommandStarted,
    EventPage,
    Homescreen,
    LiveViewStarted,
    ManifestAnswer,
    MediaPage,
    TierAnswer,
    TokenAnswer,
)
WORDS = (
    "id network_id device_id name cameras owls doorbells networks sync_modules signals temp wifi status type battery "
    "armed enabled media limit created_at execute_time deleted partial complete commands state_condition state_stage "
    "status_code status_msg tier account_id access_token token refresh_token expires_in code message error "
    "local_storage_enabled local_storage_status thumbnail manifest_id clips camera_name size no_media_reason "
    "server liveview_token polling_interval serial"
)
KEYS = st.sampled_from(WORDS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-11-20T12:00:00+00:00", "0001-01-01T00:00:00+10:00", "7", "/x.mp4", 10**40, -1])
)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8), max_leaves=25
)


@settings(max_examples=150)
@given(ANY)
def test_any_json_is_read_or_not_understood(body: object) -> None:
    for model in MODELS:
        try:
            found: Wire = Answer("it", body, datetime.now(UTC)).read(model)
        except NotUnderstood as error:
            said = str(error)
            assert said == "answer to it not understood"
            continue
        if isinstance(found, Homescreen):
            home = inventory(found, 1)
            for camera in home.cameras:
                assert camera.name
                assert home.find(str(camera.key)) == (camera,)
    message = message_in(body)
    assert len(message.text) <= 200
    assert message.code is None or abs(message.code) < 2**31


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_nothing(raw: bytes) -> None:
    value = decoded(raw)
    assert value is None or json.dumps(value)


@pytest.mark.parametrize("raw", [b"[" * 10**6, b"{" * 10**6, b'{"a":' * 10**5, b"-" * 10**5, b"9" * 10**5])
def test_bombs_are_nothing(raw: bytes) -> None:
    assert decoded(raw) is None
