"""What the rooms may tell about their work, in plain values."""


class Observer:
    """Is told what happens, and keeps nothing of it."""

    def interaction(self, kind: str, outcome: str) -> None:
        """Hear that a command, a button or an autocomplete is over."""

    def callback(self, outcome: str, seconds: float) -> None:
        """Hear how Discord took the first answer to an interaction, and how old the interaction was then."""

    def discord_answered(self, status: int) -> None:
        """Hear of an answer that counts against Discord's limit of invalid requests."""

    def gateway(self, event: str) -> None:
        """Hear of a step of the gateway's connection."""

    def delivery(self, call: str, outcome: str, seconds: float) -> None:
        """Hear of one try to show something in Discord."""

    def blink(self, what: str, outcome: str, status: int | None, seconds: float) -> None:
        """Hear of a request to Blink; `status` is None where no answer came."""

    def token_refreshed(self, outcome: str) -> None:
        """Hear of a refresh of somebody's Blink tokens."""

    def clip_ended(self, end: str, seconds: float) -> None:
        """Hear how a clip ended, and how long after its command."""

    def feed_read(self, outcome: str) -> None:
        """Hear how a look for an account's new recordings went."""

    def alert_told(self, footage: str) -> None:
        """Hear that somebody was told of motion to the end, and what there was to show."""
