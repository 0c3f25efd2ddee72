"""Every way of using a camera of somebody else's, and whom each is for."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.house import buttons_of, text_of
from tests.support.lending import EPHEMERAL, KNOWN, SHARED, SHARED_HOME, Lending, Person


@dataclass
class Outcome:
    """What somebody read and got of one try, whether it did what was asked, and what Blink was asked for the owner.

    `since` is after how many requests to Blink the try itself began.
    """

    worked: bool = False
    texts: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    private: bool = True
    since: int = 0
    routes: list[str | None] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """All that was read."""
        return "\n".join(self.texts)


Try = Callable[[Lending, Person, Outcome], Awaitable[None]]


@dataclass(frozen=True)
class Use:
    """One way of using a camera of the owner's; `right` is what allows it, None where nothing does but being them."""

    name: str
    attempt: Try
    right: str | None = None
    network: bool = False  # it takes the whole network
    administrators: bool = False
    public: bool = False  # it asks for a reply that everybody sees

    def is_for(self, person: Person) -> bool:
        """Say whether it is to work."""
        if person.owner or (self.administrators and person.administrator):
            return True
        if self.right == KNOWN:
            return person.knows
        return self.right in person.rights and (not self.network or person.scope == "network")

    async def tried(self, lending: Lending, person: Person) -> Outcome:
        """Try it."""
        outcome = Outcome(since=len(lending.house.blink.requests))
        await self.attempt(lending, person, outcome)
        outcome.routes = lending.asked(outcome.since)
        return outcome


def _read(lending: Lending, outcome: Outcome, message: dict[str, Any], person: Person) -> dict[str, Any]:
    """Take down what somebody sees in a message: its words, its buttons and menus, its files."""
    outcome.texts.append(text_of(message) + json.dumps(message["components"], ensure_ascii=False))
    outcome.files += [lending.discord.file(one["url"]) for one in message["attachments"]]
    outcome.private = person.place.guild is None or bool(message["flags"] & EPHEMERAL)
    return message


def _recording(command: str, *, by_name: bool = False, share: bool = False) -> Try:
    async def attempt(lending: Lending, person: Person, outcome: Outcome) -> None:
        camera = SHARED.lower() if by_name else lending.camera(person)
        options = {"camera": camera, **({"public": True} if share else {})}
        message = _read(lending, outcome, await lending.use(person, command, **options), person)
        outcome.worked = _got(lending, message, command)

    return attempt


def _got(lending: Lending, message: dict[str, Any], command: str) -> bool:
    """Say whether a reply has what the shared camera has filmed last."""
    file = lending.file_of(message)
    if file is None:
        return False
    if command == "snapshot":
        return file == lending.zebra.pictures(lending.house.world.clock())[-1].jpeg
    return file == lending.zebra.made[-1].mp4


def _button(act: str, command: str) -> Try:
    async def attempt(lending: Lending, person: Person, outcome: Outcome) -> None:
        pressed = await lending.press(person, f"cam:{act}:{lending.camera(person)}:{person.user.id}")
        outcome.worked = _got(lending, _read(lending, outcome, pressed, person), command)

    return attempt


async def _clips(lending: Lending, person: Person, outcome: Outcome) -> None:
    for camera in (lending.zebra, lending.quokka, lending.lemur):
        camera.record_motion(datetime.now(UTC) - timedelta(minutes=1))
    message = _read(lending, outcome, await lending.use(person, "recordings"), person)
    outcome.worked = SHARED in text_of(message) and "Choose a recording" in outcome.seen


async def _choose(lending: Lending, person: Person, outcome: Outcome) -> None:
    message = await _chosen(lending, person)
    _read(lending, outcome, message, person)
    outcome.worked = lending.file_of(message) == lending.zebra.made[-1].mp4


async def _chosen(lending: Lending, person: Person) -> dict[str, Any]:
    one = lending.zebra.record_motion((datetime.now(UTC) - timedelta(minutes=1)).replace(microsecond=0))
    asked = lending.choice(person, f"cloud.{one.media_id}.{int(one.created_at.timestamp())}")
    return await lending.press(person, f"clips:choose:0:{person.user.id}", asked)


async def _delete(lending: Lending, person: Person, outcome: Outcome) -> None:
    await _chosen(lending, person)
    rows = lending.house.rows("SELECT id FROM clip_jobs WHERE user_id = ? ORDER BY created_at DESC", person.user.id)
    job = rows[0][0] if rows else _job_of(lending, lending.alice)
    outcome.since = len(lending.house.blink.requests)
    _read(lending, outcome, await lending.press(person, f"media:delete:{job}"), person)
    outcome.worked = lending.zebra.made[-1].deleted_at is not None


async def _cameras(lending: Lending, person: Person, outcome: Outcome) -> None:
    message = _read(lending, outcome, await lending.use(person, "cameras"), person)
    outcome.worked = SHARED in text_of(message)


def _arming(command: str, armed: bool) -> Try:
    async def attempt(lending: Lending, person: Person, outcome: Outcome) -> None:
        network = lending.zebra.network
        network.armed = not armed
        message = await lending.use(person, command, system=lending.network(person))
        _read(lending, outcome, message, person)
        if "Yes, disarm it" in buttons_of(message):
            button = buttons_of(message)["Yes, disarm it"]
            used = await lending.discord.click(person.user, message["id"], button)
            _read(lending, outcome, await lending.over(used, unlike=text_of(message)), person)
        elif not armed:  # the answer to a question that was never asked
            button = f"sw:off:{lending.network(person)}:{person.user.id}"
            _read(lending, outcome, await lending.press(person, button), person)
        outcome.worked = network.armed is armed

    return attempt


async def _motion(lending: Lending, person: Person, outcome: Outcome) -> None:
    lending.zebra.enabled = True
    message = await lending.use(person, "motion", camera=lending.camera(person), state="off")
    _read(lending, outcome, message, person)
    outcome.worked = not lending.zebra.enabled


def _foreign(template: str) -> Try:
    async def attempt(lending: Lending, person: Person, outcome: Outcome) -> None:
        pressed = await lending.press(person, template.format(job=_job_of(lending, lending.alice)))
        _read(lending, outcome, pressed, person)
        outcome.worked = "Not yours" not in text_of(pressed)

    return attempt


def _job_of(lending: Lending, user: Any) -> str:
    """Return somebody's first clip."""
    [(job,)] = lending.house.rows("SELECT id FROM clip_jobs WHERE user_id = ? ORDER BY created_at LIMIT 1", user.id)
    return job


def _typing(command: str, option: str, wanted: str) -> Try:
    async def attempt(lending: Lending, person: Person, outcome: Outcome) -> None:
        await _others(lending, outcome)

        async def offered() -> bool:
            choices = await lending.discord.autocomplete(
                person.user, person.place, command, {option: ""}, focused=option
            )
            outcome.texts.append(json.dumps(choices, ensure_ascii=False))
            return any(wanted in one["name"] for one in choices)

        for _ in range(4 if person.rights else 1):  # what is not known in time is offered a moment later
            outcome.worked = await offered()
            if outcome.worked:
                return

    return attempt


async def _list(lending: Lending, person: Person, outcome: Outcome) -> None:
    message = _read(lending, outcome, await lending.use(person, "share list"), person)
    outcome.worked = any(
        words in text_of(message) for words in (SHARED, SHARED_HOME, "Shared by others in this server")
    )


async def _others(lending: Lending, outcome: Outcome) -> str:
    """Return the id of what the owner shares with somebody else; the try begins after that."""
    share = lending.granted(lending.zoe) or await lending.share(lending.zoe)
    outcome.since = len(lending.house.blink.requests)
    return share


async def _revoke(lending: Lending, person: Person, outcome: Outcome) -> None:
    share = await _others(lending, outcome)
    _read(lending, outcome, await lending.use(person, "share remove", share=share), person)
    outcome.worked = lending.granted(lending.zoe) is None


async def _revoke_button(lending: Lending, person: Person, outcome: Outcome) -> None:
    share = await _others(lending, outcome)
    pressed = await lending.press(person, f"share:stop:{share}:{person.user.id}")
    _read(lending, outcome, pressed, person)
    outcome.worked = lending.granted(lending.zoe) is None


async def _revoke_menu(lending: Lending, person: Person, outcome: Outcome) -> None:
    share = await _others(lending, outcome)
    pressed = await lending.press(person, f"share:choose:{person.user.id}", share)
    _read(lending, outcome, pressed, person)
    outcome.worked = lending.granted(lending.zoe) is None


async def _pass_on(lending: Lending, person: Person, outcome: Outcome) -> None:
    friend = lending.zoe if person.place.guild else person.user  # in a direct message there are no others to choose
    message = await lending.use(person, "share add", who=friend, camera=lending.camera(person), preset="use")
    _read(lending, outcome, message, person)
    outcome.worked = "may now" in text_of(message)


USES = (
    Use("clip by choice", _recording("clip"), "clip"),
    Use("clip by name", _recording("clip", by_name=True), "clip"),
    Use("snapshot", _recording("snapshot"), "snapshot"),
    Use("recordings", _clips, "recent"),
    Use("a recording", _choose, "recent"),
    Use("deleting at Blink", _delete),
    Use("cameras", _cameras, "status"),
    Use("clip button", _button("clip", "clip"), "clip"),
    Use("snapshot button", _button("snap", "snapshot"), "snapshot"),
    Use("arm", _arming("arm", armed=True), "arm", network=True),
    Use("disarm", _arming("disarm", armed=False), "arm", network=True),
    Use("motion", _motion, "arm"),
    Use("clip shared", _recording("clip", by_name=True, share=True), public=True),
    Use("another's again", _foreign("clip:again:{job}")),
    Use("another's snap", _foreign("clip:snap:{job}")),
    Use("another's pick", _foreign("clip:pick:{job}:0")),
    Use("another's deleting", _foreign("media:ask:{job}")),
    Use("typing clip", _typing("clip", "camera", SHARED), "clip"),
    Use("typing snapshot", _typing("snapshot", "camera", SHARED), "snapshot"),
    Use("typing recordings", _typing("recordings", "camera", SHARED), "recent"),
    Use("typing arm", _typing("arm", "system", SHARED_HOME), "arm", network=True),
    Use("typing disarm", _typing("disarm", "system", SHARED_HOME), "arm", network=True),
    Use("typing motion", _typing("motion", "camera", SHARED), "arm"),
    Use("typing share add", _typing("share add", "camera", SHARED)),
    Use("typing share remove", _typing("share remove", "share", "zoe"), administrators=True),
    Use("share list", _list, KNOWN, administrators=True),
    Use("share remove", _revoke, administrators=True),
    Use("stop button", _revoke_button, administrators=True),
    Use("stop menu", _revoke_menu, administrators=True),
    Use("share add", _pass_on),
)
