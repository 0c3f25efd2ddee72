"""The sentences of `python -m bot setup`, none with a secret in it, and the addresses that add the bot."""

import discord

HELLO = (
    "This gets the bot ready to start. You can stop with Ctrl-C and run it again: what is set already stays, unless"
    " you say otherwise."
)
DEVELOPER_PORTAL = (
    "1. The bot's token. Open https://discord.com/developers/applications, choose New Application, then Bot → Reset"
    " Token → Copy. The bot needs no privileged intent."
)
ASK_TOKEN = "Bot token (not shown)"  # noqa: S105 - a question
REPLACE_TOKEN = "There is a bot token already. Replace it?"  # noqa: S105 - a question
TOKEN_KEPT = "✓ The bot token stays."  # noqa: S105
TOKEN_FINE = "✓ Discord accepts the token."  # noqa: S105
TOKEN_REFUSED = "✗ Discord does not accept this token: copy it again."  # noqa: S105
KEY_MADE = (
    "2. ✓ There is a new key for Blink's tokens in .env. Keep a copy of that file in another place: without the key,"
    " everybody has to link again."
)
KEY_KEPT = "2. ✓ There is a key for Blink's tokens already; it stays."
WHERE_TO_KEEP = "3. The database. A file is right for nearly everybody; a postgres:// address works too."
ASK_DATABASE = "Database (not shown, since it can hold a password; Enter for the file data/bot.db)"
DATABASE_KEPT = "3. ✓ The database is set already; it stays."
ABOUT_THE_PAGE = (
    "4. The sign-in page. With an https address that leads to this machine, people link their own Blink accounts with"
    " /link. Without one, you link them here with `python -m bot link`."
)
ASK_FOR_PAGE = "Set the page up now?"
PAGE_KEPT = "4. ✓ The sign-in page is set up already; it stays."
ASK_ADDRESS = "Its address, for example https://clips.example.org"
ASK_PORT = "The port that the bot listens on, on this machine"
ASK_PROXY = "Does a proxy on this machine (Caddy, a tunnel) pass visitors on to that port?"
ASK_CLIENT_SECRET = "Client secret from OAuth2 in the Developer Portal (not shown, Enter for none)"  # noqa: S105
INVITE = "5. Invite the bot:"
LINK = "6. Link a Blink account to a Discord user."
ASK_TO_LINK = "Link one now?"
ASK_USER = "Your Discord user id (Settings → Advanced → Developer Mode, then right-click your name → Copy User ID)"
LINK_FAILED = "Try again with `python -m bot link USER_ID`."
START = "7. Everything is in .env. `python -m bot check` checks it all again."
ASK_TO_START = "Start the bot now?"
HOW_TO_START = "Start it with `python -m bot`."

# Each is needed: for replies and alerts in channels and threads, their videos, and messages that are edited later.
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)


def not_for_the_file(name: str) -> str:
    """Say that a value cannot stand in `.env`."""
    return f"✗ {name} must have no spaces, quotes or backslashes: write them as %20, %22 and so on."


def from_outside(name: str) -> str:
    """Say that the environment decides, not the file."""
    return f"✓ {name} comes from the environment, so .env does not get it."


def unchecked(why: str) -> str:
    """Say that Discord could not be asked about the token."""
    return f"· The token could not be checked: {why}."


def not_usable(problem: str) -> str:
    """Say what is wrong with what was typed."""
    return f"✗ {problem}"


def redirect(address: str) -> str:
    """Say which redirect Discord needs before it can confirm who sits at the page."""
    return f"Add this redirect under OAuth2 in the Developer Portal: {address}/oauth/discord"


def linked_already(count: int) -> str:
    """Say how many accounts are linked already."""
    return f"6. ✓ {count} Blink {'account is' if count == 1 else 'accounts are'} linked already."


def server_invite(application_id: int) -> str:
    """Return the address that adds the bot to a server; the scope `bot` makes it a member there."""
    scopes = ("bot", "applications.commands")
    return _invite(application_id, scopes, installs_for=0, permissions=_PERMISSIONS)


def account_invite(application_id: int) -> str:
    """Return the address that gives one person the commands everywhere: without a server, by user install."""
    return _invite(application_id, ("applications.commands",), installs_for=1)


def _invite(
    application_id: int,
    scopes: tuple[str, ...],
    *,
    installs_for: int,
    permissions: discord.Permissions = discord.utils.MISSING,
) -> str:
    """Return Discord's install address (https://discord.com/developers/docs/resources/application)."""
    url = discord.utils.oauth_url(application_id, permissions=permissions, scopes=scopes)
    return f"{url}&integration_type={installs_for}"


def invite_lines(application_id: int, *, user_install: bool = True) -> list[str]:
    """Return the addresses, each with its purpose; the second only if `user_install`."""
    found = [f"Add the bot to a server: {server_invite(application_id)}"]
    if user_install:
        found.append(f"Use its commands everywhere, only for yourself: {account_invite(application_id)}")
    return found
