"""No secret of a run is found in its log, in an address, or on a page where it has no business."""

import asyncio
import logging

import pytest

from bot.blink import Denial, Denied
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, Visitor, signed_in, through_discord
from tests.unit.web.discord import CLIENT_SECRET, Discord


def log_text(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


async def test_a_whole_run_leaves_no_secret_behind(
    stage: PageSetup, visitor: Visitor, discord: Discord, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    path = await stage.invite()
    for mood in ("refuses", "broken", "strange", "hangs up", "well"):
        discord.mood = mood
        await through_discord(visitor, path)
    stage.blink.says(Denied(Denial.WRONG_PASSWORD), SMS, Denied(Denial.WRONG_CODE), RuntimeError(PASSWORD), signed_in())
    for _ in range(2):
        await visitor.press("password", username=EMAIL, password=PASSWORD)
    await visitor.press("code", code=CODE)
    assert (await visitor.send("code", code=CODE)).status == 500
    assert (await visitor.press("code", code=CODE)).heading == "Your Blink account is linked"
    await not_http(stage, path)
    asyncio.get_running_loop().set_debug(False)

    token = path.removeprefix("/link/")
    states = [query["state"] for query in discord.queries]
    secrets = [PASSWORD, CODE, CLIENT_SECRET, *discord.given, "access-of-the-tests", "refresh-of-the-tests"]
    logged = log_text(caplog)
    assert "a page broke" in logged
    for secret in [*secrets, *states, *visitor.cookies.values(), token, EMAIL]:
        assert secret not in logged
    addresses = [answer.headers.get("Location", "") for answer in visitor.answers]
    to_discord = [address for address in addresses if address.startswith(discord.site)]
    assert all(token not in address for address in to_discord)
    pages = [answer.html for answer in visitor.answers]
    for secret in [PASSWORD, CODE, CLIENT_SECRET, "access-of-the-tests", "refresh-of-the-tests"]:
        assert not [text for text in (*pages, *addresses) if secret in text]
    assert not [text for text in pages if any(value in text for value in (*visitor.cookies.values(), *states))]


async def not_http(stage: PageSetup, path: str) -> None:
    """Send what aiohttp cannot parse: it would write it into the log."""
    for request in (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nBad Header {path}: y\r\n\r\n",
        f"GET {path} HTTP/9\r\n\r\n",
        f"\x16\x03{path}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writer.write(request.encode())
        answer = await reader.read()
        assert b" 400 " in answer
        writer.close()
        await writer.wait_closed()


async def test_what_is_not_http_is_said_at_debug_only(stage: PageSetup, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await not_http(stage, "/link/abc")
    assert log_text(caplog) == ""
    caplog.set_level(logging.DEBUG)
    await not_http(stage, "/link/abc")
    assert "a request could not be served: BadStatusLine" in log_text(caplog) or "BadHttp" in log_text(caplog)
    assert "abc" not in log_text(caplog)
