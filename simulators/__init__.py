"""Simulated Blink and Discord on real sockets, and the demo between them; the running bot needs none of it."""
