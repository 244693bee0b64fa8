"""Comments in the admin, for moderators: what is held or reported, and what becomes of it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from chassis.problems import Problem
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from blog_service.comments.access import CommentNotFound
from blog_service.comments.models import Comment, Decision, Report
from blog_service.comments.services import comment_decide, comment_remove, comments_remove_all


class ReportInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Report
    fields = readonly_fields = ("created_at", "reason")
    can_delete = False
    extra = max_num = 0


class DecisionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Decision
    fields = readonly_fields = ("decided_at", "verdict", "as_moderator", "decider_id")
    can_delete = False
    extra = max_num = 0


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "author", "state", "reports_count", "created_at")
    list_filter = ("state", ("reports", admin.EmptyFieldListFilter))
    list_select_related = ("author",)
    show_full_result_count = False
    search_fields = ("body", "author__username")
    ordering = ("-created_at",)
    fields = readonly_fields = ("body", "author", "state", "post", "parent", "created_at", "edited_at", "approved_at")
    inlines = (ReportInline, DecisionInline)
    actions = ("approve", "hold", "remove", "remove_all_of_author")

    @admin.action(description="Approve the selected comments", permissions=["change"])
    def approve(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        _each(partial(comment_decide, verdict=Decision.Verdict.APPROVED), request, comments.exclude(body=""))

    @admin.action(description="Hold the selected comments", permissions=["change"])
    def hold(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        visible = comments.filter(state=Comment.State.VISIBLE)
        _each(partial(comment_decide, verdict=Decision.Verdict.HELD), request, visible)

    @admin.action(description="Remove the selected comments", permissions=["change"])
    def remove(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        _each(comment_remove, request, comments.exclude(state=Comment.State.REMOVED))

    @admin.action(description="Remove all comments of the authors of the selected ones", permissions=["change"])
    def remove_all_of_author(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        authors = comments.exclude(author=None).order_by("author").values_list("author_id", flat=True).distinct()
        for author_id in list(authors):
            comments_remove_all(author_id, actor=_actor(request))

    @admin.display(description="reports", ordering="reports_number")
    def reports_count(self, comment: Any) -> int:
        return int(comment.reports_number)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        comments: QuerySet[Comment] = super().get_queryset(request).annotate(reports_number=Count("reports"))
        return comments

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False  # a comment begins with its author

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:  # noqa: ARG002
        return False  # it is removed, and keeps its place for replies


def _each(change: Callable[..., None], request: HttpRequest, comments: QuerySet[Comment]) -> None:
    for comment_id in list(comments.order_by("id").values_list("id", flat=True)):
        try:
            change(comment_id, actor=_actor(request))
        except CommentNotFound:
            continue  # gone meanwhile, or its words
        except Problem as problem:
            messages.warning(request, problem.detail)


def _actor(request: HttpRequest) -> UUID:
    return UUID(request.user.get_username())
