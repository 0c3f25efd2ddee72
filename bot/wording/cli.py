"""What the command line says."""

from collections.abc import Iterator, Sequence

from bot.accounts import Account
from bot.blink import BlinkError, Inventory, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable

NO_DISCORD_TOKEN = (
    "DISCORD_TOKEN is not set: copy the bot's token from the Discord Developer Portal into .env (see .env.example)"  # noqa: S105
)
BAD_DISCORD_TOKEN = "Discord does not accept it: copy it again from the Developer Portal"  # noqa: S105
NO_TOKEN_KEYS = "TOKEN_KEYS is not set: run `python -m bot keygen` and put its line into .env"  # noqa: S105
SYNCED = "✓ The commands are registered."
MIGRATED = "✓ The database is up to date."


def no_demo(package: str) -> str:
    """Say what the demo lacks."""
    return f"the demo needs {package}: run `make demo`, which installs it"


def blink_failed(error: BlinkError) -> str:
    """Say why Blink did not do what a shell command asked."""
    match error:
        case SignedOut():
            return "Blink does not accept this refresh token any more: sign in again and use fresh BLINK_TOKENS"
        case RateLimited(retry_after=seconds):
            return f"Blink wants fewer requests: try again in {max(1, round(seconds / 60))} min"
        case Unreachable(reason=reason):
            return f"Blink does not answer ({reason}): try again in a minute"
        case Refused(status=status, code=code, message=message):
            return f"Blink refused (HTTP {status}, code {code}: {message or 'no words'})"
        case NotUnderstood(what=what):
            return f"Blink's answer to {what} was not understood: its cloud may have changed"
        case _:
            return "Blink did not do what was asked"


def linked(user_id: int, inventory: Inventory) -> str:
    """Say which cameras a new link reaches."""
    names = "".join(f"\n  · {camera.label} ({camera.model})" for camera in inventory.cameras)
    return (
        f"✓ Discord user {user_id} is linked and reaches {len(inventory.cameras)} cameras:{names}\n"
        "Blink has replaced the refresh token, so BLINK_TOKENS is stale now: delete it from wherever it stands."
    )


def unlinked(user_id: int, *, known: bool) -> str:
    """Say that a link is gone, or that there was none."""
    if not known:
        return f"Discord user {user_id} has no link."
    return f"✓ The link of Discord user {user_id} and its tokens are deleted. Messages already in Discord stay there."


def accounts(linked: Sequence[Account]) -> Iterator[str]:
    """Yield one line for each link, without secrets."""
    if not linked:
        yield "No Blink account is linked yet: BLINK_TOKENS='…' python -m bot link <discord user id>"
    for account in linked:
        state = f"signed out {account.signed_out_at:%Y-%m-%d}" if account.signed_out_at else "works"
        region = account.home.tier if account.home else "region not known yet"
        yield f"{account.user_id}  {region}  linked {account.linked_at:%Y-%m-%d %H:%M} UTC  {state}"


def finding(what: str, detail: str, *, fine: bool | None) -> str:
    """Return one line of `check`."""
    mark = {True: "✓", False: "✗", None: "·"}[fine]
    return f"{mark} {what}: {detail}"


def verdict(*, fine: bool) -> str:
    """Return the last line of `check`."""
    return "Ready: start it with `python -m bot`." if fine else "Not ready: mend what is marked ✗."
