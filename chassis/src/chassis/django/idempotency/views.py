"""Views that create, and do so once for each Idempotency-Key."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from chassis import idempotency
from chassis.django.renderers import encode
from chassis.events.database import Row
from chassis.events.databases.django import DjangoTransaction
from chassis.events.ddl import Dialect
from chassis.idempotency import Attempt, KeptAnswer
from chassis.problems import Problem

Keep = Callable[[Response], Response]


def _parameter(*, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        idempotency.HEADER,
        {"type": "string", "minLength": 1, "maxLength": 255},
        OpenApiParameter.HEADER,
        required=required,
        description="the same request with the same key is done once, and answered alike for 24 hours",
    )


IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_REQUIRED = _parameter(required=False), _parameter(required=True)
"""For ``extend_schema``."""


def create_once(
    request: Request, create: Callable[[Keep], Response], *, required: bool = False, sent: object = None
) -> HttpResponse:
    """What ``create`` answers, or what it answered the first time; without a key it just creates, unless ``required``.

    ``create`` hands its answer to what it is given, in the transaction that creates. ``sent`` is what makes it the same
    request where that is not the whole body, for the digest of a password is not to be kept.

    Raises Problem: 400, 409, 422.
    """
    key = request.headers.get(idempotency.HEADER)
    if key is None and required:
        raise Problem(400, "idempotency_key_missing", f"Send a key of your own making: {idempotency.HEADER}.")
    if key is None:
        return create(lambda response: response)
    attempt = _attempt(request, key, request.data if sent is None else sent)
    with transaction.atomic():
        kept = idempotency.claim(_execute, cast("Dialect", connection.vendor), attempt)
    if kept:
        headers = kept.headers | {idempotency.REPLAYED: "true"}
        return HttpResponse(kept.body, status=kept.status, headers=headers, content_type="application/json")
    try:
        return create(lambda response: _keep(attempt, response))
    except BaseException:
        with suppress(DatabaseError), transaction.atomic():  # else the claim ends by itself
            idempotency.release(_execute, attempt)
        raise


def _attempt(request: Request, key: str, sent: object) -> Attempt:
    # spaces and order make no other request; a file says by its text what it is
    content = json.dumps(sent, sort_keys=True, default=str).encode()
    method, path = request.method or "", request.path_info
    return idempotency.attempt_of(key, caller=request.user.pk, method=method, path=path, sent=content)


def _keep(attempt: Attempt, response: Response) -> Response:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}  # not rendered yet
    body = encode(response.data).decode()
    idempotency.keep(_execute, attempt, KeptAnswer(response.status_code, headers, body))
    return response


def _execute(sql: str, parameters: Sequence[object]) -> list[Row]:
    return DjangoTransaction(connection).execute(sql, parameters)
