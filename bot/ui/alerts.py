"""The buttons under motion alerts and the menus of `/notify motion: some`."""

from bot.blink import CameraKey
from bot.clips import split
from bot.wording import ALERT, ALERT_CAMERAS
from bot.wording import alerts_settings as words

from .clicked import Clicked, chosen_all, is_owner
from .hearing import card_of, homes_here, reached_in
from .requests import Interaction, acknowledged
from .tree import answer
from .wishing import choose

_HOUR = 3600.0


class AlertButton(Clicked, template=ALERT):
    """Puts alerts off, or has them come as direct messages again."""

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button says, for its owner only."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        match self.fields["act"]:
            case "dm":
                await interaction.response.defer()
                await _by_dm(interaction)
            case "hour":
                if await acknowledged(interaction):
                    watcher = await interaction.client.rooms.alerts.mute(interaction.user.id, seconds=_HOUR)
                    assert watcher.muted_until is not None
                    await answer(interaction, words.muted(watcher.muted_until))
            case _:
                if await acknowledged(interaction):
                    await _mute_camera(interaction, self.fields["what"] or "")


class AlertMenu(Clicked, template=ALERT_CAMERAS):
    """A menu of cameras to hear of."""

    async def clicked(self, interaction: Interaction) -> None:
        """Save what was chosen, as far as it is among the cameras that this person can hear of now."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        await interaction.response.defer()
        rooms, user_id = interaction.client.rooms, interaction.user.id
        homes = await homes_here(interaction)
        begin = int(self.fields["slice"]) * words.IN_A_MENU
        shown = [one.choice for one in reached_in(homes)[begin : begin + words.IN_A_MENU]]
        if not shown:
            await answer(interaction, words.none_reached())
            return
        for home in homes:
            await choose(interaction, home, shown, chosen_all(interaction))
        person, watcher = await rooms.people.person(user_id), await rooms.alerts.watcher(user_id)
        card = await card_of(interaction, person, watcher, homes=homes, saved=True, choosing=True)
        await answer(interaction, card)


async def _by_dm(interaction: Interaction) -> None:
    rooms, user_id = interaction.client.rooms, interaction.user.id
    watcher = (await rooms.alerts.watcher(user_id)).changed(channel=None)
    await rooms.alerts.remember(watcher)
    await answer(interaction, await card_of(interaction, await rooms.people.person(user_id), watcher, saved=True))


async def _mute_camera(interaction: Interaction, choice: str) -> None:
    user_id = interaction.user.id
    owner, spelt = split(choice)
    camera = CameraKey.parse(spelt)
    muted = camera and await interaction.client.rooms.alerts.mute_camera(user_id, owner or user_id, camera)
    await answer(interaction, words.camera_muted(lent=owner is not None) if muted else words.not_heard_of())
