"""HTTP: whether the bot lives and is ready."""

from .server import serve

__all__ = ["serve"]
