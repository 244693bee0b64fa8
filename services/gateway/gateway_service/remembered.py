"""What was made of a client's words, for when they come again: as functools.lru_cache has it, but of short ones alone.

A header may have 16 KB, and what is made of it take forty times that: a thousand of them are more than a pod has.
"""

from collections.abc import Callable
from typing import Any, TypeVar

LONGEST = 200
"""Characters of all texts together. Longer ones are rare, and read each time."""
Words = TypeVar("Words")
Made = TypeVar("Made")


def remembered(most: int, *, longest: int = LONGEST) -> Callable[[Callable[[Words], Made]], Callable[[Words], Made]]:
    """For a function of one text, or of one tuple of texts. Beyond the ``most`` all that it has made is forgotten."""
    return lambda make: _Remembered(make, most, longest).__getitem__


class _Remembered(dict[Words, Made]):
    """What is in it is found without a call of Python, and so no more slowly than by lru_cache."""

    def __init__(self, make: Callable[[Words], Made], most: int, longest: int) -> None:
        super().__init__()
        self._make, self._most, self._longest = make, most, longest

    def __missing__(self, words: Words) -> Made:
        made = self._make(words)
        if _length(words) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[words] = made
        return made


def _length(words: Any) -> int:
    return len(words) if isinstance(words, str | bytes) else sum(map(_length, words))
