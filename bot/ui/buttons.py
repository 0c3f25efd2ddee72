"""The buttons under a reply: they carry all they need in their custom_id, check their owner, and survive restarts."""

import re
from dataclasses import replace
from typing import Any, Self

import discord

from bot.accounts import NotifyClips
from bot.clips import Job
from bot.wording import AGAIN, PICK, REMOVE, STOP_DMS, Card, failures
from bot.wording.render import embed

from .requests import Interaction, is_bot_dm, record
from .tree import answer, apologise

_BUTTON = discord.ui.Button[discord.ui.View]


class _Clicked(discord.ui.DynamicItem[_BUTTON], template=""):
    """A button found again by its custom_id; `fields` are what the template reads from it."""

    def __init__(self, item: _BUTTON, fields: re.Match[str]) -> None:
        super().__init__(item)
        self.fields = fields

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Make the button that was clicked."""
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> Any:
        """Do what the button says; discord.py only logs what a button raises, so failures are answered here."""
        try:
            await self.clicked(interaction)
        except Exception as error:
            await apologise(interaction, error)

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button says."""
        raise NotImplementedError


class Again(_Clicked, template=AGAIN):
    """Records the same camera once more."""

    async def clicked(self, interaction: Interaction) -> None:
        """Start a new clip with a new reply."""
        job = await _own_job(interaction, self.fields["job"])
        if job:
            await record(interaction, str(job.target.key) if job.target else job.asked, share=_shared(job))


class Pick(_Clicked, template=PICK):
    """Records the camera that was meant."""

    async def clicked(self, interaction: Interaction) -> None:
        """Start a new clip; the camera is looked up among the person's own."""
        job = await _own_job(interaction, self.fields["job"])
        if job:
            await record(interaction, self.fields["camera"], share=_shared(job))


class Remove(_Clicked, template=REMOVE):
    """Deletes the message it stands on."""

    async def clicked(self, interaction: Interaction) -> None:
        """Delete this one message and say what stays."""
        if not await _is_owner(interaction, int(self.fields["owner"])):
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        copies = "" if is_bot_dm(interaction) else "A copy that came as a direct message stays there. "
        await interaction.followup.send(embed=embed(failures.removed(copies=copies)), ephemeral=True)


class StopDms(_Clicked, template=STOP_DMS):
    """Ends the copies by direct message."""

    async def clicked(self, interaction: Interaction) -> None:
        """Save the choice and confirm it."""
        if not await _is_owner(interaction, int(self.fields["owner"])):
            return
        people = interaction.client.rooms.people
        person = await people.person(interaction.user.id)
        await people.remember(replace(person, notify_clips=NotifyClips.LATE))
        await answer(interaction, failures.dms_stopped())


async def _own_job(interaction: Interaction, job_id: str) -> Job | None:
    """Return the job if it is known and belongs to who clicked; otherwise say so and return None."""
    job = await interaction.client.rooms.runner.store.job(job_id)
    if job is None:
        await _whisper(interaction, failures.too_old())
        return None
    return job if await _is_owner(interaction, job.user_id) else None


async def _is_owner(interaction: Interaction, owner: int) -> bool:
    if interaction.user.id == owner:
        return True
    await _whisper(interaction, failures.not_yours())
    return False


async def _whisper(interaction: Interaction, card: Card) -> None:
    await interaction.response.send_message(embed=embed(card), ephemeral=True)


def _shared(job: Job) -> bool:
    return not job.reply.ephemeral and not job.reply.in_dm
