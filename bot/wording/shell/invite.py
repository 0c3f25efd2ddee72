"""The addresses under which people add the bot to a server, or to their own account."""

import discord

# Each is needed: for replies and alerts in channels and threads, their videos, and messages that are edited later.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)


def for_server(application_id: int) -> str:
    """Return the address that adds the bot to a server; the scope `bot` makes it a member there."""
    scopes = ("bot", "applications.commands")
    return _address(application_id, scopes, installs_for=0, permissions=PERMISSIONS)


def for_account(application_id: int) -> str:
    """Return the address that gives one person the commands everywhere: without a server, by user install."""
    return _address(application_id, ("applications.commands",), installs_for=1)


def _address(
    application_id: int,
    scopes: tuple[str, ...],
    *,
    installs_for: int,
    permissions: discord.Permissions = discord.utils.MISSING,
) -> str:
    """Return Discord's install address (https://discord.com/developers/docs/resources/application)."""
    url = discord.utils.oauth_url(application_id, permissions=permissions, scopes=scopes)
    return f"{url}&integration_type={installs_for}"


def lines(application_id: int, *, user_install: bool = True) -> list[str]:
    """Return the addresses, each with its purpose; the second only if `user_install`."""
    found = [f"Add the bot to a server: {for_server(application_id)}"]
    if user_install:
        found.append(f"Use its commands everywhere, only for yourself: {for_account(application_id)}")
    return found
