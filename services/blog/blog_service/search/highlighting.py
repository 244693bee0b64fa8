"""Showing in a text what was looked for."""

from collections.abc import Iterator
from html import escape

from blog_service.search.terms import Terms, tokens_in_any_language
from blog_service.search.words import Word, fold, is_written_without_spaces, words_in

LENGTH = 200
"""Characters of a passage, about."""
LONGEST = 50_000
"""Characters of a text that a passage is looked for in."""
Place = tuple[int, int]


def highlighted(text: str, terms: Terms) -> str:
    """The text as HTML, what is looked for in ``<mark>``: each piece is escaped, and only then are they joined."""
    html, done = [], 0
    for start, end in _places(text, terms):
        html += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
        done = end
    return "".join([*html, escape(text[done:])])


def passage(text: str, terms: Terms) -> str:
    """The text around the first word that is looked for, highlighted; its beginning where there is none."""
    start, end = _around(text[:LONGEST], next(_places(text[:LONGEST], terms), (0, 0)))
    return ("…" if start else "") + highlighted(text[start:end].strip(), terms) + ("…" if end < len(text) else "")


def _around(text: str, place: Place) -> Place:
    """Where a passage begins and ends: between words, unless they are too long."""
    start = max(place[0] - LENGTH // 4, 0)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    if place[1] - start > LENGTH // 2:
        start = place[0]
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", start, end), place[1])
    return start, end if end > start else start + LENGTH


def _places(text: str, terms: Terms) -> Iterator[Place]:
    """Where the marks begin and end; neighbours that overlap are one."""
    wanted = frozenset[str]().union(*terms)
    last: Place | None = None
    for start, end in (place for word in words_in(text) for place in _places_of(word, text, wanted)):
        if last and start < last[1]:
            last = (last[0], max(end, last[1]))
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last


def _places_of(word: Word, text: str, wanted: frozenset[str]) -> Iterator[Place]:
    if not is_written_without_spaces(word.folded):
        if not wanted.isdisjoint(tokens_in_any_language(word.folded)):
            yield word.start, word.end
        return
    for start in range(word.start, word.end):
        for end in range(start + 1, min(start + 2, word.end) + 1):
            if fold(text[start:end]) in wanted:
                yield start, end
