"""**Share a camera…** in the menu of a person: which camera, how much and until when, and who is asked again."""

from typing import Any

import pytest

from tests.support.hands import choose, menu_of
from tests.support.house import key_of, text_of
from tests.support.reading import menus_of
from tests.support.sharing import reply_to
from tests.support.street import Street
from tests.support.waiting import until

COMMAND = "Share a camera…"


class Touches:
    """An owner's hand that counts what it does on a person and on the messages that follow."""

    def __init__(self, street: Street) -> None:
        self.street = street
        self.discord = street.house.discord
        self.count = 0

    async def open(self, who: Any) -> dict[str, Any]:
        self.count += 1
        used = await self.discord.on_person(self.street.alice, self.street.house.channel, COMMAND, who)
        return await reply_to(used)

    async def choose(self, message: dict[str, Any], wanted: str, *, menu: str = "") -> dict[str, Any]:
        """Choose the first option that says this, in a menu whose custom_id begins so."""
        self.count += 1
        [shown] = [one for one in menus_of(message) if one["custom_id"].startswith(menu)]
        label = next(one["label"] for one in shown["options"] if wanted in f"{one['label']} {one.get('description')}")
        used = await choose(self.discord, self.street.alice, message, label, menu=shown["custom_id"])
        return await reply_to(used, unlike=text_of(message))


@pytest.fixture
def hand(street: Street) -> Touches:
    return Touches(street)


def kept(street: Street) -> list[Any]:
    return street.house.rows("SELECT grantee_id, scope, rights, until FROM grants")


async def test_the_neighbour_is_let_in_until_sunday_by_three_touches(street: Street, hand: Touches) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await hand.open(bob)
        card = await hand.choose(card, "Front Door")
        card = await hand.choose(card, "Sunday", menu="share:u:")
    assert hand.count == 3
    assert f"<@{bob.id}> may now use Front Door" in text_of(card)
    [(who, scope, rights, ends)] = kept(street)
    assert (who, scope, rights) == (bob.id, key_of(street.front), "clip recent snapshot status")
    assert ends


async def test_every_step_survives_a_restart(street: Street, hand: Touches) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await hand.open(bob)
    async with street.house.bot():
        card = await hand.choose(card, "all of Home")
    async with street.house.bot():
        await hand.choose(card, "Until I stop it", menu="share:e:")
    [(_, scope, rights, ends)] = kept(street)
    assert scope == f"network.{street.front.network.id}"
    assert "alerts arm clip live" in rights
    assert ends is None


async def test_an_only_camera_is_not_asked_for(street: Street, hand: Touches) -> None:
    home = street.front.network
    for camera in (street.mini, street.bell):
        home.cameras.remove(camera)
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await hand.open(bob)
        await hand.choose(card, "tomorrow", menu="share:l:")
    assert hand.count == 2
    assert [one[2] for one in kept(street)] == ["snapshot status"]


async def test_it_is_offered_for_people_and_only_in_a_server(street: Street) -> None:
    async with street.house.bot():
        commands = street.house.discord.person_commands
        assert set(commands) == {COMMAND}
        assert commands[COMMAND]["contexts"] == [0]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("alice", "Your own cameras are yours already."),
        ("the bot", "A bot cannot use cameras."),
        ("who refuses", "does not want to see your cameras"),
    ],
)
async def test_those_with_whom_nothing_can_be_shared_are_told_apart_at_once(
    street: Street, hand: Touches, who: str, said: str
) -> None:
    discord, house = street.house.discord, street.house
    bob = discord.add_user("bob")
    async with house.bot():
        if who == "who refuses":
            await reply_to(await discord.slash(bob, house.channel, "share refuse", {"who": street.alice}))
        target = {"alice": street.alice, "the bot": bob, "who refuses": bob}[who]
        if who == "the bot":
            discord.world.users[bob.id].bot = True
        assert said in text_of(await hand.open(target))
    assert kept(street) == []


async def test_who_has_left_before_the_last_touch_gets_nothing(street: Street, hand: Touches) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        card = await hand.choose(await hand.open(bob), "Front Door")
        house.discord.leave(bob, house.guild)
        assert "They are not in this server." in text_of(await hand.choose(card, "Until I stop it", menu="share:u:"))
    assert kept(street) == []


@pytest.mark.parametrize(
    ("guest", "scope", "said"),
    [
        ("outsider", "own", "They are not in this server."),
        ("alice", "own", "Your own cameras are yours already."),
        ("role", "own", "They are not in this server."),
        ("bob", "of another", "Which of your cameras is"),
    ],
)
async def test_a_forged_menu_shares_no_more_than_the_command(
    street: Street, hand: Touches, guest: str, scope: str, said: str
) -> None:
    discord, house = street.house.discord, street.house
    bob, elsewhere = discord.add_user("bob"), discord.add_guild("Elsewhere")
    outsider = discord.add_user("outsider", elsewhere)
    ids = {"outsider": outsider.id, "alice": street.alice.id, "role": house.guild.id, "bob": bob.id}
    async with house.bot():
        card = await hand.choose(await hand.open(bob), "Front Door")
        choice = key_of(street.front) if scope == "own" else "camera.1.2"
        custom_id = f"share:e:{ids[guest]}:{choice}:{street.alice.id}"
        data = {"custom_id": custom_id, "component_type": 3, "values": ["none"]}
        reply = await reply_to(await discord.forge(street.alice, card["id"], data), unlike=text_of(card))
        assert said in text_of(reply)
        pressed = await discord.forge(bob, card["id"], data | {"custom_id": menu_of_use(card)})
        assert "Not yours" in text_of(await reply_to(pressed))
    assert kept(street) == []


def menu_of_use(card: dict[str, Any]) -> str:
    return next(one["custom_id"] for one in menus_of(card) if one["custom_id"].startswith("share:u:"))


async def test_somebody_without_a_link_reads_how_to_get_one(street: Street) -> None:
    discord, house = street.house.discord, street.house
    bob, carol = discord.add_user("bob"), discord.add_user("carol")
    async with house.bot():
        await until(lambda: discord.person_commands)
        used = await discord.on_person(bob, house.channel, COMMAND, carol)
        assert "No Blink account is linked for you." in text_of(await reply_to(used))


async def test_many_cameras_stand_in_several_menus(street: Street, hand: Touches) -> None:
    yard = street.account.add_network("Yard")
    cameras = [yard.add_camera(f"Camera {number:03}") for number in range(30)]
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await hand.open(bob)
        assert [one["custom_id"] for one in menus_of(card)] == [
            f"share:what:{number}:{bob.id}:{street.alice.id}" for number in range(2)
        ]
        card = await hand.choose(card, cameras[29].name, menu="share:what:1:")
        assert "Camera 029" in text_of(card)
        assert len(menus_of(card)) == 3
        assert menu_of(card, menu_of_use(card))["options"][0]["label"] == "Until I stop it"
