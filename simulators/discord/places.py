"""Handles for the simulated users, servers and channels."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .errors import SimError
from .world import ChannelRecord, World, serializers

DM, GROUP_DM = 1, 3
GUILD_CONTEXT, BOT_DM_CONTEXT, PRIVATE_CONTEXT = 0, 1, 2
ADMINISTRATOR, VIEW_CHANNEL, ATTACH_FILES = 1 << 3, 1 << 10, 1 << 15
_RESOLVED = (
    "id",
    "name",
    "type",
    "guild_id",
    "parent_id",
    "position",
    "topic",
    "rate_limit_per_user",
    "last_message_id",
)
_DM_PERMISSIONS = 1 << 14 | 1 << 15 | 1 << 17  # embed links, attach files, mention everyone


class Channel:
    """A server's channel, the bot's DM with somebody, or a private channel without the bot."""

    def __init__(self, record: ChannelRecord, *, guild: "Guild | None" = None, users: Iterable["User"] = ()) -> None:
        self.record = record
        self.id = record.id
        self.name = record.name or "dm"
        self.guild = guild
        self.users = tuple(users)
        self.attachment_size_limit: int | None = None
        self.private = False

    @property
    def context(self) -> int:
        """Discord's interaction context: 0 in a server, 1 in the bot's DM, 2 elsewhere."""
        if self.guild is not None:
            return GUILD_CONTEXT
        return PRIVATE_CONTEXT if self.private else BOT_DM_CONTEXT

    @property
    def members(self) -> tuple["User", ...]:
        return tuple(self.guild.users.values()) if self.guild is not None else self.users


class Guild:
    """A server. Without the bot in it (`bot=False`), only user-installed commands work there."""

    def __init__(self, places: "Places", guild_id: int, name: str, *, bot: bool) -> None:
        self._places = places
        self.id = guild_id
        self.name = name
        self.bot = bot
        self.users: dict[int, User] = {}
        self.channels: list[Channel] = []
        self.external_apps = True

    @property
    def everyone(self) -> "Role":
        """The role @everyone, which has the server's id and stands in no list of somebody's roles."""
        return Role(self, self.id, "@everyone")

    def add_channel(self, name: str) -> Channel:
        return self._places.add_channel(self, name)

    def add_member(self, user: "User") -> None:
        if user.id not in self.users:
            self.users[user.id] = user
            self._places.world.add_member(self.id, user.id)


@dataclass(frozen=True)
class Role:
    """A role of a server."""

    guild: Guild
    id: int
    name: str


class User:
    """A person."""

    def __init__(self, places: "Places", user_id: int, name: str) -> None:
        self._places = places
        self.id = user_id
        self.name = name
        self.dms_refused: int | None = None

    @property
    def dm(self) -> Channel | None:
        """The DM with the bot, or None until one of the two has opened it."""
        return self._places.dm(self)

    def open_dm(self) -> Channel:
        self._places.world.get_dm_channel(self.id)
        channel = self.dm
        assert channel is not None
        return channel

    def close_dms(self, code: int = 50007) -> None:
        """Refuse the bot's messages to this person from now on (50278: no server in common)."""
        self.dms_refused = code

    def open_dms(self) -> None:
        self.dms_refused = None


class Places:
    """All handles, by id."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self._everywhere: list[User] = []

    def add_guild(self, name: str, *, bot: bool = True, shard: tuple[int, int] | None = None) -> Guild:
        """Add a server; `bot=False`: without the bot. `shard=(i, n)`: one whose events belong to shard i of n."""
        index, count = shard or (None, 1)
        self.world.quiet = not bot
        record = self.world.create_guild(name, shard_id=index, shard_count=count)
        self.world.quiet = False
        if not bot:
            del record.members[self.world.bot_user.id]
        guild = self.guilds[record.id] = Guild(self, record.id, name, bot=bot)
        for user in self._everywhere:
            guild.add_member(user)
        return guild

    def add_channel(self, guild: Guild, name: str) -> Channel:
        self.world.quiet = not guild.bot
        record = self.world.create_channel(guild.id, name)
        self.world.quiet = False
        channel = self.channels[record.id] = Channel(record, guild=guild)
        guild.channels.append(channel)
        return channel

    def add_user(self, name: str, *guilds: Guild) -> User:
        """Add a person to the given servers, or to every server (also later ones) if none is given."""
        user = User(self, self.world.new_user(name).id, name)
        self.users[user.id] = user
        if not guilds:
            self._everywhere.append(user)
        for guild in guilds or tuple(self.guilds.values()):
            guild.add_member(user)
        return user

    def add_private_channel(self, *users: User) -> Channel:
        """A DM between people, or a group DM: the bot is not in it."""
        if len(users) < 2:
            raise SimError("a private channel has at least two people")
        kind = DM if len(users) == 2 else GROUP_DM
        record = self.world.create_channel(None, None, type=kind)
        record.recipient_ids = [user.id for user in users]
        channel = self.channels[record.id] = Channel(record, users=users)
        channel.private = True
        return channel

    def dm(self, user: User) -> Channel | None:
        channel_id = self.world.dm_channels.get(user.id)
        if channel_id is None:
            return None
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(self.world.channels[channel_id], users=(user,))
        return self.channels[channel_id]

    def channel(self, channel_id: int) -> Channel | None:
        if channel_id not in self.channels:
            for user in self.users.values():
                self.dm(user)
        return self.channels.get(channel_id)

    def delete_channel(self, channel: Channel) -> None:
        """Let a server's channel be gone, with its messages."""
        if channel.guild is None:
            raise SimError(f"{channel.name} is in no server")
        channel.guild.channels.remove(channel)
        del self.channels[channel.id]
        self.world.delete_channel(channel.id)

    def channel_payload(self, channel: Channel) -> dict[str, Any]:
        payload: dict[str, Any] = dict(serializers.channel_payload(self.world, channel.record))
        if channel.guild is None:
            payload["recipients"] = [self.user_payload(user) for user in channel.users]
        return payload

    def user_payload(self, user: User) -> dict[str, Any]:
        return dict(serializers.user_payload(self.world.users[user.id]))

    def role_payload(self, role: Role) -> dict[str, Any]:
        return dict(serializers.role_payload(self.world.get_role(role.guild.id, role.id)))

    def permissions(self, channel: Channel, user: User) -> int:
        """The permissions of this person in a server's channel; elsewhere there are none."""
        return self.world.compute_permissions(channel.guild.id, user.id, channel.id) if channel.guild else 0

    def bot_permissions(self, channel: Channel) -> int:
        """The permissions of the bot in a server's channel."""
        assert channel.guild is not None
        return self.world.compute_permissions(channel.guild.id, self.world.bot_user.id, channel.id)

    def sees(self, user: User, channel: Channel) -> bool:
        """Whether this person has the channel among theirs."""
        if user not in channel.members:
            return False
        return channel.guild is None or bool(self.permissions(channel, user) & VIEW_CHANNEL)

    def partial_channel_payload(self, channel: Channel, user: User | None) -> dict[str, Any]:
        """A server's channel as an option's resolved data has it, with what this person may do in it."""
        payload = self.channel_payload(channel)
        rights = self.permissions(channel, user) if user is not None else 0
        return {key: payload[key] for key in _RESOLVED} | {"permissions": str(rights), "nsfw": False, "flags": 0}

    def partial_member_payload(self, channel: Channel, user: User) -> dict[str, Any]:
        """A member of the channel's server as an option's resolved data has them."""
        assert channel.guild is not None
        record = self.world.guilds[channel.guild.id]
        member = dict(serializers.member_payload(self.world, record, record.members[user.id], with_user=False))
        missing = {"deaf", "mute"}
        shown = {key: value for key, value in member.items() if key not in missing}
        return shown | {"permissions": str(self.permissions(channel, user))}

    def place_payload(self, channel: Channel, user: User, *, external: bool) -> dict[str, Any]:
        """The fields of an interaction that say who used it where."""
        payload: dict[str, Any] = {
            "channel_id": str(channel.id),
            "channel": self.channel_payload(channel),
            "context": channel.context,
            "app_permissions": str(_DM_PERMISSIONS),
        }
        guild = channel.guild
        if guild is None:
            return payload | {"user": self.user_payload(user)}
        record = self.world.guilds[guild.id]
        member: dict[str, Any] = dict(serializers.member_payload(self.world, record, record.members[user.id]))
        rights = str(self.permissions(channel, user))
        speaker = user.id if external else self.world.bot_user.id
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": record.preferred_locale, "features": []},
            "guild_locale": record.preferred_locale,
            "channel": payload["channel"] | {"permissions": rights},
            "member": member | {"permissions": rights},
            "app_permissions": str(self.world.compute_permissions(guild.id, speaker, channel.id)),
        }
