"""How close the bot is to the least that could do its work, and what a clip costs: `make bench`."""
