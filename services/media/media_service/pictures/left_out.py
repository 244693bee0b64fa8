"""What is not kept of a picture though some screens would show it, by the names that its owner is told."""

GAIN_MAP = "gain_map"
ANIMATION = "animation"
PICTURES = "pictures"
ALL = (GAIN_MAP, ANIMATION, PICTURES)
