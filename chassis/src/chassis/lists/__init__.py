"""Lists as every service of the public API answers them: parameters read strictly, pages by number or by cursor.

Nothing here knows a framework: ``chassis.django.lists`` and ``chassis.fastapi.lists`` bring the request in.
"""

from chassis.lists.cursor import CURSOR, CursorPage, Keyset, Place, cursor_page
from chassis.lists.page_number import PAGE_NUMBER, Page, page_of
from chassis.lists.parameters import Parameter, require_known
from chassis.lists.query import Query

__all__ = [
    "CURSOR",
    "PAGE_NUMBER",
    "CursorPage",
    "Keyset",
    "Page",
    "Parameter",
    "Place",
    "Query",
    "cursor_page",
    "page_of",
    "require_known",
]
