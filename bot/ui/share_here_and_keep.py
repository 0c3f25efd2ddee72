"""**Share here** and **Keep**: what a person does with the file of a finished reply that only they see."""

import asyncio
import contextlib
import io
from datetime import UTC, datetime
from functools import partial

import discord
import yarl

from bot.models import Job
from bot.wording import Card, clip
from bot.wording import share_here_and_keep as words
from bot.wording.cards import urls_of, view
from bot.wording.custom_ids import FILE

from .buttons import Fields, on_click, own_job
from .interaction import Interaction, has_answer
from .replies import UNCLEAR, answer

_HOSTS = {"cdn.discordapp.com", "media.discordapp.net"}
_LONGEST_FETCH = 60.0
_TOO_LARGE = {40005, 50045}


@on_click(FILE)
async def share_or_keep(interaction: Interaction, fields: Fields) -> None:
    """Post the file of a private reply for everybody in its place, or send it to its person directly.

    Does it once for all presses that come meanwhile, and for those in the minute after a file was shared.
    """
    job = await own_job(interaction, fields["job"])
    if job is None:
        return
    keep, client = fields["act"] == "keep", interaction.client
    await answer(interaction, words.KEEPING if keep else words.SHARING)
    if not has_answer(interaction):
        return
    before = client.shared.get(interaction.user.id)
    if not keep and before and before[0] == job.id:
        await answer(interaction, before[1])
        return
    doing = client.with_files.begin((job.id, keep), partial(_keep if keep else _share, interaction, job))
    await answer(interaction, await asyncio.shield(client.background(doing)))


async def _keep(interaction: Interaction, job: Job) -> Card:
    async with interaction.client.few_files:
        content = await _fetched(interaction, job)
        if isinstance(content, Card):
            return content
        return words.kept(job, await interaction.client.services.keep(job, content))


async def _share(interaction: Interaction, job: Job) -> Card:
    """Post the file as a message of its own, which belongs to this press and not to the reply."""
    if refused := await _refused(interaction, job):
        return refused
    async with interaction.client.few_files:
        content = await _fetched(interaction, job)
        if isinstance(content, Card):
            return content
        limit = interaction.filesize_limit
        if len(content) > limit:
            return words.too_large(job, len(content), limit)
        file = _OnceFile(io.BytesIO(content), filename=clip.filename(job), description=clip.caption(job))
        try:
            posted = await interaction.followup.send(
                words.posted(job, now=datetime.now(UTC)),
                file=file,
                view=view(words.posted_buttons(job)) or discord.utils.MISSING,
                allowed_mentions=discord.AllowedMentions.none(),
                suppress_embeds=True,  # of an address in a camera's name
                wait=True,
            )
        except discord.DiscordServerError:
            return words.UNCLEAR
        except discord.HTTPException as error:
            refused_size = error.status == 413 or error.code in _TOO_LARGE
            return words.too_large(job, len(content)) if refused_size else words.NOT_TAKEN
        except (SentBefore, *UNCLEAR):
            return words.UNCLEAR
    if posted.flags.ephemeral:
        with contextlib.suppress(discord.HTTPException, *UNCLEAR):
            await posted.edit(content=words.ONLY_FOR_YOU, view=None)
        return words.MADE_PRIVATE
    place = interaction.guild_id or "@me"  # which a reply's own jump_url does not know
    card = words.shared(f"https://discord.com/channels/{place}/{posted.channel.id}/{posted.id}")
    interaction.client.shared.put(interaction.user.id, (job.id, card))
    return card


async def _refused(interaction: Interaction, job: Job) -> Card | None:
    """Return why this person may not share this here and now, or None if they may."""
    if job.owner:
        return words.NOT_OWN
    if not job.reply.ephemeral:
        return words.NOT_PRIVATE
    account = await interaction.client.services.accounts.account(interaction.user.id)
    linked = account.region.account_id if account and account.region else None
    if job.target is None or job.target.account_id != linked:
        return words.OTHER_ACCOUNT
    if interaction.guild_id is None:
        return None
    if not _may_post(interaction, interaction.permissions):
        return words.YOU_MAY_NOT
    if interaction.is_guild_integration() and not _may_post(interaction, interaction.app_permissions):
        return words.BOT_MAY_NOT
    return None


def _may_post(interaction: Interaction, rights: discord.Permissions) -> bool:
    thread = isinstance(interaction.channel, discord.Thread)
    return (rights.send_messages_in_threads if thread else rights.send_messages) and rights.attach_files


async def _fetched(interaction: Interaction, job: Job) -> bytes | Card:
    """Return the file of the message with the button; the answer if Discord does not hand it out."""
    url = url_of(interaction.message, clip.filename(job)) if interaction.message else None
    if url is None:
        return words.file_gone(job)
    try:
        async with asyncio.timeout(_LONGEST_FETCH):
            return await interaction.client.http.get_from_cdn(str(url))
    except (discord.HTTPException, *UNCLEAR):
        return words.file_gone(job)


def url_of(message: discord.Message, name: str) -> yarl.URL | None:
    """Return the address of a message's file; None if it has no such file, or not at Discord's own hosts."""
    urls = map(yarl.URL, urls_of(message))
    at_discord = (url for url in urls if url.scheme == "https" and url.host in _HOSTS)
    return next((url for url in at_discord if url.name == name), None)


class SentBefore(Exception):
    """A file is about to be sent a second time."""


class _OnceFile(discord.File):
    """A file that is sent once: discord.py repeats after a 5xx, although Discord may have posted the message."""

    def reset(self, *, seek: int | bool = True) -> None:
        """Rewind before the first try. Raises SentBefore at the second."""
        if seek:
            raise SentBefore
        super().reset(seek=seek)
