"""Pages by cursor, over rows of a database."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from chassis.django.lists import rows_on
from chassis.events.databases.django_app.models import Walk
from chassis.lists import CURSOR, Keyset, Query, cursor_page
from django.db.models.functions import Length
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ORDER: Keyset = {"-length": int, "after": UUID, "-name": str}
EXAMPLES = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=3)
ROWS = st.dictionaries(NAMES, st.integers(0, 2).map(lambda number: UUID(int=number)), max_size=12)


def _pages(limits: Iterator[int]) -> Iterator[list[str]]:
    """The list page by page; what happens between two of them happens while this waits."""
    walks = Walk.objects.annotate(length=Length("name"))
    cursor: str | None = ""
    while cursor is not None:
        sent = {"limit": str(next(limits)), "cursor": cursor} if cursor else {"limit": str(next(limits))}
        page = cursor_page(Query("/walks", sent.items(), CURSOR), ORDER)
        rows, cursor = page.split(list(rows_on(page, walks)), lambda row: (len(row.name), row.after, row.name))
        yield [row.name for row in rows]


@pytest.mark.django_db
@EXAMPLES
@given(rows=ROWS, limits=st.lists(st.integers(1, 4), min_size=13, max_size=13))
def test_any_split_into_pages_gives_every_row_once_in_order(rows: dict[str, UUID], limits: list[int]) -> None:
    Walk.objects.all().delete()
    Walk.objects.bulk_create(Walk(name=name, after=after) for name, after in rows.items())
    seen = [name for page in _pages(iter(limits)) for name in page]
    by_name = sorted(rows, reverse=True)
    assert seen == sorted(by_name, key=lambda name: (-len(name), rows[name]))


@pytest.mark.django_db
@EXAMPLES
@given(rows=ROWS, others=ROWS, limits=st.lists(st.integers(1, 4), min_size=26, max_size=26))
def test_rows_that_come_or_go_between_pages_move_no_others(
    rows: dict[str, UUID], others: dict[str, UUID], limits: list[int]
) -> None:
    Walk.objects.all().delete()
    Walk.objects.bulk_create(Walk(name=f"stays {name}", after=after) for name, after in rows.items())
    coming, seen = list(others.items()), []
    for page in _pages(iter(limits)):
        seen += page
        if coming:
            name, after = coming.pop()
            Walk.objects.filter(name__startswith="other").delete()
            Walk.objects.create(name=f"other {name}", after=after)
    assert sorted(name for name in seen if name.startswith("stays")) == sorted(f"stays {name}" for name in rows)
