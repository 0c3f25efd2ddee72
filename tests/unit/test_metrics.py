"""The numbers: what they are called, what they say, and what they never hold."""

import re
import tomllib
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import __version__
from bot.metrics import Metrics
from tests.support.numbers import value

ROOT = Path(__file__).parents[2]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def written(metrics: Metrics, **now: object) -> str:
    return metrics.written(**{"tasks": 3, "latencies": {}, "stages": {}, **now}).decode()  # type: ignore[arg-type]


def test_the_table_in_the_docs_has_every_metric_with_its_kind_and_labels(metrics: Metrics) -> None:
    rows = re.findall(r"^\| `(blinkclip_\w+)` \| (\w+) \| (.*?) \|", (ROOT / "docs/metrics.md").read_text(), re.M)
    told = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    kept = {}
    for collector in metrics.registry._collector_to_names:  # the registry has no public list of what it holds
        if labels := getattr(collector, "_labelnames", None):
            labels = set(labels)
        for family in collector.describe() if hasattr(collector, "describe") else ():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            kept[name] = (family.type, labels or set())
    assert told == kept
    assert len(kept) > 10


def test_every_metric_says_what_it_is_and_has_its_unit_in_its_name(metrics: Metrics) -> None:
    for family in text_string_to_metric_families(written(metrics)):
        assert family.documentation
        if family.name.startswith("blinkclip_") and family.type == "histogram":
            assert family.name.endswith("_seconds")


def test_what_is_told_is_counted(metrics: Metrics) -> None:
    metrics.interaction("clip", "answered")
    metrics.callback("accepted", 0.2)
    metrics.callback("refused", 3.1)
    metrics.discord_answered(429)
    metrics.blink("the recording", "BusyAnswer", 409, 0.3)
    metrics.blink("the recording", "NeverSent", None, 0.3)
    metrics.clip_ended("delivered", 20.0)
    metrics.clip_ended("busy", 61.0)
    metrics.feed_read("ok")
    metrics.alert_finished("here")
    text = written(metrics, latencies={0: 0.05}, stages={"queued": 2})
    assert value(text, "blinkclip_interactions_total", kind="clip", outcome="answered") == 1
    assert value(text, "blinkclip_ack_seconds_count") == 1, "a refused answer says nothing of how quick we are"
    assert value(text, "blinkclip_ack_seconds_sum") == pytest.approx(0.2)
    assert value(text, "blinkclip_discord_invalid_requests_total", status="429") == 1
    name = "blinkclip_blink_request_seconds_count"
    assert value(text, name, request="recording", status="4xx", outcome="BusyAnswer") == 1
    assert value(text, name, request="recording", status="none", outcome="NeverSent") == 1
    assert value(text, "blinkclip_clips_ended_total", end="busy") == 1
    assert value(text, "blinkclip_clip_seconds_sum", delivered="yes") == 20
    assert value(text, "blinkclip_alert_looks_total", outcome="ok") == 1
    assert value(text, "blinkclip_alerts_told_total", footage="here") == 1
    assert value(text, "blinkclip_clips", stage="queued") == 2
    assert value(text, "blinkclip_gateway_latency_seconds", shard="0") == 0.05
    assert value(text, "blinkclip_tasks") == 3


def test_a_stage_or_shard_that_is_gone_is_gone_and_a_silent_database_is_said(metrics: Metrics) -> None:
    written(metrics, latencies={0: 0.05}, stages={"queued": 2})
    text = written(metrics, stages=None)
    assert "blinkclip_clips{" not in text
    assert "blinkclip_gateway_latency_seconds{" not in text
    assert value(text, "blinkclip_clips_counted") == 0


def test_a_clock_that_is_behind_discords_does_not_break_the_sum(metrics: Metrics) -> None:
    metrics.callback("accepted", -0.4)
    assert value(written(metrics), "blinkclip_ack_seconds_sum") == 0


def test_memory_processor_and_open_files_are_told(metrics: Metrics) -> None:
    text = written(metrics)
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"):
        assert (value(text, name) or 0) > 0
    assert f'version="{__version__}"' in text


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "bot.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
