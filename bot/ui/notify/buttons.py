"""The buttons under motion alerts, and the menus and the button of `/notify`."""

from bot.models import CameraKey, CameraRef, is_shared
from bot.ui.buttons import Clicked, chosen, chosen_all, is_owner
from bot.ui.replies import acknowledged, answer, deferred
from bot.ui.services import Interaction
from bot.wording import (
    ALERT_BACK,
    ALERT_CAMERA,
    ALERT_DM,
    ALERT_HEALTH,
    ALERT_HEAR,
    ALERT_HOUR,
    ALERT_SOME,
    ALERT_UNMUTE,
    alerts,
)
from bot.wording import notify as words
from bot.wording.message_reader import values_of

from .card import card_of
from .subscriptions import choose, homes_here, reached_in

_HOUR = 3600.0


class MuteHour(Clicked, template=ALERT_HOUR):
    """Mutes all alerts of a person for an hour."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Mute them, and say for how long."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await acknowledged(interaction):
            return
        await interaction.client.services.alerts.mute(interaction.user.id, seconds=_HOUR)
        await answer(interaction, alerts.muted(interaction.user.id))


class Unmute(Clicked, template=ALERT_UNMUTE):
    """Ends the mute of a person."""

    async def clicked(self, interaction: Interaction) -> None:
        """End the mute, and say so in place of the message with the button."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await deferred(interaction):
            return
        await interaction.client.services.alerts.unmute(interaction.user.id)
        await answer(interaction, alerts.unmuted())


class MuteCamera(Clicked, template=ALERT_CAMERA):
    """Mutes the alerts of one camera."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Mute the camera, and say how to get its alerts again."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await acknowledged(interaction):
            return
        user_id = interaction.user.id
        choice, muted = self.fields["choice"], False
        ref = CameraRef.parse(choice)
        if ref and ref.key:
            subscriptions = interaction.client.services.alerts
            muted = await subscriptions.mute_camera(user_id, ref.owner_id or user_id, ref.key)
        card = alerts.camera_muted(choice, user_id, shared=is_shared(choice)) if muted else alerts.not_heard_of()
        await answer(interaction, card)


class HearCamera(Clicked, template=ALERT_HEAR):
    """Undoes the mute of one camera."""

    async def clicked(self, interaction: Interaction) -> None:
        """Put the camera into the person's subscriptions again."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await deferred(interaction):
            return
        user_id, ref, heard = interaction.user.id, CameraRef.parse(self.fields["choice"]), False
        if ref and ref.key:
            subscriptions = interaction.client.services.alerts
            heard = await subscriptions.hear_camera(user_id, ref.owner_id or user_id, ref.key)
        await answer(interaction, alerts.camera_heard(heard=heard))


class SwitchHealth(Clicked, template=ALERT_HEALTH):
    """Ends the messages about the health of cameras, or begins them again."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Save the choice, and offer the other one."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        on = self.fields["act"] == "on"
        if not await (deferred(interaction) if on else acknowledged(interaction)):
            return
        services, user_id = interaction.client.services, interaction.user.id
        if on and await services.accounts.account(user_id) is None:
            await answer(interaction, words.health_needs_link())
            return
        watcher = await services.alerts.watcher(user_id)
        if watcher.health != on:
            await services.alerts.remember(watcher.changed(health=on))
        await answer(
            interaction, alerts.health_begun() if on else alerts.health_stopped(self.fields["alert_message"], user_id)
        )


class ByDm(Clicked, template=ALERT_DM):
    """Sends alerts as direct messages again."""

    async def clicked(self, interaction: Interaction) -> None:
        """Forget the channel, and show what comes to the person now."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        if not await deferred(interaction):
            return
        services, user_id = interaction.client.services, interaction.user.id
        watcher = (await services.alerts.watcher(user_id)).changed(channel=None)
        await services.alerts.remember(watcher)
        await answer(
            interaction, await card_of(interaction, await services.people.person(user_id), watcher, saved=True)
        )


class EndPlace(Clicked, template=ALERT_BACK):
    """A menu of cameras whose alerts go to a channel of their own."""

    async def clicked(self, interaction: Interaction) -> None:
        """Forget the channel of the chosen camera, and show what comes to the person now."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await deferred(interaction):
            return
        services, user_id = interaction.client.services, interaction.user.id
        watcher, key = await services.alerts.watcher(user_id), CameraKey.parse(chosen(interaction))
        watcher = watcher.changed(cameras=tuple(one for one in watcher.cameras if one.camera != key))
        await services.alerts.remember(watcher)
        await answer(
            interaction, await card_of(interaction, await services.people.person(user_id), watcher, saved=True)
        )


class ChooseHeard(Clicked, template=ALERT_SOME):
    """A menu of cameras whose alerts somebody can get."""

    async def clicked(self, interaction: Interaction) -> None:
        """Save the chosen cameras, without those whose alerts this person cannot get now."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        if not await deferred(interaction):
            return
        services, user_id = interaction.client.services, interaction.user.id
        homes = await homes_here(interaction)
        reached = {one.choice for one in reached_in(homes)}
        # The menu may be older than a camera or a share, and says nothing of what it does not show.
        shown = values_of(interaction.message, self.fields.string) if interaction.message else []
        if reached.isdisjoint(shown or reached):
            await answer(interaction, words.none_reached())
            return
        for home in homes:
            await choose(interaction, home, shown, chosen_all(interaction))
        person, watcher = await services.people.person(user_id), await services.alerts.watcher(user_id)
        card = await card_of(interaction, person, watcher, homes=homes, saved=True, choosing=True)
        await answer(interaction, card)
