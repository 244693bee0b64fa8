"""How others are asked for figures: none of them may keep a page waiting."""

import urllib3

_PATIENCE = urllib3.Timeout(connect=1, read=4)


def connections() -> urllib3.PoolManager:
    """Kept open between questions."""
    return urllib3.PoolManager(timeout=_PATIENCE, retries=False)
