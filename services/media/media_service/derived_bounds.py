"""What transformed pictures may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DerivedBounds:
    """Bytes of all transformed pictures together, and how many are kept of one picture, and of one owner's."""

    bytes: int
    per_asset: int
    per_owner: int
