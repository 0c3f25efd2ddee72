"""The numbers of the running bot, as Prometheus reads them: counts and times, never an id, a name or a token.

Labels hold only words that the code itself chooses, so that their number is bounded
(https://prometheus.io/docs/practices/naming/#labels).
"""

import platform
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot import __version__

disable_created_metrics()  # each series would have a twin that says when it began

_ACK_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)  # Discord listens for 3 s
_CALL_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_CLIP_S = (1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0)


class Metrics:
    """Counts what the rooms report, and writes the numbers in Prometheus's text format."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        counter, gauge = partial(Counter, registry=registry), partial(Gauge, registry=registry)
        histogram = partial(Histogram, registry=registry)
        self._interactions = counter(
            "blinkclip_interactions",
            "Interactions that are over, by command, button or autocomplete, and how they went.",
            ["kind", "outcome"],
        )
        self._callbacks = counter(
            "blinkclip_interaction_callbacks",
            "First answers to interactions, by what Discord said to them.",
            ["outcome"],
        )
        self._acks = histogram(
            "blinkclip_ack_seconds",
            "From an interaction's creation to its accepted first answer; Discord gives 3 s.",
            buckets=_ACK_S,
        )
        self._invalid = counter(
            "blinkclip_discord_invalid_requests",
            "Answers 401, 403 and 429 from Discord, which blocks an address after 10,000 within 10 minutes.",
            ["status"],
        )
        self._gateway = counter(
            "blinkclip_gateway_events",
            "Steps of the gateway's connection; Discord allows 1,000 identifies a day.",
            ["event"],
        )
        self._latency = gauge(
            "blinkclip_gateway_latency_seconds",
            "Time between the gateway's last heartbeat and its answer.",
            ["shard"],
        )
        self._delivery = histogram(
            "blinkclip_delivery_call_seconds",
            "Tries to show something in Discord, by what was shown and how it went.",
            ["call", "outcome"],
            buckets=_CALL_S,
        )
        self._blink = histogram(
            "blinkclip_blink_request_seconds",
            "Requests to Blink, by what was asked, the status class of the answer, and our error.",
            ["request", "status", "outcome"],
            buckets=_CALL_S,
        )
        self._refreshes = counter(
            "blinkclip_token_refreshes",
            "Refreshes of Blink tokens, by how they went.",
            ["outcome"],
        )
        self._ends = counter("blinkclip_clips_ended", "Clips that are over, by their end.", ["end"])
        self._durations = histogram(
            "blinkclip_clip_seconds",
            "From the command to the clip's end, apart for clips that delivered a video.",
            ["delivered"],
            buckets=_CLIP_S,
        )
        self._looks = counter(
            "blinkclip_alert_looks",
            "Looks for an account's new recordings, by how they went.",
            ["outcome"],
        )
        self._alerts = counter(
            "blinkclip_alerts_told",
            "Messages about motion that are told to their end, by what they show.",
            ["footage"],
        )
        self._clips = gauge(
            "blinkclip_clips",
            "Unfinished clips in the database, of all processes, by stage.",
            ["stage"],
        )
        self._counted = gauge(
            "blinkclip_clips_counted",
            "Whether the database could be asked for the unfinished clips.",
        )
        self._tasks = gauge("blinkclip_tasks", "Tasks of the event loop.")
        gauge(
            "blinkclip_build_info",
            "Always 1; the labels say what runs.",
            ["version", "discord_py", "python"],
        ).labels(__version__, version("discord.py"), platform.python_version()).set(1)

    def interaction(self, kind: str, outcome: str) -> None:
        """Note that a command, a button or an autocomplete is over."""
        self._interactions.labels(kind, outcome).inc()

    def callback(self, outcome: str, seconds: float) -> None:
        """Note how Discord took the first answer to an interaction, and how old the interaction was then."""
        self._callbacks.labels(outcome).inc()
        if outcome == "accepted":
            self._acks.observe(max(seconds, 0.0))  # Discord's clock may be ahead of ours

    def discord_answered(self, status: int) -> None:
        """Note an answer that counts against Discord's limit of invalid requests."""
        self._invalid.labels(str(status)).inc()

    def gateway(self, event: str) -> None:
        """Note a step of the gateway's connection."""
        self._gateway.labels(event).inc()

    def delivery(self, call: str, outcome: str, seconds: float) -> None:
        """Note one try to show something in Discord."""
        self._delivery.labels(call, outcome).observe(seconds)

    def blink(self, what: str, outcome: str, status: int | None, seconds: float) -> None:
        """Note a request to Blink; `status` is None if no answer came."""
        answer = f"{status // 100}xx" if status else "none"
        self._blink.labels(what.removeprefix("the "), answer, outcome).observe(seconds)

    def token_refreshed(self, outcome: str) -> None:
        """Note a refresh of somebody's Blink tokens."""
        self._refreshes.labels(outcome).inc()

    def clip_ended(self, end: str, seconds: float) -> None:
        """Note how a clip ended, and how many seconds after its command."""
        self._ends.labels(end).inc()
        self._durations.labels("yes" if end == "delivered" else "no").observe(max(seconds, 0.0))

    def feed_read(self, outcome: str) -> None:
        """Note how a look for an account's new recordings went."""
        self._looks.labels(outcome).inc()

    def alert_finished(self, footage: str) -> None:
        """Note that an alert message is finished, and what it shows."""
        self._alerts.labels(footage).inc()

    def written(self, *, tasks: int, latencies: Mapping[int, float], stages: Mapping[str, int] | None) -> bytes:
        """Return everything in Prometheus's text format; takes some milliseconds, so it may run in a thread.

        `latencies` are seconds by shard; `stages` is None if the database did not answer.
        """
        self._tasks.set(tasks)
        self._latency.clear()
        for shard, seconds in latencies.items():
            self._latency.labels(str(shard)).set(seconds)
        self._counted.set(stages is not None)
        self._clips.clear()
        for stage, count in (stages or {}).items():
            self._clips.labels(stage).set(count)
        return generate_latest(self.registry)
