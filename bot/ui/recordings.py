"""`/recordings`: list what Blink has recorded, show one recording, and delete one there after a question."""

from datetime import UTC, datetime, timedelta

from discord import app_commands

from bot.jobs import media_id_of
from bot.models import End, Job, Kind, Right, is_shared
from bot.wording import Card, any_command, share_refusals
from bot.wording import recordings as words
from bot.wording.custom_ids import CHOOSE, DELETE

from .autocomplete import cameras_for
from .buttons import Fields, chosen, on_click, own_job
from .clip import record
from .interaction import Interaction, not_linked, shares_of
from .replies import acknowledged, answer, change, deferred

_PERIODS = {
    "the last hour": 1,
    "the last 24 hours": 24,
    "the last 2 days": 2 * 24,
    "the last 7 days": 7 * 24,
    "the last 30 days": 30 * 24,
}
_DEFAULT = "the last 2 days"  # which have all of yesterday, at whatever time it is asked


@app_commands.command(description="List what Blink has recorded lately, and show one of it here")
@app_commands.describe(
    camera="Only recordings of this camera",
    since="How far back to look (otherwise 2 days)",
    public="Show what you choose to everybody in this channel (otherwise only you see it)",
)
@app_commands.choices(since=[app_commands.Choice(name=name, value=name) for name in _PERIODS])
@app_commands.autocomplete(camera=cameras_for(Right.RECENT))
async def recordings(
    interaction: Interaction, camera: str | None = None, since: str = _DEFAULT, public: bool = False
) -> None:
    """List recent recordings."""
    if not await acknowledged(interaction):
        return
    services, user_id = interaction.client.services, interaction.user.id
    begin = datetime.now(UTC) - timedelta(hours=_PERIODS.get(since, _PERIODS[_DEFAULT]))
    shares = [one.id for one in await shares_of(interaction, Right.RECENT)]
    listing = await services.recordings.listed(user_id, share_ids=shares, camera=camera, since=begin)
    if camera and is_shared(camera) and not (listing and listing.cameras):
        card = share_refusals.OUT_OF_REACH
    elif listing is None:
        card = await not_linked(interaction)
    elif listing.silent and not listing.cameras:
        card = share_refusals.OUT_OF_REACH
    elif camera and not listing.cameras:
        card = words.no_such_camera(camera, listing.known)
    else:
        card = words.listed(
            listing.recordings,
            cameras=listing.cameras if camera else (),
            unread=listing.unread,
            later=listing.later,
            silent=listing.silent,
            period=since,
            owner=user_id,
            public=public,
        )
    await answer(interaction, card)


@on_click(CHOOSE)
async def choose(interaction: Interaction, fields: Fields) -> None:
    """Show the recording chosen from a list, if it is among those that the person may watch."""
    await record(interaction, chosen(interaction), public=fields["public"] == "1", kind=Kind.RECENT)


@on_click(DELETE)
async def delete(interaction: Interaction, fields: Fields) -> None:
    """Delete a recording at Blink, after a question, or keep it."""
    job = await own_job(interaction, fields["job"])
    if job is None:
        return
    # The recording that this job found at Blink, never one that somebody only asked for.
    delivered = job.request.kind is Kind.RECENT and job.end is End.DELIVERED
    media_id = media_id_of(job.request.asked) if delivered else None
    if media_id is None:
        await answer(interaction, any_command.TOO_OLD)
        return
    match fields["act"]:
        case "ask":
            await answer(interaction, words.confirm_delete(job.id))
        case "keep":
            await change(interaction, words.KEPT)
        case _:
            if await deferred(interaction):
                await answer(interaction, await _delete(interaction, job, media_id))


async def _delete(interaction: Interaction, job: Job, media_id: int) -> Card:
    session = await interaction.client.services.sessions.session(interaction.user.id)
    if session is None:
        return await not_linked(interaction)
    if job.target is None or job.target.account_id != session.client.account_id:
        return words.ELSEWHERE
    await session.client.delete_media(media_id)
    return words.DELETED
