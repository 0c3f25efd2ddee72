"""The names of downloads."""

import re
from datetime import datetime


def file_name(camera: str, moment: datetime, reference: str, ending: str) -> str:
    """Return the name of a video or picture: camera, time and reference, in letters that every system takes."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", camera).strip("-") or "camera"
    return f"{safe[:40].lower()}-{moment:%Y%m%d-%H%M%S}-{reference}.{ending}"
