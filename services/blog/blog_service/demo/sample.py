"""A sample of any size to measure with and to try things on: published posts of many authors, tagged and findable.

Their words are the demo's, in a few hundred texts that are rendered and split once. Rows are written past the ORM.
Nobody is told of them by events, and media has none of their pictures.
"""
# ruff: noqa: S311  the same chance every time is what a sample needs

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from chassis.settings import SettingsError
from django.db import connection, transaction
from django.db.models import Count

from blog_service.authors.models import Author
from blog_service.bulk import Row, indexes_made_afterwards, rows_write
from blog_service.changes.models import Numbering, PostChange
from blog_service.counters.models import PublishedTally
from blog_service.demo.loading import texts
from blog_service.markdown import rendering
from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post, PostImage, PostSlug, PostTag
from blog_service.search.models import Document
from blog_service.search.services import Texts, documents_load, parts_of
from blog_service.search.terms import languages_in, tokens_of
from blog_service.search.words import words_in
from blog_service.settings import settings
from blog_service.tags.models import Tag

AT_ONCE = 5_000
WRITTEN = (Post, PostSlug, PostTag, PostImage, PostChange, Document)
AUTHORS, TAGS, TAGS_EACH = 1_000, 300, 3
IN_A_ROW = 50
"""Posts of one author, one after the other: so they have as many in a small sample."""
TEXTS, SENTENCES = 300, 3
FIRST_DAY = datetime(2016, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=5)
_FIRST = UUID("01520000-0000-7000-8000-000000000000")  # in each table; the last twelve digits count
_MOST = 16**12
_SENTENCE = re.compile(r"[A-Z][^.!?#*`\n]{30,160}[.!?]")


def load(posts: int) -> Iterator[int]:
    """Write what is missing of so many posts; gives how many there are, as it goes on.

    All or nothing is written. Raises SettingsError in production, and where there are posts of others.
    """
    if settings().production:
        raise SettingsError("ENVIRONMENT is production; samples stay out of it.")
    done = Post.objects.filter(id__gte=_id(0), id__lt=_id(_MOST)).count()
    if done != Post.objects.count():
        raise SettingsError("There are other posts; a sample goes into a database of its own.")
    with transaction.atomic(), connection.cursor() as cursor:
        sample = Sample.made()
        with indexes_made_afterwards(WRITTEN):
            for first in range(done, posts, AT_ONCE):
                numbers = range(first, min(first + AT_ONCE, posts))
                sample.write(numbers)
                yield numbers.stop
        _count()
        cursor.execute("ANALYZE")  # who reads next must not wait for the database to notice what is there


@dataclass(frozen=True, slots=True)
class SampleText:
    """What many posts say, the tokens of its title and its body, and the languages it may be in."""

    title: str
    body: str
    html: str
    excerpt: str
    tokens: tuple[list[str], tuple[str, ...]]
    languages: tuple[str, ...]

    def tokens_beside(self, more: str) -> list[str]:
        """The tokens of what a post says beside it."""
        return _tokens(more, self.languages)

    def tokens_of_number(self, number: int) -> list[str]:
        """Tokens of a number, quickly: in every language it is its own stem."""
        return [token.replace("0", str(number)) for token in self.tokens_beside("0")]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the posts are made of. The first tags are on many of them, the last on few (Zipf)."""

    tags: list[Tag]
    texts: list[SampleText]
    shares: list[float]

    @classmethod
    def made(cls) -> "Sample":
        """With its authors, a picture of each, and its tags."""
        people = [Author(id=_id(number), username=f"author{number}", bio="Writes.") for number in range(AUTHORS)]
        Author.objects.bulk_create(people, ignore_conflicts=True)
        told = {"status": Asset.Status.READY, "width": 1600, "height": 1200}
        pictures = [Asset(id=person.id, owner_id=person.id, **told) for person in people]
        Asset.objects.bulk_create(pictures, ignore_conflicts=True)
        names = [f"topic {number}" for number in range(TAGS)]
        Tag.objects.bulk_create((Tag(name=name, key=name) for name in names), ignore_conflicts=True)
        known = Tag.objects.in_bulk(names, field_name="key")
        shares = [1 / (number + 1) for number in range(TAGS)]
        return cls([known[name] for name in names], list(_texts(random.Random(0))), shares)

    def write(self, numbers: range) -> None:
        """The posts of these numbers, with all that belongs to them but their counts."""
        chance = random.Random(numbers.start)
        tags = {n: list(dict.fromkeys(chance.choices(self.tags, self.shares, k=TAGS_EACH))) for n in numbers}
        rows_write(Post, (self._post(n, tags[n]) for n in numbers))
        rows_write(PostSlug, ({"slug": _slug(n), "post_id": _id(n)} for n in numbers))
        rows_write(PostTag, ({"post_id": _id(n), "tag_id": tag.id} for n in numbers for tag in tags[n]))
        rows_write(PostImage, map(_image, numbers))
        rows_write(PostChange, map(_change, numbers))
        documents_load((_id(n), self._tokens(n, tags[n])) for n in numbers)
        Numbering.objects.update_or_create(id=1, defaults={"last": numbers.stop})

    def _post(self, number: int, tags: list[Tag]) -> Row:
        text = self.texts[number % TEXTS]
        return {
            "id": _id(number),
            "author_id": _author(number),
            "title": f"{text.title} {number}",
            "slug": _slug(number),
            "body": text.body,
            "html": text.html,
            "excerpt": text.excerpt,
            "tags": [tag.name for tag in tags],
            "status": Post.Status.PUBLISHED,
            "published_at": _moment(number),
            "created_at": _moment(number),
            "updated_at": _moment(number),
            "event_sequence": 1,
        }

    def _tokens(self, number: int, tags: list[Tag]) -> list[Sequence[str]]:
        text = self.texts[number % TEXTS]
        title, body = text.tokens
        of_tags = [token for tag in tags for token in text.tokens_beside(tag.name)]
        return [[*title, *text.tokens_of_number(number)], of_tags, body]


def _count() -> None:
    """All posts are public and of the sample, so their counts can be taken at once."""
    by_tag = dict(PostTag.objects.values_list("tag_id").annotate(Count("pk")))
    Tag.objects.bulk_update([Tag(id=key, posts_count=count) for key, count in by_tag.items()], ["posts_count"])
    by_author = dict(Post.objects.values_list("author_id").annotate(Count("pk")))
    people = [Author(id=key, posts_count=count) for key, count in by_author.items()]
    Author.objects.bulk_update(people, ["posts_count"], batch_size=500)
    PublishedTally.objects.update_or_create(slot=0, defaults={"posts": sum(by_author.values())})


@cache
def _tokens(words: str, languages: tuple[str, ...]) -> list[str]:
    return list(tokens_of(list(words_in(words)), languages))


def _image(number: int) -> Row:
    """The picture of its author."""
    author = _author(number)
    return {"id": _id(number), "post_id": _id(number), "asset_id": author, "alt": "Hills", "position": 0}


def _change(number: int) -> Row:
    changed = {"is_public": True, "version": 1, "changed_at": _moment(number)}
    return changed | {"post_id": _id(number), "number": number + 1}


def _texts(chance: random.Random) -> Iterator[SampleText]:
    sentences = [found for text in texts() for found in _SENTENCE.findall(text.body)]
    words = sorted({word.capitalize() for sentence in sentences for word in re.findall("[a-z]{5,}", sentence)})
    for _ in range(TEXTS):
        title = " ".join(chance.sample(words, 3))
        body = "\n\n".join(chance.sample(sentences, SENTENCES))
        html = rendering.render(body)
        plain = rendering.plain_text(html)
        tokens, _, of_body = parts_of(Texts(title, "", plain))
        languages = languages_in([*words_in(title), *words_in(plain)])
        yield SampleText(title, body, html, rendering.excerpt(html), (tokens, tuple(of_body)), languages)


def _author(number: int) -> UUID:
    return _id(number // IN_A_ROW % AUTHORS)


def _id(number: int) -> UUID:
    return UUID(int=_FIRST.int + number)


def _slug(number: int) -> str:
    return f"sample-{number}"


def _moment(number: int) -> datetime:
    return FIRST_DAY + number * APART
