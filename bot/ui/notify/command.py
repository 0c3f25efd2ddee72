"""The command `/notify`: shows what comes to a person by itself, or saves what they choose."""

import asyncio
import zoneinfo
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from discord import app_commands

from bot.blink import Inventory
from bot.models import Events, NotifyClips, Watcher, read_hours
from bot.ui.autocomplete import Choice, Offered, among
from bot.ui.info import known_cameras
from bot.ui.replies import acknowledged, answer
from bot.ui.services import Interaction
from bot.ui.telemetry import counted
from bot.wording import Card, common
from bot.wording import notify as words
from bot.wording.account import COPIES

from .card import card_of
from .channel import Channels, Chosen, prepare
from .subscriptions import homes_here, homes_soon, reached_in, why_nothing, wish_for_all, wishes_for_all

_NO_HOURS = "off"
_STATES = ("on", "off")


class Motion(StrEnum):
    """The cameras whose alerts somebody wants."""

    ALL = "all"
    SOME = "some"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that somebody chose."""

    clips: str | None
    grants: str | None
    motion: str | None
    events: str | None
    quiet: str | None
    zone: str | None
    to: Chosen | None

    @property
    def nothing(self) -> bool:
        """Whether none was chosen."""
        return not any((self.clips, self.grants, self.motion, self.events, self.quiet, self.zone, self.to))

    @property
    def known(self) -> bool:
        """Whether this version offers all of them."""
        offered = (
            (self.clips, [*NotifyClips]),
            (self.grants, _STATES),
            (self.motion, [*Motion]),
            (self.events, [*Events]),
        )
        return all(one is None or one in those for one, those in offered)


@counted
async def zone_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the world's time zones."""
    zones = await asyncio.to_thread(time_zones)
    return among([Offered((name,), name) for name in zones.values()], current.replace(" ", "_"))


@app_commands.command(description="Choose what comes to you by itself: motion alerts and copies of your clips")
@app_commands.describe(
    motion="Of which cameras you hear when they see motion or somebody rings, with the video",
    events="Whether you hear of motion, of rings at the door, or of both (otherwise both)",
    quiet="At which hours motion alerts wait: 22:00-07:00, or off",
    zone="The time zone of these hours (otherwise that of your Blink system)",
    to="A channel of this server for alerts of your own cameras (otherwise direct messages)",
    clips="When a clip is also sent to you as a direct message",
    grants="Whether you hear when somebody uses a camera for the first time that you share",
)
@app_commands.choices(
    motion=[app_commands.Choice(name=choice.value, value=choice.value) for choice in Motion],
    events=[app_commands.Choice(name=choice.value, value=choice.value) for choice in Events],
    clips=[app_commands.Choice(name=COPIES[choice], value=choice.value) for choice in NotifyClips],
    grants=[app_commands.Choice(name=state, value=state) for state in _STATES],
)
@app_commands.rename(grants="shares")
@app_commands.autocomplete(zone=zone_choices)
async def notify(
    interaction: Interaction,
    motion: str | None = None,
    events: str | None = None,
    quiet: app_commands.Range[str, 1, 40] | None = None,
    zone: app_commands.Range[str, 1, 40] | None = None,
    to: app_commands.Transform[Chosen, Channels] | None = None,
    clips: str | None = None,
    grants: str | None = None,
) -> None:
    """Save what was chosen, or show what comes; both let the bot try closed direct messages again."""
    if await acknowledged(interaction):
        await answer(interaction, await _notified(interaction, Asked(clips, grants, motion, events, quiet, zone, to)))


async def _notified(interaction: Interaction, asked: Asked) -> Card:
    """Save all that was chosen or nothing, and return the answer."""
    services, user_id = interaction.client.services, interaction.user.id
    person, before = await services.people.person(user_id), await services.alerts.watcher(user_id)
    if asked.nothing:
        if before.unreachable_at:
            await services.alerts.remember(before.changed(unreachable_at=None))
        return await card_of(interaction, person, before)
    if not asked.known:
        return common.outdated()
    if asked.to is not None and asked.motion == Motion.NEVER:
        return words.never_to_a_channel()
    watcher = await _with_hours(interaction, before, asked)
    if isinstance(watcher, Card):
        return watcher
    some = asked.motion == Motion.SOME
    homes = await homes_here(interaction) if some else None
    wishes = await wishes_for_all(interaction) if asked.motion == Motion.ALL else []
    if (some and not reached_in(homes or ())) or (asked.motion == Motion.ALL and not wishes):
        return await why_nothing(interaction)
    if asked.to is not None:  # last of what may be refused, since others see it
        channel = await prepare(interaction, asked.to)
        if isinstance(channel, Card):
            return channel
        watcher = watcher.changed(channel=channel)
    if asked.motion:
        watcher = watcher.changed(muted_from=None, muted_until=None)
    if asked.events:
        watcher = watcher.changed(events=Events(asked.events))
    person = replace(
        person,
        notify_clips=NotifyClips(asked.clips) if asked.clips else person.notify_clips,
        hears_of_grants=asked.grants == "on" if asked.grants else person.hears_of_grants,
        dms_closed_at=None,
        dms_closed_told=False,
    )
    await services.people.remember(person)
    await services.alerts.remember(watcher.changed(unreachable_at=None))
    if asked.motion == Motion.NEVER:
        await services.alerts.stop(user_id)
    await wish_for_all(interaction, wishes)
    if wishes:
        homes = await homes_soon(interaction)
    return await card_of(interaction, person, watcher, homes=homes, saved=True, choosing=some)


async def _with_hours(interaction: Interaction, watcher: Watcher, asked: Asked) -> Watcher | Card:
    """Return their settings with the chosen quiet hours, or the answer if those are not possible."""
    if not asked.quiet and not asked.zone:
        return watcher
    await asyncio.to_thread(time_zones)  # reads many files, once
    zone = find_zone(asked.zone) if asked.zone else None
    if asked.zone and zone is None:
        return words.bad_zone(asked.zone)
    if asked.quiet is None:
        if watcher.quiet is None:
            return words.zone_of_nothing()
        return watcher.changed(quiet=replace(watcher.quiet, zone=zone))
    if asked.quiet.strip().casefold() == _NO_HOURS:
        return watcher.changed(quiet=None)
    if zone is None:
        zone = watcher.quiet.zone if watcher.quiet else await _zone_at_home(interaction)
    hours = read_hours(asked.quiet, zone=zone)
    return watcher.changed(quiet=hours) if hours else words.bad_quiet(asked.quiet)


async def _zone_at_home(interaction: Interaction) -> str:
    return zone_at(await known_cameras(interaction.client.services.sessions, interaction.user.id))


UTC = "UTC"


@cache
def time_zones() -> dict[str, str]:
    """Return the zones that this machine knows, by their name in lower case; the first call reads many files."""
    return {name.casefold(): name for name in sorted({UTC, *zoneinfo.available_timezones()} - {"Factory", "localtime"})}


def find_zone(asked: str) -> str | None:
    """Return the zone of this name, in any case; None if there is none."""
    return time_zones().get(asked.strip().replace(" ", "_").casefold())


def zone_at(inventory: Inventory | None) -> str:
    """Return the first known time zone of somebody's networks, or UTC if there is none."""
    named = (find_zone(name) for name in (inventory.time_zones.values() if inventory else ()))
    return next(filter(None, named), UTC)
