"""What libvips says goes through our log, without its chatter: it tells of every step, and complains at every pass."""

import logging
from collections import OrderedDict

REMEMBERED = 256  # different complaints


class Once(logging.Filter):
    """Lets a message pass only if it is not among those that were heard last.

    Called from libvips' threads too; at worst two of them say the same at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: OrderedDict[str, None] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        is_new = message not in self.heard
        self.heard[message] = None
        if len(self.heard) > REMEMBERED:
            self.heard.popitem(last=False)
        return is_new


once = Once()


def quieten() -> None:
    """Warnings and errors only, each once."""
    logger = logging.getLogger("pyvips")
    logger.setLevel(logging.WARNING)
    logger.addFilter(once)
