"""Passes the answer of an upstream on to the client, part by part, as fast as the client takes it."""

from time import monotonic

from gateway_service.exchange import Exchange, Header
from gateway_service.upstreams.connection import Connection
from gateway_service.upstreams.transfer import Transfer


async def relay(exchange: Exchange, transfer: Transfer, connection: Connection, headers: list[Header]) -> None:
    """Send head and body; raises UpstreamFailedError when the upstream breaks off."""
    transfer.endless = _is_event_stream(connection.headers)
    part = b""
    if not transfer.endless and not connection.at_end:
        part = await connection.read()  # before the head is sent: an upstream that fails here is still a 502
    await exchange.send({"type": "http.response.start", "status": connection.status, "headers": headers})
    exchange.status = connection.status
    while not connection.at_end:
        await transfer.of_client(exchange.send({"type": "http.response.body", "body": part, "more_body": True}))
        part = await connection.read()
        transfer.moved = monotonic()
    transfer.answered = True
    await transfer.of_client(exchange.send({"type": "http.response.body", "body": part}))


def _is_event_stream(headers: list[Header]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)
