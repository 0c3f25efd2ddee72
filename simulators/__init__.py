"""Simulated Blink and Discord on real sockets, and the demo between them; the running bot needs none of it."""

# The simulated Blink names this address for its relay, and the demo's network leads it to this machine. It is global,
# as Blink's are, but of a block that nobody serves any more (https://www.rfc-editor.org/rfc/rfc7526).
RELAY_HOST = "192.88.99.204"
