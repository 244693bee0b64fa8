"""The stems that texts are found by."""

from blog_service.search.languages import MARK, stem
from blog_service.search.services import SPLITTING

STEMS = {  # several are others in earlier releases of the stemmer
    "english": {"organization": "organiz", "university": "universiti", "pasting": "paste", "walking": "walk"},
    "german": {"aktuell": "aktull", "israel": "isral", "lehrerinnen": "lehr", "straße": "straß"},
    "french": {"evidemment": "evident", "premieres": "premier", "chevaux": "cheval"},
    "spanish": {"organizaciones": "organiz", "rapidamente": "rapid", "canciones": "cancion"},
}


def test_stems_are_those_that_the_index_was_made_with() -> None:
    """A release that stems otherwise finds nothing of what was indexed before: count SPLITTING up with these."""
    found = {
        language: {word: stem(word, language).split(MARK)[0] for word in words} for language, words in STEMS.items()
    }
    assert (found, SPLITTING) == (STEMS, 1)
