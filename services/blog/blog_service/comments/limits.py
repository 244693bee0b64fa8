"""How much one user may say."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.problems import Problem
from django.db.models import QuerySet

from blog_service.comments.models import Comment, Report
from blog_service.settings import settings

HOUR = timedelta(hours=1)


def require_may_comment(author_id: UUID, now: datetime) -> None:
    """Raises Problem (429) for whoever has said enough in the last hour."""
    comments = Comment.objects.filter(author_id=author_id, created_at__gt=now - HOUR)
    _require_fewer(comments, settings().comments_per_hour, "comments_too_many", now)


def require_may_report(reporter_id: UUID, now: datetime) -> None:
    """Raises Problem (429) for whoever has reported enough in the last hour."""
    reports = Report.objects.filter(reporter_id=reporter_id, created_at__gt=now - HOUR)
    _require_fewer(reports, settings().comment_reports_per_hour, "reports_too_many", now)


def _require_fewer(rows: QuerySet[Comment] | QuerySet[Report], most: int, code: str, now: datetime) -> None:
    """The next one may come when the oldest of the last ``most`` is an hour ago."""
    for oldest in rows.order_by("-created_at").values_list("created_at", flat=True)[most - 1 : most]:
        seconds = int((oldest + HOUR - now).total_seconds()) + 1
        detail = f"No more than {most} in an hour; try again later."
        raise Problem(429, code, detail, headers={"Retry-After": str(seconds)})
