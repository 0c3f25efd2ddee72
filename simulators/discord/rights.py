"""The permissions of people and the bot in one channel, more or fewer than in its whole server."""

from .errors import SimError
from .places import Channel, Places, Role, User
from .world import Overwrite, OverwriteType, right


class Rights:
    """Change the permission overwrites of channels; if two are about the same right, the newer one counts."""

    def __init__(self, places: Places) -> None:
        self._world = places.world

    def allow(self, who: User | Role | None, channel: Channel, *rights: str) -> None:
        """Allow this here to a person, a role or the bot (None): "view_channel", "send_messages", …."""
        self._set(who, channel, allow=_bits(rights))

    def forbid(self, who: User | Role | None, channel: Channel, *rights: str) -> None:
        """Forbid this here to a person, a role or the bot (None); administrators may do it all the same."""
        self._set(who, channel, deny=_bits(rights))

    def _set(self, who: User | Role | None, channel: Channel, *, allow: int = 0, deny: int = 0) -> None:
        if channel.guild is None:
            raise SimError(f"{channel.name} is in no server")
        target = who.id if who is not None else self._world.bot_user.id
        kind = OverwriteType.ROLE if isinstance(who, Role) else OverwriteType.MEMBER
        before = next((one for one in channel.record.overwrites if one.target_id == target), Overwrite(target, kind))
        after = Overwrite(target, kind, before.allow & ~deny | allow, before.deny & ~allow | deny)
        self._world.set_overwrite(channel.id, after)


def _bits(rights: tuple[str, ...]) -> int:
    try:
        return sum({right(name) for name in rights})
    except AttributeError as error:
        raise SimError(f"there is no such right: {error.name}") from error
