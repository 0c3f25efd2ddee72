"""Everything about alerts in the database, as one; whose process is whose is decided in `processes`."""

from .engine import Database
from .feeds import Feeds
from .notices import Notices
from .processes import Process
from .wishes import Wishes


class Alerts(Wishes, Feeds, Notices):
    """What `bot.alerts` asks of an AlertStore; what a process has is free `lease` seconds after its last sign."""

    def __init__(self, database: Database, *, lease: float) -> None:
        super().__init__(database, Process(lease=lease))
