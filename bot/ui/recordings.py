"""`/recordings`: list what Blink has recorded, show one recording, and delete one there after a question."""

from datetime import UTC, datetime, timedelta

from discord import app_commands

from bot.jobs import media_id_of
from bot.models import End, Job, Kind, Right, is_shared
from bot.wording import CHOOSE, DELETE, Card, any_command, share_refusals
from bot.wording import recordings as words

from .autocomplete import cameras_for
from .buttons import Clicked, chosen, is_owner, whisper
from .clip import own_job, record
from .permissions import not_linked, shares_of
from .replies import acknowledged, answer, change, deferred
from .services import Interaction

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
        await answer(interaction, share_refusals.out_of_reach())
        return
    if listing is None:
        await answer(interaction, await not_linked(interaction))
        return
    if camera and not listing.cameras:
        await answer(interaction, words.no_such_camera(camera, listing.known))
        return
    card = words.listed(
        listing.recordings,
        cameras=listing.cameras if camera else (),
        unread=listing.unread,
        later=listing.later,
        period=since,
        owner=user_id,
        public=public,
    )
    await answer(interaction, card)


class Choose(Clicked, template=CHOOSE):
    """The menu under a list of recordings."""

    async def clicked(self, interaction: Interaction) -> None:
        """Show the chosen recording, if it is among those that the person may watch."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        await record(interaction, chosen(interaction), public=self.fields["public"] == "1", kind=Kind.RECENT)


class Delete(Clicked, template=DELETE):
    """Deletes a recording at Blink, after a question."""

    async def clicked(self, interaction: Interaction) -> None:
        """Ask, delete or keep it, for the owner of the job only."""
        job = await own_job(interaction, self.fields["job"])
        if job is None:
            return
        media_id = _delivered(job)
        if media_id is None:
            await whisper(interaction, any_command.too_old())
            return
        match self.fields["act"]:
            case "ask":
                await whisper(interaction, words.confirm_delete(job.id))
            case "keep":
                await change(interaction, words.kept())
            case _:
                if not await deferred(interaction):
                    return
                await answer(interaction, await _delete(interaction, job, media_id))


def _delivered(job: Job) -> int | None:
    """Return the id of the recording that this job found at Blink, never one that somebody only asked for."""
    return media_id_of(job.request.asked) if job.request.kind is Kind.RECENT and job.end is End.DELIVERED else None


async def _delete(interaction: Interaction, job: Job, media_id: int) -> Card:
    session = await interaction.client.services.sessions.session(interaction.user.id)
    if session is None:
        return await not_linked(interaction)
    if job.target is None or job.target.account_id != session.client.account_id:
        return words.elsewhere()
    await session.client.delete_media(media_id)
    return words.deleted()
