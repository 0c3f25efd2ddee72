"""The answer of `/help`: what this person can do here and now, and the next step."""

from collections.abc import Collection

from bot.models import LiveMode, Right

from .cards import Card, Tone, plain
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


def card(
    user_id: int,
    *,
    linked: bool,
    signed_out: bool = False,
    shared: Collection[Right] = (),
    owners: Collection[str] = (),
    can_share: bool = False,
    live: LiveMode = LiveMode.ON,
    administrator: bool = False,
) -> Card:
    """Return what somebody can do, and what comes next.

    `shared` are the rights that `owners` let them use here and now, `live` what the host lets the bot record of live
    views. `can_share`: the bot is a member of the server, without which nothing can be shared there.
    """
    works = linked and not signed_out
    lines: list[str] = []
    if works:
        lines += ["**With your own cameras**", *_uses(Right, live)]
        if can_share:
            lines.append(
                "• `/share`, or **Share a camera…** in a person's menu, lets others of this server use a camera"
            )
    if shared:
        names = ", ".join(plain(name, 40) for name in owners)
        lines += [f"**With cameras of {names}, here and now**", *_uses(shared, live)]
    if linked:
        lines.append(f"• {_OWN}")
    if administrator:
        lines.append("• `/share list` shows an administrator what is shared in this server, and can stop it")
    if works:
        step = "type `/clip` and choose a camera. The reply follows the recording until the video is there."
    elif signed_out:
        step = "Blink has signed this bot out of your account. Press **Link again**."
    elif shared:
        step = "type a command and choose a camera. To use cameras of your own, link your Blink account."
    elif can_share:
        step = (
            "if you have cameras, link your Blink account. If somebody else here has them, ask them to share one with"
            " you with `/share add`."
        )
    else:
        step = (
            "if you have cameras, link your Blink account. Cameras that others share with you work in the server where"
            " they do."
        )
    lines.append(f"**Next:** {step}")
    tone = Tone.GOOD if works or shared else Tone.WAITING
    button = relink(user_id) if signed_out else link_own(user_id)
    return Card("What you can do", "\n".join(lines), tone, buttons=() if works else (button,))


def _uses(rights: Collection[Right], live: LiveMode) -> list[str]:
    recorded = "everybody who passes, without sound" if live is LiveMode.SILENT else "sound and everybody who passes"
    shown = [right for right in Right if right in rights and (right is not Right.LIVE or live is not LiveMode.OFF)]
    return [f"• {_USES[right].format(recorded=recorded)}" for right in shown]
