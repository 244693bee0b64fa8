"""ICC profiles (ICC.1): how the colours of one are to be brought to a screen."""

INTENTS = ("perceptual", "relative", "saturation")
HEADER, ENTRY = 132, 12  # bytes up to the first entry of the table of tags, and of an entry


def rendering_intent(profile: bytes) -> str:
    """The intent that the profile asks for, as libvips calls it; of one that it has no table for, one that it has.

    Absolute, which shows the tint of the paper, is for proofs: screens show it as relative.
    """
    asked = int.from_bytes(profile[64:68], "big")
    asked = asked if asked < len(INTENTS) else 1
    tags = {profile[at : at + 4] for at in range(HEADER, HEADER + ENTRY * _count(profile), ENTRY)}
    tables = [number for number in (asked, *range(len(INTENTS))) if b"A2B%d" % number in tags]
    return INTENTS[tables[0] if tables else asked]


def _count(profile: bytes) -> int:
    return min(int.from_bytes(profile[128:132], "big"), len(profile) // ENTRY)
