"""HTTP: the bot's health, its numbers, and the page where people sign in to Blink."""

from .oauth import DiscordOAuth
from .pages import Pages
from .server import Scrape, serve

__all__ = ["DiscordOAuth", "Pages", "Scrape", "serve"]
