"""Finds the cameras whose alerts somebody can get here and now, and builds their answer."""

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.blink import BlinkError
from bot.cameras import AccessibleAccount, AccessibleCamera, labels_of
from bot.models import OWN, Grant, Person, Right, Watcher, Wish
from bot.wording import Card, Tone
from bot.wording import account as account_words
from bot.wording import notify as words

from .guest import permits_of
from .requests import Interaction

FRESH = 30.0
_SOON = 3.0
_TITLE = "What comes to you"


@dataclass(frozen=True, slots=True)
class Place:
    """The owner of some cameras, and the server where they are lent; OWN for a person's own."""

    owner_id: int
    guild_id: int = OWN


async def permits_here(interaction: Interaction) -> list[Grant]:
    """Return the grants by which this person can get alerts of others' cameras here.

    Returns none if the bot is not in the server, since it asks Discord before each alert whether the person still is.
    """
    return await permits_of(interaction, Right.ALERTS) if interaction.is_guild_integration() else []


async def homes_here(interaction: Interaction, *, max_age: float = FRESH) -> list[AccessibleAccount]:
    """Return every account whose alerts they can get, their own first; raises BlinkError only for their own."""
    permits = await permits_here(interaction)
    return await interaction.client.rooms.cameras.accounts(interaction.user.id, permits, max_age=max_age)


async def homes_soon(interaction: Interaction) -> list[AccessibleAccount]:
    """Return the same for names alone, however old; none if Blink fails or is slow."""
    try:
        async with asyncio.timeout(_SOON):
            return await homes_here(interaction, max_age=math.inf)
    except (BlinkError, TimeoutError):
        return []


def place_of(interaction: Interaction, home: AccessibleAccount) -> Place:
    """Return the place under which a subscription to an account is kept."""
    if home.owner_id is None:
        return Place(interaction.user.id)
    return Place(home.owner_id, interaction.guild_id or OWN)


def reached_in(homes: Iterable[AccessibleAccount]) -> list[AccessibleCamera]:
    """Return the cameras whose alerts they can get, in the order of the menus."""
    return [one for home in homes for one in home.cameras()]


def heard_in(interaction: Interaction, homes: Iterable[AccessibleAccount], wishes: Sequence[Wish]) -> frozenset[str]:
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
    wishes = await interaction.client.rooms.alerts.wishes_of(user_id)
    if homes is None:
        homes = await homes_soon(interaction) if any(one.cameras or one.muted for one in wishes) else ()
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
            *((words.unmute(user_id),) if words.is_muted(watcher, now) else ()),
            *((words.by_dm(user_id),) if watcher.channel else ()),
        ),
        menus=words.menus(names, heard_in(interaction, homes, wishes), owner=user_id) if choosing else (),
    )


async def _silent(
    interaction: Interaction, homes: Iterable[AccessibleAccount], wishes: Sequence[Wish]
) -> list[str | None]:
    """Return the owners with subscribed cameras of which Blink keeps no recordings; None stands for the person."""
    places = {Place(one.owner_id, one.guild_id) for one in wishes}
    wanted = [home for home in homes if place_of(interaction, home) in places]
    kept = await asyncio.gather(*map(_keeps_any, wanted))
    return [
        home.grants[0].owner_name if home.grants else None
        for home, any_kept in zip(wanted, kept, strict=True)
        if not any_kept
    ]


async def _keeps_any(home: AccessibleAccount) -> bool:
    """Say whether Blink keeps recordings of any of the cameras, as far as that is known."""
    reached = [*home.cameras()]
    for one in reached:  # one by one, since the first answer is then known for all
        if await home.session.keeps_videos_of(one.camera.key):
            return True
    return not reached
