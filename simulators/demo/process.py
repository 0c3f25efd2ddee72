"""The demo's bot: the real one in a process of its own; only the names of Discord and Blink lead elsewhere.

Its starter sets `SSL_CERT_FILE`, which aiohttp reads when it is imported, and keeps its standard input open.
"""

import asyncio
import os
import sys
from dataclasses import dataclass

import click

from bot import alerts, app, config, lifecycle
from bot.accounts import link_from_tokens
from bot.jobs import JobTiming
from bot.lifecycle import configure_log, load_settings
from bot.wording.shell import cli as words

from .network import ConnectorFactory, Dialer, connectors, dialer

TEMPO = app.Tempo(
    timing=JobTiming(
        busy_wait=20.0,  # nobody watches a camera that stays busy for a minute
        look_for=20.0,  # nor waits three minutes for a video that will not come
        lease=3.0,  # nor until a clip of a bot that was killed is free
    ),
    alert_timing=alerts.AlertTiming(
        every=3.0,  # nor a minute for motion, or ten for what came after the third message
        slowest=3.0,
        budget_in=60.0,
        health_every=10.0,  # nor an hour twice to hear that a camera is offline
    ),
)
ORPHANED = 5.0


@dataclass(frozen=True, slots=True)
class Network:
    """The ways to the simulators."""

    connectors: ConnectorFactory
    dialer: Dialer


@click.group()
@click.option("--discord", type=int, required=True, help="The port of the simulated Discord.")
@click.option("--blink", type=int, required=True, help="The port of the simulated Blink.")
@click.option("--relay", type=int, required=True, help="The port of its relay of live views.")
@click.pass_context
def main(context: click.Context, discord: int, blink: int, relay: int) -> None:
    """Run the bot, or link an account, between the simulators."""
    context.obj = Network(connectors(discord=discord, blink=blink), dialer(relay=relay))


@main.command()
@click.pass_obj
def run(network: Network) -> None:
    """Run the bot until SIGTERM, or until standard input ends."""
    asyncio.run(_run(_settings(), network))


async def _run(settings: config.Settings, network: Network) -> None:
    stop, loop, standard_input = asyncio.Event(), asyncio.get_running_loop(), sys.stdin.fileno()

    def ended() -> None:
        """Stop with the demo, also if that was killed: then its end of the pipe is closed."""
        if not os.read(standard_input, 1024):
            loop.remove_reader(standard_input)
            stop.set()
            loop.call_later(ORPHANED, os._exit, 1)  # the simulators are gone too, and nobody waits for an orderly end

    loop.add_reader(standard_input, ended)
    await lifecycle.run(settings, connectors=network.connectors, dialer=network.dialer, tempo=TEMPO, stop=stop)


@main.command()
@click.argument("user_id", type=int)
@click.pass_obj
def link(network: Network, user_id: int) -> None:
    """Link a Discord user to the account in BLINK_TOKENS."""
    asyncio.run(_link(_settings(), network.connectors, user_id))


async def _link(settings: config.Settings, names: ConnectorFactory, user_id: int) -> None:
    async with app.opened_store(settings) as store, app.blink_transport(names) as transport:
        tokens = os.environ["BLINK_TOKENS"]
        inventory = await link_from_tokens(store.accounts, transport, user_id=user_id, blink_tokens=tokens)
    click.echo(words.linked(user_id, inventory))


def _settings() -> config.Settings:
    """Read the settings and start the log, as `python -m bot` does."""
    settings = load_settings()
    configure_log(settings)
    return settings


if __name__ == "__main__":
    main()
