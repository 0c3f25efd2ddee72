"""Why `/notify` does not save what somebody wants to hear of, and what helps."""

from .cards import Card, Tone, plain

_TITLE = "Motion alerts"


def nothing_to_hear_of() -> Card:
    """Return what somebody reads who has no cameras, and was granted none for this."""
    text = (
        "**There is no camera whose motion you could hear of here and now.** Link your own Blink account with `/link`,"
        " or ask somebody of this server who has cameras for `/grant add` with `alerts: True`, and use `/notify` here."
    )
    return _no(text)


def bot_is_not_here() -> Card:
    """Return what somebody reads who was granted cameras in a server that only they use the bot in."""
    text = (
        "**I must be a member of this server to tell you of others' cameras.** Before each alert I ask Discord whether"
        " you are still here; ask who manages the server to add me."
    )
    return _no(text)


def none_reached() -> Card:
    """Return what somebody reads for whom there is nothing to choose from now."""
    text = (
        "**No camera can be seen now whose motion you could hear of.** Those of others show while their owner's Blink"
        " answers; try again in a minute."
    )
    return _no(text)


def bad_quiet(asked: str) -> Card:
    """Return what somebody reads whose quiet hours cannot be read."""
    return _no(f"**“{plain(asked, 40)}” are no hours.** Write `22:00-07:00`, or `off`.")


def bad_zone(asked: str) -> Card:
    """Return what somebody reads whose time zone nobody knows."""
    return _no(f"**“{plain(asked, 40)}” is no time zone that I know.** Choose one from the list, as `Europe/Berlin`.")


def zone_of_nothing() -> Card:
    """Return what somebody reads who gives a time zone without quiet hours."""
    return _no("**A time zone is for quiet hours, and you have none.** Give both: `quiet: 22:00-07:00`.")


def only_own_in_channels() -> Card:
    """Return what somebody reads who wants others' cameras told in a channel."""
    text = (
        "**Only alerts of your own cameras can come to a channel**, and no Blink account is linked for you. `/link`"
        " links one; of others' cameras you hear by direct message."
    )
    return _no(text)


def no_such_channel() -> Card:
    """Return what somebody reads whose channel is none of this server, or none that takes messages."""
    text = "**This is no channel of this server where I could write.** Choose a text channel or a thread from the list."
    return _no(text)


def you_may_not_post(channel_id: int) -> Card:
    """Return what somebody reads who may not write in a channel themselves."""
    return _no(f"**You may not write in <#{channel_id}>** yourself, so your cameras do not either. Choose another one.")


def i_may_not_post(channel_id: int) -> Card:
    """Return what somebody reads where Discord does not let the bot write."""
    text = (
        f"**Discord does not let me write in <#{channel_id}>.** I need *View Channel*, *Send Messages* (in threads:"
        " *Send Messages in Threads*), *Embed Links* and *Attach Files* there; then use `/notify` again."
    )
    return _no(text)


def could_not_post(channel_id: int) -> Card:
    """Return what somebody reads where Discord takes nothing for now."""
    return _no(f"**Discord did not take my message in <#{channel_id}>.** Try again in a minute.")


def never_to_a_channel() -> Card:
    """Return what somebody reads who wants nothing told, and wants it told in a channel."""
    return _no("**With `motion: never` nothing comes to a channel.** Leave one of the two out.")


def _no(text: str) -> Card:
    return Card(_TITLE, f"{text}\nNothing was changed.", Tone.WAITING)
