"""Reading a doctor's report: making a simulated camera behave as it says."""

import re

from simulators.blink import Behaviour, Failure

_STAGE = re.compile(r"(\w+)/(\w+) ([\d.]+) s")


def behaviour_of(report: str) -> Behaviour:
    """Return the manners of the camera that a report has recorded on."""
    stages = [(stage, condition, float(at)) for stage, condition, at in _STAGE.findall(_line(report, "stages"))]
    times = [at for _, _, at in stages]
    lasting = [later - at for at, later in zip(times, [*times[1:], times[-1]], strict=True)]
    end = _line(report, "end")
    status, code = (int(found) for found in re.findall(r"(?:status|code) (\d+)", end)[:2])
    message = re.search(r"“(.*)”", end)
    failed = Failure(status, message[1] if message else "", code, stages[-1][0]) if status else False
    cloud = _line(report, "cloud")
    numbers = re.search(r"listed after ([\d.]+) s, whole after ([\d.]+) s, source (\w+), begins (\d+) s", cloud)
    form = "short" if "short form" in _line(report, "clip of camera") else "full"
    manners = Behaviour(
        stages=tuple(
            (stage, condition, seconds) for (stage, condition, _), seconds in zip(stages, lasting, strict=True)
        ),
        fail=failed,
        answer_form=form,  # type: ignore[arg-type]
        covered="no_subscription" not in cloud,
        to_usb="USB drive: there" in report,
        usb_delay=0.02,
    )
    if numbers is None:
        return manners
    listed, whole = float(numbers[1]), float(numbers[2])
    length = re.search(r"(\d+) s long", report)
    return Behaviour(
        **{
            **{name: getattr(manners, name) for name in manners.__dataclass_fields__},
            "upload_delay": listed,
            "partial_for": whole - listed,
            "source": numbers[3],
            "recorded_at": float(numbers[4]),
            "video_seconds": float(length[1]) if length else 1.0,
        }
    )


def shape_of(report: str) -> str:
    """Return a report without what no two runs share: how long each thing took."""
    return re.sub(r"\d+(\.\d+)? (s|KiB)\b", "_", report)


def _line(report: str, begin: str) -> str:
    return next((line for line in report.splitlines() if line.startswith(begin)), "")
