"""The rules that Discord enforces and simcord does not: deadlines, expiry, sizes, user installs, closed DMs, nonces."""

import time
from collections.abc import Callable
from typing import Any

from . import commands, drafts, errors
from .calls import Call, as_object
from .components import IS_COMPONENTS_V2, as_told
from .errors import Flaw, Refusal, invalid_fields, invalid_form
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, Callback, Interaction, Interactions
from .places import ATTACH_FILES, Channel, Places
from .world import Message, World

DEFAULT_SIZE_LIMIT = 10 * 1024 * 1024
NONCE_LIFE = 300.0
EPHEMERAL = 1 << 6
_ANSWERS = {COMMAND: {4, 5, 9, 12}, COMPONENT: {4, 5, 6, 7, 9, 12}, AUTOCOMPLETE: {8}}
_NO_CONTENT = (204, None)
_TRUE = {"1", "true", "True"}
_WRITES = {"POST", "PATCH"}
GATEWAY_ONLY = {
    "channels",
    "guild_scheduled_events",
    "joined_at",
    "large",
    "member_count",
    "members",
    "presences",
    "soundboard_sounds",
    "stage_instances",
    "threads",
    "unavailable",
    "voice_states",
}

Answer = tuple[int, Any]


class Rules:
    """Judge one request and, if it stands, let the model carry it out."""

    def __init__(
        self,
        world: World,
        places: Places,
        interactions: Interactions,
        surprises: list[str],
        *,
        on_ack: Callable[[Interaction], None],
        on_sync: Callable[[], None],
    ) -> None:
        self._world = world
        self._places = places
        self._interactions = interactions
        self._surprises = surprises
        self._on_ack = on_ack
        self._on_sync = on_sync
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}
        self.attachment_size_limit = DEFAULT_SIZE_LIMIT

    def decide(self, call: Call) -> Answer:
        status, answer = self._decide(call)
        return status, as_told(answer)

    def _decide(self, call: Call) -> Answer:
        match call.method, *call.parts:
            case "POST", "interactions", interaction_id, token, "callback":
                return self._callback(call, interaction_id, token)
            case _, "webhooks", application_id, token, *rest:
                return self._webhook(call, application_id, token, rest)
            case _, "channels", channel_id, *rest:
                return self._channel(call, channel_id, rest)
            case _, "guilds", guild_id, *_ if guild_id.isdecimal() and not self._bot_is_in(int(guild_id)):
                raise errors.missing_access()
            case "GET", "guilds", _:
                return 200, self._guild(call)
            case "POST", "users", "@me", "channels":
                return self._open_dm(call)
            case "PUT", "applications", _, "commands":
                commands.check_all(call.body)
                answer = self._plain(call)
                self._on_sync()
                return answer
            case "GET", "oauth2" | "applications", *_ if call.path in {"/oauth2/applications/@me", "/applications/@me"}:
                return 200, self._application()
            case _:
                return self._plain(call)

    def _plain(self, call: Call) -> Answer:
        data = self._world.route(call, self._surprises)
        return _NO_CONTENT if data is None else (200, data)

    def _guild(self, call: Call) -> dict[str, Any]:
        """A server without the fields that only the gateway sends.

        https://discord.com/developers/docs/topics/gateway-events#guild-create
        """
        guild: dict[str, Any] = self._world.route(call, self._surprises)
        told = {key: value for key, value in guild.items() if key not in GATEWAY_ONLY}
        if call.query.get("with_counts") in _TRUE:
            told |= {"approximate_member_count": guild["member_count"], "approximate_presence_count": 1}
        return told

    def _application(self) -> dict[str, Any]:
        call = Call("GET", "/oauth2/applications/@me", {}, None, (), None)
        return {
            **self._world.route(call, self._surprises),
            "interactions_endpoint_url": None,
            "approximate_guild_count": sum(guild.bot for guild in self._places.guilds.values()),
            "integration_types_config": {"0": {}, "1": {}},
        }

    # ------------------------------------------------------------------------------------------------ interactions

    def _callback(self, call: Call, interaction_id: str, token: str) -> Answer:
        interaction = self._interactions.by_id(int(interaction_id)) if interaction_id.isdecimal() else None
        if interaction is None or interaction.token != token:
            raise errors.unknown_interaction()
        kind: Any = call.fields.get("type")
        code: int | None = None
        try:
            answer = self._accept(call, interaction, kind)
        except Refusal as refusal:
            code = refusal.code
            raise
        finally:
            interaction.note(Callback(time.monotonic(), kind, as_object(call.fields.get("data")), code))
        self._on_ack(interaction)
        return answer if call.query.get("with_response") in _TRUE else _NO_CONTENT

    def _accept(self, call: Call, interaction: Interaction, kind: Any) -> Answer:
        if interaction.expired or interaction.late:
            raise errors.unknown_interaction()
        if interaction.responded:
            raise errors.already_acknowledged()
        if kind not in _ANSWERS[interaction.type]:
            raise invalid_form(f"type: {kind!r} does not answer this interaction")
        data = as_object(call.fields.get("data"))
        if kind == 8:
            commands.check_choices(data.get("choices"))
        self._check_answer(call, data, interaction, kind)
        if kind in {4, 5} and self._private_only(interaction):
            data["flags"] = int(data.get("flags") or 0) | EPHEMERAL
            call.fields["data"] = data
        answer = self._plain(call)
        self._sign(interaction, interaction.record.message_id)
        resource = answer[1].get("resource")
        if resource is not None:
            resource["message"] = interaction.message
        return answer

    def _check_answer(self, call: Call, data: dict[str, Any], interaction: Interaction, kind: Any) -> None:
        if kind == 5 and int(data.get("flags") or 0) & IS_COMPONENTS_V2:
            later = "A deferral has no components yet; the edit that follows says so."
            raise invalid_fields([Flaw(("data", "flags"), "MESSAGE_FLAGS_INVALID", later)])
        if kind in {4, 7}:
            source = interaction.record.source_message_id if kind == 7 else None
            before = self._world.messages[interaction.channel.id].get(source or 0)
            drafts.check(call, data, before, interaction.attachment_size_limit, within=("data",))

    def _webhook(self, call: Call, application_id: str, token: str, rest: list[str]) -> Answer:
        interaction = self._interactions.by_token(token)
        if interaction is None or application_id != str(self._world.application_id):
            raise errors.unknown_webhook()
        if interaction.expired:
            raise errors.expired_token()
        if not interaction.responded:
            raise errors.unknown_webhook()
        completes = call.method == "POST" and not rest and interaction.record.loading
        before = self._addressed(interaction.channel.id, ["@original"] if completes else rest, interaction)
        if call.method in _WRITES:
            drafts.check(call, call.fields, before, interaction.attachment_size_limit)
        follow_up = call.method == "POST" and not rest and not completes
        if follow_up and interaction.external and len(interaction.record.followup_ids) >= 5:
            raise errors.too_many_follow_ups()
        if follow_up and self._private_only(interaction):
            call.fields["flags"] = int(call.fields.get("flags") or 0) | EPHEMERAL
        answer = self._plain(call)
        if follow_up:
            self._sign(interaction, interaction.record.followup_ids[-1])
        return answer

    def _private_only(self, interaction: Interaction) -> bool:
        """Whether every answer is ephemeral: to a user-installed app where people may not USE_EXTERNAL_APPS."""
        guild = interaction.channel.guild
        return interaction.user_installed_only and guild is not None and not guild.external_apps

    def _sign(self, interaction: Interaction, message_id: int | None) -> None:
        """Complete the new message's `interaction_metadata`."""
        message = self._world.messages[interaction.channel.id].get(message_id or 0)
        if message is None or message.interaction_metadata is None:
            return
        if message.interaction_metadata["id"] == str(interaction.id):
            message.interaction_metadata["authorizing_integration_owners"] = interaction.owners

    # ---------------------------------------------------------------------------------------------------- channels

    def _bot_is_in(self, guild_id: int) -> bool:
        guild = self._places.guilds.get(guild_id)
        return guild is None or guild.bot

    def _channel(self, call: Call, channel_id: str, rest: list[str]) -> Answer:
        channel = self._places.channel(int(channel_id)) if channel_id.isdecimal() else None
        if channel is None:
            return self._plain(call)
        if channel.private or (channel.guild is not None and not channel.guild.bot):
            raise errors.missing_access()
        if call.method in _WRITES and rest[0] == "messages" and len(rest) < 3:
            limit = channel.attachment_size_limit or self.attachment_size_limit
            drafts.check(call, call.fields, self._addressed(channel.id, rest[1:], None), limit)
        if call.method == "POST" and rest == ["messages"]:
            if call.uploads and channel.guild and not self._places.bot_permissions(channel) & ATTACH_FILES:
                raise errors.missing_permissions()
            return self._send(call, channel)
        return self._plain(call)

    def _send(self, call: Call, channel: Channel) -> Answer:
        refused = [user.dms_refused for user in channel.users if user.dms_refused is not None]
        if refused:
            raise errors.closed_dms(refused[0])
        nonce = call.fields.get("nonce")
        if nonce is not None and len(str(nonce)) > 25:
            raise invalid_form("nonce: Must be 25 or fewer in length.")
        key = (channel.id, str(nonce))
        sent, message_id = self._nonces.get(key, (0.0, 0))
        known = self._world.messages[channel.id].get(message_id)
        if nonce is not None and call.fields.get("enforce_nonce") and known and time.monotonic() - sent < NONCE_LIFE:
            return 200, self._world.wire(known) | {"nonce": nonce}
        status, data = self._plain(call)
        if nonce is not None:
            self._nonces[key] = (time.monotonic(), int(data["id"]))
        return status, data | {"nonce": nonce}

    def _open_dm(self, call: Call) -> Answer:
        if str(call.fields.get("recipient_id")) not in {str(user_id) for user_id in self._places.users}:
            raise errors.invalid_recipient()
        return self._plain(call)

    def _addressed(self, channel_id: int, rest: list[str], interaction: Interaction | None) -> Message | None:
        """Return the message that the request is about, if there is one."""
        if not rest:
            return None
        if rest[-1] == "@original" and interaction is not None:
            message_id = interaction.record.message_id or 0
        else:
            message_id = int(rest[-1]) if rest[-1].isdecimal() else 0
        return self._world.messages[channel_id].get(message_id)
