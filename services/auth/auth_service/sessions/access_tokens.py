"""Access tokens: what is said about the caller for the next ten minutes."""

from datetime import datetime
from uuid import uuid4

from chassis.tokens import Claims, TokenRefused

from auth_service.keys.signing import sign_access_token
from auth_service.sessions.models import Session
from auth_service.sessions.selectors import session_get
from auth_service.settings import settings

SCOPE = "account posts media"  # a log-in may do all the user may do; narrower tokens name less


def access_token_issue(session: Session, *, now: datetime) -> str:
    """A signed JWT (RFC 9068) for the session's user."""
    user, issued = session.user, int(now.timestamp())
    claims = {
        "iss": settings().token_issuer,
        "aud": settings().token_audience,
        "sub": str(user.id),
        "sid": str(session.id),
        "username": user.username,
        "roles": user.roles,
        "scope": SCOPE,
        "iat": issued,
        "nbf": issued,
        "exp": issued + settings().access_token_seconds,
        "jti": str(uuid4()),
    }
    return sign_access_token(claims, now=now)


def session_of(claims: Claims, *, now: datetime) -> Session:
    """The session a verified token is of; raises TokenRefused if it is over or the account suspended."""
    session = session_get(claims.sid, now=now)
    if session is None or session.user_id != claims.sub:
        raise TokenRefused("token_revoked")
    return session
