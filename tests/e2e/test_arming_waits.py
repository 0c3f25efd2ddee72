"""`/arm`, `/disarm` and `/motion` of a bot that waits for less or longer than others, or that stops meanwhile."""

import pytest

from simulators.blink import Behaviour, Fault
from simulators.demo.tls import Authority
from tests.support.arming import drawn, home_of, over, press, use
from tests.support.house import key_of, text_of
from tests.support.program import program
from tests.support.street import HELD, Street, let_go
from tests.support.waiting import until

NEVER = Behaviour.quick(never_completes=True)


async def test_the_question_is_still_good_after_a_restart(street: Street) -> None:
    home_of(street).armed = True
    async with street.house.bot():
        question = await over(await use(street, "disarm"))
    async with street.house.bot():
        assert "is disarmed" in text_of(await press(street, question, "Yes, disarm it"))


async def test_of_all_systems_the_one_that_fails_is_told_and_tried_again(street: Street) -> None:
    street.house.waits(busy_wait=0.0)
    cabin = street.account.add_network("Cabin")
    cabin.busy_for(3600)
    async with street.house.bot():
        reply = await over(await use(street, "arm", system="all"))
        assert "1 of your 2 systems is armed." in text_of(reply)
        assert "• Cabin: not changed: Blink is busy. Blink said “System is busy, please wait” (code 307)." in text_of(
            reply
        )
        cabin.busy_for(0)
        again = text_of(await press(street, reply, "Retry"))
    assert "• Cabin: armed" in again
    assert "• Home: was armed already" in again
    assert (cabin.armed, home_of(street).armed) == (True, True)


async def test_a_camera_that_is_offline_is_not_asked(street: Street) -> None:
    street.front.status = "offline"
    async with street.house.bot():
        reply = await over(await use(street, "motion", camera="Front Door", state="off"))
        assert "“Front Door” is offline, so nothing was changed" in text_of(reply)
        assert street.house.blink.asked("disable") == []
        street.front.status = "done"
        await over(await use(street, "cameras"))
        street.house.waits(inventory_age=0.0)
    async with street.house.bot():
        assert "is off" in text_of(await press(street, reply, "Retry"))


async def test_busy_for_too_long_ends_with_blinks_words_and_a_button_that_works(street: Street) -> None:
    street.house.waits(busy_wait=0.3)
    home_of(street).busy_for(3600)
    async with street.house.bot():
        reply = await over(await use(street, "arm"))
        assert "Blink is busy, so nothing was changed" in text_of(reply)
        assert "System is busy, please wait" in text_of(reply)
        assert not home_of(street).armed
        home_of(street).busy_for(0)
        assert "“Home” is armed" in text_of(await press(street, reply, "Retry"))


async def test_with_no_patience_busy_is_asked_once(street: Street) -> None:
    street.house.waits(busy_wait=0.0)
    home_of(street).busy_for(3600)
    async with street.house.bot():
        assert "Blink is busy" in text_of(await over(await use(street, "arm")))
    assert len(street.house.blink.asked("arm")) == 1


async def test_a_clip_that_takes_too_long_leaves_all_as_it_is(street: Street) -> None:
    street.house.waits(busy_wait=0.2, command_deadline=60.0)
    street.front.behaviour = HELD
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "recording")
        reply = await over(await use(street, "arm"))
        assert "A clip or picture of this system is under way, so nothing was changed" in text_of(reply)
        let_go(street.front)
        await street.house.finished(clip)
        assert "is armed" in text_of(await press(street, reply, "Retry"))
    assert len(street.house.blink.asked("arm")) == 1


async def test_a_command_that_blink_has_forgotten_is_looked_at_soon(street: Street) -> None:
    street.house.waits(switch_deadline=60.0)
    street.house.blink.faults.append(Fault("command", times=None, status=404))
    async with street.house.bot():
        assert "Yet Blink lists it so now" in text_of(await over(await use(street, "arm")))
    assert len(street.house.blink.asked("command")) == 3


async def test_what_a_stopped_bot_leaves_stays_true(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    street.house.waits(switch_deadline=60.0)
    home_of(street).setting = NEVER
    async with street.house.bot():
        used = await use(street, "arm")
        await until(lambda: street.house.blink.asked("command"))
    text = text_of(used.message)
    assert "Asking Blink to arm “Home”" in text
    assert "Should I be interrupted, this stays as it is, and `/cameras` shows how it stands" in text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_killed_in_the_middle_the_reply_stays_true_and_can_be_repeated(
    street: Street, authority: Authority
) -> None:
    home_of(street).setting = NEVER
    async with program(street.house, authority) as bot:
        await until(lambda: "arm" in street.house.discord.commands)
        used = await use(street, "arm")
        await until(lambda: street.house.blink.asked("command"))
        bot.process.kill()
        await bot.process.wait()
    assert "Should I be interrupted, this stays as it is, and `/cameras` shows how it stands" in text_of(used.message)
    [running] = home_of(street).commands
    running.end(street.house.world.clock())
    home_of(street).setting = None
    async with street.house.bot():
        assert "“Home” is armed." in text_of(await over(await use(street, "arm")))


async def test_a_clip_of_the_same_network_is_let_finish_first(street: Street) -> None:
    street.house.waits(command_deadline=60.0)
    street.front.behaviour = HELD
    cabin = street.account.add_network("Cabin")
    cabin.add_camera("Barn", behaviour=Behaviour.quick())
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "recording")
        used = await use(street, "motion", camera=key_of(street.mini), state="off")
        assert "“Cabin” is armed" in text_of(await over(await use(street, "arm", system="Cabin")))
        assert street.house.stage(clip) == "recording"
        let_go(street.front)
        assert "is off" in text_of(await over(used))
        assert "Recorded <t:" in text_of(await street.house.finished(clip))
    assert any("A clip or picture of this system is under way" in text for text in drawn(used))
    assert [one.status for one in street.house.blink.asked("owl_config")] == [200]
