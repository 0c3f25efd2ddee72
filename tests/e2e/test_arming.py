"""`/arm`, `/disarm` and `/motion`: what Blink is asked, how the reply ends, and that it never says what is not so."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from simulators.blink import Behaviour, Camera, Failure, Fault
from simulators.discord import Fault as DiscordFault
from tests.support.arming import STAYS, drawn, home_of, over, press, use
from tests.support.house import BOT_TOKEN, CALLBACK, buttons_of, key_of, session, text_of
from tests.support.lodgers import arranged, cleared, lodging, street
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

EPHEMERAL = 1 << 6
QUICKLY = Behaviour.quick()
NEVER = Behaviour.quick(never_completes=True)
FAILS = Behaviour.quick(fail=Failure(status_msg="Sync module did not answer", status_code=77))


async def test_arm_arms_the_only_network_and_cameras_shows_it_at_once(street: Street) -> None:
    async with street.house.bot():
        before = text_of(await over(await use(street, "cameras")))
        assert before.count("not armed") == 3
        reply = await over(await use(street, "arm"))
        assert "“Home” is armed." in text_of(reply)
        assert reply["flags"] & EPHEMERAL
        assert buttons_of(reply) == {}
        assert "not armed" not in text_of(await over(await use(street, "cameras")))
    assert home_of(street).armed
    assert len(street.house.blink.asked("arm")) == 1


async def test_a_question_is_answered_though_the_connection_was_reset(street: Street) -> None:
    home_of(street).armed = True
    async with street.house.bot():
        question = await over(await use(street, "disarm"))
        street.house.discord.faults.append(fault := DiscordFault("POST", CALLBACK, action="reset"))
        assert "Nothing was changed" in text_of(await press(street, question, "Do not disarm"))
    assert fault.hits == 1


async def test_disarm_asks_first(street: Street) -> None:
    home_of(street).armed = True
    async with street.house.bot():
        question = await over(await use(street, "disarm", system="home"))
        assert "Disarm “Home”?" in text_of(question)
        assert list(buttons_of(question)) == ["Yes, disarm it", "Do not disarm"]
        assert home_of(street).armed
        kept = await press(street, question, "Do not disarm")
        assert "Nothing was changed" in text_of(kept)
        assert (home_of(street).armed, buttons_of(kept)) == (True, {})
        question = await over(await use(street, "disarm"))
        done = await press(street, question, "Yes, disarm it")
    assert "“Home” is disarmed." in text_of(done)
    assert (home_of(street).armed, buttons_of(done)) == (False, {})
    assert len(street.house.blink.asked("disarm")) == 1


@pytest.mark.parametrize("act", ["ask", "on", "off", "keep"])
async def test_nobody_else_can_press_the_buttons(street: Street, act: str) -> None:
    house, mallory = street.house, street.house.discord.add_user("mallory")
    home_of(street).armed = act != "on"
    custom_id = f"sw:{act}:network.{home_of(street).id}:{street.alice.id}"
    button = {"type": 2, "style": 4, "label": "Press", "custom_id": custom_id}
    body = {"content": "a copy", "components": [{"type": 1, "components": [button]}]}
    async with house.bot(), session(house) as http:
        address = f"https://discord.com/api/v10/channels/{house.channel.id}/messages"
        async with http.post(address, json=body, headers={"Authorization": f"Bot {BOT_TOKEN}"}) as response:
            sent = await response.json()
        click = await house.discord.click(mallory, sent["id"], custom_id)
        answer = await until(lambda: click.message)
    assert "Not yours" in text_of(answer)
    assert answer["flags"] & EPHEMERAL
    assert house.blink.asked("arm", "disarm") == []


async def test_a_button_that_names_another_households_network_finds_nothing(street: Street) -> None:
    house = street.house
    bob, account = house.resident("bob")
    flat = account.add_network("Flat", armed=True)
    flat.add_camera("Balcony", behaviour=QUICKLY)
    await house.link(bob, account)
    custom_id = f"sw:off:network.{flat.id}:{street.alice.id}"
    button = {"type": 2, "style": 4, "label": "Press", "custom_id": custom_id}
    body = {"content": "a copy", "components": [{"type": 1, "components": [button]}]}
    async with house.bot(), session(house) as http:
        address = f"https://discord.com/api/v10/channels/{house.channel.id}/messages"
        async with http.post(address, json=body, headers={"Authorization": f"Bot {BOT_TOKEN}"}) as response:
            sent = await response.json()
        await house.discord.click(street.alice, sent["id"], custom_id)
        await until(lambda: "no longer has it" in text_of(house.shown(street.alice, sent)))
        reply = await over(await use(street, "arm", system=f"network.{flat.id}"))
    assert "There is no system" in text_of(reply)
    assert flat.armed
    assert house.blink.asked("arm", "disarm") == []


async def test_in_the_bots_own_messages_the_reply_is_a_normal_one(street: Street) -> None:
    dm = street.alice.open_dm()
    async with street.house.bot():
        reply = await over(await use(street, "arm", place=dm))
        assert not reply["flags"] & EPHEMERAL
        question = await over(await use(street, "disarm", place=dm))
        assert "is disarmed" in text_of(await press(street, question, "Yes, disarm it"))


async def test_two_networks_of_one_name_are_told_apart(street: Street) -> None:
    other = street.account.add_network("home")
    other.add_camera("Barn", behaviour=QUICKLY)
    async with street.house.bot():
        offered = await street.house.discord.autocomplete(
            street.alice, street.house.channel, "arm", {"system": "hom"}, focused="system"
        )
        assert [one["name"] for one in offered] == [
            "home · Barn · disarmed",
            "Home · Doorbell, Front Door, Kitchen · disarmed",
        ]
        reply = await over(await use(street, "arm", system=offered[0]["value"]))
        assert "“home” is armed" in text_of(reply)
        assert (other.armed, home_of(street).armed) == (True, False)
        question = await over(await use(street, "disarm", system="HOME"))
        assert "Several systems are called “HOME”" in text_of(question)
        assert list(buttons_of(question)) == ["home · Barn", "Home · Doorbell, Front Door, Kitchen"]
        sure = await press(street, question, "home · Barn")
        assert "Disarm “home”?" in text_of(sure)
        assert other.armed
        await press(street, sure, "Yes, disarm it")
    assert (other.armed, home_of(street).armed) == (False, False)


async def test_networks_that_are_alike_in_everything_differ_by_a_number(street: Street) -> None:
    twins = [street.account.add_network("Shed") for _ in range(2)]
    async with street.house.bot():
        question = await over(await use(street, "arm"))
        assert {"Shed · no cameras", "Shed (2) · no cameras"} < set(buttons_of(question))
        await press(street, question, "Shed (2) · no cameras")
        assert [twin.armed for twin in twins] == [False, True]
        assert "“Shed” is armed" in text_of(await over(await use(street, "arm", system="shed")))
    assert [twin.armed for twin in twins] == [True, True]


async def test_without_a_name_and_with_several_networks_it_asks_which(street: Street) -> None:
    street.account.add_network("Cabin").add_camera("Barn", behaviour=QUICKLY)
    async with street.house.bot():
        question = await over(await use(street, "arm"))
        assert "You have several systems" in text_of(question)
        assert "“Home” is armed" in text_of(await press(street, question, "Home"))
        unknown = await over(await use(street, "arm", system="Moon"))
        assert "There is no system “Moon”" in text_of(unknown)
        assert len(buttons_of(unknown)) == 2


async def test_the_question_which_says_how_each_system_stands_and_offers_all(street: Street) -> None:
    street.account.add_network("Cabin", armed=True).add_camera("Barn", behaviour=QUICKLY)
    place = street.house.channel
    async with street.house.bot():
        question = await over(await use(street, "arm"))
        offered = await street.house.discord.autocomplete(street.alice, place, "arm", {"system": ""}, focused="system")
    assert "• Cabin: armed" in text_of(question)
    assert "• Home: disarmed" in text_of(question)
    assert next(iter(buttons_of(question))) == "All of your own"
    names = ["All", "Cabin · armed", "Home · disarmed"]
    assert [one["name"] for one in offered] == names
    assert offered[0]["value"] == "all"


async def test_all_systems_are_armed_at_once_and_what_stands_so_already_is_not_asked(street: Street) -> None:
    cabin = street.account.add_network("Cabin", armed=True)
    cabin.add_camera("Barn", behaviour=QUICKLY)
    async with street.house.bot():
        text = text_of(await over(await use(street, "arm", system="All")))
    assert "All your systems are armed." in text
    assert "• Cabin: was armed already" in text
    assert "• Home: armed" in text
    assert (cabin.armed, home_of(street).armed) == (True, True)
    assert len(street.house.blink.asked("arm")) == 1


async def test_all_systems_are_disarmed_only_after_a_question(street: Street) -> None:
    cabin = street.account.add_network("Cabin", armed=True)
    home_of(street).armed = True
    async with street.house.bot():
        question = await over(await use(street, "disarm", system="all"))
        assert "Disarm all your systems?" in text_of(question)
        assert (cabin.armed, home_of(street).armed) == (True, True)
        done = await press(street, question, "Yes, disarm all")
    assert "All your systems are disarmed." in text_of(done)
    assert (cabin.armed, home_of(street).armed) == (False, False)


async def test_the_button_of_the_question_arms_all(street: Street) -> None:
    street.account.add_network("Cabin")
    async with street.house.bot():
        question = await over(await use(street, "arm"))
        assert "All your systems are armed." in text_of(await press(street, question, "All of your own"))


async def test_a_network_that_is_younger_than_the_list_is_found(street: Street) -> None:
    async with street.house.bot():
        await over(await use(street, "cameras"))
        cabin = street.account.add_network("Cabin")
        cabin.add_camera("Barn", behaviour=QUICKLY)
        assert "“Cabin” is armed" in text_of(await over(await use(street, "arm", system="cabin")))


HOSTILE = "[x](https://evil.example) **@everyone** <@1> ||`"


async def test_a_hostile_name_is_shown_as_it_is(street: Street) -> None:
    home_of(street).name = street.front.name = HOSTILE
    async with street.house.bot():
        replies = [
            await over(await use(street, "arm")),
            await over(await use(street, "disarm")),
            await over(await use(street, "motion", camera=key_of(street.front), state="off")),
            await over(await use(street, "arm", system=HOSTILE * 3)),
            await over(await use(street, "motion", camera=HOSTILE * 3, state="on")),
            await over(await use(street, "cameras")),
        ]
    for reply in replies:
        text = text_of(reply)
        assert "@everyone" in text
        assert "[x](" not in text.replace(r"\[x](", "")
        assert "**@" not in text
        assert "<@1>" not in text.replace(r"\<@1>", "")


KINDS = {
    "front": ("/network/{network}/camera/{camera}/{word}", {}),
    "mini": ("/api/v1/accounts/{account}/networks/{network}/owls/{camera}/config", {"enabled": "{on}"}),
    "bell": ("/api/v1/accounts/{account}/networks/{network}/doorbells/{camera}/{word}", {}),
}


@pytest.mark.parametrize("which", KINDS)
async def test_motion_detection_of_each_kind_of_camera(street: Street, which: str) -> None:
    camera: Camera = getattr(street, which)
    home_of(street).armed = True
    async with street.house.bot():
        for state, on in (("off", False), ("on", True)):
            reply = await over(await use(street, "motion", camera=key_of(camera), state=state))
            assert f"Motion detection of “{camera.name}” is {state}." in text_of(reply)
            assert camera.enabled is on
            listed = text_of(await over(await use(street, "cameras")))
            assert listed.count("motion detection off") == (0 if on else 1)
    path, body = KINDS[which]
    asked = street.house.blink.asked("enable", "disable", "owl_config")
    numbers = {"account": street.account.id, "network": camera.network.id, "camera": camera.id}
    assert [one.path for one in asked] == [path.format(word=word, **numbers) for word in ("disable", "enable")]
    if body:
        assert [one.body for one in asked] == [{"enabled": False}, {"enabled": True}]


async def test_motion_for_cameras_of_one_name_asks_which(street: Street) -> None:
    barn = street.account.add_network("Cabin").add_camera("Front Door", behaviour=QUICKLY)
    async with street.house.bot():
        question = await over(await use(street, "motion", camera="front door", state="off"))
        assert "Several cameras are called “front door”" in text_of(question)
        done = await press(street, question, "Front Door · Cabin")
    assert "Motion detection of “Front Door” is off" in text_of(done)
    assert (barn.enabled, street.front.enabled) == (False, True)


async def test_armed_without_any_motion_detection_says_so(street: Street) -> None:
    for camera in street.account.cameras:
        camera.enabled = False
    async with street.house.bot():
        reply = await over(await use(street, "arm"))
        assert "“Home” is armed, but none of its cameras records motion" in text_of(reply)
        assert home_of(street).armed
        text = text_of(await over(await use(street, "cameras")))
        assert text.count("not armed · motion detection off") == 3


@pytest.mark.parametrize("shape", ["409", "307", "307-location", "200"])
async def test_busy_for_a_moment_is_shown_and_asked_again(street: Street, shape: Any) -> None:
    home_of(street).busy_for(3600, shape)
    async with street.house.bot():
        used = await use(street, "arm")
        await until(lambda: "System is busy, please wait” (code 307)" in text_of(used.message))
        home_of(street).busy_for(0)
        reply = await over(used)
    assert "“Home” is armed" in text_of(reply)
    assert [text for text in drawn(used)[1:-1] if STAYS not in text] == []
    assert [one.name for one in home_of(street).commands] == ["arm"]
    assert home_of(street).armed


@pytest.mark.parametrize(
    ("manners", "stands"),
    [(NEVER, "Yet Blink lists it so now: “Home” is armed."), (replace(NEVER, fail=True), "“Home” is disarmed.")],
    ids=["it was armed", "it was not"],
)
async def test_a_command_that_never_completes_is_looked_at(street: Street, manners: Behaviour, stands: str) -> None:
    home_of(street).setting = manners
    async with street.house.bot():
        text = text_of(reply := await over(await use(street, "arm"))).replace("*", "")
        assert "Blink has not confirmed that “Home” is armed." in text
        assert stands in text
        assert "Retry" in buttons_of(reply)
        home_of(street).setting = None
        assert "“Home” is armed" in text_of(await press(street, reply, "Retry"))
    assert len(street.house.blink.asked("done")) == 1, "the Sync Module is let go"


async def test_a_command_that_fails_ends_in_blinks_words(street: Street) -> None:
    home_of(street).setting = FAILS
    async with street.house.bot():
        text = text_of(await over(await use(street, "motion", camera="Kitchen", state="off"))).replace("*", "")
    assert "Blink could not turn motion detection of “Kitchen” off." in text
    assert "Sync module did not answer” (code 77)" in text
    assert "Blink lists now: motion detection of “Kitchen” is on." in text


ANSWERS = {
    "refused": (Fault("arm", status=400, body={"message": "Not on Sundays", "code": 5}), "Blink refused to arm “Home”"),
    "no id": (Fault("arm", body={"message": "Something else", "code": 6}), "Something else” (code 6)"),
    "nothing that is understood": (Fault("arm", body={}), "has not confirmed that “Home” is armed"),
    "broken": (Fault("arm", action="reset"), "has not confirmed that “Home” is armed"),
    "in trouble": (Fault("arm", status=503), "has not confirmed that “Home” is armed"),
    "too often": (Fault("arm", status=429), "Blink wants us to slow down"),
}


@pytest.mark.parametrize(("fault", "said"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_what_blink_does_not_do_is_said(street: Street, fault: Fault, said: str) -> None:
    street.house.blink.faults.append(fault)
    async with street.house.bot():
        text = text_of(await over(await use(street, "arm"))).replace("*", "")
    assert said in text
    if "slow down" not in said:
        assert "Blink lists now: “Home” is disarmed." in text
    assert len(street.house.blink.asked("arm")) == 1
    assert not home_of(street).armed


async def test_an_answer_that_is_lost_is_found_out(street: Street) -> None:
    street.house.blink.faults.append(Fault("arm", action="apply-then-reset"))
    async with street.house.bot():
        text = text_of(await over(await use(street, "arm"))).replace("*", "")
    assert "has not confirmed" in text
    assert "Yet Blink lists it so now: “Home” is armed." in text


async def test_where_nobody_can_look_it_says_so(street: Street) -> None:
    async with street.house.bot():
        await over(await use(street, "cameras"))
        street.house.blink.faults += [
            Fault("arm", action="apply-then-reset"),
            Fault("homescreen", times=None, status=500),
        ]
        text = text_of(await over(await use(street, "arm")))
    assert "has not confirmed" in text
    assert "How it stands now I could not see" in text


async def test_polls_that_fail_say_nothing_of_the_command(street: Street) -> None:
    street.house.blink.faults += [Fault("command", status=500), Fault("command", action="reset")]
    async with street.house.bot():
        assert "“Home” is armed." in text_of(await over(await use(street, "arm")))


async def test_an_access_token_that_is_over_is_renewed_once(street: Street) -> None:
    async with street.house.bot():
        await over(await use(street, "cameras"))
        street.account.expire_access_tokens()
        assert "“Home” is armed." in text_of(await over(await use(street, "arm")))
    assert [one.status for one in street.house.blink.asked("arm")] == [401, 200]


@pytest.mark.parametrize("command", ["arm", "disarm", "motion"])
async def test_somebody_without_a_link_or_signed_out_reads_so(street: Street, command: str) -> None:
    options = {"camera": "Front Door", "state": "off"} if command == "motion" else {}
    carol = street.house.discord.add_user("carol")
    async with street.house.bot():
        assert "No Blink account is linked" in text_of(await over(await use(street, command, user=carol, **options)))
        street.account.sign_out()
        assert "signed this bot out" in text_of(await over(await use(street, command, **options)))
    assert street.house.blink.asked("arm", "disarm", "disable") == []


async def test_autocomplete_of_networks_tells_somebody_without_a_link(street: Street) -> None:
    carol = street.house.discord.add_user("carol")
    async with street.house.bot(), asyncio.timeout(30):
        offered = ""
        while not offered or offered.startswith("Still asking"):  # what a slow machine answers after a quarter second
            [hint] = await street.house.discord.autocomplete(
                carol, street.house.channel, "disarm", {"system": ""}, focused="system"
            )
            offered = hint["name"]
    assert "No Blink account is linked" in offered


async def test_an_account_without_networks_says_so(street: Street) -> None:
    bob, account = street.house.resident("bob")
    await street.house.link(bob, account)
    async with street.house.bot():
        reply = await over(await use(street, "arm", user=bob))
    assert "There is no system that you can arm" in text_of(reply)
    assert buttons_of(reply) == {}


async def test_no_secret_is_in_any_reply(street: Street) -> None:
    async with street.house.bot():
        await over(await use(street, "cameras"))
        token = street.house.blink.asked("homescreen")[-1].headers["Authorization"].removeprefix("Bearer ")
        body = {"message": f"bad {token}", "code": 9}
        street.house.blink.faults.append(Fault("arm", status=400, body=body))
        used = await use(street, "arm")
        assert "Blink said “bad …”" in text_of(await over(used))
    secrets = [*street.account._access, *street.account._refresh, used.token]
    assert not [one for one in secrets if one in json.dumps([message for _, message in used.history])]
