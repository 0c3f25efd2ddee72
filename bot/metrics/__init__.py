"""Numbers about the running bot: the events that the rooms may report, in plain values.

`prometheus` keeps them, and is imported only if somebody may read them.
"""


class Observer:
    """Takes reports of what happens, and keeps none of them."""

    def interaction(self, kind: str, outcome: str) -> None:
        """Note that a command, a button or an autocomplete is over."""

    def callback(self, outcome: str, seconds: float) -> None:
        """Note how Discord took the first answer to an interaction, and how old the interaction was then."""

    def discord_answered(self, status: int) -> None:
        """Note an answer that counts against Discord's limit of invalid requests."""

    def gateway(self, event: str) -> None:
        """Note a step of the gateway's connection."""

    def delivery(self, call: str, outcome: str, seconds: float) -> None:
        """Note one try to show something in Discord."""

    def blink(self, what: str, outcome: str, status: int | None, seconds: float) -> None:
        """Note a request to Blink; `status` is None if no answer came."""

    def token_refreshed(self, outcome: str) -> None:
        """Note a refresh of somebody's Blink tokens."""

    def clip_ended(self, end: str, seconds: float) -> None:
        """Note how a clip ended, and how many seconds after its command."""

    def feed_read(self, outcome: str) -> None:
        """Note how a look for an account's new recordings went."""

    def alert_told(self, footage: str) -> None:
        """Note that an alert message is finished, and what it shows."""
