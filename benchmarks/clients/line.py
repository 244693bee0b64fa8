"""A line to a server that is far away: all arrives half a round trip later, and a connection takes a whole one."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually

ROUND_TRIP_SECONDS = 0.05
CHUNK = 1 << 16


@contextmanager
def line(port: int) -> Iterator[str]:
    """The address, seen from far away, of what listens at a port here."""
    near = free_port()
    loop = asyncio.new_event_loop()
    serving = loop.create_task(_serve(near, port))
    thread = Thread(target=_run, args=(loop, serving))
    thread.start()
    try:
        eventually(lambda: answers(near))
        yield f"http://{LOOPBACK}:{near}"
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, serving: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(serving)
    loop.close()


async def _serve(near: int, far: int) -> None:
    async def connect(reader: StreamReader, writer: StreamWriter) -> None:
        await asyncio.sleep(ROUND_TRIP_SECONDS)
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, far)
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))

    server = await asyncio.start_server(connect, LOOPBACK, near)
    await server.serve_forever()


async def _carry(reader: StreamReader, writer: StreamWriter) -> None:
    """All of one direction, in order, each part as late as the next."""
    loop = asyncio.get_running_loop()
    with suppress(ConnectionError):  # of a client that was killed, which is what is tried
        while chunk := await reader.read(CHUNK):
            loop.call_later(ROUND_TRIP_SECONDS / 2, writer.write, chunk)
    loop.call_later(ROUND_TRIP_SECONDS / 2, writer.close)
