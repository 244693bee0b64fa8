"""What a word comes from, by language: *walks* and *walking* are found by *walk*.

Nobody says which language a text is in; its commonest words do. A short one may be in any, and gets the stems of all.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Protocol, cast

import snowballstemmer

from blog_service.search.words import fold

_COMMONEST = {
    "english": "the of and to in is that it was for on are with as be this have from or by not but at which they you",
    "german": "der die das und ist nicht ein eine zu den mit sich auf für dem von im auch es werden aus wird sind ich",
    "french": "le la les et des est une dans que qui pour pas sur au avec ce il elle sont par plus du nous vous ne",
    "spanish": "el la los las y que en un una por con para es del se no al lo como más pero su este está son",
}
COMMONEST = {language: frozenset(fold(words).split()) for language, words in _COMMONEST.items()}
_LANGUAGES = {
    word: [language for language, common in COMMONEST.items() if word in common]
    for word in frozenset().union(*COMMONEST.values())
}
FEWEST = 3
"""Common words that tell a language."""
MARK = "·"
"""Between a stem and its language: no character of a word, so that no stem is taken for a word."""

_SHARP_S = "\ue000"  # which the German stemmer does not know, and so leaves


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  theirs


def languages_of(words: Iterable[str]) -> tuple[str, ...]:
    """The language of these folded words, or all that are known where they do not tell."""
    seen = Counter(language for word in words if word in _LANGUAGES for language in _LANGUAGES[word])
    (first, count), second = seen.most_common(1)[0] if seen else ("", 0), seen.most_common(2)[1:]
    is_told = count >= FEWEST and (not second or second[0][1] < count)
    return (first,) if is_told else tuple(COMMONEST)


def stem(word: str, language: str) -> str:
    """What a folded word comes from, marked by its language."""
    stemmed = _stemmer(language).stemWord(word.replace("ß", _SHARP_S)).replace(_SHARP_S, "ß")
    return f"{stemmed}{MARK}{language[:2]}"


@cache
def _stemmer(language: str) -> _Stemmer:
    return cast("_Stemmer", snowballstemmer.stemmer(language))
