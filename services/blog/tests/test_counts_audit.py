"""The counts that are kept are right, and those that are not are found and put right."""

from collections.abc import Callable

import pytest
from blog_service.authors.models import Author
from blog_service.commands import COMMANDS
from blog_service.counters.models import PostCounts, PublishedTally
from blog_service.counts_audit import wrong_counts
from blog_service.tags.models import Tag
from blog_service.testing import Caller
from django.db.models import F


@pytest.fixture
def newsroom(alice: Caller, bob: Caller) -> None:
    """Posts with tags and favourites, through all that changes a count."""
    for title in ("a", "b", "c"):
        alice.writes(title, tags=["t", title], published=True)
        bob.post(f"v1/posts/{title}/favourite")
        alice.post(f"v1/posts/{title}/favourite")
    alice.post("v1/posts/b/unpublish")
    alice.patch("v1/posts/c", {"tags": ["t"]})
    alice.delete("v1/posts/c")
    bob.delete("v1/posts/a/favourite")
    bob.writes("d", tags=["d"])


def test_counts_are_right_whatever_was_done(newsroom: None) -> None:
    assert list(wrong_counts(repair=False)) == []


def _lose(model: type[Author | Tag | PostCounts | PublishedTally], column: str) -> Callable[[], object]:
    return lambda: model._default_manager.update(**{column: F(column) + 7})


@pytest.mark.parametrize(
    ("what", "harm"),
    [
        ("authors.author.posts_count", _lose(Author, "posts_count")),
        ("tags.tag.posts_count", _lose(Tag, "posts_count")),
        ("counters.postcounts.favourites", _lose(PostCounts, "favourites")),
        ("counters.postcounts.favourites", lambda: PostCounts.objects.all().delete()),
        ("counters.publishedtally", _lose(PublishedTally, "posts")),
        ("counters.publishedtally", lambda: PublishedTally.objects.all().delete()),
    ],
)
def test_a_wrong_count_is_found_and_put_right(newsroom: None, what: str, harm: Callable[[], object]) -> None:
    harm()
    found = list(wrong_counts(repair=False))
    assert {wrong.what for wrong in found} == {what}
    assert [wrong.repaired for wrong in found] == [False] * len(found)
    assert all(wrong.repaired for wrong in wrong_counts(repair=True))
    assert list(wrong_counts(repair=False)) == []


def test_the_command_says_what_is_wrong_and_whether_it_is_left_so(
    newsroom: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Author.objects.filter(username="alice").update(posts_count=5)
    for arguments, code, said in (([], 1, "kept 5, counted 1"), (["--repair"], 0, "put right"), ([], 0, "0 wrong")):
        with pytest.raises(SystemExit) as ended:
            COMMANDS["counts"](arguments)
        assert ended.value.code == code
        assert said in capsys.readouterr().out
