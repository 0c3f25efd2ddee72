"""Write docs/reasons.md, every reason a clip can end with, from the code that says them.

Run it with `make docs`; a test sees that the page has what this writes.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product, takewhile
from pathlib import Path
from typing import Any

from bot.models import (
    CameraKey,
    CameraKind,
    CommandStatus,
    End,
    Job,
    JobRequest,
    Kind,
    LiveView,
    NotShrunk,
    Owner,
    Progress,
    Reply,
    Result,
    Stage,
    Target,
)
from bot.wording.live_views import LIVE_REASONS
from bot.wording.reason_parts import STATES
from bot.wording.reasons import reason

PAGE = Path(__file__).with_name("reasons.md")
BEGIN, FINISH = "<!-- reasons: made by docs/reasons.py -->", "<!-- /reasons -->"
COMMANDS = {Kind.CLIP: "clip", Kind.SNAPSHOT: "snapshot", Kind.RECENT: "recordings"}
WITHOUT_VIDEO = (End.NO_VIDEO, End.NO_PLAN, End.UNSEEN, End.USB_SILENT)
ONLY_CLIP = (*WITHOUT_VIDEO, End.UNCONFIRMED, End.USB_AMBIGUOUS, *LIVE_REASONS)
NEEDS_CAMERA = (
    End.BUSY, End.FAILED, End.CAMERA_OFFLINE, End.CAMERA_UNKNOWN, End.CAMERA_AMBIGUOUS, End.ALREADY_RUNNING,
)  # fmt: skip
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIB = 2**20
LENDER = Owner(3, "Alice", "0" * 16)


def every() -> Iterator[Job]:
    """Yield an ended job for each way in which a job can end."""
    for end, kind in product(End, Kind):
        if not _can_end(end, kind):
            continue
        job = _example(end, kind)
        match end:
            case End.NO_VIDEO | End.NO_PLAN:  # Blink is asked about a plan only where no drive can be read
                states = [usb for usb in STATES if usb != "active" or end is End.NO_VIDEO]
                yield from (_pictured(_on(job, usb), good) for usb in states for good in (True, False))
            case End.USB_SILENT if kind is Kind.CLIP:
                yield from (_pictured(_on(job, "active"), good) for good in (True, False))
            case End.UNSEEN:
                yield from (_pictured(job, good) for good in (True, False))
            case End.TOO_LARGE if kind is not Kind.SNAPSHOT:
                yield from (_resulting(job, not_shrunk=why) for why in NotShrunk)
                yield _resulting(job, size=8 * MIB, not_shrunk=NotShrunk.TOO_LONG)
                yield _resulting(job, size=None)
            case End.VIDEO_LOST if kind is Kind.CLIP:
                yield from (job, _resulting(job, media_path=None))
            case End.NO_PICTURE:
                yield from (_commanded(_resulting(job, media_path=None), command) for command in (1, None))
                yield _commanded(job, 1)
            case End.UNCONFIRMED:
                yield from (_commanded(job, command) for command in (None, 1))
            case End.RATE_LIMITED | End.SIGNED_OUT if kind is not Kind.RECENT:
                yield from (_commanded(job, 1).changed(owner=owner) for owner in (None, LENDER))
                yield _commanded(job, None)
            case End.UNREACHABLE | End.NOT_UNDERSTOOD | End.REVOKED if kind is not Kind.RECENT:
                yield from (_commanded(job, command) for command in (None, 1))
            case End.FOUND_TOO_LATE if kind is Kind.CLIP:
                yield from (_commanded(job, command) for command in (None, 1))
            case End.LIVE_NO_MEDIA | End.LIVE_REFUSED:
                in_place = job.changed(live=LiveView(15, End.NO_PLAN, starts=1), reason=end)
                yield from (job, in_place, _resulting(in_place, pictured=True))
            case End.LIVE_OFF | End.LIVE_NOT_SHARED | End.LIVE_TOO_LONG:
                yield job.changed(request=replace(job.request, live_seconds=60))
            case End.REFUSED if kind is Kind.CLIP:
                yield from (_confirmed(job, confirmed) for confirmed in (False, True))
            case End.TOO_MANY if kind is not Kind.RECENT:
                yield from (job, job.changed(owner=LENDER))
            case End.CAMERA_UNKNOWN:
                yield from (job.changed(options=options) for options in (job.options, ()))
            case _:
                yield job


def _can_end(end: End, kind: Kind) -> bool:
    match kind:
        case Kind.CLIP:
            return end not in (End.GONE, End.NO_PICTURE)
        case Kind.SNAPSHOT:
            return end not in (End.GONE, End.VIDEO_LOST, *ONLY_CLIP)
        case Kind.RECENT:
            return end is End.USB_SILENT or end not in (End.NO_PICTURE, *ONLY_CLIP, *NEEDS_CAMERA)


def _example(end: End, kind: Kind) -> Job:
    options = (("camera.410.610", "Front Door · Home"), ("camera.420.620", "Front Door · Cabin"))
    running = (("0" * 32, "1/2/3"),)
    blink = end in (End.BUSY, End.FAILED, End.REFUSED, End.LIVE_REFUSED, End.LIVE_FAILED)
    return Job(
        id="0123456789abcdef0123456789abcdef",
        request=JobRequest(1, 2, "Front Door", NOON, kind),
        reply=Reply(1, None, NOON, 2, 3, ephemeral=True, in_dm=False, bot_can_edit=True),
        stage=Stage.ENDED,
        end=end,
        target=Target(1, CameraKey(CameraKind.CAMERA, 410, 610), "Front Door", "Home", usb="none"),
        options=running if end is End.ALREADY_RUNNING else options if "camera" in end else (),
        progress=Progress(CommandStatus(message="its own words") if blink else CommandStatus(), asked_at=NOON),
        result=Result(media_path="/where/it/is", size=14 * MIB, not_shrunk=NotShrunk.TOO_LONG),
    )


def _on(job: Job, usb: str) -> Job:
    assert job.target is not None
    return job.changed(target=replace(job.target, usb=usb))


def _pictured(job: Job, good: bool) -> Job:
    return _confirmed(_resulting(job, pictured=good), True).changed(reason=job.end)


def _resulting(job: Job, **changes: Any) -> Job:
    return job.changed(result=replace(job.result, **changes))


def _commanded(job: Job, command_id: int | None) -> Job:
    return job.changed(progress=replace(job.progress, command_id=command_id))


def _confirmed(job: Job, confirmed: bool) -> Job:
    return job.changed(progress=replace(job.progress, confirmed=confirmed))


def table() -> str:
    """Return every reason once, under the command that it answers; those of one headline share a row."""
    rows: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for job in every():
        why = reason(job)
        if job.end is End.DELIVERED:
            continue
        parts = rows.setdefault(why.headline, ([], [], []))
        for kept, said in zip(parts, (f"`/{COMMANDS[job.request.kind]}`", why.cause, why.next_step), strict=True):
            if said not in kept:
                kept.append(said)
    lines = [
        f"| {' '.join(commands)} | **{headline}** | {_shared(causes)} | {_shared(steps)} |"
        for headline, (commands, causes, steps) in rows.items()
    ]
    return "\n".join(["| after | what you read | why | what to do |", "|---|---|---|---|", *lines])


def _shared(texts: list[str]) -> str:
    """Return what all of these say once, and after it, in italics, where they part."""
    sentences = [re.split(r"(?<=[.!]) ", text) for text in texts]
    same = [found[0] for found in takewhile(lambda found: len(set(found)) == 1, zip(*sentences, strict=False))]
    others = [" ".join(one[len(same) :]) for one in sentences]
    return " ".join(same) if len(texts) == 1 else " ".join([*same, " · ".join(f"_{one}_" for one in others if one)])


def renewed(page: str) -> str:
    """Return the page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(FINISH)
    return f"{before}{BEGIN}\n\n{table()}\n\n{FINISH}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{PAGE}: {len(table().splitlines()) - 2} rows\n")
