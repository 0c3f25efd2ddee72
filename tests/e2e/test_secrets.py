"""A whole day's work, and no secret anywhere it does not belong."""

import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest

from bot import log
from bot.jobs import current_job
from tests.support.house import BOT_TOKEN, KEY
from tests.support.street import Street
from tests.support.waiting import until


@pytest.fixture
def debugging() -> Iterator[Callable[[], None]]:
    """Log everything from when it is called, as LOG_LEVEL=DEBUG does."""
    root, levels = logging.getLogger(), {}
    before = root.handlers[:], root.level
    for name in ("discord", "aiohttp", "asyncio", "sqlalchemy", "alembic", "aiosqlite", "blinkpy"):
        levels[name] = logging.getLogger(name).level
    yield lambda: log.configure(level="DEBUG", as_json=False, secrets=[BOT_TOKEN, KEY], reference=current_job.get)
    root.handlers[:], root.level = before[0], before[1]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_no_secret_is_in_the_log_the_database_or_a_message(
    street: Street, debugging: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    debugging()
    clips = []
    async with street.house.bot():
        clips.append(await street.house.clip(street.alice, street.front))
        await street.house.finished(clips[0])
        street.account.expire_access_tokens()
        clips.append(await street.house.clip(street.alice, street.mini))
        await street.house.finished(clips[1])
        street.account.expire_access_tokens()
        street.account.revoke_refresh()
        clips.append(await street.house.clip(street.alice, street.bell))
        await street.house.finished(clips[2])
        for clip in clips:
            await until(lambda clip=clip: not street.house.live(clip))
    secrets = {BOT_TOKEN, KEY, *(clip.token for clip in clips)}
    for request in street.house.blink.requests:
        if "Authorization" in request.headers:
            secrets.add(request.headers["Authorization"].removeprefix("Bearer "))
        if request.route == "token":
            secrets.add(unquote(request.body["refresh_token"]))
    assert len(secrets) > 7
    stored = b"".join(path.read_bytes() for path in street.house.folder.glob("bot.db*")).decode("latin-1")
    seen = street.house.discord.messages(street.house.channel, street.alice) + street.house.dms(street.alice)
    said = json.dumps(seen)
    written = capsys.readouterr().out
    assert "delivered" in written, "the log was really looked at"
    for secret in secrets:
        assert secret not in written
        assert secret not in stored
        assert secret not in said


async def test_every_request_to_blink_carries_the_bearer_of_its_own_account(street: Street) -> None:
    bob, account = street.house.resident("bob")
    barn = account.add_network("Cabin").add_camera("Barn", behaviour=street.front.behaviour)
    await street.house.link(bob, account)
    async with street.house.bot():
        clips = [await street.house.clip(street.alice, street.front), await street.house.clip(bob, barn)]
        for clip in clips:
            await street.house.finished(clip)
    asked = [one for one in street.house.blink.requests if one.account_id is not None]
    assert {one.account_id for one in asked} == {street.account.id, account.id}
    for one in asked:
        other = account.id if one.account_id == street.account.id else street.account.id
        assert f"/{other}/" not in one.path
