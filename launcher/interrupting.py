"""Ending in good order."""

import signal


def interrupt_when_asked_to_end() -> None:
    """Let SIGTERM raise KeyboardInterrupt, as SIGINT does, to which what a shell starts in the background is deaf."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
