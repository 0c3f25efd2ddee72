"""The numbers of the running bot, as Prometheus reads them: counts and times, never an id, a name or a token.

Labels hold only words that the code itself chooses, so that their number is bounded
(https://prometheus.io/docs/practices/naming/#labels).
"""

import os
import platform
import resource
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Self

from bot import __version__

_ACK_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)  # Discord listens for 3 s
_CALL_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_CLIP_S = (1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
_STARTED_AT = time.time()


class Metric:
    """A counter (`…_total`), a histogram (with `bounds`) or a gauge: numbers for each combination of its labels."""

    def __init__(self, name: str, what: str, *labels: str, bounds: tuple[float, ...] = ()) -> None:
        self.name, self.labels = name, labels
        self.kind = "histogram" if bounds else "counter" if name.endswith("_total") else "gauge"
        self._what, self._bounds = what, bounds
        self._numbers: dict[tuple[str, ...], list[float]] = {}  # of a histogram: its counts by bound, and the sum

    def add(self, number: float, *labels: str) -> Self:
        """Add to a counter or to a gauge."""
        self._of(labels)[0] += number
        return self

    def observe(self, seconds: float, *labels: str) -> None:
        """Add to a histogram."""
        numbers = self._of(labels)
        numbers[bisect_left(self._bounds, seconds)] += 1
        numbers[-1] += seconds

    def lines(self) -> Iterator[str]:
        """Return it as text (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
        yield f"# HELP {self.name} {self._what}"
        yield f"# TYPE {self.name} {self.kind}"
        for values, numbers in self._numbers.items():
            labels = dict(zip(self.labels, values, strict=True))
            if not self._bounds:
                yield _line(self.name, labels, numbers[0])
                continue
            *counts, total = numbers
            for bound, count in zip((*self._bounds, "+Inf"), accumulate(counts), strict=True):
                yield _line(f"{self.name}_bucket", {**labels, "le": str(bound)}, count)
            yield _line(f"{self.name}_count", labels, sum(counts))
            yield _line(f"{self.name}_sum", labels, total)

    def _of(self, labels: tuple[str, ...]) -> list[float]:
        return self._numbers.setdefault(labels, [0.0] * (len(self._bounds) + 2))


class Metrics:
    """Counts what the rooms report, and writes the numbers in Prometheus's text format."""

    def __init__(self) -> None:
        self._interactions = Metric(
            "blinkclip_interactions_total",
            "Interactions that are over, by command, button or autocomplete, and how they went.",
            "kind",
            "outcome",
        )
        self._callbacks = Metric(
            "blinkclip_interaction_callbacks_total",
            "First answers to interactions, by what Discord said to them.",
            "outcome",
        )
        self._acks = Metric(
            "blinkclip_ack_seconds",
            "From an interaction's creation to its accepted first answer; Discord gives 3 s.",
            bounds=_ACK_S,
        )
        self._invalid = Metric(
            "blinkclip_discord_invalid_requests_total",
            "Answers 401, 403 and 429 from Discord, which blocks an address after 10,000 within 10 minutes.",
            "status",
        )
        self._gateway = Metric(
            "blinkclip_gateway_events_total",
            "Steps of the gateway's connection; Discord allows 1,000 identifies a day.",
            "event",
        )
        self._delivery = Metric(
            "blinkclip_delivery_call_seconds",
            "Tries to show something in Discord, by what was shown and how it went.",
            "call",
            "outcome",
            bounds=_CALL_S,
        )
        self._blink = Metric(
            "blinkclip_blink_request_seconds",
            "Requests to Blink, by what was asked, the status class of the answer, and our error.",
            "request",
            "status",
            "outcome",
            bounds=_CALL_S,
        )
        self._refreshes = Metric(
            "blinkclip_token_refreshes_total", "Refreshes of Blink tokens, by how they went.", "outcome"
        )
        self._ends = Metric("blinkclip_clips_ended_total", "Clips that are over, by their end.", "end")
        self._durations = Metric(
            "blinkclip_clip_seconds",
            "From the command to the clip's end, apart for clips that delivered a video.",
            "delivered",
            bounds=_CLIP_S,
        )
        self._looks = Metric(
            "blinkclip_alert_looks_total", "Looks for an account's new recordings, by how they went.", "outcome"
        )
        self._alerts = Metric(
            "blinkclip_alerts_told_total",
            "Messages about motion that are told to their end, by what they show.",
            "footage",
        )

    def interaction(self, kind: str, outcome: str) -> None:
        """Note that a command, a button or an autocomplete is over."""
        self._interactions.add(1, kind, outcome)

    def callback(self, outcome: str, seconds: float) -> None:
        """Note how Discord took the first answer to an interaction, and how old the interaction was then."""
        self._callbacks.add(1, outcome)
        if outcome == "accepted":
            self._acks.observe(max(seconds, 0.0))  # Discord's clock may be ahead of ours

    def discord_answered(self, status: int) -> None:
        """Note an answer that counts against Discord's limit of invalid requests."""
        self._invalid.add(1, str(status))

    def gateway(self, event: str) -> None:
        """Note a step of the gateway's connection."""
        self._gateway.add(1, event)

    def delivery(self, call: str, outcome: str, seconds: float) -> None:
        """Note one try to show something in Discord."""
        self._delivery.observe(seconds, call, outcome)

    def blink(self, what: str, outcome: str, status: int | None, seconds: float) -> None:
        """Note a request to Blink; `status` is None if no answer came."""
        answer = f"{status // 100}xx" if status else "none"
        self._blink.observe(seconds, what.removeprefix("the "), answer, outcome)

    def token_refreshed(self, outcome: str) -> None:
        """Note a refresh of somebody's Blink tokens."""
        self._refreshes.add(1, outcome)

    def clip_ended(self, end: str, seconds: float) -> None:
        """Note how a clip ended, and how many seconds after its command."""
        self._ends.add(1, end)
        self._durations.observe(max(seconds, 0.0), "yes" if end == "delivered" else "no")

    def feed_read(self, outcome: str) -> None:
        """Note how a look for an account's new recordings went."""
        self._looks.add(1, outcome)

    def alert_told(self, footage: str) -> None:
        """Note that an alert message is finished, and what it shows."""
        self._alerts.add(1, footage)

    def all(
        self, *, tasks: int = 0, latencies: Mapping[int, float] | None = None, stages: Mapping[str, int] | None = None
    ) -> list[Metric]:
        """Return everything; `latencies` are seconds by shard, `stages` is None if the database did not answer."""
        latency = Metric(
            "blinkclip_gateway_latency_seconds", "Time between the gateway's last heartbeat and its answer.", "shard"
        )
        for shard, seconds in (latencies or {}).items():
            latency.add(seconds, str(shard))
        clips = Metric("blinkclip_clips", "Unfinished clips in the database, of all processes, by stage.", "stage")
        for stage, count in (stages or {}).items():
            clips.add(count, stage)
        counted = Metric("blinkclip_clips_counted", "Whether the database could be asked for the unfinished clips.")
        build = Metric("blinkclip_build_info", "Always 1; the labels say what runs.", "version", "discord_py", "python")
        return [
            *(metric for metric in vars(self).values() if isinstance(metric, Metric)),
            latency,
            clips,
            counted.add(stages is not None),
            Metric("blinkclip_tasks", "Tasks of the event loop.").add(tasks),
            build.add(1, __version__, version("discord.py"), platform.python_version()),
        ]

    def written(self, *, tasks: int, latencies: Mapping[int, float], stages: Mapping[str, int] | None) -> bytes:
        """Return everything in Prometheus's text format."""
        found = [*self.all(tasks=tasks, latencies=latencies, stages=stages), *_process()]
        return "".join(f"{line}\n" for metric in found for line in metric.lines()).encode()


def _process() -> Iterator[Metric]:
    """Return this process's numbers under Prometheus's usual names, as far as the machine tells them."""
    python = Metric("python_info", "The interpreter.", "implementation", "version")
    yield python.add(1, platform.python_implementation(), platform.python_version())
    yield Metric("process_start_time_seconds", "When the process started.").add(_STARTED_AT)
    yield Metric("process_cpu_seconds_total", "Processor time used.").add(time.process_time())
    yield Metric("process_max_fds", "Most open files.").add(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    with suppress(OSError):  # only Linux has /proc
        pages = [int(word) for word in Path("/proc/self/statm").read_text().split()[:2]]
        virtual, resident = (count * resource.getpagesize() for count in pages)
        yield Metric("process_virtual_memory_bytes", "Memory with all that is mapped.").add(virtual)
        yield Metric("process_resident_memory_bytes", "Memory in RAM.").add(resident)
        yield Metric("process_open_fds", "Open files.").add(len(os.listdir("/proc/self/fd")))


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{word}"' for label, word in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"
