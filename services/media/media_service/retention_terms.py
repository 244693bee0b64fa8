"""How long pictures stay that nobody uses."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """From its last use a picture is ``ready`` for ``unused``, then an ``orphan``, then in the ``trash``, then gone."""

    unused: timedelta
    orphan: timedelta
    trash: timedelta
