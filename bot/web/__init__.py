"""HTTP: whether the bot lives and is ready, and the page where people sign in to Blink."""

from .oauth import DiscordOAuth
from .pages import Pages
from .server import serve

__all__ = ["DiscordOAuth", "Pages", "serve"]
