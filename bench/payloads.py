"""Discord's JSON as a load test needs it: complete enough for discord.py, and made with little work.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import json
import secrets
import time
from typing import Any

APPLICATION = 1_200_000_000_000_000_001
GUILD = 1_200_000_000_000_000_002
CHANNEL = 1_200_000_000_000_000_003
FIRST_PERSON = 1_300_000_000_000_000_000
FIRST_DM = 1_400_000_000_000_000_000

COMMAND, AUTOCOMPLETE = 2, 4
_DISCORD_EPOCH = 1_420_070_400_000  # milliseconds
_SIZE_LIMIT = 10 * 2**20
_MOMENT = "2026-01-01T00:00:00+00:00"

_CHANNEL_NOW = {
    "id": str(CHANNEL),
    "type": 0,
    "name": "general",
    "guild_id": str(GUILD),
    "position": 0,
    "permission_overwrites": [],
    "parent_id": None,
    "topic": None,
    "rate_limit_per_user": 0,
    "last_message_id": None,
}


class Snowflakes:
    """Gives out ids that tell the time, as Discord's do: discord.py reads an interaction's age from them."""

    def __init__(self) -> None:
        self._given = 0

    def next(self) -> int:
        """Return another one."""
        self._given += 1
        return ((time.time_ns() // 1_000_000 - _DISCORD_EPOCH) << 22) | (self._given & 0x3FFFFF)


def person(number: int) -> int:
    """Return the user id of the person with this number."""
    return FIRST_PERSON + number


def token(interaction_id: int) -> str:
    """Return an interaction's token, as long as Discord's."""
    return f"{interaction_id}{secrets.token_urlsafe(120)}"


def user(user_id: int) -> dict[str, Any]:
    """Return a person."""
    name = f"person{user_id - FIRST_PERSON}"
    return {"id": str(user_id), "username": name, "discriminator": "0", "global_name": name, "avatar": None, "flags": 0}


def interaction(
    kind: int, interaction_id: int, secret: str, who: int, camera: str, *, dm: bool, seconds: int | None = None
) -> dict[str, Any]:
    """Return a `/clip camera:` that is used, or typed so far, by person `who` in the server or to the bot alone.

    With `seconds` it asks for a live view.
    """
    option: dict[str, Any] = {"name": "camera", "type": 3, "value": camera}
    if kind == AUTOCOMPLETE:
        option["focused"] = True
    options = [option] if seconds is None else [option, {"name": "seconds", "type": 4, "value": seconds}]
    return {
        "id": str(interaction_id),
        "application_id": str(APPLICATION),
        "type": kind,
        "token": secret,
        "version": 1,
        "data": {"id": "9", "name": "clip", "type": 1, "options": options},
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": _SIZE_LIMIT,
        **(_in_dm(who) if dm else _in_guild(who)),
    }


def _in_guild(who: int) -> dict[str, Any]:
    return {
        "authorizing_integration_owners": {"0": str(GUILD)},
        "channel_id": str(CHANNEL),
        "channel": _CHANNEL_NOW,
        "context": 0,
        "app_permissions": "8866461766385655",
        "guild_id": str(GUILD),
        "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": {
            "user": user(person(who)),
            "roles": [],
            "joined_at": _MOMENT,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": "311455763520",
        },
    }


def _in_dm(who: int) -> dict[str, Any]:
    return {
        "authorizing_integration_owners": {"0": "0"},
        "channel_id": str(FIRST_DM + who),
        "channel": dm_channel(person(who)),
        "context": 1,
        "app_permissions": "180224",
        "user": user(person(who)),
    }


def dm_channel(user_id: int) -> dict[str, Any]:
    """Return the direct messages between a person and the bot."""
    return {"id": str(FIRST_DM + user_id - FIRST_PERSON), "type": 1, "recipients": [user(user_id)]}


BOT = {"id": str(APPLICATION), "username": "Clip bot", "discriminator": "0", "avatar": None, "bot": True, "flags": 0}
_MESSAGE = {
    "id": "%(id)d",
    "channel_id": "%(channel)d",
    "type": 20,
    "content": "",
    "author": BOT,
    "attachments": [],
    "embeds": [],
    "mentions": [],
    "mention_roles": [],
    "mention_everyone": False,
    "pinned": False,
    "tts": False,
    "timestamp": _MOMENT,
    "edited_timestamp": None,
    "flags": "%(flags)d",
    "components": [],
}
_CALLBACK = {
    "interaction": {
        "id": "%(interaction)d",
        "type": 2,
        "response_message_id": "%(id)d",
        "response_message_ephemeral": "%(ephemeral)s",
    },
    "resource": {"type": 5, "message": _MESSAGE},
}
_EPHEMERAL, _LOADING = 64, 128


def _template(whole: dict[str, Any]) -> str:
    text = json.dumps(whole)
    return text.replace('"%(flags)d"', "%(flags)d").replace('"%(ephemeral)s"', "%(ephemeral)s")


_MESSAGE_TEXT, _CALLBACK_TEXT = _template(_MESSAGE), _template(_CALLBACK)


def message(message_id: int, channel: int, *, thinking: bool = False) -> bytes:
    """Return a message of the bot's, in the server a private one; what else it shows is of no matter here."""
    values = _values(message_id, channel)
    return (_MESSAGE_TEXT % (values | {"flags": values["flags"] | _LOADING * thinking})).encode()


def callback(interaction_id: int, message_id: int, channel: int) -> bytes:
    """Return the answer to an acknowledgement that asks for one (`with_response`)."""
    return (_CALLBACK_TEXT % {"interaction": interaction_id, **_values(message_id, channel)}).encode()


def _values(message_id: int, channel: int) -> dict[str, Any]:
    private = channel == CHANNEL
    flags, ephemeral = (_EPHEMERAL, "true") if private else (0, "false")
    return {"id": message_id, "channel": channel, "flags": flags, "ephemeral": ephemeral}


def registered(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return commands as Discord has them once they are registered."""
    ids = {"application_id": str(APPLICATION), "version": "1"}
    return [{"id": str(9 + index), "description": "", **ids, **one} for index, one in enumerate(commands)]
