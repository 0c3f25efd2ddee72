"""Components in a person's hands: press a button, choose from a menu."""

from collections.abc import Mapping, Sequence
from typing import Any

from .components import as_told
from .errors import SimError
from .interactions import COMPONENT, Interaction
from .people import People
from .places import Channel, Places, User
from .world import World, walk_components

_BUTTON, _STRING_SELECT = 2, 3


class Clicks:
    """Check what a person wants against what they see, and send it."""

    def __init__(self, world: World, places: Places, people: People) -> None:
        self._world = world
        self._places = places
        self._people = people

    async def click(
        self,
        user: User,
        message_id: int | str,
        custom_id: str,
        *,
        locale: str = "en-US",
        attachment_size_limit: int | None = None,
    ) -> Interaction:
        """Press a button."""
        message, channel, component = self._component(user, int(message_id), custom_id)
        if component["type"] != _BUTTON:
            raise SimError(f"{custom_id!r} is not a button")
        return self._press(user, channel, message, component, {}, locale, attachment_size_limit)

    async def select(
        self,
        user: User,
        message_id: int | str,
        custom_id: str,
        values: Sequence[str],
        *,
        locale: str = "en-US",
        attachment_size_limit: int | None = None,
    ) -> Interaction:
        """Choose from a menu."""
        message, channel, component = self._component(user, int(message_id), custom_id)
        if component["type"] != _STRING_SELECT:
            raise SimError(f"{custom_id!r} is not a string select")
        offered = {option["value"]: option["label"] for option in component["options"]}
        if set(values) - set(offered):
            raise SimError(f"{custom_id!r} offers {sorted(offered)}, not {list(values)}")
        if not component.get("min_values", 1) <= len(values) <= component.get("max_values", 1):
            raise SimError(f"{custom_id!r} does not take {len(values)} values")
        chosen = component | {"label": ", ".join(offered[value] for value in values)}
        return self._press(user, channel, message, chosen, {"values": list(values)}, locale, attachment_size_limit)

    async def forge(self, user: User, message_id: int | str, data: Mapping[str, Any]) -> Interaction:
        """Use a component as no client would: any, with any data, under a message that this person need not see."""
        stored = self._world.find_message(int(message_id))
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None:
            raise SimError(f"there is no message {message_id}")
        if channel.guild is not None:
            self._people.check_present(user, channel)
        component = {"custom_id": data["custom_id"], "type": data["component_type"], "id": 1}
        shape: dict[str, Any] = {"style": 2, "label": "forged"} if component["type"] == _BUTTON else {"options": []}
        row = {"type": 1, "id": 2, "components": [component | shape]}
        message = self._world.wire(stored) | {"components": [row]}
        return self._press(user, channel, message, component, dict(data), "en-US", None)

    def _component(self, user: User, message_id: int, custom_id: str) -> tuple[dict[str, Any], Channel, dict[str, Any]]:
        stored = self._world.find_message(message_id)
        channel = self._places.channel(stored.channel_id) if stored is not None else None
        if stored is None or channel is None or not stored.visible_to(user.id) or not self._places.sees(user, channel):
            raise SimError(f"{user.name} sees no message {message_id}")
        found = [item for item in walk_components(stored.components) if item.get("custom_id") == custom_id]
        if not found:
            offered = [item["custom_id"] for item in walk_components(stored.components) if "custom_id" in item]
            raise SimError(f"message {message_id} has no {custom_id!r}; it has {offered}")
        if found[0].get("disabled"):
            raise SimError(f"{custom_id!r} is disabled")
        return self._world.wire(stored), channel, found[0]

    def _press(
        self,
        user: User,
        channel: Channel,
        message: dict[str, Any],
        component: dict[str, Any],
        extra: dict[str, Any],
        locale: str,
        size_limit: int | None,
    ) -> Interaction:
        metadata: dict[str, Any] = message.get("interaction_metadata") or {}
        owners = metadata.get("authorizing_integration_owners") or self._people.guild_owner(channel)
        label = str(component.get("label") or "")
        interaction = self._people.begin(COMPONENT, user, channel, component["custom_id"], owners, size_limit, label)
        interaction.record.source_message_id = int(message["id"])
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
            **extra,
        }
        return self._people.send(interaction, data, locale, message=as_told(message))
