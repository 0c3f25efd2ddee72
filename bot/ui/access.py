"""Decides who may use the bot: everybody, or those that its host has chosen."""

from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Access:
    """The servers and people that a host has chosen; if there are none, everybody may use the bot everywhere."""

    guilds: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()

    def lets(self, interaction: discord.Interaction[Any]) -> bool:
        """Say whether this person may use the bot here; a direct message has no server that lets them in."""
        if not self.guilds and not self.users:
            return True
        return interaction.user.id in self.users or interaction.guild_id in self.guilds
