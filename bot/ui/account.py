"""`/link`, `/account`, `/unlink` and `/help`: a person's link, what is stored of them, and what they can do here."""

import asyncio
import base64
import io
import logging
from datetime import UTC, datetime

import aiohttp
import discord
from discord import app_commands

from bot.accounts import Origin
from bot.blink import BlinkError, Inventory
from bot.models import Invited, StorageUnavailable
from bot.wording import Card, notify
from bot.wording import account as words
from bot.wording import help as help_words
from bot.wording.custom_ids import ACCOUNT, LINK

from .buttons import Fields, on_click
from .command_tree import ALWAYS_OPEN
from .export import exported
from .interaction import Interaction, is_administrator, is_bot_dm, rights_here, shares_of, with_link
from .replies import acknowledged, answer, change, deferred, laid_out, show

log = logging.getLogger("bot.ui")

_RECENT = 300.0
_CAMERAS_SOON = 5.0
_AVATAR_SOON = 2.0
_LARGEST_AVATAR = 60_000
_EXPORT = "blink-clip-bot-my-data.json"


@app_commands.command(description="Link your Blink account, so that you can record on your cameras")
async def link(interaction: Interaction) -> None:
    """Hand out a one-time link to the sign-in page."""
    if await acknowledged(interaction):
        await answer(interaction, await _offer(interaction))


@app_commands.command(
    description="Unlink your Blink account and delete everything the bot keeps about you", extras={ALWAYS_OPEN: True}
)
async def unlink(interaction: Interaction) -> None:
    """Ask before everything is deleted."""
    if await acknowledged(interaction):
        await answer(interaction, await _question(interaction))


@on_click(LINK)
async def link_again(interaction: Interaction, _: Fields) -> None:
    """Do what `/link` does."""
    # only this person sees an ephemeral answer, so it becomes the link, and then says what is linked
    alone = interaction.message is not None and interaction.message.flags.ephemeral
    if await (deferred if alone else acknowledged)(interaction):
        await answer(interaction, await _offer(interaction))


@on_click(ACCOUNT, always_open=True)
async def change_account(interaction: Interaction, fields: Fields) -> None:
    """Do what a button of `/account` or `/unlink` says."""
    match fields["act"]:
        case "ask":
            question = laid_out(interaction, await _question(interaction))
            await interaction.response.send_message(view=question, ephemeral=not is_bot_dm(interaction))
        case "unlink":
            # hide the buttons at once: Blink may take a while, and a second click would find nothing to delete
            if await deferred(interaction):
                await show(interaction, words.UNLINKING)
                await answer(interaction, await _unlink(interaction))
        case "keep":
            await change(interaction, words.STILL_LINKED)
        case _:
            if await acknowledged(interaction):
                data = await exported(interaction.client.services, interaction.user.id)
                await answer(interaction, words.exported(_EXPORT), files=lambda: [_file(data)])


async def _question(interaction: Interaction) -> Card:
    linked = await interaction.client.services.accounts.is_linked(interaction.user.id)
    return words.confirm_unlink(interaction.user.id, linked=linked)


async def _offer(interaction: Interaction) -> Card:
    services, user = interaction.client.services, interaction.user
    if services.public_url is None:
        return words.only_by_host(user.id)
    invited = Invited(user.id, user.global_name or user.name, await avatar_of(user))

    def linked(found: Inventory | None) -> None:
        interaction.client.background(_say_linked(interaction, found))

    # The page leads back here, and the reply says when it is linked.
    here = f"https://discord.com/channels/{interaction.guild_id or '@me'}/{interaction.channel_id}"
    token, expires_at = await services.linking.invite(invited, Origin(here, linked))
    return words.offer(user.global_name or user.name, f"{services.public_url}/link/{token}", expires_at)


async def _say_linked(interaction: Interaction, found: Inventory | None) -> None:
    """Say in the reply that gave the link out what is linked, and which camera to try."""
    user_id, first = interaction.user.id, None
    if found:
        try:
            first = await interaction.client.services.cameras.first_to_record(user_id)
        except (BlinkError, StorageUnavailable) as error:
            log.info("no camera to try is known: %s", type(error).__name__)
    await answer(interaction, words.linked(found, first, user_id))


async def avatar_of(user: discord.User | discord.Member) -> str | None:
    """Return a person's avatar as a `data:` address, so that the page needs no outside request.

    Returns None if there is none, if it is too large or if Discord does not send a PNG soon.
    """
    if user.avatar is None:
        return None
    try:
        async with asyncio.timeout(_AVATAR_SOON):
            picture = await user.avatar.with_format("png").with_size(64).read()
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
        return None
    if len(picture) > _LARGEST_AVATAR or not picture.startswith(b"\x89PNG"):
        return None
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


async def _unlink(interaction: Interaction) -> Card:
    """Sign out at Blink, and delete everything."""
    services, user_id = interaction.client.services, interaction.user.id
    try:
        known, signed_out = await services.sessions.unlink(user_id)
        return words.unlinked(known=known, signed_out=signed_out)
    finally:  # even if it is not known whether the database did it
        interaction.client.camera_cache.forget(user_id)
        interaction.client.last_used.forget(user_id)
        services.shares.outdate()


def _file(data: bytes) -> discord.File:
    return discord.File(io.BytesIO(data), filename=_EXPORT)


@app_commands.command(description="Show how your link to Blink is, and what the bot keeps about you")
async def account(interaction: Interaction) -> None:
    """Show the state of the link, and what is stored."""
    if not await acknowledged(interaction):
        return
    services, user_id = interaction.client.services, interaction.user.id
    linked = await services.accounts.account(user_id)
    if linked is None:
        shared = rights_here(interaction, await shares_of(interaction))
        await answer(interaction, with_link(interaction, words.guest(shared, user_id)))
        return
    person = await services.people.person(user_id)
    watcher, subscriptions = await services.alerts.watcher(user_id), await services.alerts.subscriptions_of(user_id)
    alerts = notify.summary(watcher, subscriptions, datetime.now(UTC))
    card = words.account(linked, person, await known_cameras(interaction), alerts)
    await answer(interaction, card)


@app_commands.command(name="help", description="Show what you can do here, and what comes next")
async def show_help(interaction: Interaction) -> None:
    """Show the help for somebody with a link, with shares, with both or with neither."""
    if not await acknowledged(interaction):
        return
    shares = await shares_of(interaction)
    linked = await interaction.client.services.accounts.account(interaction.user.id)
    card = help_words.card(
        interaction.user.id,
        linked=linked is not None,
        signed_out=linked is not None and linked.signed_out_at is not None,
        shared=rights_here(interaction, shares),
        owners=tuple(dict.fromkeys(one.owner_name for one in shares if rights_here(interaction, [one]))),
        can_share=interaction.is_guild_integration(),
        live=interaction.client.services.live,
        administrator=is_administrator(interaction),
    )
    await answer(interaction, card)


async def known_cameras(interaction: Interaction) -> Inventory | None:
    """Return the person's cameras; if Blink does not answer soon, those last seen or None."""
    sessions, user_id = interaction.client.services.sessions, interaction.user.id
    try:
        async with asyncio.timeout(_CAMERAS_SOON):
            session = await sessions.session(user_id)
            return await session.inventory(max_age=_RECENT) if session else None
    except (BlinkError, TimeoutError):
        return sessions.last_inventory(user_id)
