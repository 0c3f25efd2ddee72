"""The address that the simulated Blink names for its relay, which the demo's network leads to this machine."""

# Global, as Blink's are, but of a block that nobody serves any more (https://www.rfc-editor.org/rfc/rfc7526).
RELAY_HOST = "192.88.99.204"
