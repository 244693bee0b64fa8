"""From Markdown to HTML that may be embedded."""

import time

import pytest
from blog_service.posts.markdown import excerpt, render


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# md", "<h1>md</h1>"),
        ("a **b** ~~c~~", "<p>a <strong>b</strong> <s>c</s></p>"),
        ("x<sub>2</sub> & <", "<p>x<sub>2</sub> &amp; &lt;</p>"),
        ("<script>alert(1)</script>", ""),
        ("<img src=x onerror=alert(1)>", '<img src="x">'),
        ('<p style="position:fixed" onclick="x()">t</p>', "<p>t</p>"),
        ("[x](javascript:alert(1))", '<p><a rel="noopener noreferrer nofollow ugc">x</a></p>'),
        ("![x](data:text/html,y)", '<p><img alt="x"></p>'),
        ("<iframe src=//x></iframe><form><input></form>", ""),
        ("", ""),
    ],
)
def test_only_harmless_html_comes_out(source: str, html: str) -> None:
    assert render(source) == html


def test_links_do_not_vouch_for_where_they_lead() -> None:
    assert render("[x](https://e.org)") == '<p><a href="https://e.org" rel="noopener noreferrer nofollow ugc">x</a></p>'


def test_tables_are_known() -> None:
    assert "<td>1</td>" in render("a|b\n-|-\n1|2")


@pytest.mark.parametrize("part", ["<div>", "<div>\n\n", "<b></p>"])
def test_deep_nesting_does_not_hold_a_worker(part: str) -> None:
    began = time.process_time()
    html = render(part * (200_000 // len(part)))
    assert time.process_time() - began < 5
    assert "<div>" not in html


def test_an_excerpt_is_the_first_words_as_plain_text() -> None:
    assert excerpt(render("# A & B\n\nfirst *words*")) == "A & B first words"
    assert excerpt(render("word " * 100)) == " ".join(["word"] * 40) + "…"
    assert excerpt(render("x" * 300)) == "x" * 200 + "…"
