"""Turn cards into Discord's embeds, menus and buttons."""

from itertools import chain

import discord

from .cards import Button, Card, Menu

_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


def embed(card: Card) -> discord.Embed:
    """Return the card as an embed, within Discord's limits."""
    text = f"{card.text}\n-# {card.small}" if card.small else card.text
    result = discord.Embed(title=card.title[:256], description=text[:4096], colour=card.tone.value)
    for name, value in card.fields:
        result.add_field(name=name[:256], value=value[:1024] or "–", inline=True)  # noqa: RUF001 - a dash for nothing
    if card.thumbnail:
        result.set_thumbnail(url=f"attachment://{card.thumbnail}")
    if card.image:
        result.set_image(url=f"attachment://{card.image}")
    return result


def view(*cards: Card) -> discord.ui.View | None:
    """Return the menus and buttons of a message's cards; None if there are none."""
    menus = [*chain.from_iterable(card.menus for card in cards)]
    buttons = [*chain.from_iterable(card.buttons for card in cards)]
    if not buttons and not menus:
        return None
    result = discord.ui.View(timeout=None)
    for menu in menus:
        result.add_item(_select(menu))
    for button in buttons[:25]:
        result.add_item(_button(button))
    # discord.py keeps every view in memory until it is stopped; clicks are answered by custom_id (bot.ui.buttons).
    result.stop()
    return result


def _select(menu: Menu) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(
            value=value[:100], label=label[:100], description=description[:100] or None, default=value in menu.chosen
        )
        for value, label, description in menu.options[:25]
    ]
    return discord.ui.Select(
        custom_id=menu.custom_id,
        placeholder=menu.placeholder[:150],
        options=options,
        min_values=0 if menu.most > 1 else 1,
        max_values=min(menu.most, len(options)),
    )


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    if button.url:
        return discord.ui.Button(label=button.label[:80], url=button.url, emoji=button.emoji)
    return discord.ui.Button(
        label=button.label[:80],
        custom_id=button.custom_id,
        style=_STYLES[button.style],
        emoji=button.emoji,
        row=button.row,
    )
