"""From Markdown to HTML that may be embedded."""

import time

import pytest
from blog_service.markdown import sanitising
from blog_service.markdown.budget import LOOK_EVERY, Account, Budget, TooComplex
from blog_service.markdown.rendering import excerpt, render


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# md", '<h1 id="user-content-md">md</h1>'),
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


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a|b\n-:|:-:\n1|2", '<td align="right">1</td>'),
        ("```c++ title\nx\n```", '<pre><code class="language-c++">x\n</code></pre>'),
        ("<p dir=RTL>x</p>", '<p dir="rtl">x</p>'),
        ("# First *light*, `now`", '<h1 id="user-content-first-light-now">'),
        ("# \u041c\u0438\u0440", '<h1 id="user-content-\u043c\u0438\u0440">'),
        ("# a\n\n# A\n\n## a", '<h2 id="user-content-a-2">a</h2>'),
        ("<b id=x>1</b>", '<b id="user-content-x">1</b>'),
        ("a[^n]\n\n[^n]: the note", '<a href="#user-content-fn1" id="user-content-fnref1"'),
        ("a[^n]\n\n[^n]: the note", '<li id="user-content-fn1" class="footnote-item"><p>the note '),
        ("<svg><text>in a drawing</text></svg>", "in a drawing"),
        ("<svg><title>one</title><desc>two</desc></svg>", "two"),
        ("<math><mi>a</mi><mo>+</mo></math>", "a + "),
        ("- [ ] to do", '<li><input type="checkbox" disabled=""> to do</li>'),
        ("1. [x] done", '<li><input type="checkbox" checked="" disabled=""> done</li>'),
        ("<details open><summary>1</summary>2</details>", '<details open=""><summary>1</summary>2</details>'),
        (
            "<figure><img src=/x.png alt=y><figcaption>z</figcaption></figure>",
            '<figure><img src="/x.png" alt="y"><figcaption>z</figcaption></figure>',
        ),
        ("<ol reversed><li value=7>x</ol>", '<ol reversed=""><li value="7">x</li></ol>'),
        ("<time datetime=2026-11-23>Monday</time>", '<time datetime="2026-11-23">Monday</time>'),
    ],
)
def test_what_authors_write_is_kept(source: str, html: str) -> None:
    assert html in render(source)


def test_a_link_leads_to_a_heading() -> None:
    html = render("[go](#first-light)\n\n# First light")
    assert 'href="#user-content-first-light"' in html
    assert 'id="user-content-first-light"' in html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b id=x>1</b><b id=x>2</b>", '<p><b id="user-content-x">1</b><b>2</b></p>'),
        ("<b id='a b'>1</b>", "<p><b>1</b></p>"),
        ("<b dir=up class=evil>1</b>", "<p><b>1</b></p>"),
        ("<code class='language-x other'>1</code>", "<p><code>1</code></p>"),
        ("<li class=menu>1</li>", "<li>1</li>"),
        ("<td style='position:fixed'>1</td>", "1"),
        ("<svg><script>alert(1)</script><style>x</style></svg>", "<p></p>"),
        ("x<input type=image src=x formaction=javascript:x onfocus=x>", "<p>x</p>"),
        ("<input name=y type=checkbox form=z onfocus=x>", '<input type="checkbox" disabled="">'),
        ("x<input type=text value='<' onfocus=x", "<p>x&lt;input type=text value='&lt;' onfocus=x</p>"),
        ("<svg><a href='javascript:x'>1</a></svg>", '<p><a rel="noopener noreferrer nofollow ugc">1</a></p>'),
    ],
)
def test_what_is_kept_stays_harmless(source: str, html: str) -> None:
    assert render(source).replace(" </p>", "</p>") == html


def test_an_input_in_disguise_is_but_a_box_that_nobody_can_tick() -> None:
    tags = render("<div>\n<input type=text value='<' autofocus>\n</div>").split("\n")[1]
    assert set(tags.removesuffix(">").split()) == {"<input", 'type="checkbox"', 'disabled=""'}


@pytest.mark.parametrize(
    ("source", "budget"),
    [
        ("[a][r] [a][r] [a][r]\n\n[r]: /" + "x" * 50, Budget(output=190)),
        ("a\n\n" * 5, Budget(output=60)),
        ("a|b|c|d\n-|-|-|-\n1\n1\n1", Budget(tokens=60)),
        ("a|b\n-|-\n1\n\n" * 4, Budget(tokens=90)),
        ("- a\n" * 10, Budget(tokens=60)),
        ("*a* " * 10, Budget(tokens=40)),
        ("> > > a", Budget(depth=3)),
        ("***a** b*", Budget(depth=2)),
    ],
)
def test_a_document_keeps_to_its_budget(source: str, budget: Budget) -> None:
    assert render(source)
    with pytest.raises(TooComplex):
        render(source, budget)


def test_an_address_counts_each_time_it_is_used() -> None:
    once, budget = "[a][r]\n\n[r]: /" + "x" * 50, Budget(output=190)
    assert render(once, budget)
    with pytest.raises(TooComplex):
        render("[a][r] [a][r] " + once, budget)


def test_cpu_time_runs_out_between_two_rules() -> None:
    moments = iter([0.0, 0.9, 1.1])
    account = Account(Budget(seconds=1), lambda: next(moments))
    for _ in range(2 * LOOK_EVERY - 1):
        account.step()
    with pytest.raises(TooComplex):
        account.step()


@pytest.mark.parametrize("source", ["a\n\n" * 100, "> a\n" * 100, "[a](b) " * 50])
def test_blocks_and_what_is_in_them_look_at_the_clock(source: str) -> None:
    with pytest.raises(TooComplex):
        render(source * 10, Budget(seconds=-1))


@pytest.mark.parametrize("part", ["<div>", "<div>\n\n", "<b></p>"])
def test_deep_nesting_does_not_hold_a_worker(part: str) -> None:
    began = time.process_time()
    html = render(part * (200_000 // len(part)))
    assert time.process_time() - began < 5
    assert "<div>" not in html


@pytest.mark.parametrize(
    "source",
    [
        "<p a b c>\n",
        "<p a/b/c>\n",
        "<p a=\"1\"b='2'c=3>\n",
        "<p a\nb = '>' c\n",
        "</p a b c>\n",
        "<p a=\"\n\n[x](/y 'b c d')",
        '<!-- <p a=" --><p a b c>\n',
        "<p\n<svg>a b c>\n",
        "<p a=\u00a0'b c d'>\n",
    ],
)
def test_a_tag_has_so_many_attributes_however_they_are_written(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render(source) is not None
    monkeypatch.setattr(sanitising, "MOST_ATTRIBUTES", 2)
    with pytest.raises(TooComplex):
        render(source)


def test_the_search_for_such_tags_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    unclosed = "<p>\n<b/a=<b/a=<b/a=x"
    assert render(unclosed)
    monkeypatch.setattr(sanitising, "READ", len(unclosed))
    assert render("<p>\n<b a=1><b a=2></p>")
    with pytest.raises(TooComplex):
        render(unclosed)


@pytest.mark.parametrize("source", ["<p a b>1</p> c d e\n", "a < b c d e", "`<b c d e>`", "> <a@b.org> c d e > f"])
def test_words_beside_a_tag_are_no_attributes(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitising, "MOST_ATTRIBUTES", 2)
    assert "e" in render(source)


def test_an_excerpt_is_the_first_words_as_plain_text() -> None:
    assert excerpt(render("# A & B\n\nfirst *words*")) == "A & B first words"
    assert excerpt(render("a<br>b\n\n- c\n- d\n\ne|f\n-|-\n1|2\n\n<div>x<hr>y</div>")) == "a b c d e f 1 2 x y"
    assert excerpt(render("- [ ] milk\n- [x] bread")) == "milk bread"
    assert excerpt(render("H<sub>2</sub>O *in*side")) == "H2O inside"
    assert excerpt(render("Said[^1].\n\n[^1]: Elsewhere.")) == "Said."
    assert excerpt(render("word " * 100)) == " ".join(["word"] * 40) + "…"
    assert excerpt(render("x" * 300)) == "x" * 200 + "…"
