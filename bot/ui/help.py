"""`/help`: only what this person can do here and now."""

from discord import app_commands

from bot.wording import help as words

from .guest import is_administrator, permits_of
from .requests import Interaction, acknowledged
from .tree import answer


@app_commands.command(name="help", description="Show what you can do here, and what comes next")
async def show_help(interaction: Interaction) -> None:
    """Show the help for somebody with a link, with grants, with both or with neither."""
    if not await acknowledged(interaction):
        return
    permits = await permits_of(interaction)
    account = await interaction.client.rooms.accounts.account(interaction.user.id)
    standing = words.Standing(
        user_id=interaction.user.id,
        linked=account is not None,
        signed_out=account is not None and account.signed_out_at is not None,
        granted=frozenset(right for one in permits for right in one.rights),
        owners=tuple(dict.fromkeys(one.owner_name for one in permits)),
        in_server=interaction.guild_id is not None,
        administrator=is_administrator(interaction),
    )
    await answer(interaction, words.card(standing))
