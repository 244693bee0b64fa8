"""The collector of cyclic garbage, told what its process is about.

By itself it looks again and again at what is being imported, and later, in a full collection, at all of it: a tenth of
a second in which a service of a hundred thousand objects answers nobody.
"""

import gc

STARTING = 50_000
"""Objects made before a collection, while hardly one of them is garbage."""
_usual = gc.get_threshold()


def relax_for_startup() -> None:
    """Collect seldom: a process that starts keeps nearly all that it makes."""
    gc.set_threshold(STARTING)


def freeze_for_serving() -> None:
    """Collect as usual, but never again look at what is there by now. May be called again after a later import."""
    gc.freeze()
    gc.set_threshold(*_usual)
