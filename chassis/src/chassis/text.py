"""What a short text may hold that people give others to read: a title, a tag, a caption, a description."""

import re
from typing import NamedTuple

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the Char of XML 1.0 (2.2): no feed can carry it, escaped or not."""
_VISIBLE = re.compile(
    r"[^\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""All but white space, blanks with other names, and what Unicode calls default ignorable."""
_EMBEDDINGS, _POP_EMBEDDING = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES, _POP_ISOLATE = "\u2066\u2067\u2068", "\u2069"


class Fault(NamedTuple):
    """What is wrong with a text, for its author."""

    code: str
    detail: str


class UnreadableError(ValueError):
    """A text that others could not read; ``code`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.code = fault.code


def forbidden_character(text: str) -> Fault | None:
    """Whether the text holds what XML cannot: the rule for long texts too."""
    if found := _FORBIDDEN.search(text):
        return Fault("characters", f"Take out the character U+{ord(found[0]):04X}, which is no text.")
    return None


def without_forbidden(text: str) -> str:
    """The text without what XML cannot hold, such as control characters that were written as entities of HTML."""
    return _FORBIDDEN.sub("", text)


def fault_of(text: str) -> Fault | None:
    """Why others could not read the text, or could not read what stands after it; an empty one has no fault."""
    if fault := forbidden_character(text):
        return fault
    if text and not _VISIBLE.search(text):
        return Fault("invisible", "Write something that can be seen.")
    if any(_leaves_open(line) for line in text.splitlines()):
        return Fault("direction", "Close every mark of direction in the line that it begins in (U+202C, U+2069).")
    return None


def readable(text: str) -> str:
    """The text; raises UnreadableError as ``fault_of`` says."""
    if fault := fault_of(text):
        raise UnreadableError(fault)
    return text


def _leaves_open(line: str) -> bool:
    """Whether a mark of direction goes on behind the line (UAX 9, X1 to X8; a line ends what it holds)."""
    open_embeddings = [0]  # outside of every isolate, then in each that is open
    for character in line:
        if character in _ISOLATES:
            open_embeddings.append(0)
        elif character in _EMBEDDINGS:
            open_embeddings[-1] += 1
        elif character == _POP_EMBEDDING:
            open_embeddings[-1] = max(open_embeddings[-1] - 1, 0)
        elif character == _POP_ISOLATE and len(open_embeddings) > 1:
            open_embeddings.pop()
    return open_embeddings != [0]
