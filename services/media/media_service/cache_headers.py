"""How long caches may keep an answer that is not for everybody: not at all."""

PRIVATE = "private, no-store"
