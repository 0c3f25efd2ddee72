"""What ends a measure: not a goal that is missed, but something that does not work."""

from pathlib import Path


class Broken(Exception):
    """A measure cannot go on, so that it has no numbers."""


class SubjectDied(Broken):
    """A measured program ended unasked; `last_words` are the end of its log."""

    def __init__(self, program: str, log: Path) -> None:
        super().__init__(f"{program} ended by itself")
        self.last_words = log.read_text("utf-8", "replace").splitlines()[-12:]


class NotDelivered(Broken):
    """No clip ended with its video."""

    def __init__(self, program: str, count: int) -> None:
        super().__init__(f"{program} delivered none of {count} clips")
