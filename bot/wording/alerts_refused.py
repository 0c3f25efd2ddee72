"""The answers of `/notify` that say why it saved nothing, and what helps."""

from .cards import Card, Tone, plain

_TITLE = "Motion alerts"


def nothing_to_hear_of() -> Card:
    """Return the answer for somebody without a linked account and without a grant for alerts."""
    text = (
        "**There is no camera whose motion you could hear of here and now.** Link your own Blink account with `/link`,"
        " or ask somebody of this server who has cameras for `/grant add` with `alerts: True`, and use `/notify` here."
    )
    return _no(text)


def bot_is_not_here() -> Card:
    """Return the answer for a guest in a server that the bot is no member of."""
    text = (
        "**I must be a member of this server to tell you of others' cameras.** Before each alert I ask Discord whether"
        " you are still here; ask who manages the server to add me."
    )
    return _no(text)


def none_reached() -> Card:
    """Return the answer if no camera can be seen now of which the person may get alerts."""
    text = (
        "**No camera can be seen now whose motion you could hear of.** Those of others show while their owner's Blink"
        " answers; try again in a minute."
    )
    return _no(text)


def bad_quiet(asked: str) -> Card:
    """Return the answer to quiet hours that cannot be read."""
    return _no(f"**“{plain(asked, 40)}” are no hours.** Write `22:00-07:00`, or `off`.")


def bad_zone(asked: str) -> Card:
    """Return the answer to an unknown time zone."""
    return _no(f"**“{plain(asked, 40)}” is no time zone that I know.** Choose one from the list, as `Europe/Berlin`.")


def zone_of_nothing() -> Card:
    """Return the answer to a time zone without quiet hours."""
    return _no("**A time zone is for quiet hours, and you have none.** Give both: `quiet: 22:00-07:00`.")


def only_own_in_channels() -> Card:
    """Return the answer for somebody who chose a channel, but has no linked account."""
    text = (
        "**Only alerts of your own cameras can come to a channel**, and no Blink account is linked for you. `/link`"
        " links one; of others' cameras you hear by direct message."
    )
    return _no(text)


def no_such_channel() -> Card:
    """Return the answer to a channel that is not in this server, or takes no messages."""
    text = "**This is no channel of this server where I could write.** Choose a text channel or a thread from the list."
    return _no(text)


def you_may_not_post(channel_id: int) -> Card:
    """Return the answer to a channel in which the person may not write."""
    return _no(f"**You may not write in <#{channel_id}>** yourself, so your cameras do not either. Choose another one.")


def i_may_not_post(channel_id: int) -> Card:
    """Return the answer to a channel in which the bot may not write."""
    text = (
        f"**Discord does not let me write in <#{channel_id}>.** I need *View Channel*, *Send Messages* (in threads:"
        " *Send Messages in Threads*), *Embed Links* and *Attach Files* there; then use `/notify` again."
    )
    return _no(text)


def could_not_post(channel_id: int) -> Card:
    """Return the answer if Discord temporarily takes no message in a channel."""
    return _no(f"**Discord did not take my message in <#{channel_id}>.** Try again in a minute.")


def never_to_a_channel() -> Card:
    """Return the answer to `motion: never` together with a channel."""
    return _no("**With `motion: never` nothing comes to a channel.** Leave one of the two out.")


def _no(text: str) -> Card:
    return Card(_TITLE, f"{text}\nNothing was changed.", Tone.WAITING)
