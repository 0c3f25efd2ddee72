"""`/notify`: a person chooses what comes to them by itself, where, and at which hours it does not."""

import asyncio
import zoneinfo
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Literal, TypeAlias, get_args

import discord
from discord import AppCommandOptionType, ChannelType, app_commands

from bot.blink import Inventory
from bot.models import AlertPlace, CameraKey, CameraPlace, Channel, Events, NotifyClips, Watcher, read_hours
from bot.wording import Card, any_command
from bot.wording import notify as words
from bot.wording.account import COPIES
from bot.wording.cards import IN_A_MENU, content

from .account import known_cameras
from .autocomplete import Choice, Offered, among, hint, own_cameras
from .interaction import Interaction, with_link
from .replies import UNCLEAR, acknowledged, answer
from .subscriptions import (
    accounts_here,
    accounts_soon,
    card_of,
    hear_own,
    reached_in,
    subscribe_to_all,
    subscriptions_to_all,
    why_nothing,
)
from .telemetry import counted

Motion: TypeAlias = Literal["all", "some", "never"]
State: TypeAlias = Literal["on", "off"]
Chosen: TypeAlias = app_commands.AppCommandChannel | app_commands.AppCommandThread | discord.Object

_TYPES = [
    ChannelType.text,
    ChannelType.news,
    ChannelType.public_thread,
    ChannelType.private_thread,
    ChannelType.news_thread,
]


class Channels(app_commands.Transformer):
    """An option for a channel to write in; `_announced` handles an id that came without a channel.

    discord.py's own transformers look channels up in a cache that is empty without the intent for servers.
    """

    @property
    def type(self) -> AppCommandOptionType:
        """The type of this option for Discord."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """The types of the channels that Discord offers."""
        return _TYPES

    async def transform(self, interaction: discord.Interaction[Any], value: Chosen, /) -> Chosen:
        """Return the value as it came."""
        return value


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that somebody chose."""

    clips: str | None
    shares: State | None
    motion: Motion | None
    events: str | None
    quiet: str | None
    zone: str | None
    to: Chosen | None
    health: State | None
    camera: str | None
    role: discord.Role | None

    @property
    def nothing(self) -> bool:
        """Whether none was chosen."""
        return not any(getattr(self, one.name) for one in fields(self))

    @property
    def known(self) -> bool:
        """Whether this version offers all of them."""
        offered = (
            (self.clips, [*NotifyClips]),
            (self.shares, get_args(State)),
            (self.health, get_args(State)),
            (self.motion, get_args(Motion)),
            (self.events, [*Events]),
        )
        return all(one is None or one in those for one, those in offered)


@counted
async def zone_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the world's time zones."""
    zones = await asyncio.to_thread(time_zones)
    return among([Offered((name,), name) for name in zones.values()], current.replace(" ", "_"))


@counted
async def camera_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's own cameras."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return hint(inventory or any_command.NO_CAMERAS_YET, current)
    return among([Offered((one.label,), str(one.key)) for one in inventory.cameras], current)


@app_commands.command(description="Choose what comes to you by itself: motion alerts and copies of your clips")
@app_commands.describe(
    motion="Of which cameras you hear when they see motion or somebody rings, with the video",
    health="Whether I tell you when one of your own cameras is offline, back online, or has a low battery",
    events="Whether you hear of motion, of rings at the door, or of both; with a camera, what goes to its channel",
    quiet="At which hours motion alerts wait: 22:00-07:00, or off",
    zone="The time zone of these hours (otherwise that of your Blink system)",
    to="A channel or thread of this server for alerts of your own cameras (otherwise direct messages)",
    camera="One camera of your own whose alerts go to that channel (otherwise all)",
    role="A role that each alert of this camera mentions there, once in five minutes",
    clips="When a clip is also sent to you as a direct message",
    shares="Whether you hear when somebody uses a camera for the first time that you share",
)
@app_commands.choices(
    events=[app_commands.Choice(name=choice.value, value=choice.value) for choice in Events],
    clips=[app_commands.Choice(name=COPIES[choice], value=choice.value) for choice in NotifyClips],
)
@app_commands.autocomplete(zone=zone_choices, camera=camera_choices)
async def notify(
    interaction: Interaction,
    motion: Motion | None = None,
    health: State | None = None,
    events: str | None = None,
    quiet: app_commands.Range[str, 1, 40] | None = None,
    zone: app_commands.Range[str, 1, 40] | None = None,
    to: app_commands.Transform[Chosen, Channels] | None = None,
    camera: app_commands.Range[str, 1, 100] | None = None,
    role: discord.Role | None = None,
    clips: str | None = None,
    shares: State | None = None,
) -> None:
    """Save what was chosen, or show what comes; both let the bot try closed direct messages again."""
    if await acknowledged(interaction):
        asked = Asked(clips, shares, motion, events, quiet, zone, to, health, camera, role)
        await answer(interaction, await _notified(interaction, asked))


async def _notified(interaction: Interaction, asked: Asked) -> Card:
    """Save all that was chosen or nothing, and return the answer."""
    services, user_id = interaction.client.services, interaction.user.id
    person, before = await services.people.person(user_id), await services.alerts.watcher(user_id)
    if asked.nothing:
        if before.unreachable_at:
            await services.alerts.remember(before.changed(unreachable_at=None))
        if person.dms_closed_at:
            person = replace(person, dms_closed_at=None, dms_closed_told=False)
            await services.people.remember_dms(person)
        return await card_of(interaction, person, before)
    if not asked.known:
        return any_command.OUTDATED
    if asked.to is not None and asked.motion == "never":
        return words.NEVER_TO_A_CHANNEL
    if (asked.camera and asked.to is None) or (asked.role and not asked.camera):
        return words.CHOOSE_BOTH
    if asked.health == "on" and await services.accounts.account(user_id) is None:
        return with_link(interaction, words.HEALTH_NEEDS_LINK)
    watcher = await _with_hours(interaction, before, asked)
    if isinstance(watcher, Card):
        return watcher
    every, some = asked.motion == "all", asked.motion == "some"
    accounts = await accounts_here(interaction) if some else None
    subscriptions = await subscriptions_to_all(interaction) if every else []
    if (some and not reached_in(accounts or ())) or (every and not subscriptions):
        return await why_nothing(interaction)
    camera = None
    if asked.to is not None and asked.camera:
        placed = await _with_place(interaction, watcher, asked)
        if isinstance(placed, Card):
            return placed
        watcher, camera = placed
    elif asked.to is not None:  # after all other checks, since it announces the alerts where others see it
        known = await services.alerts.subscriptions_of(user_id)
        begun = every or not all(one.shared for one in known)
        place = await _announced(interaction, asked.to, begun=begun)
        if isinstance(place, Card):
            return place
        watcher = watcher.changed(channel=place.channel)
    if asked.motion:
        watcher = watcher.changed(muted_from=None, muted_until=None)
    if asked.events and not asked.camera:
        watcher = watcher.changed(events=Events(asked.events))
    if asked.health:
        watcher = watcher.changed(health=asked.health == "on")
    person = replace(
        person,
        notify_clips=NotifyClips(asked.clips) if asked.clips else person.notify_clips,
        hears_of_shares=asked.shares == "on" if asked.shares else person.hears_of_shares,
        dms_closed_at=None,
        dms_closed_told=False,
        locale=interaction.locale.value,
    )
    await services.people.remember(person)
    await services.alerts.remember(watcher.changed(unreachable_at=None))
    if asked.motion == "never":
        await services.alerts.stop(user_id)
    await subscribe_to_all(interaction, subscriptions)
    if camera:
        await hear_own(interaction, camera)
    if subscriptions:
        accounts = await accounts_soon(interaction)
    return await card_of(interaction, person, watcher, accounts=accounts, saved=True, choosing=some)


async def _with_place(interaction: Interaction, watcher: Watcher, asked: Asked) -> tuple[Watcher, CameraKey] | Card:
    """Return their settings with a channel for one camera, and that camera, or the answer if it cannot go there."""
    assert asked.to is not None
    assert asked.camera
    cameras = await known_cameras(interaction)
    found = cameras.find(asked.camera) if cameras else ()
    if cameras is None or len(found) != 1:
        return words.no_such_camera(asked.camera)
    key, name = found[0].key, cameras.name_of(found[0])
    others = tuple(one for one in watcher.cameras if one.camera != key)
    if len(others) >= IN_A_MENU:
        return words.TOO_MANY_PLACES
    place = await _announced(interaction, asked.to, camera=name, role=asked.role)
    if isinstance(place, Card):
        return place
    events = Events(asked.events) if asked.events else Events.ALL
    return watcher.changed(cameras=(*others, CameraPlace(key, place, events))), key


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
            return words.ZONE_OF_NOTHING
        return watcher.changed(quiet=replace(watcher.quiet, zone=zone))
    if asked.quiet.strip().casefold() == "off":
        return watcher.changed(quiet=None)
    if zone is None:
        zone = watcher.quiet.zone if watcher.quiet else zone_at(await known_cameras(interaction))
    hours = read_hours(asked.quiet, zone=zone)
    return watcher.changed(quiet=hours) if hours else words.bad_quiet(asked.quiet)


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


async def _announced(
    interaction: Interaction,
    chosen: Chosen,
    *,
    camera: str | None = None,
    role: discord.Role | None = None,
    begun: bool = True,
) -> AlertPlace | Card:
    """Announce the alerts of this person's `camera`, or of all, in a channel and return it as their place.

    `begun` is whether they get any of their own cameras. Returns the answer if the alerts cannot come there, or if the
    `role` cannot be mentioned there.
    """
    client, guild_id = interaction.client, interaction.guild_id
    if guild_id is None or isinstance(chosen, discord.Object) or chosen.type not in _TYPES:
        return words.NO_SUCH_CHANNEL
    if await client.services.accounts.account(interaction.user.id) is None:
        return with_link(interaction, words.ONLY_OWN_IN_CHANNELS)
    if role is not None and role.is_default():
        return words.NOT_EVERYBODY
    may = chosen.permissions
    in_thread = isinstance(chosen, app_commands.AppCommandThread)
    if not may.view_channel or not (may.send_messages_in_threads if in_thread else may.send_messages):
        return words.you_may_not_post(chosen.id)
    place = AlertPlace(Channel(guild_id, chosen.id), role.id if role else None)
    try:
        found = await client.fetch_channel(chosen.id)
        if not isinstance(found, discord.TextChannel | discord.Thread) or found.guild.id != guild_id:
            return words.NO_SUCH_CHANNEL
        if refused := await _refused(interaction, place):
            return refused
        await found.send(content(words.come_here(interaction.user.id, camera, begun=begun)), suppress_embeds=True)
    except (discord.Forbidden, discord.NotFound):
        return words.i_may_not_post(chosen.id)
    except (discord.DiscordException, *UNCLEAR):
        return words.could_not_post(chosen.id)
    return place


async def _refused(interaction: Interaction, place: AlertPlace) -> Card | None:
    """Return why alerts cannot come to a place now, or why its role cannot be mentioned; None if nothing is missing."""
    posting = await interaction.client.services.posting(interaction.user.id, place)
    channel_id = place.channel.channel_id
    if not posting.sure:
        return words.could_not_post(channel_id)
    if posting.bot_lacks:
        return words.i_may_not_post(channel_id, posting.bot_lacks)
    if posting.person_lacks:
        return words.you_may_not_post(channel_id, posting.person_lacks)
    if place.role_id is not None and not posting.mentions:
        return words.role_is_silent(place.role_id)
    return None
