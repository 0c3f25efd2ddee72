"""What somebody reads and may do who uses the bot with another's cameras, where something is amiss with either."""

import pytest

from simulators.blink import Fault
from tests.support.house import buttons_of, text_of, video_in
from tests.support.sharing import Shared
from tests.support.waiting import until


async def test_a_guest_without_an_account_picks_a_camera_after_a_name_that_is_none(shared: Shared) -> None:
    house = shared.street.house
    async with house.bot():
        await shared.share()
        asked = await house.clip(shared.bob, "frnt dor")
        reply = await house.finished(asked)
        await until(lambda: not house.live(asked))
        [label] = [label for label in buttons_of(reply) if "Front Door" in label]
        picked = await shared.press(reply, label)
        assert video_in(await house.finished(picked)), text_of(picked.message)


async def test_a_guest_reads_whose_account_blink_has_signed_out(shared: Shared) -> None:
    house = shared.street.house
    async with house.bot():
        await shared.share()
    await shared.sign_out(shared.street.alice)
    async with house.bot():
        asked = await house.clip(shared.bob, shared.shared(shared.street.front))
        said = text_of(await house.finished(asked))
    assert "alice's camera" in said
    assert "alice's account" in said
    assert "Tell alice" in said


async def test_the_owner_sees_each_look_at_the_pictures_of_their_cameras(shared: Shared) -> None:
    house = shared.street.house
    async with house.bot():
        await shared.share()
        page = await shared.use("cameras")
        click = await shared.press(page, "Refresh")
        await until(lambda: click.history, timeout=10)
        await until(lambda: house.rows("SELECT times FROM grant_uses") == [(2,)])


async def test_unlinking_leaves_nothing_of_the_owner_in_what_others_asked(shared: Shared) -> None:
    house, alice = shared.street.house, shared.street.alice
    async with house.bot():
        await shared.share()
        asked = await house.clip(shared.bob, shared.shared(shared.street.front))
        await house.finished(asked)
        await until(lambda: not house.live(asked))
        question = await shared.use("unlink", alice)
        await house.discord.click(alice, question["id"], buttons_of(question)["Yes, delete everything"])
        await until(lambda: not house.rows("SELECT 1 FROM accounts"))
        assert not house.known(asked)


async def test_a_guest_whose_own_account_is_signed_out_uses_what_is_shared(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    own = house.world.add_account(email="bob@example.com")
    own.add_network("Shed").add_camera("Shed")
    await house.link(shared.bob, own)
    async with house.bot():
        await shared.share(f"network.{street.front.network.id}", arm=True, recent=True)
        await shared.sign_out(shared.bob)
        armed = await shared.use("arm", system=f"of.{street.alice.id}.network.{street.front.network.id}")
        await until(lambda: street.front.network.armed, timeout=5)
        assert armed
        clips = await shared.use("recordings", camera=shared.shared(street.front))
        assert "signed this bot out" not in text_of(clips)
        seen = await shared.use("cameras")
        assert "Front Door" in text_of(seen)


async def test_a_button_for_a_revoked_network_does_not_speak_of_ones_own_account(shared: Shared) -> None:
    street = shared.street
    shared.street.account.add_network("Barn").add_camera("Cow")
    async with street.house.bot():
        for network in street.account.networks:
            await shared.share(f"network.{network.id}", arm=True)
        which = await shared.use("arm")
        [label] = [label for label in buttons_of(which) if "Home" in label]
        home = f"network.{street.front.network.id}"
        await street.house.execute("DELETE FROM grants WHERE scope = ?", home)
        click = await shared.press(which, label)
        await until(lambda: click.history, timeout=5)
        said = text_of(click.message)
    assert "Your Blink account" not in said
    assert "I cannot reach that" in said


async def test_a_guest_without_a_network_to_arm_reads_no_untruth_about_an_account(shared: Shared) -> None:
    async with shared.street.house.bot():
        await shared.share(arm=True)
        said = text_of(await shared.use("arm"))
    assert "This Blink account has no" not in said


async def test_a_guest_reads_no_untruth_about_an_account_where_no_camera_can_be_shown(shared: Shared) -> None:
    async with shared.street.house.bot():
        await shared.share()
    await shared.sign_out(shared.street.alice)
    async with shared.street.house.bot():
        said = text_of(await shared.use("cameras"))
    assert "This Blink account has no" not in said
    assert "No camera can be shown now" in said


@pytest.mark.parametrize(
    ("command", "options"),
    [("recordings", {}), ("recordings", {"camera": "Front Door"}), ("arm", {}), ("arm", {"system": "Home"})],
)
async def test_a_guest_reads_that_a_blink_is_out_of_reach_and_not_that_it_has_nothing(
    shared: Shared, command: str, options: dict[str, str]
) -> None:
    house, network = shared.street.house, shared.street.front.network
    async with house.bot():
        await shared.share(f"network.{network.id}", arm=True, recent=True)
    house.blink.faults.append(Fault("homescreen", times=None, status=503))
    async with house.bot():
        assert "I cannot reach that for you here and now." in text_of(await shared.use(command, **options))


async def test_a_guest_reads_whose_recordings_could_not_be_listed(shared: Shared) -> None:
    house = shared.street.house
    async with house.bot():
        await shared.share(recent=True)
        house.blink.faults.append(Fault("media", times=None, status=503))
        said = text_of(await shared.use("recordings"))
    assert "I found no recording from the last 2 days." in said
    assert "alice's Blink could not be read now" in said


async def test_a_guest_with_cameras_of_their_own_reads_whose_could_not_be_seen(shared: Shared) -> None:
    house = shared.street.house
    own = house.world.add_account(email="bob@example.com")
    own.add_network("Shed").add_camera("Shed")
    await house.link(shared.bob, own)
    async with house.bot():
        await shared.share()
    house.blink.faults.append(Fault("homescreen", times=None, status=503, account=shared.street.account.id))
    async with house.bot():
        said = text_of(await shared.use("cameras"))
    assert "Shed" in said
    assert "alice's Blink could not be read now; try again in a minute, or ask them." in said


async def test_a_forged_choice_leads_to_no_other_network_of_its_owner(shared: Shared) -> None:
    house, account = shared.street.house, shared.street.account
    barn = account.add_network("Barn")
    barn.add_camera("Cow")
    barn.usb = "active"
    async with house.bot():
        await shared.share(recent=True)
        before = len(house.blink.requests)
        listed = await shared.use("recordings")
        forged = f"of.{shared.street.alice.id}.usb.{barn.id}.1700000000.Cow"
        click = await house.discord.forge(
            shared.bob,
            listed["id"],
            {"component_type": 3, "custom_id": f"clips:choose:0:{shared.bob.id}", "values": [forged]},
        )
        reply = await house.finished(click)
        assert "no longer there" in text_of(reply)
        assert not [one for one in house.blink.requests[before:] if one.route == "manifest"]


@pytest.mark.usefixtures("prompt")
async def test_a_guest_is_not_told_to_link_while_blink_is_slow_with_what_is_shared(shared: Shared) -> None:
    house = shared.street.house
    async with house.bot():
        await shared.share()
    house.blink.faults.append(Fault("homescreen", times=None, action="hang"))
    async with house.bot():
        typed = {"camera": "Fro"}
        [hint] = await house.discord.autocomplete(shared.bob, house.channel, "clip", typed, focused="camera")
        assert "/link" not in hint["name"]
        assert "Still asking" in hint["name"]


async def test_what_guests_export_does_not_name_the_owners_blink_account(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    own = house.world.add_account(email="bob@example.com")
    own.add_network("Shed").add_camera("Shed")
    await house.link(shared.bob, own)
    async with house.bot():
        await shared.share()
        asked = await house.clip(shared.bob, shared.shared(street.front))
        await house.finished(asked)
        await until(lambda: not house.live(asked))
        click = await shared.press(await shared.use("account"), "Export my data")
        [file] = await until(lambda: (click.message or {}).get("attachments"))
        exported = house.discord.file(file["url"]).decode()
    assert "Front Door" in exported
    assert str(street.account.id) not in exported


async def test_recordings_of_a_camera_that_is_shared_no_longer_are_out_of_reach(shared: Shared) -> None:
    async with shared.street.house.bot():
        said = text_of(await shared.use("recordings", camera=shared.shared(shared.street.front)))
    assert "I cannot reach that" in said
