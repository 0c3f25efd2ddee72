"""The only file that touches simcord: its Discord model and its route table, on real time and with our files.

simcord's model and routes are importable but carry no promise of stability, hence the exact pin. Its `Env`, its
settlement and its patches of discord.py are never started here.
"""

import json
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CdnStore
from simcord.backend.errors import BackendError
from simcord.backend.errors import SetupError as SetupError
from simcord.backend.models import Channel as ChannelRecord
from simcord.backend.models import Interaction as InteractionRecord
from simcord.backend.models import Message as Message
from simcord.backend.models import User
from simcord.backend.models.channel import Overwrite as Overwrite
from simcord.backend.permissions import flag as right
from simcord.components import walk_components as walk_components
from simcord.enums import OverwriteType as OverwriteType
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch
from simcord.interactions import command_leaves as command_leaves
from simcord.interactions import nest_options as nest_options
from simcord.interactions import validate_option_value as validate_option_value
from simcord.interactions import walk_to_subcommand as walk_to_subcommand

from .calls import Call, Upload
from .components import IS_COMPONENTS_V2, as_told, completed
from .errors import Refusal, invalid_form, not_found
from .media import measured, with_pictures

__all__ = [
    "Change",
    "ChannelRecord",
    "InteractionRecord",
    "Message",
    "Overwrite",
    "OverwriteType",
    "Ping",
    "SetupError",
    "World",
    "command_leaves",
    "nest_options",
    "right",
    "serializers",
    "validate_option_value",
    "walk_components",
    "walk_to_subcommand",
]


LOADING = 1 << 7


class WallClock(Clock):
    """simcord's clock, showing the real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class StoredFile:
    """The bytes of one attachment, as they were uploaded."""

    name: str
    content_type: str
    data: bytes


class Files(CdnStore):
    """Uploaded attachments, kept by id, under URLs in the form of Discord's."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[str, StoredFile] = {}

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        self.stored[str(attachment_id)] = StoredFile(filename, content_type, data)
        where = f"attachments/{channel_id}/{attachment_id}/{quote(filename)}"
        signature = f"ex={attachment_id:x}&is={channel_id:x}&hm=simulated&"
        attachment: dict[str, Any] = {
            "id": str(attachment_id),
            "filename": filename,
            "size": len(data),
            "url": f"https://cdn.discordapp.com/{where}?{signature}",
            "proxy_url": f"https://media.discordapp.net/{where}?{signature}",
            "content_type": content_type,
            **measured(data, content_type),
        }
        if description is not None:
            attachment["description"] = description
        return attachment


@dataclass(frozen=True)
class Change:
    """A message was created, edited or deleted."""

    event: str
    channel_id: int
    message_id: int


@dataclass(frozen=True)
class Ping:
    """Whom a new message notifies, as its text, its `allowed_mentions` and the bot's permissions let it."""

    channel_id: int
    message_id: int
    users: tuple[int, ...]
    roles: tuple[int, ...]
    everyone: bool


class World(Backend):
    """simcord's model of Discord, which also tells us about the changes that it does not announce (ephemeral ones)."""

    def __init__(self, name: str) -> None:
        super().__init__(clock=WallClock())
        self.files = Files()
        self.cdn = self.files
        self.bot_user = self.new_user(name, bot=True)
        self.application_id = self.bot_user.id
        self.changes: list[Change] = []
        self.pings: list[Ping] = []
        self.quiet = False

    def new_user(self, name: str, *, bot: bool = False) -> User:
        user = User(id=self.snowflake(), name=name, bot=bot)
        self.users[user.id] = user
        return user

    def listen(self, listener: Callable[[str, Mapping[str, Any]], None]) -> None:
        self.subscribers.append(listener)

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        if not self.quiet:
            for listener in self.subscribers:
                listener(event, as_told(payload))

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        message.embeds = with_pictures(message.embeds, message.attachments)
        if message.flags & IS_COMPONENTS_V2:
            message.components = completed(message.components, message.attachments)
        stored = super().commit_message(message, broadcast=broadcast)
        self.changes.append(Change("MESSAGE_CREATE", stored.channel_id, stored.id))
        self._ping(stored)
        return stored

    def _ping(self, message: Message) -> None:
        """Note whom a new message notifies; an edit notifies nobody."""
        guild_id = self.channels[message.channel_id].guild_id
        everyone = message.mention_everyone or guild_id in message.ping_role_ids  # whose role has the server's id
        if message.ping_user_ids or message.ping_role_ids or everyone:
            users, roles = tuple(message.ping_user_ids), tuple(message.ping_role_ids)
            self.pings.append(Ping(message.channel_id, message.id, users, roles, everyone))

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        before = self.get_message(channel_id, message_id)
        thinking = bool(before.flags & LOADING)
        files = fields.get("attachments", before.attachments)
        fields = fields | {"embeds": with_pictures(fields.get("embeds", before.embeds), files)}
        if int(fields.get("flags") or before.flags) & IS_COMPONENTS_V2 and fields.get("components"):
            fields["components"] = completed(fields["components"], files or [])
        message = super().edit_message(channel_id, message_id, fields)
        if thinking:
            message.edited_timestamp = None  # what ends a deferral is the reply itself, not a change of it
        self.changes.append(Change("MESSAGE_UPDATE", channel_id, message_id))
        return message

    def delete_message(self, channel_id: int, message_id: int) -> None:
        super().delete_message(channel_id, message_id)
        self.changes.append(Change("MESSAGE_DELETE", channel_id, message_id))

    def find_message(self, message_id: int) -> Message | None:
        return next((found[message_id] for found in self.messages.values() if message_id in found), None)

    def wire(self, message: Message) -> dict[str, Any]:
        """The message as Discord writes it, with all its files, detached from the model."""
        return json.loads(json.dumps(serializers.message_payload(self, message)))

    def route(self, call: Call, surprises: list[str]) -> Any:
        """Let simcord validate and carry out one request; None stands for 204."""
        try:
            return dispatch(
                self,
                call.method,
                call.path,
                json=call.body,
                params=dict(call.query),
                files=_as_discord_files(call.uploads),
                reason=call.reason,
            )
        except RouteNotImplemented as error:
            surprises.append(f"unknown route: {call.method} {call.shown_path}")
            raise not_found() from error
        except UnsupportedField as error:
            surprises.append(f"unknown field: {call.method} {call.shown_path}: {', '.join(error.fields)}")
            raise invalid_form(f"unknown field {', '.join(error.fields)}") from error
        except BackendError as error:
            raise Refusal(error.status, error.code, error.message) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            surprises.append(f"malformed request: {call.method} {call.shown_path}: {error!r}")
            raise invalid_form(repr(error)) from error
        finally:
            self.http_requests.clear()
            self.transcript.clear()


def _as_discord_files(uploads: Sequence[Upload]) -> list[Any]:
    return [
        SimpleNamespace(fp=upload.open(), filename=upload.filename, description=upload.description)
        for upload in uploads
    ]
