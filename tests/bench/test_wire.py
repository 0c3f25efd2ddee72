import asyncio
import time

from bench.wire import wire


async def test_what_goes_through_comes_out_in_order_later_and_is_counted() -> None:
    closed = asyncio.Event()

    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(2 * data)
        writer.close()
        closed.set()

    async with await asyncio.start_server(twice, "127.0.0.1", 0) as server:
        async with wire(server.sockets[0].getsockname()[1], delay=0.02) as one:
            began = time.monotonic()
            reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
            writer.write(b"first ")
            assert await reader.readexactly(12) == b"first first "
            assert time.monotonic() - began >= 0.08  # twice to connect, and twice for the answer
            writer.write(b"second")
            assert await reader.readexactly(12) == b"secondsecond"
            writer.close()
            await closed.wait()
            assert await reader.read() == b""
        assert one.passed == {"up": 12, "down": 24}
