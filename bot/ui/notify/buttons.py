"""The buttons under motion alerts, and the menus and the button of `/notify`."""

from bot.models import CameraRef, is_shared
from bot.ui.buttons import Clicked, chosen_all, is_owner
from bot.ui.replies import acknowledged, answer, deferred
from bot.ui.services import Interaction
from bot.wording import ALERT_CAMERA, ALERT_DM, ALERT_HOUR, ALERT_SOME, ALERT_UNMUTE
from bot.wording import notify as words

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
        await answer(interaction, words.muted(interaction.user.id))


class Unmute(Clicked, template=ALERT_UNMUTE):
    """Ends the mute of a person."""

    async def clicked(self, interaction: Interaction) -> None:
        """End the mute, and say so in place of the message with the button."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        await interaction.response.defer()
        await interaction.client.services.alerts.unmute(interaction.user.id)
        await answer(interaction, words.unmuted())


class MuteCamera(Clicked, template=ALERT_CAMERA):
    """Mutes the alerts of one camera."""

    always_open = True

    async def clicked(self, interaction: Interaction) -> None:
        """Mute the camera, and say how to get its alerts again."""
        if not await is_owner(interaction, int(self.fields["owner"])) or not await acknowledged(interaction):
            return
        user_id = interaction.user.id
        ref, muted = CameraRef.parse(self.fields["choice"]), False
        if ref and ref.key:
            alerts = interaction.client.services.alerts
            muted = await alerts.mute_camera(user_id, ref.owner_id or user_id, ref.key)
        shared = is_shared(self.fields["choice"])
        await answer(interaction, words.camera_muted(lent=shared) if muted else words.not_heard_of())


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
        begin = int(self.fields["slice"]) * words.IN_A_MENU
        shown = [one.choice for one in reached_in(homes)[begin : begin + words.IN_A_MENU]]
        if not shown:
            await answer(interaction, words.none_reached())
            return
        for home in homes:
            await choose(interaction, home, shown, chosen_all(interaction))
        person, watcher = await services.people.person(user_id), await services.alerts.watcher(user_id)
        card = await card_of(interaction, person, watcher, homes=homes, saved=True, choosing=True)
        await answer(interaction, card)
