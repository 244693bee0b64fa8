"""Loading the demo posts: twelve, by three authors, with the same ids and dates on every machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID

from chassis.settings import SettingsError
from django.db import transaction

from blog_service.authors.models import Author
from blog_service.counters.services import counts_change
from blog_service.markdown import rendering
from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post, PostImage
from blog_service.posts.services.changes import changes_announce, relations_of, snapshot_of
from blog_service.posts.services.searching import post_make_findable
from blog_service.posts.services.slugs import slug_claim
from blog_service.posts.services.tags import tags_replace
from blog_service.settings import settings

AUTHORS = ("ada", "grace", "linus")
POSTS_EACH = 4
FIRST_AUTHOR = UUID("01900000-0000-7000-8000-0000000000a1")
FIRST_ASSET = UUID("01900000-0000-7000-8000-000000000101")
FIRST_POST = UUID("01900000-0000-7000-8000-000000000201")
FIRST_IMAGE = UUID("01900000-0000-7000-8000-000000000301")
FIRST_DAY = datetime(2026, 10, 1, 6, 30, tzinfo=UTC)
APART = timedelta(days=3, hours=5)


@dataclass(frozen=True, slots=True)
class Text:
    """One file of ``posts/``: lines of ``name: value``, an empty line, and the body."""

    number: int
    fields: dict[str, str]
    body: str

    @property
    def tags(self) -> list[str]:
        return self.fields["tags"].split(", ")


def load() -> int:
    """Write the posts that are missing; gives how many. Raises SettingsError in production."""
    if settings().production:
        raise SettingsError("ENVIRONMENT is production; demo content stays out of it.")
    return sum(_load(text) for text in texts())


def texts() -> list[Text]:
    """The demo posts in their order."""
    paths = sorted((path for path in files(__package__).joinpath("posts").iterdir()), key=lambda path: path.name)
    return [_parsed(number, path.read_text("utf-8")) for number, path in enumerate(paths)]


def _parsed(number: int, source: str) -> Text:
    head, _, body = source.partition("\n\n")
    return Text(number, dict(line.split(": ", 1) for line in head.splitlines()), body)


@transaction.atomic
def _load(text: Text) -> bool:
    post_id = UUID(int=FIRST_POST.int + text.number)
    if Post.objects.filter(id=post_id).exists():
        return False
    post = _post(post_id, text)
    slug_claim(post)
    tags_replace(post, text.tags, present=frozenset())
    _add_image(post, text)
    after = snapshot_of(post, relations_of(post))
    changes_announce(post, None, after, actor=post.author_id)
    post.save()
    post_make_findable(post)
    counts_change(post.id, before=None, after=after.counted)
    return True


def _post(post_id: UUID, text: Text) -> Post:
    written = FIRST_DAY + text.number * APART
    html = rendering.render(text.body)
    draft = "draft" in text.fields
    return Post(
        id=post_id,
        author=_author(text.number // POSTS_EACH),
        title=text.fields["title"],
        body=text.body,
        html=html,
        excerpt=rendering.excerpt(html),
        status=Post.Status.DRAFT if draft else Post.Status.PUBLISHED,
        published_at=None if draft else written,
        created_at=written,
        updated_at=written,
    )


def _author(number: int) -> Author:
    user_id = UUID(int=FIRST_AUTHOR.int + number)
    author, _ = Author.objects.get_or_create(id=user_id, defaults={"username": AUTHORS[number]})
    return author


def _add_image(post: Post, text: Text) -> None:
    """The picture media draws for this post; blog need not have heard of it yet."""
    asset, _ = Asset.objects.get_or_create(id=UUID(int=FIRST_ASSET.int + text.number))
    PostImage.objects.create(
        id=UUID(int=FIRST_IMAGE.int + text.number),
        post=post,
        asset=asset,
        caption=text.fields["caption"],
        alt=text.fields["alt"],
        position=0,
    )
