"""The answer of `/help`: what this person can do here and now, and the next step."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.models import LiveMode, Right

from .cards import Button, Card, Tone, plain
from .custom_ids import link_own, relink

_USES = {
    Right.STATUS: "`/cameras` shows how each camera is, and its latest picture",
    Right.CLIP: "`/clip` records on a camera and brings the video",
    Right.LIVE: "`/clip seconds:` records the live view for that long. If Blink keeps no videos of a camera, every clip"
    " is a live view. It records {recorded}, and lights the camera's LED",
    Right.SNAPSHOT: "`/snapshot` takes a picture",
    Right.RECENT: "`/recordings` lists earlier recordings, and brings the one that you choose",
    Right.ARM: "`/arm`, `/disarm` and `/motion` decide what records motion by itself",
    Right.ALERTS: "`/notify motion` sends you the video whenever a camera records by itself",
}
_OWN = "`/account` shows your link and what I keep, `/notify` sets what I send you, `/unlink` deletes everything"
_TITLE = "What you can do"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's situation: their own link, the rights and owners of what is shared with them here, and where they are.

    `live` is what the host lets the bot record of live views.
    """

    user_id: int
    linked: bool
    signed_out: bool = False
    shared: frozenset[Right] = frozenset()
    owners: tuple[str, ...] = ()
    in_server: bool = False
    live: LiveMode = LiveMode.ON
    administrator: bool = False


def card(standing: Standing) -> Card:
    """Return what somebody can do, and what comes next."""
    works = standing.linked and not standing.signed_out
    lines: list[str] = []
    if works:
        lines += ["**With your own cameras**", *_uses(Right, standing.live)]
        if standing.in_server:
            lines.append(
                "• `/share`, or **Share a camera…** in a person's menu, lets others of this server use a camera"
            )
    if standing.shared:
        lines += [
            f"**With cameras of {_names(standing.owners)}, here and now**",
            *_uses(standing.shared, standing.live),
        ]
    if standing.linked:
        lines.append(f"• {_OWN}")
    if standing.administrator:
        lines.append("• `/share list` shows an administrator what is shared in this server, and can stop it")
    lines.append(f"**Next:** {_next(standing, works=works)}")
    tone = Tone.GOOD if works or standing.shared else Tone.WAITING
    return Card(_TITLE, "\n".join(lines), tone, buttons=() if works else (_link(standing),))


def _uses(rights: Collection[Right], live: LiveMode) -> list[str]:
    recorded = "everybody who passes, without sound" if live is LiveMode.SILENT else "sound and everybody who passes"
    shown = [right for right in Right if right in rights and (right is not Right.LIVE or live is not LiveMode.OFF)]
    return [f"• {_USES[right].format(recorded=recorded)}" for right in shown]


def _names(owners: Collection[str]) -> str:
    return ", ".join(plain(name, 40) for name in owners)


def _next(standing: Standing, *, works: bool) -> str:
    if works:
        return "type `/clip` and choose a camera. The reply follows the recording until the video is there."
    if standing.signed_out:
        return "Blink has signed this bot out of your account. Press **Link again**."
    if standing.shared:
        return "type a command and choose a camera. To use cameras of your own, link your Blink account."
    if standing.in_server:
        return (
            "if you have cameras, link your Blink account. If somebody else here has them, ask them to share one with"
            " you with `/share add`."
        )
    return (
        "if you have cameras, link your Blink account. Cameras that others share with you work in the server where"
        " they do."
    )


def _link(standing: Standing) -> Button:
    return relink(standing.user_id) if standing.signed_out else link_own(standing.user_id)
