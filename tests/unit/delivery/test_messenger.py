"""The messages of the bot."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import discord
import pytest

from bot.delivery.attachments import Attachment, fitting
from bot.delivery.messenger import DmRateLimiter
from bot.delivery.retry import DeliveryRefused, ShareRevoked, retry
from bot.jobs import Media
from bot.wording import Card, Tone
from bot.wording.cards import Button
from simulators.discord import Fault
from tests.support.jobs import REPLY
from tests.support.reading import buttons_of, name_of, pictures_of, text_of
from tests.unit.delivery.conftest import POLICIES, DeliverySetup

V2, NO_PREVIEWS = 1 << 15, 1 << 2
CARD = Card("Front Door", "Done.", Tone.GOOD, images=("door.jpg",), buttons=(Button("Remove", "remove"),))


async def test_direct_messages_that_are_open_are_not_waited_for(town: DeliverySetup) -> None:
    town.messenger._dm_rate_limiter = DmRateLimiter(apart=3600.0)
    first = await town.messenger.open_dm(town.alice.id)
    async with asyncio.timeout(30):
        for _ in range(50):
            assert (await town.messenger.open_dm(town.alice.id)).id == first.id
    assert len(town.asked("POST", "/users/@me/channels")) == 1


async def test_a_reply_of_the_version_before_becomes_one_of_components_and_stays_it(
    town: DeliverySetup, tmp_path: Path
) -> None:
    picture = tmp_path / "door.jpg"
    picture.write_bytes(b"\xff\xd8jpeg")
    channel = town.client.get_partial_messageable(town.channel.id)
    before = await channel.send("Restarting", embed=discord.Embed(title="Front Door", description="Asked"))
    reply = replace(REPLY, channel_id=town.channel.id, message_id=before.id, guild_id=town.guild.id, ephemeral=False)
    await town.messenger.edit_by_bot(reply, CARD, Attachment(picture, "door.jpg", "Clip of Front Door"))
    [shown] = town.messages(town.channel)
    assert (shown["content"], shown["embeds"], shown["flags"] & V2) == ("", [], V2)
    assert text_of(shown).split() == ["###", "Front", "Door", "Done."]
    assert [(name_of(one), one["description"]) for one in pictures_of(shown)] == [("door.jpg", "Clip of Front Door")]
    await town.messenger.edit_by_bot(reply, replace(CARD, text="Told."), keep_files=True)
    [again] = town.messages(town.channel)
    assert "Told." in text_of(again)
    assert [name_of(one) for one in pictures_of(again)] == ["door.jpg"]


async def test_a_reply_names_no_file_that_it_does_not_have(town: DeliverySetup) -> None:
    before = await town.client.get_partial_messageable(town.channel.id).send("Restarting")
    reply = replace(REPLY, channel_id=town.channel.id, message_id=before.id, guild_id=town.guild.id, ephemeral=False)
    await town.messenger.edit_by_bot(reply, replace(CARD, thumbnail="beside.jpg", download="data.json"))
    [shown] = town.messages(town.channel)
    assert pictures_of(shown) == []
    assert buttons_of(shown) == {"Remove": "remove"}


async def test_the_files_of_a_reply_whose_token_has_expired_are_read_as_the_bot_if_it_could_edit_them(
    town: DeliverySetup, tmp_path: Path
) -> None:
    picture = tmp_path / "door.jpg"
    picture.write_bytes(b"\xff\xd8jpeg")
    sent = await town.client.get_partial_messageable(town.channel.id).send(file=discord.File(picture))
    reply = replace(REPLY, channel_id=town.channel.id, message_id=sent.id, guild_id=town.guild.id, ephemeral=False)
    assert await town.messenger.files_of_reply(reply) == ["door.jpg"]
    for private in (replace(reply, ephemeral=True), replace(reply, bot_can_edit=False)):
        with pytest.raises(DeliveryRefused):
            await town.messenger.files_of_reply(private)


async def test_a_direct_message_is_one_text_with_its_buttons_and_previews_no_address(town: DeliverySetup) -> None:
    card = replace(CARD, title="Motion at https://example.com", small="`/notify` changes it.")
    await town.messenger.send_dm(town.alice.id, card, nonce="1")
    [sent] = town.messages(town.alice.dm)
    assert sent["content"] == "Motion at https://example.com\nDone.\n-# `/notify` changes it."
    assert sent["embeds"] == []
    assert sent["flags"] & (V2 | NO_PREVIEWS) == NO_PREVIEWS
    assert buttons_of(sent) == {"Remove": "remove"}


async def test_before_each_try_it_is_checked_whether_a_file_may_still_be_shown(
    town: DeliverySetup, tmp_path: Path
) -> None:
    path = tmp_path / "shared.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    checks: list[bool] = []

    async def check() -> None:
        checks.append(not checks)
        if not checks[-1]:
            raise ShareRevoked

    file = await fitting(Media(path, 3, check=check), 100, name="shared.jpg", caption="")
    town.discord.faults.append(fault := Fault("POST", "/channels/*/messages", action="reset"))
    send = partial(town.messenger.send_dm, town.alice.id, Card("Shared", "a picture", Tone.GOOD), file, nonce="1")
    with pytest.raises(ShareRevoked):
        await retry(send, replace(POLICIES.upload, patience=5.0))
    assert checks == [True, False]
    assert fault.hits == 1
    assert not town.messages(town.alice.dm)
