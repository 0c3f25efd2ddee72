"""Simulated Blink and Discord on real sockets, and the demo between them; the running bot needs none of it."""

RELAY_HOST = "3.72.118.204"
"""The address that a live view names: one of the public Internet, as Blink's are, at which nobody here ever asks."""
