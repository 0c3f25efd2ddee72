"""The members of a server, their roles, and what they and the bot may do in one of its channels."""

from .errors import SimError
from .places import ADMINISTRATOR, Channel, Guild, Places, Role, User
from .world import Overwrite, OverwriteType, right


class Members:
    """Let people come and go, and give and take their roles and rights.

    If two permission overwrites of a channel are about the same right, the newer one counts.
    """

    def __init__(self, places: Places) -> None:
        self._world = places.world

    def join(self, user: User, guild: Guild) -> None:
        """Let somebody in, with no role; nothing changes for a member."""
        guild.add_member(user)

    def leave(self, user: User, guild: Guild) -> None:
        """Let somebody go; their roles there are gone too."""
        self._check_member(user, guild)
        del guild.users[user.id]
        self._world.remove_member(guild.id, user.id)

    def remove_bot(self, guild: Guild) -> None:
        """Throw the bot out of a server; only user-installed commands work there from now on."""
        if not guild.bot:
            raise SimError(f"the bot is not in {guild.name}")
        self._world.emit("GUILD_DELETE", {"id": str(guild.id)})
        guild.bot = False
        del self._world.guilds[guild.id].members[self._world.bot_user.id]

    def add_role(self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False) -> Role:
        """Make a role; `permissions` are what it allows beyond what everybody may, and anyone may mention it or not."""
        made = self._world.create_role(guild.id, name, permissions=permissions, mentionable=mentionable)
        return Role(guild, made.id, name)

    def delete_role(self, role: Role) -> None:
        """Let a role be gone."""
        self._world.delete_role(role.guild.id, role.id)

    def give_role(self, user: User, role: Role) -> None:
        self._check_given(user, role)
        self._world.add_member_role(role.guild.id, user.id, role.id)

    def take_role(self, user: User, role: Role) -> None:
        self._check_given(user, role)
        self._world.remove_member_role(role.guild.id, user.id, role.id)

    def make_administrator(self, user: User, guild: Guild) -> Role:
        """Give somebody a role with the permission ADMINISTRATOR, and with it every other; return the role."""
        role = self.add_role(guild, "Administrator", permissions=ADMINISTRATOR)
        self.give_role(user, role)
        return role

    def _check_given(self, user: User, role: Role) -> None:
        self._check_member(user, role.guild)
        if role == role.guild.everyone:
            raise SimError(f"{role.name} is everybody's")

    def _check_member(self, user: User, guild: Guild) -> None:
        if user.id not in guild.users:
            raise SimError(f"{user.name} is not in {guild.name}")

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
