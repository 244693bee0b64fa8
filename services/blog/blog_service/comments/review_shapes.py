"""What both versions show of a comment to those who decide about it, beside the comment."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, source

from blog_service.comments.models import Decision


class ReportShape(Shape):
    """What somebody reported; who, nobody is told."""

    reason: str
    created_at: Moment


class DecisionShape(Shape):
    verdict: Decision.Verdict
    decider_id: UUID | None = source(
        "decider_id", description="of a moderator's, told to moderators alone; null also where nobody is known"
    )
    as_moderator: bool = source("as_moderator", description="else as the author of the post")
    decided_at: Moment
