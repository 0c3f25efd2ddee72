"""The buttons under motion alerts, and the menus and the button of `/notify`."""

from bot.models import CameraKey, CameraRef, Watcher, is_shared
from bot.wording import alerts
from bot.wording import notify as words
from bot.wording.cards import values_of
from bot.wording.custom_ids import (
    ALERT_BACK,
    ALERT_CAMERA,
    ALERT_DM,
    ALERT_HEALTH,
    ALERT_HEAR,
    ALERT_HOUR,
    ALERT_SOME,
    ALERT_UNMUTE,
)

from .buttons import Fields, chosen, chosen_all, on_click
from .interaction import Interaction
from .replies import acknowledged, answer, deferred
from .subscriptions import accounts_here, card_of, choose, reached_in

_HOUR = 3600.0


@on_click(ALERT_HOUR, always_open=True)
async def mute_hour(interaction: Interaction, _: Fields) -> None:
    """Mute all alerts of the person for an hour."""
    if await acknowledged(interaction):
        await interaction.client.services.alerts.mute(interaction.user.id, seconds=_HOUR)
        await answer(interaction, alerts.muted(interaction.user.id))


@on_click(ALERT_UNMUTE)
async def unmute(interaction: Interaction, _: Fields) -> None:
    """End the mute, and say so in place of the message with the button."""
    if await deferred(interaction):
        await interaction.client.services.alerts.unmute(interaction.user.id)
        await answer(interaction, alerts.UNMUTED)


@on_click(ALERT_CAMERA, always_open=True)
async def mute_camera(interaction: Interaction, fields: Fields) -> None:
    """Mute the alerts of one camera, and say how to get them again."""
    if not await acknowledged(interaction):
        return
    choice, user_id = fields["choice"], interaction.user.id
    owner_id, key = _owner_and_key(choice, user_id)
    muted = await interaction.client.services.alerts.mute_camera(user_id, owner_id, key)
    card = alerts.camera_muted(choice, user_id, shared=is_shared(choice)) if muted else alerts.NOT_HEARD_OF
    await answer(interaction, card)


@on_click(ALERT_HEAR)
async def hear_camera(interaction: Interaction, fields: Fields) -> None:
    """Undo the mute of one camera."""
    if await deferred(interaction):
        user_id = interaction.user.id
        owner_id, key = _owner_and_key(fields["choice"], user_id)
        heard = await interaction.client.services.alerts.hear_camera(user_id, owner_id, key)
        await answer(interaction, alerts.camera_heard(heard=heard))


def _owner_and_key(choice: str, user_id: int) -> tuple[int, CameraKey]:
    """Return whose camera and which one a button is about."""
    ref = CameraRef.parse(choice)
    assert ref
    assert ref.key
    return ref.owner_id or user_id, ref.key


@on_click(ALERT_HEALTH, always_open=True)
async def switch_health(interaction: Interaction, fields: Fields) -> None:
    """End the messages about the health of cameras, or begin them again, and offer the other one."""
    on = fields["act"] == "on"
    if not await (deferred if on else acknowledged)(interaction):
        return
    services, user_id = interaction.client.services, interaction.user.id
    if on and await services.accounts.account(user_id) is None:
        await answer(interaction, words.HEALTH_NEEDS_LINK)
        return
    watcher = await services.alerts.watcher(user_id)
    if watcher.health != on:
        await services.alerts.remember(watcher.changed(health=on))
    stopped = alerts.health_stopped(fields["alert_message"], user_id)
    await answer(interaction, alerts.HEALTH_BEGUN if on else stopped)


@on_click(ALERT_DM)
async def by_dm(interaction: Interaction, _: Fields) -> None:
    """Forget the channel, so that alerts come as direct messages again."""
    if await deferred(interaction):
        watcher = await interaction.client.services.alerts.watcher(interaction.user.id)
        await _save(interaction, watcher.changed(channel=None))


@on_click(ALERT_BACK)
async def end_place(interaction: Interaction, _: Fields) -> None:
    """Forget the own channel of a camera that is chosen from a menu."""
    if await deferred(interaction):
        watcher = await interaction.client.services.alerts.watcher(interaction.user.id)
        key = CameraKey.parse(chosen(interaction))
        cameras = tuple(one for one in watcher.cameras if one.camera != key)
        await _save(interaction, watcher.changed(cameras=cameras))


async def _save(interaction: Interaction, watcher: Watcher) -> None:
    """Save what a person chose, and show what comes to them now."""
    services = interaction.client.services
    await services.alerts.remember(watcher)
    person = await services.people.person(interaction.user.id)
    await answer(interaction, await card_of(interaction, person, watcher, saved=True))


@on_click(ALERT_SOME)
async def choose_heard(interaction: Interaction, fields: Fields) -> None:
    """Save the cameras chosen from a menu, without those whose alerts this person cannot get now."""
    if not await deferred(interaction):
        return
    services, user_id = interaction.client.services, interaction.user.id
    accounts = await accounts_here(interaction)
    reached = {one.choice for one in reached_in(accounts)}
    # The menu may be older than a camera or a share, and says nothing of what it does not show.
    shown = values_of(interaction.message, fields.string) if interaction.message else []
    if reached.isdisjoint(shown or reached):
        await answer(interaction, words.NONE_REACHED)
        return
    for account in accounts:
        await choose(interaction, account, shown, chosen_all(interaction))
    person, watcher = await services.people.person(user_id), await services.alerts.watcher(user_id)
    card = await card_of(interaction, person, watcher, accounts=accounts, saved=True, choosing=True)
    await answer(interaction, card)
