"""Builds the answer of `/notify`: what comes to a person by itself, and menus of cameras."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.cameras import AccessibleAccount, VideoRetention, labels_of
from bot.models import OWN, Person, Watcher, Wish
from bot.ui.services import Interaction
from bot.wording import Card, Tone
from bot.wording import account as account_words
from bot.wording import notify as words
from bot.wording.custom_ids import unmute

from .subscriptions import Place, homes_soon, place_of, reached_in

_TITLE = "What comes to you"


def _heard_in(interaction: Interaction, homes: Iterable[AccessibleAccount], wishes: Sequence[Wish]) -> frozenset[str]:
    """Return the choices of the cameras whose alerts they get already."""
    by_place = {Place(one.owner_id, one.guild_id): one for one in wishes}
    return frozenset(
        one.choice
        for home in homes
        if (wish := by_place.get(place_of(interaction, home)))
        for one in home.cameras()
        if wish.is_for(one.camera.key)
    )


async def card_of(
    interaction: Interaction,
    person: Person,
    watcher: Watcher,
    *,
    homes: Sequence[AccessibleAccount] | None = None,
    saved: bool = False,
    choosing: bool = False,
) -> Card:
    """Return the answer of `/notify`: what comes to them by itself, and menus if they are `choosing` cameras."""
    user_id = interaction.user.id
    wishes = await interaction.client.services.alerts.wishes_of(user_id)
    if homes is None:
        homes = await homes_soon(interaction) if watcher.cameras or any(map(_names_some, wishes)) else ()
    labels = labels_of(reached_in(homes))
    names = {one.choice: labels[one.choice] for one in reached_in(homes)}
    now = datetime.now(UTC)
    standing = words.Standing(
        watcher,
        wishes,
        now,
        here=interaction.guild_id or OWN,
        names=names,
        silent=await _silent(interaction, homes, wishes) if saved else (),
    )
    copies = f"**Saved.** {account_words.copies_saved(person)}" if saved else account_words.copies(person)
    return Card(
        _TITLE,
        f"{copies}\n{words.standing(standing)}",
        Tone.GOOD,
        small=words.too_many_to_choose(len(names)) if choosing else "",
        buttons=(
            *((unmute(user_id),) if words.is_muted(watcher, now) else ()),
            *((words.by_dm(user_id),) if watcher.channel else ()),
        ),
        menus=words.menus(names, _heard_in(interaction, homes, wishes), owner=user_id)
        if choosing
        else (words.back(watcher.cameras, names, owner=user_id),)
        if watcher.cameras
        else (),
    )


def _names_some(wish: Wish) -> bool:
    return bool(wish.cameras or wish.muted)


async def _silent(
    interaction: Interaction, homes: Iterable[AccessibleAccount], wishes: Sequence[Wish]
) -> list[str | None]:
    """Return the owners with subscribed cameras of which Blink keeps no recordings; None stands for the person."""
    places = {Place(one.owner_id, one.guild_id) for one in wishes}
    wanted = [home for home in homes if place_of(interaction, home) in places]
    retention = interaction.client.services.cameras.finder.retention
    kept = await asyncio.gather(*(_keeps_any(retention, home) for home in wanted))
    return [
        home.shares[0].owner_name if home.shares else None
        for home, any_kept in zip(wanted, kept, strict=True)
        if not any_kept
    ]


async def _keeps_any(retention: VideoRetention, home: AccessibleAccount) -> bool:
    """Say whether Blink keeps recordings of any of the cameras, as far as that is known."""
    reached = [*home.cameras()]
    for one in reached:  # one by one, since the first answer is then known for all
        if await retention.keeps_videos_of(home.session.client, one.camera.key):
            return True
    return not reached
