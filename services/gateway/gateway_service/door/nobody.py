"""Where a request comes from that no client has sent."""

from gateway_service.door.turn import Turn


class Nobody:
    """The line of its turn: nothing comes, and what is said is heard by nobody."""

    def write(self, data: bytes) -> None: ...

    def pace(self) -> None: ...

    def ended(self, turn: Turn) -> None: ...
