"""The figures that are told are those that were measured."""

from benchmarks import page
from benchmarks.capacity import plan


def test_page_of_figures_is_made_of_the_results() -> None:
    assert page.PAGE.read_text() == page.render(), "run `python -m benchmarks.page`, or make bench"


def test_tables_of_capacity_are_made_of_the_results() -> None:
    told = plan.PAGE.read_text()
    assert told == plan.render(told), "run `python -m benchmarks.capacity.plan`, or make bench"


def test_mix_of_the_capacity_plan_is_all_of_the_requests() -> None:
    assert round(sum(part.percent for part in plan.MIX), 6) == 100
