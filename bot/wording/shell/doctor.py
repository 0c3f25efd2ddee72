"""The sentences of `python -m bot doctor`; people paste its lines into issues, so none has an id or a name."""

from collections.abc import Iterable, Mapping, Sequence

# The open questions of docs/protocol.md that a walk or a recording can settle.
BUSY, FINISHED, LISTED, USB, UNKEPT, LENGTH, FORM, NO_PLAN, PAGES = 1, 2, 3, 4, 6, 9, 11, 13, 14

NOT_LINKED = "This Discord user has no linked Blink account: link one with `python -m bot link USER_ID`."
SIGNED_OUT = "Blink has signed the bot out of this account: link it again with `python -m bot link USER_ID`."
PASTE = "Nothing below names a person, a place or a camera. Paste it into an issue (form “Doctor's report”):"
NOT_RECORDED = "Nothing was recorded."


def ask_to_record(camera: str) -> str:
    """Ask whether a camera may record now."""
    return f"“{camera}” will record a clip now, and Blink's app may notify its owner. Continue?"


def no_such_camera(asked: str, labels: Sequence[str]) -> str:
    """Say which cameras there are."""
    return f"No camera, or more than one, is called “{asked}”. There are: {', '.join(labels) or 'none'}."


def block(lines: Sequence[str], settled: Iterable[int]) -> str:
    """Return the finished block."""
    found = ", ".join(f"P{number}" for number in sorted(settled))
    answers = f"settles: {found or 'nothing'} (docs/protocol.md)"
    return "\n".join(["```text", *lines, answers, "```"])


def head(version: str, python: str, tier: str) -> str:
    """Return the first line."""
    return f"bot {version}, Python {python}, region {tier}"


def status(what: str, status: int | None, seconds: float) -> str:
    """Return how Blink answered a question."""
    return f"{what}: {_http(status)} in {seconds:.1f} s"


def failed(what: str, kind: str, status: int | None, code: str, message: str) -> str:
    """Return how Blink refused a question."""
    said = f", “{message}”" if message else ""
    return f"{what}: {kind}, {_http(status)}, code {code}{said}"


def inventory(kinds: Mapping[str, int], systems: int, modules: Sequence[str], others: Mapping[str, int]) -> list[str]:
    """Return how many cameras there are, and what keeps their clips."""
    lines = [f"systems {systems}, cameras: {_counts(kinds)}"]
    lines += [f"system {number}: USB drive {state}" for number, state in enumerate(modules, 1)]
    return [*lines, f"other devices: {_counts(others)}"] if others else lines


def camera(number: int, model: str, kind: str, system: int, *, online: bool, picture: str, keeps: str) -> str:
    """Return one camera, and what becomes of its videos."""
    state = "online" if online else "offline"
    return f"camera {number}: {model} ({kind}), system {system}, {state}, picture address {picture}, videos: {keeps}"


def keeps(*, cloud: bool, usb: bool, no_plan: bool) -> str:
    """Return where a camera's videos are kept, and what that needs if they are not."""
    places = [place for place, there in (("in the cloud", cloud), ("on the USB drive", usb)) if there]
    if places:
        return " and ".join(places)
    if no_plan:
        return "not kept (no_subscription): they need a plan or a USB drive"
    return "none seen in 30 days: they need a plan or a USB drive"


def page(number: str, entries: int | None, status: int | None) -> str:
    """Return what a page of the list of recordings held."""
    return f"recordings of 30 days, page {number}: {_http(status)}, {'refused' if entries is None else entries}"


def sources(found: Mapping[str, int]) -> str:
    """Return how many recordings name each source."""
    return f"recordings' sources: {_counts(found)}"


def events(count: int, without: Mapping[str, int], status: int | None) -> str:
    """Return what the app's own list held."""
    return f"events of 30 days: {_http(status)}, {count}, no_media_reason: {_counts(without)}"


def begun(number: int, form: str, status: int | None, seconds: float) -> str:
    """Return how Blink took the command."""
    return f"clip of camera {number}: {_http(status)} in {seconds:.1f} s, {form} form"


def busy(number: int, status: int | None, code: str, message: str) -> str:
    """Return how Blink said that the system is occupied."""
    return f"clip of camera {number}: busy, {_http(status)}, code {code}, “{message}”"


def stages(seen: Sequence[tuple[str, str, float]]) -> str:
    """Return the stages of the command, each with the time it was first seen."""
    return "stages: " + ", ".join(f"{stage}/{condition} {at:.1f} s" for stage, condition, at in seen)


def ended(*, complete: bool, status: str, code: str, message: str, media_id: bool, after: float) -> str:
    """Return how the command ended."""
    how = "complete" if complete else "not complete"
    named = "there" if media_id else "null"
    return f"end: {how} after {after:.1f} s, status {status}, code {code}, “{message}”, media_id {named}"


def listed(source: str, *, listed: float, whole: float | None, began: float) -> str:
    """Return when the recording was listed, counted from the end of the command, and under which source."""
    finished = "not whole in time" if whole is None else f"whole after {whole:.1f} s"
    return f"cloud: listed after {listed:.1f} s, {finished}, source {source}, begins {began:.0f} s after the command"


def not_listed(waited: float, reason: str) -> str:
    """Return the line about a recording that the cloud did not list."""
    return f"cloud: not listed within {waited:.0f} s, no_media_reason {reason}"


def video(kib: int, seconds: float | None) -> str:
    """Return what was downloaded."""
    return f"video: {kib} KiB, {'length unknown' if seconds is None else f'{seconds:.0f} s long'}"


def on_usb(after: float | None, waited: float) -> str:
    """Return whether the recording is on the USB drive."""
    return f"USB drive: not there within {waited:.0f} s" if after is None else f"USB drive: there after {after:.1f} s"


def _http(status: int | None) -> str:
    return "no answer" if status is None else f"HTTP {status}"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "none"
