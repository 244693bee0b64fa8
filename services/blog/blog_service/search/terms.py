"""What is looked for, and what it is found by: the terms of a query and the tokens of a text."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from blog_service.search.languages import COMMONEST, languages_of, stem
from blog_service.search.words import Word, is_written_without_spaces, pairs_of, words_in

Terms = tuple[frozenset[str], ...]
"""A text is found if it has one token of each; no terms find nothing."""
REMEMBERED = 20_000


def terms_of(query: str) -> Terms:
    """The terms of what somebody typed, whatever it was: signs mean nothing, and twice a word is one."""
    return tuple(dict.fromkeys(term for word in words_in(query) for term in _terms(word.folded)))


def tokens_of(words: list[Word], languages: tuple[str, ...]) -> Iterator[str]:
    """What words of a text in one of these languages are found by, in their order."""
    return chain.from_iterable(_tokens(word.folded, languages) for word in words)


def languages_in(words: list[Word]) -> tuple[str, ...]:
    """The language of a text, or all that it may be in."""
    return languages_of(word.folded for word in words)


@lru_cache(REMEMBERED)
def tokens_in_any_language(word: str) -> frozenset[str]:
    """What a folded word is found by where nothing is known of its text."""
    return frozenset(_tokens(word, tuple(COMMONEST)))


def _terms(word: str) -> Iterator[frozenset[str]]:
    if is_written_without_spaces(word):
        yield from (frozenset({pair}) for pair in pairs_of(word) or [word])
    else:
        yield tokens_in_any_language(word)


@lru_cache(REMEMBERED)
def _tokens(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    if is_written_without_spaces(word):
        return (*word, *pairs_of(word))
    return (word, *[stem(word, language) for language in languages])
