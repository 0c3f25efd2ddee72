"""HTTP: the bot's health, its numbers, and the page where people sign in to Blink."""

from .monitoring import Checks, Scrape
from .oauth import DiscordOAuth
from .pages import Pages
from .server import serve

__all__ = ["Checks", "DiscordOAuth", "Pages", "Scrape", "serve"]
