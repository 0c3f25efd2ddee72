"""Simulated Discord, simulated Blink, and the page that lets anybody try the bot against them."""
