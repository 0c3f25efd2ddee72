"""Who may use the bot: everybody, or those that its host has chosen."""

from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Access:
    """The servers and people that a host has chosen; without any of them, everybody may use the bot everywhere."""

    guilds: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()

    def lets(self, interaction: discord.Interaction[Any]) -> bool:
        """Say whether this person may use the bot here; in direct messages there is no server to be let in by."""
        if not self.guilds and not self.users:
            return True
        return interaction.user.id in self.users or interaction.guild_id in self.guilds
