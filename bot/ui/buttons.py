"""The buttons under a reply: they carry all they need in their custom_id, check their owner, and survive restarts."""

from dataclasses import replace

from bot.models import End, Job, Kind, NotifyClips
from bot.wording import AGAIN, PICK, REMOVE, SNAP, STOP_DMS, failures
from bot.wording.render import embed

from .ack import acknowledged, deferred
from .owned_buttons import Clicked, is_owner, whisper
from .permissions import is_bot_dm
from .replies import answer
from .requests import record
from .services import Interaction


class Again(Clicked, template=AGAIN):
    """Repeats a job."""

    async def clicked(self, interaction: Interaction) -> None:
        """Start a new job with a new reply."""
        job = await own_job(interaction, self.fields["job"])
        if job:
            await record(
                interaction, _asked(job), share=_shared(job), kind=job.request.kind, seconds=job.request.live_seconds
            )


class Snap(Clicked, template=SNAP):
    """Takes a picture with the camera of a clip."""

    async def clicked(self, interaction: Interaction) -> None:
        """Start taking a picture, with a new reply."""
        job = await own_job(interaction, self.fields["job"])
        if job:
            await record(interaction, _asked(job), share=_shared(job), kind=Kind.SNAPSHOT)


class Pick(Clicked, template=PICK):
    """Records on the camera that was meant."""

    async def clicked(self, interaction: Interaction) -> None:
        """Start a new job, which looks the camera up among those that the person may use."""
        job = await own_job(interaction, self.fields["job"])
        if job is None:
            return
        choices = [choice for choice, _ in job.options]
        number = int(self.fields["number"])
        if number < len(choices) and job.end in (End.CAMERA_AMBIGUOUS, End.CAMERA_UNKNOWN):
            await record(
                interaction,
                choices[number],
                share=_shared(job),
                kind=job.request.kind,
                seconds=job.request.live_seconds,
            )
        else:
            await whisper(interaction, failures.too_old())


class Remove(Clicked, template=REMOVE):
    """Deletes the message it stands on."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Delete this message, and say what stays."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        if not await deferred(interaction):
            return
        await interaction.delete_original_response()
        copies = "" if is_bot_dm(interaction) else "A copy that came as a direct message stays there. "
        await interaction.followup.send(embed=embed(failures.removed(copies=copies)), ephemeral=True)


class StopDms(Clicked, template=STOP_DMS):
    """Ends the copies by direct message, except of clips whose reply is lost."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Save the choice and confirm it."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await acknowledged(interaction):
            return
        people = interaction.client.services.people
        person = await people.person(interaction.user.id)
        await people.remember(replace(person, notify_clips=NotifyClips.LATE))
        await answer(interaction, failures.dms_stopped())


async def own_job(interaction: Interaction, job_id: str) -> Job | None:
    """Return the job; if it is not known or belongs to somebody else, say so and return None."""
    job = await interaction.client.services.runner.job(job_id)
    if job is None:
        await whisper(interaction, failures.too_old())
        return None
    return job if await is_owner(interaction, job.request.user_id, kind=job.request.kind) else None


def _asked(job: Job) -> str:
    """Return the choice or the words that find the same camera or recording again."""
    return job.request.asked if job.target is None or job.request.kind is Kind.RECENT else job.choice


def _shared(job: Job) -> bool:
    return not job.reply.ephemeral and not job.reply.in_dm
