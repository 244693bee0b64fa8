"""Who calls a view of auth."""

from rest_framework.request import Request

from auth_service.users.models import User


def caller(request: Request) -> User:
    """Who is logged in, in a view that needs somebody to be."""
    assert isinstance(request.user, User)
    return request.user
