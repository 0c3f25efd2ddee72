"""Turns an interaction into a clip job, so that none is ever acted on twice or left without an end."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.blink import SignedOut
from bot.cameras import lender_of
from bot.models import Account, Job, Kind, Reply, Right, StorageUnavailable, split_owner
from bot.wording import Card, failures
from bot.wording import grants as grant_words

from .ack import Acknowledged, NotAcknowledged, acknowledge
from .guest import not_linked, permits_of
from .tree import NotWritten, answer

if TYPE_CHECKING:
    from .client import ClipBot

    Interaction: TypeAlias = discord.Interaction[ClipBot]
else:
    Interaction = discord.Interaction  # discord.py reads this annotation from commands when they are defined

_LARGEST_REQUEST = 25 * 2**20  # Discord takes no larger request, whatever a person's or a server's plan promises
_SLACK = 0.99
_MOST_ASKED = 100
_TOKEN_LIFE = timedelta(minutes=15)
_IN_TIME = 1.5
_OTHERS_FIRST = 1.0  # of Discord's 3 s


async def record(interaction: Interaction, asked: str, *, share: bool, kind: Kind = Kind.CLIP) -> None:
    """Start a job for what the person asked for; does nothing if nobody waits for an answer.

    The job is written down first, then the interaction is acknowledged, and only that is the licence to act: a process
    killed between the two finds at its next start whether Discord shows "thinking". If another process or a replayed
    event has written it down first, the interaction is left to that one, unless it dies right then.
    """
    rooms = interaction.client.rooms
    job = _job(interaction, asked, share=share, kind=kind)
    # Shielded: a database that is held up would hold up its own cancelling too.
    writing = asyncio.ensure_future(_written(interaction, job))
    try:
        async with asyncio.timeout(_IN_TIME):
            written = await asyncio.shield(writing)
    except (
        TimeoutError,
        StorageUnavailable,
    ) as error:  # say so while Discord still listens, and take back what may come
        interaction.client.background(_take_back(interaction, job, writing), "withdrawal")
        raise NotWritten from error
    if isinstance(written, Card):
        await answer(interaction, written)
        return
    job, reserved = written
    if not reserved:
        await asyncio.sleep(_OTHERS_FIRST)
        if interaction.client.is_closed():
            return
    acknowledged = await acknowledge(interaction, ephemeral=job.reply.ephemeral)
    if isinstance(acknowledged, NotAcknowledged):
        if reserved and acknowledged is NotAcknowledged.UNKNOWN:
            rooms.runner.leave(job)
        elif reserved:
            await rooms.runner.withdraw(job)
        return
    ephemeral = job.reply.ephemeral if acknowledged.ephemeral is None else acknowledged.ephemeral
    job = job.changed(reply=replace(job.reply, message_id=acknowledged.message_id, ephemeral=ephemeral))
    if reserved:
        rooms.runner.accept(job)
    else:
        await rooms.runner.take_over(job)


async def _written(interaction: Interaction, job: Job) -> Card | tuple[Job, bool]:
    """Return the job with its grants, and whether it was written down; or the answer if there is nothing to do."""
    rooms = interaction.client.rooms
    account = await rooms.accounts.account(interaction.user.id)
    granted = await permits_of(interaction, Right(job.kind))
    owner, _ = split_owner(job.asked)
    # Before a file goes out, Discord is asked who somebody is in the server, and it tells only members of that.
    permits = granted if interaction.is_guild_integration() else []
    if granted and not permits and (owner is not None or account is None):
        return grant_words.bot_is_not_here()
    # The owner's name is in the answer even if the job fails.
    lender = lender_of(next((one for one in permits if one.owner_id == owner), None))
    if owner is not None and lender is None:
        return grant_words.not_granted()
    if not permits and (card := await _without_link(interaction, account)):
        return card
    job = job.changed(permits=tuple(one.id for one in permits), lender=lender)
    return job, await rooms.runner.reserve(job)


async def _take_back(interaction: Interaction, job: Job, writing: asyncio.Future[Any]) -> None:
    """Forget a job whose person was told that it did not start, when its writing has come to an end."""
    await asyncio.gather(writing, return_exceptions=True)
    await interaction.client.rooms.runner.withdraw(job)


async def _without_link(interaction: Interaction, account: Account | None) -> Card | None:
    """Return the answer for somebody without a working link, or None if they have one."""
    if account is None:
        return await not_linked(interaction)
    return failures.blink(SignedOut("marked", final=True)) if account.signed_out_at else None


async def acknowledged(interaction: Interaction) -> bool:
    """Acknowledge a command whose answer only its person sees; False where nobody waits for one."""
    return isinstance(await acknowledge(interaction, ephemeral=not is_bot_dm(interaction)), Acknowledged)


async def deferred(interaction: Interaction) -> bool:
    """Acknowledge a button that changes its own message; False where nothing may be done."""
    return isinstance(await acknowledge(interaction, thinking=False), Acknowledged)


def is_bot_dm(interaction: Interaction) -> bool:
    """Say whether this happens in the direct messages between a person and the bot."""
    return interaction.guild_id is None and not interaction.context.private_channel


def _job(interaction: Interaction, asked: str, *, share: bool, kind: Kind) -> Job:
    in_dm, now = is_bot_dm(interaction), datetime.now(UTC)
    reply = Reply(
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=now + _TOKEN_LIFE,  # by our clock, which may differ from that in the interaction's number
        channel_id=interaction.channel_id or 0,
        message_id=None,
        ephemeral=not share and not in_dm,
        in_dm=in_dm,
        bot_can_edit=in_dm or interaction.is_guild_integration(),
        guild_id=interaction.guild_id,
        file_limit=int(min(interaction.filesize_limit, _LARGEST_REQUEST) * _SLACK),
        locale=interaction.locale.value,
    )
    return Job(
        id=uuid.uuid4().hex,
        interaction_id=interaction.id,
        user_id=interaction.user.id,
        asked=asked[:_MOST_ASKED],
        reply=reply,
        created_at=now,
        kind=kind,
    )
