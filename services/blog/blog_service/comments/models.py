"""What readers say about posts, and what others say about that."""

from uuid import UUID

from chassis.django.text import readable, storable
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from blog_service.authors.models import Author

NOBODY = UUID(int=0)
"""Who decided, where that is not known, or was erased."""


class Comment(models.Model):
    """A comment on a post, or a reply to one.

    ``author`` is None once the account is erased. ``version`` counts changes, and is the place of the event of each.
    """

    class State(models.TextChoices):
        VISIBLE = "visible"
        HELD = "held"
        """Until one who may has approved or rejected it."""
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(Author, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.TextField(validators=[storable])
    html = models.TextField(editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.VISIBLE)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True, help_text="reports before this count no more")
    allowed_at = models.DateTimeField(
        null=True, blank=True, help_text="by the post's author: reports before this hold it no more"
    )
    reported_at = models.DateTimeField(
        null=True, blank=True, help_text="first, of the reports that moderators have not answered"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["post", "created_at", "id"], name="comment_of_post"),
            models.Index(fields=["author", "created_at"], name="comment_by_author"),
            models.Index(fields=["created_at"], name="comment_held", condition=models.Q(state="held")),
            models.Index(fields=["created_at"], name="comment_reported", condition=models.Q(reported_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.body[:80]


class Report(models.Model):
    """Somebody thinks that a comment should not be there."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports", db_index=False)
    reporter_id = models.UUIDField()
    reason = models.CharField(max_length=500, validators=[readable])
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "reporter_id"], name="report_once")]
        indexes = [models.Index(fields=["reporter_id", "created_at"], name="report_by_reporter")]

    def __str__(self) -> str:
        return self.reason


class Decision(models.Model):
    """Who decided what about a comment of somebody else. What reports alone hold nobody has decided."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        HELD = "held"
        REJECTED = "rejected"

    # The database does not hold to it: code of the release before deletes comments, and knows no such rows.
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="decisions", db_index=False, db_constraint=False)
    verdict = models.CharField(max_length=10, choices=Verdict)
    decider_id = models.UUIDField(db_index=True)
    as_moderator = models.BooleanField(help_text="else as the author of the post")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["comment", "id"], name="decision_of_comment")]

    def __str__(self) -> str:
        return self.verdict
