"""Health and numbers of the running bot, as its host and its keeper's Prometheus read them."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp
import pytest
from pydantic import SecretStr

from simulators.blink import Fault as BlinkFault
from simulators.discord import Fault
from tests.support.house import BOT_TOKEN, CALLBACK, KEY, REPLY, buttons_of, text_of
from tests.support.numbers import value
from tests.support.ports import free_port
from tests.support.street import Street
from tests.support.waiting import until

T = TypeVar("T")

TOKEN = "the-metrics-token-of-the-tests"


class Host:
    """Who asks the bot how it is."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._url = f"http://127.0.0.1:{port}"

    async def ask(self, path: str) -> tuple[int, str]:
        async with self._http.get(self._url + path, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
            return response.status, await response.text()

    async def scrape(self) -> str:
        status, text = await self.ask("/metrics")
        assert status == 200
        return text

    async def ready(self) -> tuple[int, dict[str, str]]:
        status, text = await self.ask("/readyz")
        return status, json.loads(text)

    async def becomes(self, status: int, **checks: str) -> None:
        """Wait until the bot is as ready as this."""
        await eventually(self.ready, lambda answer: answer == (status, WELL | checks))

    async def says(self, sample: str, **labels: str) -> str:
        """Wait until a sample is there, and return all of that scrape."""
        return await eventually(self.scrape, lambda text: value(text, sample, **labels) is not None)


async def eventually(ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Ask until the answer is as wanted; whoever does not listen yet is asked again."""
    async with asyncio.timeout(40):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                if wanted(answer := await ask()):
                    return answer
            await asyncio.sleep(0.02)


WELL = {"gateway": "ok", "database": "ok", "migrations": "ok"}


@pytest.fixture
async def host(street: Street) -> AsyncIterator[Host]:
    port = free_port()
    street.house.settings |= {"port": port, "metrics_token": SecretStr(TOKEN)}
    async with aiohttp.ClientSession() as http:
        yield Host(http, port)


async def test_the_numbers_say_what_happened_and_name_nobody(street: Street, host: Host) -> None:
    house = street.house
    house.waits(busy_wait=0.2)
    async with house.bot():
        await host.becomes(200)
        delivered = await house.clip(street.alice, street.front)
        reply = await house.finished(delivered)
        await until(lambda: not house.live(delivered))

        street.mini.busy_for(3600)
        busy = await house.clip(street.alice, street.mini)
        assert "Blink is busy" in text_of(await house.finished(busy))
        await until(lambda: not house.live(busy))
        street.mini.busy_for(0)

        house.discord.faults.append(Fault("PATCH", REPLY, None, 403, {"code": 50013, "message": "Missing"}))
        refused = await house.clip(street.alice, street.bell)
        await until(lambda: house.known(refused) and not house.live(refused))
        house.discord.faults.clear()

        await house.discord.autocomplete(street.alice, house.channel, "clip", {"camera": "fro"}, focused="camera")
        await house.discord.click(street.alice, reply["id"], buttons_of(reply)["Remove"])
        await until(lambda: house.shown(street.alice, reply) is None)
        await host.says("blinkclip_gateway_latency_seconds", shard="0")
        text = await host.says("blinkclip_interactions_total", kind="button", outcome="answered")

    assert value(text, "blinkclip_interactions_total", kind="clip", outcome="answered") == 3
    assert value(text, "blinkclip_interactions_total", kind="autocomplete", outcome="answered") == 1
    assert value(text, "blinkclip_interaction_callbacks_total", outcome="accepted") == 5
    assert value(text, "blinkclip_ack_seconds_count") == 5
    assert 0 <= (value(text, "blinkclip_ack_seconds_sum") or 0.0) < 5 * 3
    assert value(text, "blinkclip_clips_ended_total", end="delivered") == 2
    assert value(text, "blinkclip_clips_ended_total", end="busy") == 1
    assert value(text, "blinkclip_clip_seconds_count", delivered="yes") == 2
    assert value(text, "blinkclip_clip_seconds_count", delivered="no") == 1
    assert value(text, "blinkclip_delivery_call_seconds_count", call="video", outcome="ok") == 3, "reply, copy, copy"
    assert value(text, "blinkclip_delivery_call_seconds_count", call="progress", outcome="refused") == 2, (
        "progress, and the last word"
    )
    assert (value(text, "blinkclip_discord_invalid_requests_total", status="403") or 0) >= 1
    asked = "blinkclip_blink_request_seconds_count"
    assert value(text, asked, request="recording", status="2xx", outcome="ok") == 2
    assert (value(text, asked, request="recording", status="4xx", outcome="BusyAnswer") or 0) >= 1
    assert value(text, "blinkclip_gateway_events_total", event="connect") == 1
    assert value(text, "blinkclip_gateway_events_total", event="identify") == 1
    assert 0 < (value(text, "blinkclip_gateway_latency_seconds", shard="0") or 0) < 60
    assert value(text, "blinkclip_clips_counted") == 1
    assert "blinkclip_clips{" not in text, "nothing is unfinished"

    words = set(re.findall(r'="([^"]*)"', text))
    forbidden = {BOT_TOKEN, KEY, TOKEN, delivered.token, "Front Door", "Kitchen", "Doorbell", "Home", "Willows"}
    bearers = {one.headers["Authorization"] for one in house.blink.requests if "Authorization" in one.headers}
    assert bearers
    forbidden |= {"alice", *(bearer.removeprefix("Bearer ") for bearer in bearers)}
    ids = {street.alice.id, street.account.id, house.guild.id, house.channel.id, street.front.id, delivered.id}
    ids |= {street.front.network.id, house.discord.application_id}
    named = re.sub(r" \S+$", "", text, flags=re.MULTILINE)  # without the numbers themselves, any of which may come up
    for secret in forbidden | {str(one) for one in ids if int(one) > 9999}:
        assert secret not in named
    assert not [word for word in words if re.fullmatch(r"\d{5,}", word)], "no number that could be somebody's"


async def test_a_discord_that_stumbles_is_counted_by_try(street: Street, host: Host) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        stumble = Fault("PATCH", REPLY, 3, action="reset")
        street.house.discord.faults.append(stumble)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
        text = await host.scrape()
    name = "blinkclip_delivery_call_seconds_count"
    progress = value(text, name, call="progress", outcome="away") or 0
    assert progress + (value(text, name, call="video", outcome="retried") or 0) == stumble.hits == 3
    assert value(text, name, call="video", outcome="ok") == 2, "reply and copy"


async def test_only_a_rate_limit_of_our_own_counts_as_an_invalid_request(street: Street, host: Host) -> None:
    ours = Fault.rate_limit("PATCH", REPLY, retry_after=0.05)
    shared = replace(ours, headers={**ours.headers, "X-RateLimit-Scope": "shared"})
    async with street.house.bot():
        street.house.discord.faults += [ours, shared]
        clip = await street.house.clip(street.alice, street.front)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
        text = await host.scrape()
    assert (ours.hits, shared.hits) == (1, 1)
    assert value(text, "blinkclip_discord_invalid_requests_total", status="429") == 1


async def test_blinks_failure_and_our_own_are_told_apart(street: Street, host: Host) -> None:
    house = street.house
    async with house.bot():
        await house.execute("ALTER TABLE accounts RENAME TO gone")
        await house.discord.slash(street.alice, house.channel, "cameras", {})
        await host.says("blinkclip_interactions_total", kind="cameras", outcome="broken")
        await house.execute("ALTER TABLE gone RENAME TO accounts")
        house.blink.faults.append(BlinkFault("homescreen", times=None, status=503))
        await house.discord.slash(street.alice, house.channel, "cameras", {})
        text = await host.says("blinkclip_interactions_total", kind="cameras", outcome="failed")
    assert value(text, "blinkclip_interactions_total", kind="cameras", outcome="answered") is None


async def test_a_clip_under_way_is_counted_in_its_stage(street: Street, host: Host) -> None:
    street.front.busy_for(3600)
    street.house.waits(busy_wait=60.0)
    async with street.house.bot():
        first = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(first) == "busy")
        second = await street.house.clip(street.alice, street.mini)
        await until(lambda: street.house.stage(second) == "queued")
        text = await host.scrape()
    assert value(text, "blinkclip_clips", stage="queued") == 1
    assert sum(value(text, "blinkclip_clips", stage=stage) or 0 for stage in ("busy", "asking")) == 1


async def test_a_refreshed_sign_in_and_a_resumed_gateway_are_counted(street: Street, host: Host) -> None:
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.front))
        before = value(await host.scrape(), "blinkclip_token_refreshes_total", outcome="ok") or 0
        street.account.expire_access_tokens()
        street.house.discord.drop_gateway(4000)
        await until(lambda: street.house.discord.resumes == 1)
        await host.becomes(200)
        await street.house.finished(await street.house.clip(street.alice, street.mini))
        text = await host.scrape()
        assert value(text, "blinkclip_token_refreshes_total", outcome="ok") == before + 1
        assert value(text, "blinkclip_gateway_events_total", event="resume") == 1
        assert value(text, "blinkclip_gateway_events_total", event="disconnect") == 1
        street.account.expire_access_tokens()
        street.account.revoke_refresh()
        assert "signed this bot out" in text_of(
            await street.house.finished(await street.house.clip(street.alice, street.bell))
        )
        assert value(await host.scrape(), "blinkclip_token_refreshes_total", outcome="SignedOut") == 1


async def test_an_answer_that_comes_too_late_is_counted_as_refused(street: Street, host: Host) -> None:
    street.house.discord.ack_deadline = 0.0
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: clip.callbacks)
        text = await host.says("blinkclip_interactions_total", kind="clip", outcome="unanswered")
    assert value(text, "blinkclip_interaction_callbacks_total", outcome="refused") == 1
    assert value(text, "blinkclip_ack_seconds_count") == 0


async def test_an_acknowledgement_that_breaks_is_counted_as_failed(street: Street, host: Host) -> None:
    async with street.house.bot():
        street.house.discord.faults.append(Fault("POST", CALLBACK, action="reset"))
        await street.house.finished(await street.house.clip(street.alice, street.front))
        text = await host.scrape()
    assert value(text, "blinkclip_interaction_callbacks_total", outcome="failed") == 1
    assert value(text, "blinkclip_interaction_callbacks_total", outcome="accepted") == 1


async def test_a_bot_that_discord_does_not_let_in_lives_and_is_ready_once_it_does(street: Street, host: Host) -> None:
    street.house.discord.refuse_gateway(3600)
    async with street.house.bot(ready=False):
        await host.becomes(503, gateway="never")
        assert (await host.ask("/livez"))[0] == 200
        await host.says("blinkclip_gateway_events_total", event="reconnect")
        street.house.discord.refuse_gateway(0)
        await host.becomes(200)


async def test_a_gateway_that_only_reconnects_stays_ready(street: Street, host: Host) -> None:
    async with street.house.bot():
        await host.becomes(200)
        identified = street.house.discord.identifies
        street.house.discord.refuse_gateway(3600)
        street.house.discord.drop_gateway(4000)
        seen = [await host.ready() for _ in range(20)]
        street.house.discord.refuse_gateway(0)
        while not street.house.discord.resumes and street.house.discord.identifies == identified:
            seen.append(await host.ready())
    assert all(answer == (200, WELL) for answer in seen)


@pytest.mark.parametrize(
    ("table", "checks"),
    [
        ("meta", {"database": "failed", "migrations": "unknown"}),
        ("alembic_version", {"migrations": "different"}),
    ],
    ids=["the database cannot be read", "the tables are not this version's"],
)
async def test_a_bot_without_its_database_is_not_ready_until_it_has_it_again(
    street: Street, host: Host, table: str, checks: dict[str, str]
) -> None:
    async with street.house.bot():
        await host.becomes(200)
        await street.house.execute(f"ALTER TABLE {table} RENAME TO gone")
        await host.becomes(503, **checks)
        assert (await host.ask("/livez"))[0] == 200
        await street.house.execute(f"ALTER TABLE gone RENAME TO {table}")
        await host.becomes(200)


async def test_readers_without_pause_and_a_long_table_delay_no_acknowledgement(street: Street, host: Host) -> None:
    street.house.waits(lease=3600.0)  # those of nobody stay so
    async with street.house.bot():
        await host.becomes(200)
        first = await street.house.clip(street.alice, street.front)
        await street.house.finished(first)
        await until(lambda: not street.house.live(first))
        await asyncio.to_thread(_many_unfinished, street)
        stop = asyncio.Event()

        async def read() -> None:
            while not stop.is_set():
                await host.scrape()

        readers = [asyncio.create_task(read()) for _ in range(10)]
        try:
            clips = list[Any]()
            for camera in (street.front, street.mini, street.bell):
                clips.append(await street.house.clip(street.alice, camera))
                await until(lambda: clips[-1].callbacks, timeout=10)
        finally:
            stop.set()
            await asyncio.gather(*readers)
        for clip in clips:
            await street.house.finished(clip)
            await until(lambda clip=clip: not street.house.live(clip))
        text = await host.scrape()
    assert value(text, "blinkclip_ack_seconds_bucket", le="3.0") == 4, "Discord waits no longer"
    assert value(text, "blinkclip_clips", stage="received") == 50_000


def _many_unfinished(street: Street) -> None:
    """Let fifty thousand clips of nobody's be unfinished."""
    given = {"id": "'old-' || n", "interaction_id": "-n", "user_id": "-1", "stage": "'received'"}
    given |= {
        "told_at": "NULL",
        "media_id": "NULL",
        "owner": "'another'",
        "owned_until": "datetime('now', '30 minutes')",
    }
    with closing(sqlite3.connect(street.house.folder / "bot.db")) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(clip_jobs)")]
        values = ", ".join(given.get(column, column) for column in columns)
        numbers = "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 50000)"
        rows = f"SELECT {values} FROM many, (SELECT * FROM clip_jobs LIMIT 1)"  # noqa: S608 - our own words
        connection.execute(f"{numbers} INSERT INTO clip_jobs ({', '.join(columns)}) {rows}")
