"""The answers of `/notify` and of the buttons under alerts: which alerts somebody gets, or why nothing was saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.models import OWN, CameraKey, CameraPlace, CameraRef, Events, Subscription, Watcher

from .cards import IN_A_MENU, MOST_MENUS, Button, Card, Menu, Tone, on, plain
from .shares import clock, within

_TITLE = "Alerts"
_MOST_NAMES = 10
_ROOM = 2000  # of the 4,000 characters that Discord shows, for the lines about subscriptions …
_ROOM_FOR_PLACES = 1000  # … and for those about single cameras
_HEALTH = (
    "**Health of your cameras: on.** Once an hour I look at them, and tell you by direct message if one is offline, is"
    " online again, or has a low battery. You hear at once of anything wrong already."
)
_NO_HEALTH = "**Health of your cameras: off.** `/notify health: on` tells you if one is offline or has a low battery."
_PERMISSIONS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
}
_HOW = (
    "`/notify motion: all` brings a message with the video whenever a camera sees motion or somebody rings; `some` lets"
    " you choose which cameras."
)
_EVENTS = {
    Events.ALL: "Motion and rings at these cameras are told to you",
    Events.MOTION: "Motion at these cameras is told to you, and no rings",
    Events.RINGS: "Rings at these cameras are told to you, and no motion",
}


def _no(text: str) -> Card:
    return Card(_TITLE, f"{text}\nNothing was changed.", Tone.WAITING)


CHOOSE_BOTH = _no("**A camera's own channel needs both, and so does a role.** Give `camera:` and `to:` together.")
TOO_MANY_PLACES = _no(
    f"**{IN_A_MENU} cameras have a channel of their own already.** End one first: `/notify` alone shows them."
)
NOT_EVERYBODY = _no("**I never mention everybody.** Choose a role that those have who want to hear of the camera.")
HEALTH_NEEDS_LINK = _no(
    "**Only the health of your own cameras can be told to you**, and no Blink account is linked for you."
)
NOTHING_TO_HEAR_OF = _no(
    "**There is no camera whose motion you could hear of here and now.** Link your own Blink account with `/link`,"
    " or ask somebody of this server who has cameras for `/share add` with alerts, and use `/notify` here."
)
_ADD_ME = "Before each alert I ask Discord whether you are still here; ask who manages the server to add me."
BOT_IS_NOT_HERE = _no(f"**I must be a member of this server to tell you of others' cameras.** {_ADD_ME}")
_NOT_IN_THIS_SERVER = (
    f"⚠️ Nothing is told of cameras that others share with you here: I am no member of this server. {_ADD_ME}"
)
NONE_REACHED = _no(
    "**No camera can be seen now whose motion you could hear of.** Those of others show while their owner's Blink"
    " answers; try again in a minute."
)
ZONE_OF_NOTHING = _no("**A time zone is for quiet hours, and you have none.** Give both: `quiet: 22:00-07:00`.")
ONLY_OWN_IN_CHANNELS = _no(
    "**Only alerts of your own cameras can come to a channel**, and no Blink account is linked for you. `/link`"
    " links one; of others' cameras you hear by direct message."
)
NO_SUCH_CHANNEL = _no(
    "**This is no channel of this server where I could write.** Choose a text channel or a thread from the list."
)
NEVER_TO_A_CHANNEL = _no("**With `motion: never` nothing comes to a channel.** Leave one of the two out.")


@dataclass(frozen=True, slots=True)
class Standing:
    """The alerts that somebody gets: their choices, and the names of the cameras seen now, by choice.

    `here` is the server they are in; `bot_missing` is whether others share cameras there, and the bot is no member.
    `silent` are the owners whose recordings Blink does not keep; None is the person.
    `watcher` may still be unreachable; using `/notify` ends that.
    """

    watcher: Watcher
    subscriptions: Sequence[Subscription]
    now: datetime
    here: int = OWN
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    silent: Sequence[str | None] = ()
    bot_missing: bool = False


def standing(shown: Standing) -> str:
    """Return which alerts somebody gets, where and when."""
    watcher = shown.watcher
    if shown.subscriptions:
        lines = [f"**Motion alerts: on.** {_EVENTS[watcher.events]}:"]
        lines.append(
            within([f"• {_whose(one, shown.here)}: {_which(one, shown)}" for one in shown.subscriptions], _ROOM)
        )
        lines.append(_where(watcher, shown.subscriptions))
    else:
        lines = [f"**Motion alerts: off.** {_HOW}"]
        if watcher.channel:
            lines.append(f"Those of your own cameras would come to <#{watcher.channel.channel_id}>.")
    if watcher.cameras:
        lines.append(within([f"• {_placed(one, shown)}" for one in watcher.cameras], _ROOM_FOR_PLACES))
    lines.append(_HEALTH if watcher.health else _NO_HEALTH)
    if quiet := _quiet(watcher):
        lines.append(f"Quiet from {quiet}: what happens then is told afterwards.")
    if until := _muted(watcher, shown.now):
        lines.append(f"Muted until {until}: what happens until then is not told. **Unmute** ends that.")
    if watcher.unreachable_at:
        lines.append("Your direct messages were closed, so alerts have waited; I try again from now on.")
    lines.extend(map(_none_kept, shown.silent))
    if shown.bot_missing:
        lines.append(_NOT_IN_THIS_SERVER)
    return "\n".join(lines)


def summary(watcher: Watcher, subscriptions: Sequence[Subscription], now: datetime) -> str:
    """Return in a few words which alerts somebody gets, where and when."""
    health = "what is wrong with your cameras" if watcher.health else ""
    if not subscriptions:
        return health or "off"
    own = "of your cameras" if any(not one.shared for one in subscriptions) else ""
    shared = "of others' cameras" if any(one.shared for one in subscriptions) else ""
    parts = [
        " and ".join(filter(None, (own, shared))),
        health,
        f"yours in <#{watcher.channel.channel_id}>" if watcher.channel and own else "by direct message",
        f"quiet from {quiet}" if (quiet := _quiet(watcher)) else "",
        f"muted until {until}" if (until := _muted(watcher, now)) else "",
        "" if watcher.events is Events.ALL else watcher.events.value,
        "your direct messages are closed: alerts wait until you use `/notify`" if watcher.unreachable_at else "",
    ]
    return "; ".join(filter(None, parts))


def menus(cameras: Mapping[str, str], wanted: frozenset[str], *, owner: int) -> tuple[Menu, ...]:
    """Return the menus of `cameras`, which are labels by choice; the `wanted` ones are chosen already."""
    every = [*cameras.items()]
    slices = [every[begin : begin + IN_A_MENU] for begin in range(0, len(every), IN_A_MENU)]
    return tuple(
        Menu(
            "Cameras you want to hear of" if len(slices) == 1 else f"Cameras you want to hear of ({number + 1})",
            f"alerts:some:{number}:{owner}",
            tuple((choice, label, "") for choice, label in some),
            most=IN_A_MENU,
            chosen=wanted & dict(some).keys(),
        )
        for number, some in enumerate(slices[:MOST_MENUS])
    )


def too_many_to_choose(count: int) -> str:
    """Return the note under menus that do not hold every camera; empty if they do."""
    held = MOST_MENUS * IN_A_MENU
    return f"These are the first {held} of {count} cameras; `motion: all` tells of every one." if count > held else ""


def by_dm(owner: int) -> Button:
    """Return the button that brings alerts as direct messages again."""
    return Button("By direct message instead", f"alerts:dm:{owner}")


def is_muted(watcher: Watcher, now: datetime) -> bool:
    """Return whether somebody's alerts are muted now."""
    return watcher.muted_until is not None and now < watcher.muted_until


def back(cameras: Sequence[CameraPlace], names: Mapping[str, str], *, owner: int) -> Menu:
    """Return the menu that brings the alerts of single cameras as direct messages again."""
    options = tuple((str(one.camera), _called(one.camera, names), "") for one in cameras[:IN_A_MENU])
    return Menu("End the own channel of a camera", f"alerts:back:{owner}", options)


def come_here(user_id: int, camera: str | None = None, *, begun: bool = True) -> Card:
    """Return the announcement in a channel before its first alert, of one camera or of all.

    `begun` is whether the person gets alerts of their own cameras at all.
    """
    what = f"Alerts of {plain(camera, 80)}" if camera else f"Motion alerts of <@{user_id}>'s cameras"
    when = "come here from now on" if begun else "come here once they are switched on"
    text = (
        f"**{what} {when}**, with their videos, for everybody who sees this channel.\n<@{user_id}> ends that with"
        " `/notify`."
    )
    return Card(_TITLE, text, Tone.GOOD)


def no_such_camera(asked: str) -> Card:
    """Return the answer to a camera that is not one's own, or cannot be seen now."""
    return _no(f"**“{plain(asked, 40)}” is none of your own cameras that I see now.** Choose one from the list.")


def role_is_silent(role_id: int) -> Card:
    """Return the answer to a role that the person or the bot may not mention."""
    return _no(
        f"**Discord does not let both of us mention <@&{role_id}>.** Who manages the server can allow anyone to"
        " @mention that role, or give you and me *Mention All Roles* in that channel."
    )


def bad_quiet(asked: str) -> Card:
    """Return the answer to quiet hours that cannot be read."""
    return _no(f"**“{plain(asked, 40)}” are no hours.** Write `22:00-07:00`, or `off`.")


def bad_zone(asked: str) -> Card:
    """Return the answer to an unknown time zone."""
    return _no(f"**“{plain(asked, 40)}” is no time zone that I know.** Choose one from the list, as `Europe/Berlin`.")


def you_may_not_post(channel_id: int, lacking: Sequence[str] = ()) -> Card:
    """Return the answer to a channel in which the person may not write or send files."""
    lack = f" You lack {_permissions(lacking)} there." if lacking else ""
    return _no(
        f"**You may not write in <#{channel_id}>** yourself, so your cameras do not either.{lack} Choose another one."
    )


def i_may_not_post(channel_id: int, lacking: Sequence[str] = tuple(_PERMISSIONS)) -> Card:
    """Return the answer to a channel in which the bot may not write or send files."""
    need = f"I need {_permissions(lacking)} there; then use `/notify` again."
    return _no(f"**Discord does not let me write in <#{channel_id}>.** {need}")


def could_not_post(channel_id: int) -> Card:
    """Return the answer if Discord temporarily takes no message in a channel."""
    return _no(f"**Discord did not take my message in <#{channel_id}>.** Try again in a minute.")


def _whose(subscription: Subscription, here: int) -> str:
    if not subscription.shared:
        return "Your cameras"
    where = "here" if subscription.guild_id == here else "in another server"
    return f"Cameras of <@{subscription.owner_id}>, shared with you {where}"


def _placed(one: CameraPlace, shown: Standing) -> str:
    name = plain(_called(one.camera, shown.names), 80)
    parts = (
        f"{name}: to <#{one.place.channel.channel_id}>",
        f"mentions <@&{one.place.role_id}>" if one.place.role_id is not None else "",
        "" if one.events is Events.ALL else one.events.value,
    )
    return ", ".join(filter(None, parts))


def _called(camera: CameraKey, names: Mapping[str, str]) -> str:
    """Return a camera's name; while it cannot be seen, what tells it from the others."""
    return names.get(str(camera), f"Camera {camera.camera_id}")


def _permissions(lacking: Sequence[str]) -> str:
    return " and ".join(f"*{_PERMISSIONS.get(one, one)}*" for one in lacking)


def _which(subscription: Subscription, shown: Standing) -> str:
    if subscription.cameras is not None:
        return _named(subscription, subscription.cameras, shown)
    less = f" but {_named(subscription, subscription.muted, shown)}" if subscription.muted else ""
    return f"all{less}"


def _named(subscription: Subscription, cameras: frozenset[CameraKey], shown: Standing) -> str:
    """Return the names of the cameras seen now, ten at most, and the number of the others."""
    names = list[str]()
    if subscription.guild_id in (OWN, shown.here):
        owner_id = subscription.owner_id if subscription.shared else None
        choices = {str(CameraRef.of(one, owner_id)) for one in cameras}
        names = sorted(shown.names[choice] for choice in choices if choice in shown.names)
    unnamed = len(cameras) - len(names[:_MOST_NAMES])
    words = [plain(name, 80) for name in names[:_MOST_NAMES]]
    if unnamed:
        words.append(f"{unnamed} {'more' if words else 'camera' if unnamed == 1 else 'cameras'}")
    return ", ".join(words)


def _where(watcher: Watcher, subscriptions: Sequence[Subscription]) -> str:
    if watcher.channel is None or all(one.shared for one in subscriptions):
        return "They come as direct messages."
    others = ", those of others' as direct messages" if any(one.shared for one in subscriptions) else ""
    return f"Those of your own come to <#{watcher.channel.channel_id}>{others}."


def _quiet(watcher: Watcher) -> str:
    return f"{clock(watcher.quiet)} ({plain(watcher.quiet.zone, 40)})" if watcher.quiet else ""


def _muted(watcher: Watcher, now: datetime) -> str:
    return on(watcher.muted_until) if watcher.muted_until and is_muted(watcher, now) else ""


def _none_kept(owner: str | None) -> str:
    whose = "your cameras" if owner is None else f"{plain(owner, 40)}'s cameras"
    return f"⚠️ Blink keeps no recordings of {whose}, so there is nothing to tell of them: they need a Blink plan."
