"""Posts in the admin. Whatever staff change goes through the same services as the API, with the same events."""

from typing import Any
from uuid import UUID

from chassis.problems import Problem
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from blog_service.markdown.budget import TooComplex
from blog_service.markdown.rendering import render
from blog_service.posts.models import Post, PostImage
from blog_service.posts.revision_admin import PostRevisionInline
from blog_service.posts.services.images import ImageFields
from blog_service.posts.services.writing import PostFields, post_change, post_delete
from blog_service.posts.tag_admin import TagAdmin as TagAdmin  # noqa: PLC0414  the admin looks into this module alone


class PostImageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = PostImage
    fields = ("asset", "caption", "alt", "position")
    readonly_fields = ("asset",)
    extra = 0
    max_num = 0  # pictures are attached by their authors


class PostForm(ModelForm):  # type: ignore[type-arg]
    def clean_body(self) -> str:
        """Take, as the API does, what can be shown within the budget."""
        body: str = self.cleaned_data["body"]
        try:
            render(body)
        except TooComplex as error:
            raise ValidationError(str(error)) from error
        return body


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = PostForm
    list_display = ("title", "author", "status", "publish_requested", "published_at")
    list_filter = ("status", "publish_requested")
    list_select_related = ("author",)
    show_full_result_count = False
    search_fields = ("title", "slug", "author__username")
    fields = ("title", "body", "slug", "author", "co_authors", "status", "published_at", "created_at", "version")
    readonly_fields = ("slug", "author", "co_authors", "status", "published_at", "created_at", "version")
    inlines = (PostImageInline, PostRevisionInline)
    actions = ("publish", "unpublish")

    @admin.action(description="Publish the selected posts")
    def publish(self, request: HttpRequest, posts: QuerySet[Post]) -> None:
        """All that may be; one that may not (an archived one is first a draft again) keeps no other from it."""
        self._change_all(request, posts, {"published": True})

    @admin.action(description="Unpublish the selected posts")
    def unpublish(self, request: HttpRequest, posts: QuerySet[Post]) -> None:
        self._change_all(request, posts, {"published": False})

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False  # a post begins with its author

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[Any], Any, set[str], list[Any]]:
        """Comments and revisions go with their post, whoever may remove them otherwise."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, lacking - {"comment", "post revision"}, protected

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        """Nothing yet: save_related writes post and images as one change."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ARG002
        for formset in formsets:
            formset.save(commit=False)  # only so that the admin's history can say what changed
        fields = PostFields(title=form.cleaned_data["title"], body=form.cleaned_data["body"])
        fields["images"] = _images(formsets[0].forms)
        post_change(form.instance.id, fields, actor=_actor(request))

    def delete_model(self, request: HttpRequest, obj: Post) -> None:
        post_delete(obj.id, actor=_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        for post_id in list(queryset.values_list("id", flat=True)):
            post_delete(post_id, actor=_actor(request))

    def _change_all(self, request: HttpRequest, posts: QuerySet[Post], fields: PostFields) -> None:
        """Each post by itself, and say of which it was refused and why."""
        refused, chosen = [], list(posts.order_by("id").values_list("id", "title"))
        for post_id, title in chosen:
            try:
                post_change(post_id, fields, actor=_actor(request))
            except Problem as problem:
                refused.append(f"{title}: {problem.detail}")
        self.message_user(request, f"{len(chosen) - len(refused)} posts changed.")
        if refused:
            self.message_user(request, " ".join(refused), messages.WARNING)


def _images(forms: "list[ModelForm[PostImage]]") -> list[ImageFields]:
    kept = [form.cleaned_data | {"media": form.instance.asset_id} for form in forms if not form.cleaned_data["DELETE"]]
    kept.sort(key=lambda image: image["position"])
    return [ImageFields(media=image["media"], caption=image["caption"], alt=image["alt"]) for image in kept]


def _actor(request: HttpRequest) -> UUID:
    return UUID(request.user.get_username())
