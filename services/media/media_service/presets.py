"""The sizes every picture is offered in: pixels the longest side has at most; a picture is never enlarged."""

PRESETS = {"thumb": 320, "medium": 800, "large": 1600}
