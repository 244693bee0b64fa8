"""What every answer of auth has in common."""

from chassis.django.middleware import GetResponse
from django.http import HttpRequest, HttpResponseBase

from auth_service.audit.origin import Origin, acting_from
from auth_service.sessions.device import device_of


def no_store_by_default(get_response: GetResponse) -> GetResponse:
    """Tokens and accounts are for one caller and for now; a view that answers all alike says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def origin_known(get_response: GetResponse) -> GetResponse:
    """What a request makes happen is written down with the client's address and the name it gives itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with acting_from(lambda: Origin(**device_of(request))):
            return get_response(request)

    return middleware
