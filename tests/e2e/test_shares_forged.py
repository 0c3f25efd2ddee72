"""What no client would send: others' ids and choices, cameras beyond the share, and values that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from simulators.blink import Recording
from simulators.demo.tls import Authority
from tests.support.house import built, key_of, text_of
from tests.support.lending import LOOKS, QUICK, SECRET, Lending, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = "x" * 6000
WRONG = {
    "another camera of the owner": "of.{alice}.{quokka}",
    "a camera of another network": "of.{alice}.{lemur}",
    "the network of the camera": "of.{alice}.network.{home}",
    "another network": "of.{alice}.network.{cabin}",
    "another camera as one's own": "{quokka}",
    "the network as one's own": "network.{home}",
    "the camera as a stranger's": "of.{mallory}.{zebra}",
    "the camera as lent by oneself": "of.{bob}.{zebra}",
    "lent twice": "of.{alice}.of.{alice}.{zebra}",
    "another kind of camera": "of.{alice}.owl.{home}.{camera}",
    "another camera by name": "quokka nursery",
    "another camera by name and owner": "quokka nursery (alice's)",
    "a name within the owner's": "of.{alice}.quokka nursery",
    "nobody's": "of.0.{zebra}",
    "numbers that are too large": "of.99999999999999999999.camera.99999999999999999999.99999999999999999999",
    "numbers of another script": "of.\N{ARABIC-INDIC DIGIT ONE}.{zebra}",
    "nothing of somebody's": "of.{alice}.",
    "no number": "of.alice.{zebra}",
    "a quote": "' OR 1=1 --",
    "a pattern": "of.{alice}.%",
    "a null": "of.{alice}.\0",
    "far too long": LONG,
    "lent and far too long": "of.{alice}." + LONG,
}
RECORDINGS = {
    "of another camera": "of.{alice}.cloud.{media}.{at}",
    "of another camera as one's own": "cloud.{media}.{at}",
    "of the camera as one's own": "cloud.{shared_media}.{at}",
    "as a stranger's": "of.{mallory}.cloud.{shared_media}.{at}",
    "too late": "of.{alice}.cloud.{media}.99999999999",
    "with a number that is too large": "of.{alice}.cloud.999999999999999999.0",
    "on a drive that is none": "of.{alice}.usb.{home}.{at}.QuokkaNursery",
    "with digits that are none": "of.{alice}.cloud.\N{SUPERSCRIPT TWO}.{at}",
    "nothing": "",
    "far too long": "of.{alice}.cloud." + "1" * 6000,
}
COMMANDS: dict[str, dict[str, Any]] = {
    "clip": {"camera": ""},
    "snapshot": {"camera": ""},
    "recordings": {"camera": ""},
    "motion": {"camera": "", "state": "off"},
    "arm": {"system": ""},
    "disarm": {"system": ""},
}
PRESSED = (  # which a button of ours can carry
    "another camera of the owner",
    "a camera of another network",
    "the network of the camera",
    "another network",
    "another camera as one's own",
    "the network as one's own",
    "the camera as a stranger's",
    "the camera as lent by oneself",
    "another kind of camera",
    "nobody's",
)
BUTTONS = ("cam:clip:{choice}:{bob}", "cam:snap:{choice}:{bob}", "sw:on:{choice}:{bob}", "sw:off:{choice}:{bob}")
NOBODIES = ("everybody", "a bot", "oneself", "somebody who is not here", "an id that nobody has")


@dataclass
class ForgedScene:
    """Bob, who may use one camera of alice's and has his own; mallory, who has only her own; and what is theirs."""

    lending: Lending
    bob: Person
    mallory: Person
    share: str
    hers: Recording
    shared: Recording

    def filled(self, template: str) -> str:
        """Return a value with the ids of this scene."""
        lending = self.lending
        return template.format(
            alice=lending.alice.id,
            bob=self.bob.user.id,
            mallory=self.mallory.user.id,
            zebra=key_of(lending.zebra),
            quokka=key_of(lending.quokka),
            lemur=key_of(lending.lemur),
            home=lending.zebra.network.id,
            cabin=lending.lemur.network.id,
            camera=lending.zebra.id,
            media=self.hers.media_id,
            shared_media=self.shared.media_id,
            at=int(self.hers.created_at.timestamp()),
        )

    @property
    def given(self) -> list[Any]:
        """Return all shares."""
        return self.lending.house.rows("SELECT id, grantee_id, scope, rights FROM grants ORDER BY id")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> AsyncIterator[ForgedScene]:
    async with built(tmp_path_factory.mktemp("forged"), authority) as house:
        lending = Lending(house)
        await house.link(lending.alice, lending.account)
        persons: list[Person] = []
        for name in ("bob", "mallory"):
            user, account = house.resident(name)
            account.add_network("Flat").add_camera("Balcony", behaviour=QUICK)
            await house.link(user, account)
            persons.append(Person(name, user, house.channel))
        moment = (datetime.now(UTC) - timedelta(minutes=2)).replace(microsecond=0)
        hers, shared = lending.quokka.record_motion(moment), lending.zebra.record_motion(moment)
        async with house.bot():
            share = await lending.share(persons[0].user)
            yield ForgedScene(lending, *persons, share, hers, shared)


async def refused(scene: ForgedScene, used: Any, *, unlike: str = "") -> None:
    """Wait for the answer, and see that it tells and gives nothing, and that Blink was at most looked at."""
    wrong = await wrongs(scene, "it", used, unlike=unlike)
    assert not wrong, wrong


async def wrongs(scene: ForgedScene, which: str, used: Any, *, unlike: str = "") -> list[str]:
    """Wait for the answer, and return all that it tells or gives, and for what Blink was asked but a look."""
    before = len(scene.lending.house.blink.requests)
    answer = await scene.lending.over(used, unlike=unlike)
    text = text_of(answer)
    beyond = set(scene.lending.asked(before)) - (LOOKS | {"media"})
    found = {
        "no words": not text,
        "a failure": "Something broke" in text,
        "a name": any(name in text + str(answer["components"]) for name in SECRET),
        "a file": answer["attachments"] != [],
        f"Blink was asked for {beyond}": bool(beyond),
    }
    return [f"{which}: {what}: {text}" for what, is_so in found.items() if is_so]


@pytest.mark.parametrize("who", ["bob", "mallory"])
@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_takes_no_choice_beyond_the_share(scene: ForgedScene, command: str, who: str) -> None:
    person, wrong = getattr(scene, who), list[str]()
    for name, template in WRONG.items():
        options = {option: value or scene.filled(template) for option, value in COMMANDS[command].items()}
        used = await scene.lending.discord.forge_slash(person.user, person.place, command, options)
        wrong += await wrongs(scene, name, used)
    assert not wrong, "\n\n".join(wrong)


async def _forged(scene: ForgedScene, name: str, **data: Any) -> list[str]:
    """Let Bob use a component that he was not given, and return what is wrong with the answer."""
    under = await scene.lending.under(scene.bob)
    used = await scene.lending.discord.forge(scene.bob.user, under["id"], data)
    return await wrongs(scene, name, used, unlike=text_of(under))


@pytest.mark.parametrize("share", [0, 1])
async def test_the_menu_brings_no_recording_beyond_the_share(scene: ForgedScene, share: int) -> None:
    custom_id, wrong = f"clips:choose:{share}:{scene.bob.user.id}", list[str]()
    for name, template in RECORDINGS.items():
        wrong += await _forged(scene, name, custom_id=custom_id, component_type=3, values=[scene.filled(template)])
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("button", BUTTONS)
async def test_a_button_takes_no_choice_beyond_the_share(scene: ForgedScene, button: str) -> None:
    wrong = list[str]()
    for name in PRESSED:
        custom_id = button.format(choice=scene.filled(WRONG[name]), bob=scene.bob.user.id)
        wrong += await _forged(scene, name, custom_id=custom_id, component_type=2)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("share", ["{share}", "", "' OR 1=1 --", "%", LONG])
async def test_nobody_revokes_what_another_gave(scene: ForgedScene, share: str) -> None:
    lending, before = scene.lending, scene.given
    for person in (scene.bob, scene.mallory):
        value = share.format(share=scene.share)
        used = await lending.discord.forge_slash(person.user, person.place, "share remove", {"share": value})
        await refused(scene, used)
    pressed = await lending.press(scene.mallory, f"share:stop:{scene.share}:{lending.alice.id}")
    assert "Not yours" in text_of(pressed)
    assert scene.given == before


@pytest.mark.parametrize("nobody", NOBODIES)
async def test_a_share_goes_to_nobody_but_people_and_roles_of_the_server(scene: ForgedScene, nobody: str) -> None:
    lending, before = scene.lending, scene.given
    discord, channel = lending.discord, lending.house.channel
    match nobody:
        case "everybody":
            who: Any = channel.guild.everyone
        case "oneself":
            who = lending.alice
        case _:
            who = discord.add_user("outsider", lending.elsewhere.guild)
    resolved = discord.resolved(channel, who) if nobody != "an id that nobody has" else None
    if nobody == "a bot" and resolved:
        resolved["users"][str(who.id)]["bot"] = True
    options = {"who": str(who.id), "camera": key_of(lending.zebra), "preset": "use"}
    await refused(scene, await discord.forge_slash(lending.alice, channel, "share add", options, resolved=resolved))
    assert scene.given == before


@pytest.mark.parametrize(
    "wrong",
    [
        "of.{alice}.{zebra}",
        "{zebra}",
        "zebra door",
        "Zebra Door (alice's)",
        "network.{home}",
        "of.{alice}.network.{home}",
        LONG,
        "",
    ],
)
async def test_what_was_shared_cannot_be_passed_on(scene: ForgedScene, wrong: str) -> None:
    lending, before, channel = scene.lending, scene.given, scene.lending.house.channel
    options = {"who": str(lending.zoe.id), "camera": scene.filled(wrong), "preset": "use"}
    resolved = lending.discord.resolved(channel, lending.zoe)
    used = await lending.discord.forge_slash(scene.bob.user, channel, "share add", options, resolved=resolved)
    await refused(scene, used)
    assert scene.given == before


@pytest.mark.parametrize(
    "limits",
    [
        {"until": "-1d"},
        {"until": "0h"},
        {"until": "9999w"},
        {"until": "2020-01-01"},
        {"until": "9" * 40},
        {"until": "now"},
        {"until": LONG},
        {"hours": "25:00-26:00"},
        {"hours": "08:00-08:00"},
        {"hours": "08:60-09:00"},
        {"hours": "always"},
        {"hours": LONG},
    ],
    ids=str,
)
async def test_limits_that_are_none_give_nothing(scene: ForgedScene, limits: dict[str, str]) -> None:
    lending, before, channel = scene.lending, scene.given, scene.lending.house.channel
    options = {"who": str(lending.zoe.id), "camera": key_of(lending.zebra), "preset": "use", **limits}
    resolved = lending.discord.resolved(channel, lending.zoe)
    await refused(
        scene, await lending.discord.forge_slash(lending.alice, channel, "share add", options, resolved=resolved)
    )
    assert scene.given == before
