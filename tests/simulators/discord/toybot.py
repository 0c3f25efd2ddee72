"""A small bot, plain discord.py, that does on command what the tests look at."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Literal

import discord
import pytest
from discord import app_commands

from simulators.demo.network import connectors

EVERYWHERE = {
    "allowed_installs": app_commands.AppInstallationType(guild=True, user=True),
    "allowed_contexts": app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
}


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:(?P<job>\d+)"):
    """A persistent button."""

    def __init__(self, job: int) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{job}"))
        self.job = job

    @classmethod
    async def from_custom_id(cls, interaction: Any, item: Any, match: Any, /) -> "Again":
        return cls(int(match["job"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"again {self.job}", ephemeral=True)


class Choice(discord.ui.View):
    """A menu."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="One"), discord.SelectOption(label="Two")])
    async def pick(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"picked {select.values[0]}", view=None)


class Text(app_commands.Transformer):
    """A text channel, as it comes without a cache."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [discord.ChannelType.text]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
        return value


Level = Literal["pictures", "clips"]


class ToyBot(discord.Client):
    """Its commands leave their interactions in `seen` and what they raised in `failures`."""

    task: asyncio.Task[None]

    def __init__(self, connector: Any, **options: Any) -> None:
        super().__init__(intents=discord.Intents.none(), connector=connector, **options)
        self.tree = app_commands.CommandTree(self, **EVERYWHERE)  # type: ignore[arg-type]
        self.seen: list[discord.Interaction[Any]] = []
        self.failures: list[BaseException] = []
        self.sync = True
        add_commands(self)
        add_grants(self)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Again)
        self.add_view(Choice())
        if self.sync:
            await self.tree.sync()

    @property
    def codes(self) -> list[int]:
        """Discord's error codes among the failures."""
        return [error.code for error in self.failures if isinstance(error, discord.HTTPException)]


def view(*items: discord.ui.Item[Any]) -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    for item in items:
        made.add_item(item)
    return made


def clip(size: int = 2000, name: str = "clip.mp4") -> discord.File:
    return discord.File(io.BytesIO(bytes(range(256)) * (size // 256) + bytes(size % 256)), filename=name)


def add_commands(bot: ToyBot) -> None:
    @bot.tree.command(name="clip", description="Record a clip")
    async def record(interaction: discord.Interaction[Any], camera: str, share: bool = False) -> None:
        bot.seen.append(interaction)
        await interaction.response.defer(ephemeral=not share, thinking=True)
        await interaction.edit_original_response(content=f"asking for {camera}")
        await interaction.edit_original_response(content="done", attachments=[clip()], view=view(Again(7)))

    @record.autocomplete("camera")
    async def cameras(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        if current == "slow":
            await asyncio.sleep(0.5)
        count = 26 if current == "many" else 2
        names = [f"{current}{index}" for index in range(count)]
        return [app_commands.Choice(name=name, value=name) for name in names]

    @bot.tree.command(name="wait", description="Leave the interaction to the test")
    async def wait(interaction: discord.Interaction[Any], user: discord.User | None = None) -> None:
        bot.seen.append(interaction)

    @bot.tree.command(name="post", description="Leave the interaction to the test, with a channel")
    async def post(interaction: discord.Interaction[Any], to: app_commands.Transform[Any, Text]) -> None:
        bot.seen.append(interaction)

    @bot.tree.command(name="menu", description="Show a menu")
    async def menu(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("pick one", view=Choice())

    @bot.tree.error
    async def on_error(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        bot.failures.append(getattr(error, "original", error))


def add_grants(bot: ToyBot) -> None:
    grant = app_commands.Group(name="grant", description="Who may use your cameras")

    @grant.command(name="add", description="Let somebody in")
    async def add(
        interaction: discord.Interaction[Any],
        who: discord.Member | discord.User | discord.Role,
        level: Level = "pictures",
        times: app_commands.Range[int, 1, 50] = 1,
        share: bool = False,
        by: discord.User | None = None,
        role: discord.Role | None = None,
    ) -> None:
        bot.seen.append(interaction)

    @grant.command(name="list", description="Show who may")
    async def show(interaction: discord.Interaction[Any]) -> None:
        bot.seen.append(interaction)

    @grant.command(name="revoke", description="Show somebody out")
    async def revoke(interaction: discord.Interaction[Any], grant: str, who: discord.User | None = None) -> None:
        bot.seen.append(interaction)

    @revoke.autocomplete("grant")
    async def grants(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        bot.seen.append(interaction)
        return [app_commands.Choice(name=f"{current} of {interaction.user.name}", value="7")]

    @bot.tree.context_menu(name="Look closer")
    async def look(interaction: discord.Interaction[Any], who: discord.Member | discord.User) -> None:
        interaction.extras["who"] = who
        bot.seen.append(interaction)

    bot.tree.add_command(grant)


@contextlib.asynccontextmanager
async def running(port: int, *, sync: bool = True, token: str = "bot-token", **options: Any) -> AsyncIterator[ToyBot]:
    """Run a bot against the simulator until the block ends; leave with close code 1000."""
    connector = connectors(discord=port, blink=port)()
    async with ToyBot(connector, **options) as bot:
        bot.sync = sync
        bot.task = task = asyncio.create_task(bot.start(token))
        try:
            yield bot
        finally:
            while not task.done():  # Python 3.11's `wait_for` forgets one that comes as a connection fails
                task.cancel()
                await asyncio.wait({task}, timeout=1.0)
    await connector.close()


EPHEMERAL = 1 << 6


async def refused(act: Awaitable[Any]) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as caught:
        await act
    return caught.value.status, caught.value.code
