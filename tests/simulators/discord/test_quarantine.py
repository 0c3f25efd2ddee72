"""simcord stays in its file, and importing it leaves discord.py and the clock alone."""

import subprocess
import sys
from pathlib import Path

import simulators.discord

COMPARE = """
import asyncio, datetime, sys, time
import discord, discord.ext.tasks, discord.gateway, discord.http, discord.state, discord.webhook.async_

def snapshot():
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"discord", "asyncio", "time", "datetime", "threading", "concurrent"}:
            for key, value in vars(module).items():
                found[name, key] = id(value)
                if isinstance(value, type):
                    found.update({(name, key, inner): id(held) for inner, held in vars(value).items()})
    return found

# discord.py's own mark that it has warned about its missing voice libraries: simcord makes a client at import.
ignored = {"warn_nacl", "warn_dave"}
before = snapshot()
import simulators.discord
after = snapshot()
changed = [key for key in before if after.get(key) != before[key] and key[-1] not in ignored]
assert not changed, changed
"""


def test_importing_the_simulator_patches_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", COMPARE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_one_file_knows_simcord() -> None:
    folder = Path(simulators.discord.__file__).parent
    assert [path.name for path in folder.glob("*.py") if "from simcord" in path.read_text()] == ["world.py"]
