"""Words as search knows them: split and folded here and nowhere else, so that every database finds the same.

Neither PostgreSQL's parsers nor FTS5's tokenizers see a text: they disagree on accents, hyphens, dots and signs. They
get what is found here, letters and digits alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

LONGEST = 64
"""Characters of a word that count; an entry of PostgreSQL's index takes 2,046 bytes."""
_ACCENTS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
_SAME_LETTER = str.maketrans("łøđ\u0131\u03c2", "lodi\u03c3")  # which Unicode does not decompose
_WITHOUT_SPACES = (  # Thai, Lao, Burmese, Khmer, kana and Han
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_WITHOUT_SPACES}]+|[^{_WITHOUT_SPACES}]+")
_IS_WITHOUT_SPACES = re.compile(f"[{_WITHOUT_SPACES}]")


class Word(NamedTuple):
    """A word and where it stands in its text."""

    start: int
    end: int
    folded: str


def words_in(text: str) -> Iterator[Word]:
    """The words of a text; two that fold into several (``½``) share their place."""
    for found in _word().finditer(text):
        if found[0].isascii():  # most words, several times faster
            yield Word(found.start(), found.end(), found[0].lower()[:LONGEST])
            continue
        for run in _RUN.finditer(found[0]):
            start = found.start() + run.start()
            for folded in _word().findall(fold(run[0])):
                yield Word(start, start + len(run[0]), folded[:LONGEST])


def fold(text: str) -> str:
    """Without case, accents and other ways to write a letter; ß stays ß."""
    if text.isascii():  # most words, several times faster
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_SAME_LETTER)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain))


def is_written_without_spaces(word: str) -> bool:
    """Whether the word may be a whole sentence, being of a script that does not part its words."""
    return bool(_IS_WITHOUT_SPACES.match(word))


def pairs_of(word: str) -> list[str]:
    """Each two neighbouring characters: what stands for words where nobody parts them."""
    return [word[at : at + 2] for at in range(len(word) - 1)]


@cache
def _word() -> re.Pattern[str]:
    """Letters, digits and the marks on them, which ``\\w`` leaves out: without them Hindi falls to pieces.

    None of two thousand marks is in ASCII: to look for that first is quicker.
    """
    marks = (character for character in map(chr, range(0x300, 0x20000)) if unicodedata.category(character)[0] == "M")
    return re.compile(rf"(?:[^\W_]++|(?![\x00-\x7f])[{''.join(marks)}]++)++")
