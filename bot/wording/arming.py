"""The answers of `/arm`, `/disarm` and `/motion`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from bot.blink import Busy
from bot.cameras import Found, Switch, switching
from bot.models import ALL

from . import any_command, share_refusals
from .cards import Button, Card, Tone, ago, capital, plain

_MOST_BUTTONS = 25
_TITLES = {False: "Your systems", True: "Your cameras"}  # by whether it is about motion detection
_ALL = "🛡️ All your systems"
_MOST_NAMED = 10
_STILL_CLIPS = "`/clip` and `/snapshot` work all the same."
_ONE_AT_A_TIME = "A system does one thing at a time."

GONE = Card("No longer there", "**Your Blink account no longer has it.** `/cameras` shows what there is.", Tone.WAITING)
KEPT = Card("Nothing was changed", "**Nothing was changed.** Blink was not asked.", Tone.GOOD)


def choose(found: Found, asked: str, *, on: bool, motion: bool, owner: int) -> Card:
    """Return the question which system or camera is meant, with a button for each candidate."""
    what = "camera" if motion else "system"
    offered = (found.meant or found.offered)[:_MOST_BUTTONS]
    if not offered:
        can = "turn on or off" if motion else "arm or disarm"
        text = (
            f"**There is no {what} that you can {can} here.** Add one to your own Blink account in the Blink app, or"
            f" ask somebody to let you `arm` {'one' if motion else 'a whole one'} of theirs."
        )
        return Card(_TITLES[motion], text, Tone.WAITING)
    if found.meant:
        headline = f"**Several {what}s are called “{plain(asked, 80)}”.**"
    elif asked:
        headline = f"**There is no {what} “{plain(asked, 80)}”.**"
    else:
        headline = f"**You have several {what}s.**"
    act = "on" if on else "off" if motion else "ask"
    buttons = tuple(_button(act, one.choice, owner, one.label) for one in offered)
    lines = [headline, "Pick the one you mean."]
    if not motion and not asked:
        states = [(one.label, state(one)) for one in offered]
        lines[1:1] = [f"• {plain(label, 80)}: {stands}" for label, stands in states if stands]
        if sum(one.share is None for one in offered) > 1:
            buttons = (_button(act, ALL, owner, "All of your own"), *buttons)
    return Card(_TITLES[motion], "\n".join(lines), Tone.WAITING, buttons=buttons)


def confirm_disarm(switch: Switch, *, owner: int) -> Card:
    """Return the question before a system is disarmed."""
    return Card(
        _title(switch),
        f"**Disarm “{plain(switch.name, 80)}”?** Its cameras then record no motion until it is armed again."
        f" {_STILL_CLIPS}",
        Tone.WAITING,
        buttons=(
            _button("off", switch.choice, owner, "Yes, disarm it", "danger"),
            _button("keep", switch.choice, owner, "Do not disarm"),
        ),
    )


def confirm_disarm_all(systems: Sequence[Switch], *, owner: int) -> Card:
    """Return the question before all systems of a person's own are disarmed."""
    names = ", ".join(f"“{plain(one.label, 60)}”" for one in systems[:_MOST_NAMED])
    more = f" and {len(systems) - _MOST_NAMED} more" if len(systems) > _MOST_NAMED else ""
    return Card(
        _ALL,
        f"**Disarm all your systems?** These are {names}{more}. Their cameras then record no motion until they are"
        f" armed again. {_STILL_CLIPS}",
        Tone.WAITING,
        buttons=(
            _button("off", ALL, owner, "Yes, disarm all", "danger"),
            _button("keep", ALL, owner, "Do not disarm"),
        ),
    )


def progress(switch: Switch, step: switching.SwitchStep, *, on: bool, since: datetime) -> Card:
    """Return the progress of a switch; it stays true if the bot stops in the middle."""
    match step:
        case Busy():
            text, tone = f"**Blink is busy.** {_said(step.code, step.message)} Asking again.", Tone.WAITING
        case switching.Held():
            text, tone = f"**A clip or picture of this system is under way.** {_ONE_AT_A_TIME}", Tone.WAITING
        case switching.Begun():
            text, tone = f"**Asking Blink to {_act(switch, on)}…**", Tone.WORKING
    doubt = f"Begun {ago(since)}. Should I be interrupted, this stays as it is, and {_look(switch)}."
    return Card(_title(switch), f"{text}\n{doubt}", tone)


def progress_of_all(
    systems: Sequence[Switch],
    reached: Mapping[str, switching.SwitchStep | switching.SwitchEnd],
    *,
    on: bool,
    since: datetime,
) -> Card:
    """Return the progress of all systems; it stays true if the bot stops in the middle."""
    lines = [f"• {plain(one.label, 80)}: {_reached(one, reached.get(one.choice), on=on)}" for one in systems]
    doubt = f"Begun {ago(since)}. Should I be interrupted, this stays as it is, and `/cameras` shows how they stand."
    headline = f"**{'Arming' if on else 'Disarming'} all your systems…**"
    return Card(_ALL, "\n".join([headline, *lines, doubt]), Tone.WORKING)


def ended_all(ended: Sequence[tuple[Switch, switching.SwitchEnd]], *, on: bool, shared: bool, owner: int) -> Card:
    """Return how each system ended, with a button to try again if that can help; `shared`: others share some too."""
    lines = [f"• {plain(system.label, 80)}: {_reached(system, end, on=on)}" for system, end in ended]
    ends = [end for _, end in ended]
    done = sum(isinstance(end, switching.Done | switching.Already) for end in ends)
    state = "armed" if on else "disarmed"
    if done == len(ends):
        headline = f"All your systems are {state}."
    elif done:
        headline = f"{done} of your {len(ends)} systems {'is' if done == 1 else 'are'} {state}."
    else:
        headline = f"I could not {'arm' if on else 'disarm'} your systems."
    own = "Systems that others share with you are left as they are." if shared else ""
    retry = (_button("on" if on else "off", ALL, owner, "Retry", "primary"),) if done < len(ends) else ()
    well = any(isinstance(end, switching.Done) and end.none_enabled for end in ends)
    tone = Tone.BAD if not done else Tone.WAITING if done < len(ends) or well else Tone.GOOD
    return Card(_ALL, "\n".join(filter(None, [f"**{headline}**", *lines, own])), tone, buttons=retry)


def _reached(switch: Switch, reached: switching.SwitchStep | switching.SwitchEnd | None, *, on: bool) -> str:
    """Say in a few words how far one of all systems has come."""
    state = "armed" if on else "disarmed"
    match reached:
        case None:
            return "…"
        case switching.Begun():
            return "asking Blink…"
        case switching.Held():
            return "a clip or picture of it is under way; waiting…"
        case Busy(code=code, message=message):
            return f"Blink is busy. {_said(code, message)} Asking again…"
        case switching.Already():
            return f"was {state} already"
        case switching.Done(none_enabled=True):
            return "armed, but none of its cameras records motion; `/motion` turns it on"
        case switching.Done():
            return state
        case switching.GaveUp(busy=busy):
            if busy is None:
                return "not changed: a clip or picture of it is under way"
            return f"not changed: Blink is busy. {_said(busy.code, busy.message)}"
        case switching.NotDone(why=why, stands=stands, code=code, message=message):
            said = "no clear answer came in time" if why is switching.Why.UNCONFIRMED else _said(code, message)
            listed = "Blink lists it as armed now." if stands else "Blink lists it as disarmed now."
            seen = listed if stands is not None else "How it stands now I could not see."
            return f"not confirmed: {said.rstrip('.')}. {seen}"
        case switching.Trouble(error=error):
            return f"not changed: {any_command.headline(error)}"
        case switching.Offline() | switching.Revoked() | switching.TooOften():
            return "not changed"


def ended(switch: Switch, end: switching.SwitchEnd, *, on: bool, owner: int) -> Card:
    """Return how a switch ended, with a button to try again if that can help."""
    retry = (_button("on" if on else "off", switch.choice, owner, "Retry", "primary"),)
    title = _title(switch)
    match end:
        case switching.Done(none_enabled=True):
            text = f"**“{plain(switch.name, 80)}” is armed, but none of its cameras records motion.**"
            step = "Motion detection is off on all of them; `/motion` turns it on."
            return Card(title, f"{text}\n{step}", Tone.WAITING)
        case switching.Done() | switching.Already():
            return Card(title, f"**{capital(_is(switch, on))}.** {_meaning(switch, on)}", Tone.GOOD)
        case switching.Offline():
            text = f"**“{plain(switch.name, 80)}” is offline, so nothing was changed.** Blink has lost contact with it."
            step = "Check its power or battery and its Wi-Fi, then press **Retry**."
            return Card(title, f"{text}\n{step}", Tone.BAD, buttons=retry)
        case switching.Revoked():
            return share_refusals.NOT_SHARED
        case switching.TooOften(again_at=again_at):
            assert switch.share is not None
            text = share_refusals.too_often(switch.share.owner_name, again_at)
            return Card(title, f"**Nothing was changed.** {text}", Tone.WAITING, buttons=retry)
        case switching.GaveUp(busy=busy):
            if busy is None:
                text = f"**A clip or picture of this system is under way, so nothing was changed.** {_ONE_AT_A_TIME}"
                step = "Press **Retry** when it is over."
            else:
                text = f"**Blink is busy, so nothing was changed.** {_said(busy.code, busy.message)} {_ONE_AT_A_TIME}"
                step = "Close live views in the Blink app, wait a moment, then press **Retry**."
            return Card(title, f"{text}\n{step}", Tone.BAD, buttons=retry)
        case switching.NotDone():
            return _not_done(switch, end, on=on, retry=retry)
        case switching.Trouble(error=error):
            return any_command.failed(error, owner=switch.share.owner_name if switch.share else None)


def _not_done(switch: Switch, end: switching.NotDone, *, on: bool, retry: tuple[Button, ...]) -> Card:
    match end.why:
        case switching.Why.REFUSED:
            headline, said = f"Blink refused to {_act(switch, on)}", _said(end.code, end.message)
        case switching.Why.FAILED:
            headline, said = f"Blink could not {_act(switch, on)}", _said(end.code, end.message)
        case switching.Why.UNCONFIRMED:
            headline, said = f"Blink has not confirmed that {_is(switch, on)}", "No clear answer came in time."
    if end.stands is None:
        stands = f"How it stands now I could not see: {_look(switch)} later, or press **Retry**."
    elif end.stands is on:
        stands = f"Yet Blink lists it so now: **{_is(switch, on)}.**"
    else:
        stands = f"Blink lists now: **{_is(switch, not on)}.** Press **Retry**, or use the Blink app."
    tone = Tone.WAITING if end.stands is on else Tone.BAD
    return Card(_title(switch), f"**{headline}.** {said}\n{stands}", tone, buttons=retry)


def _look(switch: Switch) -> str:
    """Say where to see a switch's state; guests may turn some that they may not see."""
    return f"`/cameras` shows how it stands{', if that is shared with you' if switch.share else ''}"


def _title(switch: Switch) -> str:
    return f"🔔 {plain(switch.label, 120)}" if switch.camera else f"🛡️ {plain(switch.name, 80)}"


def _act(switch: Switch, on: bool) -> str:
    name = plain(switch.name, 80)
    if switch.camera:
        return f"turn motion detection of “{name}” {'on' if on else 'off'}"
    return f"{'arm' if on else 'disarm'} “{name}”"


def _is(switch: Switch, on: bool) -> str:
    name = plain(switch.name, 80)
    if switch.camera:
        return f"motion detection of “{name}” is {'on' if on else 'off'}"
    return f"“{name}” is {'armed' if on else 'disarmed'}"


def _meaning(switch: Switch, on: bool) -> str:
    if switch.camera:
        return f"It records {'motion' if on else 'no motion, also'} while its system is armed."
    if on:
        return "Its cameras record motion, except those whose motion detection is off."
    return f"Its cameras record no motion until it is armed again. {_STILL_CLIPS}"


def _said(code: int | None, message: str) -> str:
    number = f" (code {code})" if code is not None else ""
    return f"Blink said “{plain(message) or 'nothing'}”{number}."


def state(switch: Switch) -> str:
    """Return how a system stands; "" if that is not known."""
    return "" if switch.on is None else "armed" if switch.on else "disarmed"


def _button(
    act: str, choice: str, owner: int, label: str, style: Literal["primary", "secondary", "danger"] = "secondary"
) -> Button:
    return Button(label, f"sw:{act}:{choice}:{owner}", style)
