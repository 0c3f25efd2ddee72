"""blink-clip-bot: a Discord bot that records a clip on your Blink camera and brings you the video."""

__version__ = "0.1.0"
