"""A bot that its host has closed: whoever is not chosen is told so, and can still leave."""

from tests.support.house import buttons_of, text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until

CLOSED = "cannot use this bot here"


async def test_whoever_is_not_chosen_can_do_nothing_but_leave(street: Street) -> None:
    house, alice = street.house, street.alice
    async with house.bot():
        reply = await house.finished(await house.clip(alice, street.front))
    accepted = len(street.front.network.commands)
    house.settings["allowed_users"] = frozenset({1})
    async with house.bot():
        slash = await house.clip(alice, street.front)
        assert CLOSED in text_of(await until(lambda: slash.message))
        assert str(alice.id) in text_of(slash.message)
        click = await house.discord.click(alice, reply["id"], buttons_of(reply)["Record again"])
        await until(lambda: CLOSED in text_of(click.message))
        [choice] = await house.discord.autocomplete(alice, house.channel, "clip", {"camera": "fr"}, focused="camera")
        assert CLOSED in choice["name"]
        leaving = await house.discord.slash(alice, house.channel, "unlink")
        unlink = buttons_of(await until(lambda: answered(leaving)))
        await house.discord.click(alice, leaving.message["id"], next(iter(unlink.values())))
        await until(lambda: not house.rows("SELECT 1 FROM accounts"))
        assert not house.known(slash)
    assert len(street.front.network.commands) == accepted


async def test_whoever_is_chosen_by_server_or_by_person_is_served(street: Street) -> None:
    house, alice = street.house, street.alice
    house.settings["allowed_guilds"] = frozenset({house.guild.id})
    async with house.bot():
        helped = await house.discord.slash(alice, house.channel, "help")
        assert CLOSED not in text_of(await until(lambda: helped.message))
        direct = await house.discord.slash(alice, alice.open_dm(), "help")
        assert CLOSED in text_of(await until(lambda: direct.message))
