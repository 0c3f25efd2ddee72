"""Many linked accounts: starting with them, holding them, and what those that were used lately take."""

from bench import accounts as database_of
from bench import driver, machine
from bench.numbers import Rows
from bench.payloads import AUTOCOMPLETE
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

_FIRST = 200  # people whose use brings everything into memory that is there once
_RATE = 50.0


async def accounts(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure the bot with so many linked accounts."""
    for count in scale.accounts:
        database = town.database(f"accounts-{count}")
        await database_of.linked(database, range(1, count + 1))
        async with subject(town, "bot", database, PORT="0"):
            pass
        async with subject(town, "bot", database, PORT="0") as one:
            idle = machine.rss_of(one.pid)
            what = f"{count:,} linked accounts"
            rows.add(f"accounts.ready@{count}", f"{what}: start to READY", "s", "bot", one.start)
            rows.add(f"accounts.rss@{count}", f"{what}: memory when idle, with PORT", "MiB", "bot", idle / 2**20)
            first = min(_FIRST, count // 2)
            load = await _typed(town, one, range(1, first + 1))
            rows.add(
                f"accounts.p50@{count}", f"{what}: names for the first time, p50", "ms", "bot", 1000 * load.ack(0.5)
            )
            before = machine.rss_of(one.pid)
            users = min(scale.users, count - first)
            await _typed(town, one, range(first + 1, first + users + 1))
            if users >= _FIRST:
                each = (machine.rss_of(one.pid) - before) / users / 2**10
                rows.add(f"accounts.each@{count}", f"{what}: memory of one used lately", "KiB", "bot", each)


async def _typed(town: Town, one: Subject, people: range) -> driver.Load:
    everybody = iter(people)
    load = await driver.at_rate(
        one, lambda: town.discord.use(AUTOCOMPLETE, next(everybody), ""), rate=_RATE, count=len(people)
    )
    await machine.quiet(one.pid)
    return load
