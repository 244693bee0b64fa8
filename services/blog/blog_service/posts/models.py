"""Posts and what belongs to them: the slugs they ever had, their tags and their images."""

from uuid import UUID

from chassis.django.text import readable, storable
from django.db import models
from django.db.models import JSONField, Q, Value
from django.utils import timezone
from uuid_utils.compat import uuid7

from blog_service.authors.models import Author
from blog_service.media_refs.models import Asset
from blog_service.tags.models import Tag


class Post(models.Model):
    """What an author wrote.

    ``version`` counts its changes, ``event_sequence`` the events that told of them: one change may be several events,
    and each needs a place of its own among those of the post.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        SCHEDULED = "scheduled"
        PUBLISHED = "published"
        ARCHIVED = "archived"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    author = models.ForeignKey(Author, models.PROTECT, related_name="posts", db_index=False)
    title = models.CharField(max_length=200, validators=[readable])
    slug = models.CharField(max_length=100, unique=True)
    body = models.TextField(blank=True, validators=[storable])
    html = models.TextField(blank=True, editable=False)
    excerpt = models.CharField(max_length=250, blank=True, editable=False)
    summary = models.CharField(
        max_length=500, blank=True, default="", db_default="", validators=[readable], help_text="else the excerpt"
    )
    tags = models.JSONField(default=list, blank=True, editable=False, help_text="names in the author's order")
    co_authors = models.JSONField(
        default=list,
        db_default=Value([], JSONField()),
        blank=True,
        editable=False,
        help_text="in their order, each `id` and whether they have `accepted`",
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    publish_requested = models.BooleanField(default=False, help_text="publishes itself when its images are confirmed")
    published_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    comments_open = models.BooleanField(default=True, db_default=True, help_text="takes new comments")
    version = models.PositiveIntegerField(default=1)
    event_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        # Every order a list can be asked for walks an index: a page costs the same among a thousand and a million.
        indexes = [
            models.Index(fields=["author", "-published_at", "-id"], name="post_by_author"),
            models.Index(fields=["-published_at", "-id"], name="post_newest", condition=Q(published_at__isnull=False)),
            models.Index(fields=["-created_at", "-id"], name="post_created", condition=Q(published_at__isnull=False)),
            models.Index(fields=["-updated_at", "-id"], name="post_updated", condition=Q(published_at__isnull=False)),
            models.Index(fields=["title", "id"], name="post_title", condition=Q(published_at__isnull=False)),
            models.Index(fields=["id"], name="post_waiting", condition=Q(publish_requested=True)),
            models.Index(fields=["scheduled_for"], name="post_scheduled", condition=Q(status="scheduled")),
        ]
        constraints = [
            models.CheckConstraint(
                name="post_published_has_time",
                condition=Q(status="published", published_at__isnull=False)
                | Q(~Q(status="published"), published_at__isnull=True),
            ),
            models.CheckConstraint(
                name="post_scheduled_has_time",
                condition=Q(status="scheduled", scheduled_for__isnull=False)
                | Q(~Q(status="scheduled"), scheduled_for__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PostSlug(models.Model):
    """A slug and the post it leads to, for good: the current one of each post and all it had before."""

    slug = models.CharField(max_length=100, primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="slugs")

    def __str__(self) -> str:
        return self.slug


class DeletedSlug(models.Model):
    """A slug of a post that is gone: links that lead there must not come to lead to somebody else's.

    Its SHA-256 in hex; rows that older code made have the slug itself.
    """

    slug = models.CharField(max_length=100, primary_key=True)

    def __str__(self) -> str:
        return self.slug


class PostRevision(models.Model):
    """What a post said at one of its versions: a row each time its words change, and with the first of them 1."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    editor_id = models.UUIDField()
    created_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    summary = models.CharField(max_length=500, blank=True)
    tags = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="post_revision_once")]

    def __str__(self) -> str:
        return f"{self.number} of {self.post_id}"


class PostTag(models.Model):
    """A tag on a post, for finding posts by tag; Post.tags has the names, so that a list need not join them."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="post_tags", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "post"], name="post_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.post_id}"


class CoAuthorship(models.Model):
    """A co-author of a post, for finding posts by them; Post.co_authors has them in their order.

    Whoever is named may read and edit the post, and is shown to others from when they have accepted.
    """

    # The database does not hold to it: code of the release before deletes posts and authors, and knows no such rows.
    post = models.ForeignKey(Post, models.CASCADE, related_name="co_authorships", db_index=False, db_constraint=False)
    author = models.ForeignKey(
        Author, models.PROTECT, related_name="co_authorships", db_index=False, db_constraint=False
    )
    accepted = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["author", "accepted", "post"], name="post_by_co_author")]
        constraints = [models.UniqueConstraint(fields=["post", "author"], name="post_co_author_once")]

    def __str__(self) -> str:
        return f"{self.author_id} of {self.post_id}"


class PostImage(models.Model):
    """A picture in a post. Its id stays while the picture stays, whatever happens to caption and position."""

    class State(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="images", db_index=False)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="post_images")
    caption = models.CharField(max_length=1000, blank=True, validators=[readable])
    alt = models.CharField(max_length=1000, blank=True, validators=[readable])
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["post", "asset"], name="post_image_once")]

    def __str__(self) -> str:
        return self.alt or self.caption or str(self.asset_id)


class Rejection(models.TextChoices):
    """Why a post may not show a picture."""

    FAILED = "failed"
    REMOVED = "removed"
    FOREIGN = "foreign"


def rejection_of(*, owner_id: UUID | None, status: str, author_id: UUID) -> Rejection | None:
    """Why an image of a post by ``author_id`` is rejected, None where it is not."""
    if status == Asset.Status.REMOVED:
        return Rejection.REMOVED
    if owner_id not in {None, author_id}:
        return Rejection.FOREIGN
    return Rejection.FAILED if status == Asset.Status.FAILED else None


def image_state(*, owner_id: UUID | None, status: str, author_id: UUID) -> PostImage.State:
    """What the state of a picture, and whose it is, mean for an image of a post by ``author_id``."""
    if rejection_of(owner_id=owner_id, status=status, author_id=author_id):
        return PostImage.State.REJECTED
    if status == Asset.Status.READY and owner_id is not None:
        return PostImage.State.CONFIRMED
    return PostImage.State.PENDING


class PreviewLink(models.Model):
    """Leave to read one post, whatever it is, for whoever holds the token; of that only a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="preview_links")
    token_digest = models.CharField(max_length=64, unique=True)
    maker_id = models.UUIDField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
