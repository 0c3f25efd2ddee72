"""Record a camera's live view: reach its relay, check who answers, and write what it sends to a file."""

from .recorder import LiveEnd, LiveRecorder
from .relay import LiveTiming
from .trust import Dialer, RelayTrust

__all__ = ["Dialer", "LiveEnd", "LiveRecorder", "LiveTiming", "RelayTrust"]
