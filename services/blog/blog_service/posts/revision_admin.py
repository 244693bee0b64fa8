"""What posts said before, in the admin: to be read there, and restored by the API."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from blog_service.authors.models import Author
from blog_service.posts.models import PostRevision


class _History:
    """Nobody changes what was."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return request.user.has_perm("posts.view_post")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    has_change_permission = has_delete_permission = has_add_permission


class PostRevisionInline(_History, admin.TabularInline):  # type: ignore[type-arg]
    """The revisions of a post without their texts: a hundred of them may be long."""

    model = PostRevision
    fields = ("number", "created_at", "title")
    ordering = ("-number",)
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostRevision]:
        return super().get_queryset(request).defer("body")


@admin.register(PostRevision)
class PostRevisionAdmin(_History, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("post", "number", "created_at", "title")
    list_select_related = ("post",)
    show_full_result_count = False
    ordering = ("-id",)
    fields = ("post", "number", "created_at", "editor", "title", "summary", "tags", "body")
    readonly_fields = ("editor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostRevision]:
        return super().get_queryset(request).defer("post__body", "post__html")

    @admin.display(description="changed by")
    def editor(self, revision: PostRevision) -> str:
        """The editor's name as blog knows it; editors who have written nothing here by their id."""
        authors = Author.objects.filter(id=revision.editor_id)
        return authors.values_list("username", flat=True).first() or str(revision.editor_id)
