"""Dead events in the admin of a service: staff see what could not be handled, and have it tried again.

An app of its own has the model, whose migrations are among those of the events tables.
"""

from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from chassis.events import dead_events, transports
from chassis.events.databases.django import DjangoDatabase
from chassis.events.databases.django_app.models import DeadEvent
from chassis.events.service import EventService
from chassis.events.topology import queues
from chassis.events.transports import Transport, TransportLost

MOST = 100
"""Dead events of a queue that the page shows, in its inbox and on the broker; ``events dead`` knows them all."""


@admin.register(DeadEvent)
class DeadEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the checker alone
    """A page without rows of a table: what it shows is in the inbox, and on the broker."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.changelist_view)
        return [path("", page, name="chassis_events_deadevent_changelist")]

    def changelist_view(self, request: HttpRequest, _extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self._redrive(request, set(request.POST.getlist("id")))
            return HttpResponseRedirect(request.path)
        dead = _dead_in_inbox()
        try:
            dead += _dead_on_broker()
        except TransportLost:
            messages.warning(request, "The broker does not answer; its dead letters are not shown.")
        context = self.admin_site.each_context(request) | {
            "title": "Dead events",
            "dead": dead,
            "most": MOST,
            "may_redrive": self.has_change_permission(request),
        }
        return TemplateResponse(request, "chassis/dead_events.html", context)

    def _redrive(self, request: HttpRequest, ids: Collection[str]) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        redriven = 0
        try:
            for identity in _redrive(ids):
                _write_down(request, identity)
                redriven += 1
        except TransportLost:
            messages.error(request, "The broker does not answer; what was chosen there stays dead.")
        messages.success(request, f"{redriven} will be tried again.")


def _dead_in_inbox() -> list[dead_events.DeadEvent]:
    database = DjangoDatabase()
    return [
        event
        for queue in _queues()
        for event in islice((each for each in dead_events.in_inbox(queue, database) if each.state == "dead"), MOST)
    ]


def _dead_on_broker() -> list[dead_events.DeadEvent]:
    """Raises TransportLost."""
    transport = _transport()
    found: list[dead_events.DeadEvent] = []
    for queue in _queues():
        with closing(dead_events.on_broker(queue, transport)) as letters:
            found += islice(letters, MOST)
    return found


def _redrive(ids: Collection[str]) -> Iterator[str]:
    database = DjangoDatabase()
    return dead_events.redrive(_queues(), lambda event: event.id in ids, database=database, transport=_transport())


def _write_down(request: HttpRequest, identity: str) -> None:
    """Who has had what tried again, in the admin's own history."""
    LogEntry.objects.create(
        user_id=request.user.pk,
        content_type=ContentType.objects.get_for_model(DeadEvent),
        object_id=identity,
        object_repr=identity,
        action_flag=CHANGE,
        change_message="Had it tried again.",
    )


def _service() -> EventService:
    service: EventService = import_string(settings.EVENT_SERVICE)()
    return service


def _queues() -> list[str]:
    service = _service()
    return [queue.name for queue in queues(service.name, service.handlers)]


def _transport() -> Transport:
    return transports.connect(_service().settings.events_url)
