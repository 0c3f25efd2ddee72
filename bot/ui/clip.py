"""`/clip` and `/snapshot`: start one job for each command, which never runs twice; and the buttons under its reply."""

import asyncio
import contextlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands

from bot.blink import SignedOut
from bot.cameras import owner_of
from bot.models import (
    DEFAULT_LIVE,
    LONGEST_LIVE,
    SHORTEST_LIVE,
    CameraRef,
    End,
    Job,
    JobRequest,
    Kind,
    NotifyClips,
    Reply,
    Right,
    Round,
    StorageUnavailable,
    longest_live,
    read_all,
    split_owner,
)
from bot.wording import Card, any_command, share_refusals
from bot.wording.cards import layout
from bot.wording.custom_ids import AGAIN, PICK, REMOVE, SNAP, STOP_DMS

from .autocomplete import cameras_for
from .buttons import Fields, on_click, own_job
from .command_tree import NotWritten
from .interaction import Interaction, is_bot_dm, shares_of, without_link
from .replies import NotAcknowledged, acknowledge, acknowledged, answer, deferred
from .telemetry import counted

_LENGTHS = (SHORTEST_LIVE, 10, DEFAULT_LIVE, 20, 30, 45, LONGEST_LIVE)
_SURE = 30


@counted
async def lengths(interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
    """Offer the lengths that the chosen camera's live view can have."""
    ref = CameraRef.parse(str(interaction.namespace.camera or ""))
    most = longest_live(ref.key) if ref and ref.key else _SURE
    typed = str(current).strip()
    return [
        app_commands.Choice(name=f"{one} seconds", value=one)
        for one in _LENGTHS
        if one <= most and str(one).startswith(typed)
    ]


@app_commands.command(description="Record a clip on one of your Blink cameras and get the video")
@app_commands.describe(
    camera="The camera to record on",
    seconds="Record the live view for that long (otherwise a clip, as long as the camera's settings say)",
    public="Show the video to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.CLIP))
@app_commands.autocomplete(seconds=lengths)
async def clip(
    interaction: Interaction, camera: str, seconds: app_commands.Range[int, 5, 60] | None = None, public: bool = False
) -> None:
    """Record a clip, or the live view for some seconds."""
    await record(interaction, camera, public=public, seconds=seconds)


@app_commands.command(description="Take a picture with one of your Blink cameras, or with all of them")
@app_commands.describe(
    camera="The camera to take a picture with, or All for each camera of a system",
    public="Show the picture to everybody in this channel (otherwise only you see it)",
)
@app_commands.autocomplete(camera=cameras_for(Right.SNAPSHOT, with_all=True))
async def snapshot(interaction: Interaction, camera: str, public: bool = False) -> None:
    """Take a picture."""
    await record(interaction, camera, public=public, kind=Kind.SNAPSHOT)


_LARGEST_REQUEST = 25 * 2**20  # Discord takes no larger request, whatever a person's or a server's plan promises
_SLACK = 0.99
_MOST_ASKED = 100
_TOKEN_LIFE = timedelta(minutes=15)
_IN_TIME = 1.5
_OTHERS_FIRST = 1.0  # of Discord's 3 s


async def record(
    interaction: Interaction, asked: str, *, public: bool, kind: Kind = Kind.CLIP, seconds: int | None = None
) -> None:
    """Start a job for what the person asked for; do nothing if nobody waits for an answer.

    The job is saved first, and runs only after the interaction is acknowledged: if the process is killed between the
    two, its next start asks Discord whether it shows "thinking". If the job is saved already, by another process or
    from a replayed event, this one waits a second and takes over only if nobody has acknowledged.

    Raises NotWritten if the job cannot be saved in time.
    """
    services = interaction.client.services
    job = _job(interaction, asked, public=public, kind=kind, seconds=seconds)
    # Shielded, since a database that hangs would also delay the cancelling.
    writing = asyncio.ensure_future(_written(interaction, job))
    try:
        async with asyncio.timeout(_IN_TIME):
            written = await asyncio.shield(writing)
    except (TimeoutError, StorageUnavailable) as error:
        # Discord still listens, so say so now; withdraw the job if it is saved later.
        interaction.client.background(_take_back(interaction, job, writing))
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
        if reserved and acknowledged is NotAcknowledged.REFUSED:
            await services.runner.withdraw(job)
        elif reserved:
            services.runner.leave(job)
        return
    ephemeral = job.reply.ephemeral if acknowledged.ephemeral is None else acknowledged.ephemeral
    job = job.changed(reply=replace(job.reply, message_id=acknowledged.message_id, ephemeral=ephemeral))
    if reserved:
        services.runner.accept(job)
    else:
        await services.runner.take_over(job)


async def _written(interaction: Interaction, job: Job) -> Card | tuple[Job, bool]:
    """Save the job with its shares; return it and whether it was the first, or the answer if it may not run."""
    services = interaction.client.services
    account = await services.accounts.account(interaction.user.id)
    open_here = await shares_of(interaction)
    given = [one for one in open_here if Right(job.request.kind) in one.rights]
    owner_id, _ = split_owner(job.request.asked)
    # Before a file goes out, the bot asks Discord for the guest's roles, which needs the bot in the server.
    shares = given if interaction.is_guild_integration() else []
    if given and not shares and (owner_id is not None or account is None):
        return share_refusals.BOT_IS_NOT_HERE
    # The owner's name is in the answer even if the job fails.
    owner = owner_of(next((one for one in shares if one.owner_id == owner_id), None))
    if owner_id is not None and owner is None:
        return share_refusals.NOT_SHARED
    if owner and job.public:  # the reply would name the owner to everybody, or say how their Blink is
        return share_refusals.only_in_private(job.request.kind)
    if not shares and account is None:
        return without_link(interaction, open_here)
    if not shares and account and account.signed_out_at:
        return any_command.blink(SignedOut("marked", final=True), user_id=interaction.user.id)
    request = replace(job.request, shares=tuple(one.id for one in shares))
    job = job.changed(request=request, owner=owner)
    return job, await services.runner.reserve(job)


async def _take_back(interaction: Interaction, job: Job, writing: asyncio.Future[Any]) -> None:
    """Withdraw a job after its saving has ended, since its person has read that it did not start."""
    await asyncio.gather(writing, return_exceptions=True)
    await interaction.client.services.runner.withdraw(job)


def _job(interaction: Interaction, asked: str, *, public: bool, kind: Kind, seconds: int | None) -> Job:
    in_dm, now = is_bot_dm(interaction), datetime.now(UTC)
    reply = Reply(
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=now + _TOKEN_LIFE,  # by our clock, not Discord's in the interaction's id
        channel_id=interaction.channel_id or 0,
        message_id=None,
        ephemeral=not public and not in_dm,
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
        round=Round() if kind is Kind.SNAPSHOT and read_all(asked) else None,
    )


@on_click(AGAIN)
async def again(interaction: Interaction, fields: Fields) -> None:
    """Repeat a job, with a new reply."""
    if job := await own_job(interaction, fields["job"]):
        await _once_more(interaction, job, _asked(job))


@on_click(SNAP)
async def snap(interaction: Interaction, fields: Fields) -> None:
    """Take a picture with the camera of a clip, with a new reply."""
    if job := await own_job(interaction, fields["job"]):
        await record(interaction, _asked(job), public=job.public, kind=Kind.SNAPSHOT)


@on_click(PICK)
async def pick(interaction: Interaction, fields: Fields) -> None:
    """Record on the camera that was meant, if it is among those that the person may use."""
    job = await own_job(interaction, fields["job"])
    if job is None:
        return
    choices = [choice for choice, _ in job.options]
    number = int(fields["number"])
    if number < len(choices) and job.end in (End.CAMERA_AMBIGUOUS, End.CAMERA_UNKNOWN):
        await _once_more(interaction, job, choices[number])
    else:
        await answer(interaction, any_command.TOO_OLD)


@on_click(REMOVE, always_open=True)
async def remove(interaction: Interaction, _: Fields) -> None:
    """Delete the message with the button, and say what stays."""
    if not await deferred(interaction):
        return
    with contextlib.suppress(discord.NotFound):  # it was pressed twice
        await interaction.delete_original_response()
    interaction.client.shared.pop(interaction.user.id)  # the message may be the file that they shared
    removed = any_command.removed(in_dm=is_bot_dm(interaction))
    await interaction.followup.send(view=layout(removed), ephemeral=True)


@on_click(STOP_DMS, always_open=True)
async def stop_dms(interaction: Interaction, _: Fields) -> None:
    """End the copies by direct message, except of clips whose reply is lost."""
    if not await acknowledged(interaction):
        return
    people = interaction.client.services.people
    person = await people.person(interaction.user.id)
    await people.remember(replace(person, notify_clips=NotifyClips.LATE))
    await answer(interaction, any_command.DMS_STOPPED)


async def _once_more(interaction: Interaction, job: Job, asked: str) -> None:
    """Start a job like this one for what is asked."""
    await record(interaction, asked, public=job.public, kind=job.request.kind, seconds=job.request.live_seconds)


def _asked(job: Job) -> str:
    """Return the choice or the words that find the same camera or recording again."""
    asked_as_before = job.target is None or job.request.kind is Kind.RECENT or job.round is not None
    return job.request.asked if asked_as_before else job.choice
