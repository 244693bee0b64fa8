"""Tags in the admin: staff rename and merge them, and posts follow."""

from typing import Any
from uuid import UUID

from chassis.django.text import readable
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from blog_service.posts.services.retagging import posts_follow_tags
from blog_service.tags.models import Tag, tag_key
from blog_service.tags.selectors import tag_get
from blog_service.tags.services import tag_merge, tag_rename


class MergeForm(ActionForm):
    """Beside the choice of an action."""

    into = forms.CharField(required=False, max_length=50, label="into the tag")


class TagForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        readable(name)
        other = Tag.objects.filter(key=tag_key(name)).exclude(id=self.instance.id).first()
        if other and other.merged_into_id != self.instance.id:
            raise ValidationError("There is such a tag; merge the two.", code="tag_taken")
        return name


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TagForm
    list_display = ("name", "posts_count", "merged_into", "changed_by")
    list_select_related = ("merged_into",)
    list_filter = (("merged_into", admin.EmptyFieldListFilter),)
    show_full_result_count = False
    search_fields = ("name",)
    ordering = ("-posts_count", "name")
    fields = ("name", "posts_count", "merged_into")
    readonly_fields = ("posts_count", "merged_into")
    actions = ("merge",)
    action_form = MergeForm

    @admin.action(description="Merge the selected tags", permissions=["change"])
    def merge(self, request: HttpRequest, tags: QuerySet[Tag]) -> None:
        """Into the one that is named beside the action; it must be there."""
        into = tag_get(request.POST.get("into", ""))
        if into is None:
            self.message_user(request, "Name the tag that they become, one that there is.", messages.ERROR)
            return
        for tag_id in tags.exclude(id=into.id).order_by("id").values_list("id", flat=True):
            tag_merge(tag_id, into.id, actor=_actor(request))
        self._follow(request)

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:  # noqa: ARG002
        tag_rename(obj.id, form.cleaned_data["name"], actor=_actor(request))
        self._follow(request)

    def has_change_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        """A name that means another tag by now is not changed itself."""
        return super().has_change_permission(request, obj) and not (obj and obj.merged_into_id)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False  # a tag begins with a post

    def has_delete_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:  # noqa: ARG002
        return False  # its posts would lose it without being told

    def _follow(self, request: HttpRequest) -> None:
        """The first posts at once, so that few are done when the page is there again; the others by the job."""
        self.message_user(request, f"{posts_follow_tags()} posts follow; if there are more, they do within minutes.")


def _actor(request: HttpRequest) -> UUID:
    return UUID(request.user.get_username())
