"""How often the bot looks for recordings, and how often it tells people; all times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertTiming:
    """Every interval of alerts."""

    every: float = 60.0  # between two looks at one account
    slowest: float = 120.0  # if nothing has happened for a day
    jitter: float = 0.1  # of an interval, each way
    failing: float = 900.0  # the longest pause after failures; each in a row doubles it
    at_once: int = 32  # looks under way
    overlap: float = 300.0  # how far behind its cursor a look begins, since recordings may be listed late
    late: float = 3600.0  # how late Blink may list a recording that is still told
    save_every: float = 600.0  # how often a cursor is saved if nothing has happened
    kept: float = 86400.0  # how long behind the cursor told alerts are kept
    longest_away: float = 7 * 86400.0  # how far back a bot looks after a long stop
    partial_for: float = 300.0  # how long a recording may stay unfinished
    inventory_age: float = 600.0  # how old the list of cameras may be
    lease: float = 60.0  # how long feeds and messages stay with a process that gives no sign
    budget: int = 3  # messages to a person …
    budget_in: float = 600.0  # … in this time
    mention_every: float = 300.0  # between two mentions of a role for one camera
    health_every: float = 3600.0  # between two looks for what is wrong with the cameras of an account
    picture_after: float = 10.0  # how long a video may take before its picture is shown first
    fetch_gaps: tuple[float, ...] = (1.0, 3.0, 8.0, 20.0, 60.0)  # between the tries to download a video
    fetches: int = 16  # downloads at once
    again: float = 60.0  # before a message that Discord did not take is tried again …
    give_up: float = 86400.0  # … for so long
