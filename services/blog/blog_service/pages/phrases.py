"""What the pages say in each language. What authors wrote stays as they wrote it."""

from django.http import HttpRequest
from django.utils import translation

DEFAULT = "en"
PHRASES = {
    "en": {
        "date": "j F Y",
        "all_posts": "All posts",
        "latest": "Latest",
        "search": "Search",
        "search_for": "Search posts",
        "results": "Results for",
        "nothing_found": "Nothing was found. Try fewer or other words.",
        "nothing_here": "There is nothing here yet.",
        "older": "Older posts",
        "newest": "Newest posts",
        "more": "More results",
        "favourites": "favourites",
        "one_favourite": "favourite",
        "comments": "comments",
        "one_comment": "comment",
        "tagged": "Tagged",
        "by": "by",
        "minutes": "min read",
        "posts_by": "Posts by",
        "updated": "Updated",
        "picture": "The picture in full size",
        "feeds": "Feeds",
        "skip": "Skip to the text",
        "follow": "Follow along",
        "not_found": "This page is not here",
        "not_found_why": "It may have moved, or the author took it back.",
        "bad_request": "This address does not make sense",
        "bad_request_why": "Part of it is missing, or was changed on its way.",
        "unavailable": "We cannot show this at the moment",
        "unavailable_why": "Please try again in a minute.",
        "go_on": "Go on to the latest posts",
    },
    "de": {
        "date": "j. F Y",
        "all_posts": "Alle Beiträge",
        "latest": "Neueste",
        "search": "Suchen",
        "search_for": "Beiträge durchsuchen",
        "results": "Treffer für",
        "nothing_found": "Nichts gefunden. Versuchen Sie es mit weniger oder anderen Wörtern.",
        "nothing_here": "Hier ist noch nichts.",
        "older": "Ältere Beiträge",
        "newest": "Neueste Beiträge",
        "more": "Weitere Treffer",
        "favourites": "Favoriten",
        "one_favourite": "Favorit",
        "comments": "Kommentare",
        "one_comment": "Kommentar",
        "tagged": "Schlagwort",
        "by": "von",
        "minutes": "Min. Lesezeit",
        "posts_by": "Beiträge von",
        "updated": "Aktualisiert",
        "picture": "Das Bild in voller Größe",
        "feeds": "Feeds",
        "skip": "Zum Text springen",
        "follow": "Auf dem Laufenden bleiben",
        "not_found": "Diese Seite gibt es nicht",
        "not_found_why": "Vielleicht ist sie umgezogen, oder ihr Beitrag wurde zurückgezogen.",
        "bad_request": "Diese Adresse ergibt keinen Sinn",
        "bad_request_why": "Ein Teil fehlt oder wurde unterwegs verändert.",
        "unavailable": "Das können wir gerade nicht zeigen",
        "unavailable_why": "Bitte versuchen Sie es in einer Minute noch einmal.",
        "go_on": "Weiter zu den neuesten Beiträgen",
    },
}


def language_of(request: HttpRequest) -> str:
    """The language of PHRASES that the reader's browser asks for first, else DEFAULT."""
    asked = translation.get_language_from_request(request).partition("-")[0]
    return asked if asked in PHRASES else DEFAULT
