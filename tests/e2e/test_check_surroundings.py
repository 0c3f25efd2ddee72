"""What `check` says of the page's address and of the disk that the database lies on."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from bot import check
from bot.check import check_all
from bot.hosting import network_disk
from bot.wording.shell import cli as words
from simulators.demo.network import connectors
from tests.support.house import BOT_TOKEN, KEY
from tests.support.page import free_port
from tests.support.street import Street

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
drvfs /mnt/c 9p rw 0 0
/dev/fuse /cloud fuse.rclone rw 0 0
/dev/sdb1 /home/here ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/var/bot.db", None),
        ("/home/alice/bot.db", "nfs4"),
        ("/home/here/bot.db", None),
        ("/mnt/nas/bot.db", "cifs"),
        ("/mnt/c/Users/bot.db", "9p"),
        ("/cloud/bot.db", "fuse.rclone"),
    ],
)
def test_a_disk_of_another_machine_is_recognised(file: str, kind: str | None) -> None:
    assert network_disk(Path(file), MOUNTS) == kind
    assert network_disk(None, MOUNTS) is None
    assert network_disk(Path(file), "") is None


@pytest.fixture
def lines(street: Street, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    async def lines(*, fine: bool = True, **settings: str) -> list[str]:
        monkeypatch.chdir(street.house.folder)
        given = {"DISCORD_TOKEN": BOT_TOKEN, "TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:///bot.db", **settings}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        found: list[str] = []
        assert await check_all(found.append, connectors=connectors(**street.house.ports)) is fine, found
        return found

    return lines


@pytest.fixture
async def page() -> AsyncIterator[Callable[[int], object]]:
    """Answer at an address with this status."""
    async with AsyncExitStack() as stack:

        async def serve(status: int) -> str:
            async def livez(_: web.Request) -> web.Response:
                return web.Response(status=status)

            app = web.Application()
            app.router.add_get("/livez", livez)
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}"

        yield serve


async def test_the_address_of_the_page_is_tried(lines: Callable, page: Callable) -> None:
    assert f"✓ PUBLIC_URL: {words.PAGE_ANSWERS}" in await lines(PORT="8080", PUBLIC_URL=await page(200))
    assert f"· PUBLIC_URL: {words.page_answers_strangely(502)}" in await lines(PORT="8080", PUBLIC_URL=await page(502))
    said = await lines(PORT="8080", PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
    assert f"· PUBLIC_URL: {words.page_silent('ClientConnectorError')}" in said
    assert not [line for line in await lines(PUBLIC_URL="") if "PUBLIC_URL" in line]


async def test_a_database_on_a_network_disk_is_named(lines: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "network_disk", lambda file: "nfs4")
    assert f"· DATABASE_URL: {words.on_network_disk('nfs4')}" in await lines()


async def test_the_folder_of_the_backups_is_looked_at(lines: Callable, street: Street) -> None:
    assert f"✓ BACKUP_DIR: {words.backups_into('backups')}" in await lines(BACKUP_DIR="backups")
    assert not (street.house.folder / "backups").exists(), "check makes nothing"
    said = await lines(fine=False, BACKUP_DIR="/proc/self/backups")
    assert f"✗ BACKUP_DIR: {words.not_makeable('/proc/self/backups', '/proc/self')}" in said
