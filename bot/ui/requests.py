"""Turns each interaction into one job, which never runs twice and always ends."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.blink import SignedOut
from bot.cameras import lender_of
from bot.models import Account, Job, JobRequest, Kind, Reply, Right, StorageUnavailable, split_owner
from bot.wording import Card, failures
from bot.wording import grants as grant_words

from .ack import NotAcknowledged, acknowledge
from .permissions import is_bot_dm, not_linked, permits_of
from .replies import answer
from .services import Interaction

_LARGEST_REQUEST = 25 * 2**20  # Discord takes no larger request, whatever a person's or a server's plan promises
_SLACK = 0.99
_MOST_ASKED = 100
_TOKEN_LIFE = timedelta(minutes=15)
_IN_TIME = 1.5
_OTHERS_FIRST = 1.0  # of Discord's 3 s


class NotWritten(Exception):
    """A command could not be saved, so nothing was begun."""


async def record(
    interaction: Interaction, asked: str, *, share: bool, kind: Kind = Kind.CLIP, seconds: int | None = None
) -> None:
    """Start a job for what the person asked for; do nothing if nobody waits for an answer.

    The job is saved first, and runs only after the interaction is acknowledged: if the process is killed between the
    two, its next start asks Discord whether it shows "thinking". If the job is saved already, by another process or
    from a replayed event, this one waits a second and takes over only if nobody has acknowledged.

    Raises NotWritten if the job cannot be saved in time.
    """
    services = interaction.client.services
    job = _job(interaction, asked, share=share, kind=kind, seconds=seconds)
    # Shielded, since a database that hangs would also delay the cancelling.
    writing = asyncio.ensure_future(_written(interaction, job))
    try:
        async with asyncio.timeout(_IN_TIME):
            written = await asyncio.shield(writing)
    except (TimeoutError, StorageUnavailable) as error:
        # Discord still listens, so say so now; withdraw the job if it is saved later.
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
            services.runner.leave(job)
        elif reserved:
            await services.runner.withdraw(job)
        return
    ephemeral = job.reply.ephemeral if acknowledged.ephemeral is None else acknowledged.ephemeral
    job = job.changed(reply=replace(job.reply, message_id=acknowledged.message_id, ephemeral=ephemeral))
    if reserved:
        services.runner.accept(job)
    else:
        await services.runner.take_over(job)


async def _written(interaction: Interaction, job: Job) -> Card | tuple[Job, bool]:
    """Save the job with its grants; return it and whether it was the first, or the answer if it may not run."""
    services = interaction.client.services
    account = await services.accounts.account(interaction.user.id)
    granted = await permits_of(interaction, Right(job.request.kind))
    owner, _ = split_owner(job.request.asked)
    # Before a file goes out, the bot asks Discord for the guest's roles, which needs the bot in the server.
    permits = granted if interaction.is_guild_integration() else []
    if granted and not permits and (owner is not None or account is None):
        return grant_words.bot_is_not_here()
    # The owner's name is in the answer even if the job fails.
    lender = lender_of(next((one for one in permits if one.owner_id == owner), None))
    if owner is not None and lender is None:
        return grant_words.not_granted()
    if not permits and (card := await _without_link(interaction, account)):
        return card
    request = replace(job.request, permits=tuple(one.id for one in permits))
    job = job.changed(request=request, lender=lender)
    return job, await services.runner.reserve(job)


async def _take_back(interaction: Interaction, job: Job, writing: asyncio.Future[Any]) -> None:
    """Withdraw a job after its saving has ended, since its person has read that it did not start."""
    await asyncio.gather(writing, return_exceptions=True)
    await interaction.client.services.runner.withdraw(job)


async def _without_link(interaction: Interaction, account: Account | None) -> Card | None:
    """Return the answer for somebody without a working link, or None if they have one."""
    if account is None:
        return await not_linked(interaction)
    return failures.blink(SignedOut("marked", final=True)) if account.signed_out_at else None


def _job(interaction: Interaction, asked: str, *, share: bool, kind: Kind, seconds: int | None) -> Job:
    in_dm, now = is_bot_dm(interaction), datetime.now(UTC)
    reply = Reply(
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=now + _TOKEN_LIFE,  # by our clock, not Discord's in the interaction's id
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
        request=JobRequest(
            interaction_id=interaction.id,
            user_id=interaction.user.id,
            asked=asked[:_MOST_ASKED],
            live_seconds=seconds,
            created_at=now,
            kind=kind,
        ),
        reply=reply,
    )
