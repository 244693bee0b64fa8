"""The sizes every picture is offered in: pixels the longest side has at most; a picture is never enlarged.

Their names are part of the public API. MEDIA_PRESETS may give other sizes; these hold unless it does.
"""

PRESETS = {"thumb": 320, "medium": 800, "large": 1600}
SMALLEST, LARGEST = 16, 4096


def presets_of(text: str) -> dict[str, int]:
    """Sizes from words such as ``thumb:320,medium:800,large:1600``; raises ValueError with what is wrong."""
    pairs = [pair.partition(":")[::2] for pair in text.split(",")]
    if sorted(name for name, _ in pairs) != sorted(PRESETS):
        raise ValueError(f"must name {', '.join(PRESETS)}, each once, as thumb:320")
    for name, side in pairs:
        if not side.isdecimal() or not SMALLEST <= int(side) <= LARGEST:
            raise ValueError(f"{name} must have {SMALLEST} to {LARGEST} pixels")
    return {name: int(side) for name, side in pairs}
