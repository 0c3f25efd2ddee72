"""The sentences of the command line."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.accounts import Hurdle, LinkStep, Stopped
from bot.blink import (
    BlinkError,
    CodeWanted,
    Denied,
    Inventory,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from bot.models import Account, LiveMode
from bot.wording import pages

NO_DISCORD_TOKEN = (
    "DISCORD_TOKEN is not set: run `python -m bot setup`, or copy the bot's token from the Developer Portal into .env"  # noqa: S105
)
BAD_DISCORD_TOKEN = "Discord does not accept it: copy it again from the Developer Portal"  # noqa: S105
NO_BACKUPS = "only a SQLite database is saved there; for PostgreSQL, use pg_dump"
PAGE_ANSWERS = "a bot answers there"
NO_SERVER = "the bot is in no server yet: open the first address below to add it"
NO_TOKEN_KEYS = "TOKEN_KEYS is not set: run `python -m bot keygen` and put its line into .env"  # noqa: S105
NO_PORT_FOR_PAGE = (
    "there is no PORT, so nothing answers there, and `/link` gives no link. Set PORT to the port that this address"
    " leads to, or leave PUBLIC_URL out"
)
NO_CLIENT_SECRET = (
    "it is not set, so the page cannot ask Discord who sits at the browser: anyone who gets hold of a link can use it."  # noqa: S105
    " Copy it from the Developer Portal → OAuth2, and add the redirect PUBLIC_URL/oauth/discord there"
)
NO_TRUSTED_PROXY = (
    "it is 0, so all visitors of the page seem to come from the proxy in front of it, and it cannot limit any one"
    " address. Set it to the number of proxies that add to X-Forwarded-For; on most hosts that is 1"
)
NEW_DATABASE = "nothing is there yet: the bot makes it when it starts"
OLDER_DATABASE = "it is from an older version: the bot brings it up to date when it starts"
OPEN_TO_ALL = "everybody can install this app and use it on your machine; ALLOWED_GUILDS and ALLOWED_USERS close it"
SHRINKS = "videos that are too large for Discord are made smaller"
NO_SHRINKING = "those above Discord's limit are not made smaller: PyAV is missing (`pip install 'av>=18,<19'`)"
LIVE_VIEWS = {
    LiveMode.ON: "they are recorded if Blink keeps no videos of a camera, or if /clip asks for a length",
    LiveMode.SILENT: "they are recorded without sound",
    LiveMode.PINNED: "they are recorded, but only from Blink servers whose certificate the bot knows",
    LiveMode.OFF: "LIVE_VIEW is off, so none is recorded; cameras whose videos Blink does not keep give only pictures",
}
NO_LIVE_VIEWS = "they cannot be recorded: PyAV is missing (`pip install 'av>=18,<19'`)"
NOTHING_TO_LINK = (
    "BLINK_TOKENS is not set and there is no terminal to sign in at: run BLINK_TOKENS='…' python -m bot link <user id>"
)
ASK_EMAIL = "Blink e-mail"
ASK_PASSWORD = "Blink password (not shown)"  # noqa: S105 - a question
NO_USER_ID = (
    "a Discord user id is a number of 17 to 20 digits. To copy one: Discord's settings → Advanced → Developer Mode,"
    " then right-click the person → Copy User ID."
)
NO_PORT = "a port is a number from 0 to 65535; 0 means any free one."
SYNCED = "✓ The commands are registered."
MIGRATED = "✓ The database is up to date."
_OWN_TOOLS = "PostgreSQL has its own tool for this, which asks for the password or takes it from PGPASSWORD"
COPYING = "Copying. Run no bot on either database meanwhile: what it writes now would be left behind."


def open_to_others(mode: int) -> str:
    """Say that others on this machine can get at the file of secrets."""
    return f"others on this machine can read or change it (mode {mode:o}), and it holds secrets: run `chmod 600 .env`"


def open_to(guilds: int, users: int) -> str:
    """Say who may use the bot."""
    places = f"in {guilds} {'server' if guilds == 1 else 'servers'}"
    people = f"{users} {'person' if users == 1 else 'people'} everywhere"
    if not users:
        return f"everybody may use it {places}, and nobody in direct messages"
    return f"{people}, and everybody {places}, may use it" if guilds else f"{people} may use it, and nobody else"


def linked_before(others: Sequence[str]) -> str:
    """Say that people who may not use the bot are linked."""
    return (
        f"{len(others)} linked {'person is' if len(others) == 1 else 'people are'} not in ALLOWED_USERS, and their"
        f" alerts go on until `python -m bot unlink` ({', '.join(others[:5])}{', …' if len(others) > 5 else ''})"
    )


def no_demo(package: str) -> str:
    """Say which package the demo lacks."""
    return f"the demo needs {package}: run `make demo`, which installs it"


def blink_failed(error: BlinkError) -> str:
    """Say why Blink did not do what a shell command asked."""
    match error:
        case SignedOut(final=False):
            return "Blink refuses the sign-in for now: try again in a few minutes"
        case SignedOut():
            return "Blink no longer accepts this refresh token: sign in again and use fresh BLINK_TOKENS"
        case RateLimited(retry_after=seconds):
            return f"Blink wants fewer requests: try again in {max(1, round(seconds / 60))} min"
        case Unreachable(reason=reason):
            return f"Blink does not answer ({reason}): try again in a minute"
        case Refused(status=status, code=code, message=message):
            return f"Blink refused (HTTP {status}, code {code}: {message or 'no words'})"
        case NotUnderstood(what=what):
            return (
                f"Blink's answer to {what} was not understood: try again in a minute; if it keeps happening, its cloud"
                " may have changed"
            )
        case _:
            return "Blink did not do what was asked"


def port_taken(host: str, port: int, why: str) -> str:
    """Say that the web server cannot listen."""
    return f"PORT: the bot cannot listen on port {port} of {host} ({why})"


def never_kept(host: str, file: str) -> str:
    """Say why the bot does not start, and what to do."""
    return (
        f"DATABASE_URL: {host} deletes every file at least once a day, {file} too, and all links with it. Add a"
        " PostgreSQL database: `heroku addons:create heroku-postgresql:essential-0` sets DATABASE_URL by itself"
    )


def not_makeable(file: str, folder: str) -> str:
    """Say that a database cannot be made where it should lie."""
    return f"{file} cannot be made: the bot cannot write into {folder}"


def backups_into(folder: str) -> str:
    """Say where the daily backups go."""
    return f"the database is saved into {folder} once a day; keep a copy of TOKEN_KEYS somewhere else"


def on_network_disk(kind: str) -> str:
    """Say that the database's file is on another machine."""
    return (
        f"the file lies on a network disk ({kind}), where SQLite's locks are not safe: move it to a disk of this"
        " machine, or use PostgreSQL"
    )


def page_silent(why: str) -> str:
    """Say that the sign-in page's address leads nowhere."""
    return (
        f"it does not answer from this machine ({why}): see whether it does from a phone without Wi-Fi; if not, look at"
        " the domain, the router and the proxy"
    )


def page_answers_strangely(status: int) -> str:
    """Say that something other than the bot answers at the sign-in page's address."""
    return f"it answers HTTP {status}, so no bot is behind it now; that is fine only while the bot is stopped"


def not_kept(host: str, file: str) -> str:
    """Say that the database will be gone, and what to do."""
    return (
        f"DATABASE_URL: {file} does not lie on a volume, so {host} deletes it at the next deploy or restart, and"
        f" all links with it. Mount a volume there, or name a file on one: DATABASE_URL=sqlite:////data/bot.db"
    )


def too_few_shards(count: int) -> str:
    """Say that Discord refuses this number of shards."""
    return f"SHARD_COUNT: Discord does not accept {count} for this bot; raise it, or leave it out to let Discord choose"


def linked_unseen(why: str) -> str:
    """Say that a link is made although its cameras could not be listed."""
    return f"the account is linked, and BLINK_TOKENS is used up: do not use it again. The cameras come later: {why}"


_NOT_SYNCED = "Discord has not taken the commands"


def not_synced(status: int, code: int) -> str:
    """Say that Discord refused the commands."""
    return f"{_NOT_SYNCED}: it answers HTTP {status} (code {code}); try again later"


def not_synced_yet(seconds: float) -> str:
    """Say that Discord wants to be asked for the commands later."""
    return f"{_NOT_SYNCED}: it wants fewer requests: try again in {max(1, round(seconds / 60))} min"


def not_synced_offline(why: str) -> str:
    """Say that the commands did not reach Discord."""
    return f"{_NOT_SYNCED}: discord.com cannot be reached: {why}"


def rotated(count: int) -> str:
    """Say that everything is sealed with the first key."""
    return f"✓ {count} secrets are sealed with the first key of TOKEN_KEYS. Once every bot has it, remove the others."


def no_variable(given: str) -> str:
    """Say that `env:NAME` names nothing."""
    return f"{given.partition(':')[2] or 'env:'} is set neither in the environment nor in .env"


def copied(counts: Mapping[str, int]) -> str:
    """Say what arrived in the other database."""
    rows = ", ".join(f"{table} {count}" for table, count in counts.items())
    return f"✓ Everything is copied, and opens with TOKEN_KEYS (rows: {rows}). Now set DATABASE_URL to the new address."


def backed_up(file: Path) -> str:
    """Say where the backup is, and what it needs."""
    return f"✓ The database is saved in {file}. It opens only with TOKEN_KEYS: keep both, in different places."


def restored(file: Path, kept: Path | None) -> str:
    """Say that a backup is in place."""
    before = f" What was there before is kept as {kept}." if kept else ""
    return (
        f"✓ The database is what {file} holds.{before} People whose refresh token Blink has replaced since that backup"
        " have to link again; those who used /unlink since are back, until `python -m bot unlink` removes them."
    )


def own_backup(address: str, file: Path) -> str:
    """Say how to save a PostgreSQL database."""
    return f"{_OWN_TOOLS}:\n  pg_dump --format=custom --file={shlex.quote(str(file))} {shlex.quote(address)}"


def own_restore(address: str, file: Path) -> str:
    """Say how to bring a PostgreSQL database back."""
    how = "--clean --if-exists --no-owner --single-transaction"
    return (
        f"{_OWN_TOOLS}. Stop the bot first:\n"
        f"  pg_restore {how} --dbname={shlex.quote(address)} {shlex.quote(str(file))}"
    )


def ask_code(wanted: CodeWanted) -> str:
    """Ask for the code, and say where Blink sent it."""
    by = f" by {wanted.method}" if wanted.method else ""
    to = f" to {wanted.destination}" if wanted.destination else ""
    return f"The code that Blink sent{by}{to}"


def not_signed_in(step: LinkStep) -> str:
    """Say why a sign-in did not go on."""
    if isinstance(step, Denied):
        return f"not signed in: {pages.denied(step).text}"
    stopped = step if isinstance(step, Stopped) else Stopped(Hurdle.START_AGAIN)
    return f"not signed in: {pages.stopped(stopped).text}"


def signed_in(user_id: int, inventory: Inventory | None) -> str:
    """Say which cameras a new link reaches."""
    if inventory is None:
        return f"✓ Discord user {user_id} is linked; Blink has not listed the cameras yet."
    cameras = "".join(f"\n  · {camera.label} ({camera.model})" for camera in inventory.cameras)
    return f"✓ Discord user {user_id} is linked and reaches {len(inventory.cameras)} cameras:{cameras}"


def linked(user_id: int, inventory: Inventory) -> str:
    """Say which cameras a new link reaches, and that BLINK_TOKENS is used up."""
    stale = "Blink replaces a refresh token once it is used, so BLINK_TOKENS is stale: delete it wherever you keep it."
    return f"{signed_in(user_id, inventory)}\n{stale}"


def unlinked(user_id: int, *, known: bool) -> str:
    """Say what has been deleted and what stays."""
    if not known:
        return f"Discord user {user_id} has no link. All else that was kept about them is deleted."
    return (
        f"✓ The link of Discord user {user_id}, its tokens, their choices and all else that was kept about them are"
        " deleted. Blink was not told; to be sure, remove the client in the Blink app, or change the password. Messages"
        " and videos already in Discord stay until they are removed; recordings stay in the Blink account."
    )


def accounts(linked: Sequence[Account]) -> Iterator[str]:
    """Yield one line for each link, without secrets."""
    if not linked:
        yield "No Blink account is linked yet: run `python -m bot link USER_ID`."
    for account in linked:
        state = f"signed out {account.signed_out_at:%Y-%m-%d}" if account.signed_out_at else "works"
        region = account.region.tier if account.region else "region not known yet"
        yield f"{account.user_id}  {region}  linked {account.linked_at:%Y-%m-%d %H:%M} UTC  {state}"


def finding(what: str, detail: str, *, fine: bool | None) -> str:
    """Return one line of `check`."""
    mark = {True: "✓", False: "✗", None: "·"}[fine]
    return f"{mark} {what}: {detail}"


def verdict(*, fine: bool) -> str:
    """Return the last line of `check`."""
    return "Ready: start it with `python -m bot`." if fine else "Not ready: fix what is marked ✗."
