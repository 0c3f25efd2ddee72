"""Discord out: shows clip jobs and alerts in Discord, with or without the command that began them."""

from .alerts import AlertSender
from .job_endings import Endings
from .membership import MembershipChecker
from .messenger import Messenger
from .progress import DiscordDisplay
from .retry import DeliveryTimeouts, RetryPolicies

__all__ = [
    "AlertSender",
    "DeliveryTimeouts",
    "DiscordDisplay",
    "Endings",
    "MembershipChecker",
    "Messenger",
    "RetryPolicies",
]
