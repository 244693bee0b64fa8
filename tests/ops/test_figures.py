"""The figures that are told are those that were measured."""

from benchmarks import page


def test_page_of_figures_is_made_of_the_results() -> None:
    assert page.PAGE.read_text() == page.render(), "run `python -m benchmarks.page`, or make bench"
